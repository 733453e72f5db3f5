"""What became of plans while nobody spoke: approved and applied elsewhere, or failed. A model would not know."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from redshift_migrate.errors import RedshiftMigrateError
from redshift_migrate.migration.service import MigrationService
from redshift_migrate.migration.status import MigrationStatus

MOST = 3
"""Runs that are looked at, the newest first."""


class Meanwhile:
    """Compares the journals with what a conversation has heard of."""

    def __init__(self, service: MigrationService) -> None:
        self._service = service
        self._seen: dict[str, str] | None = None

    def tell(self, history: Sequence[Any]) -> str:
        """What is to be said before the next prompt; empty when nothing happened, or it cannot be read."""
        try:
            runs = self._service.runs(MOST)
        except RedshiftMigrateError:
            return ""
        seen = _heard_of(runs, json.dumps(history)) if self._seen is None else self._seen
        self._seen = seen | {run.migration_id: _stand(run) for run in runs}
        news = [run for run in reversed(runs) if seen.get(run.migration_id) != _stand(run)]
        return f"(Since then, outside this conversation: {' '.join(map(_sentence, news))})" if news else ""


def _heard_of(runs: Sequence[MigrationStatus], history: str) -> dict[str, str]:
    """For a conversation that goes on after a break. A run is news if its plan was spoken of and the run was not."""
    known = (run for run in runs if run.migration_id in history or run.plan_digest not in history)
    return {run.migration_id: _stand(run) for run in known}


def _stand(run: MigrationStatus) -> str:
    return f"{run.state}, {len(run.steps_done)} of {run.steps_total} steps done"


def _sentence(run: MigrationStatus) -> str:
    why = f", because: {run.stopped_because}" if run.stopped_because else ""
    return (
        f"plan {run.plan_digest[:12]} ({run.title}) was approved by {run.approved_by}; "
        f"its run {run.migration_id}: {_stand(run)}{why}."
    )
