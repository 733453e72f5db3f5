"""What a model would not know: where it works and since when, and what became of plans while nobody spoke.

It stands before a prompt, never in the system prompt, so that what providers cache stays the same bytes.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from redshift_migrate.errors import RedshiftMigrateError
from redshift_migrate.migration.service import MigrationService
from redshift_migrate.migration.status import MigrationStatus
from redshift_migrate.models.place import HERE, Place

ASKED_AGAIN_AFTER = timedelta(minutes=2)
MOST = 3
"""Runs that are looked at, the newest first."""


class Meanwhile:
    """Compares place and journals with what a conversation has heard of."""

    def __init__(self, service: MigrationService) -> None:
        self._service = service
        self._seen: dict[str, str] | None = None
        self._known: Place | None = None
        self._asked_at = service.now()

    def tell(self, history: Sequence[Any]) -> tuple[str, ...]:
        """What is to be said before the next prompt; nothing when all is as it was."""
        return tuple(each for each in (self._where(history), self.news(history)) if each)

    def _where(self, history: Sequence[Any]) -> str:
        """The place, unless it was told and is the same today. A conversation that was cut is told again."""
        here = tell_place(self._place(), self._service.now())
        said = (part.get("text", "") for message in reversed(history) for part in reversed(message["content"]))
        return "" if next((text for text in said if text.startswith(HERE)), None) == here else here

    def _place(self) -> Place:
        """The place, asked once; again only where the account did not answer, and not for every turn."""
        now = self._service.now()
        if self._known is None or (self._known.account_id is None and now - self._asked_at >= ASKED_AGAIN_AFTER):
            self._known, self._asked_at = self._service.place(), now
        return self._known

    def news(self, history: Sequence[Any]) -> str:
        """What became of plans; empty when nothing happened, or it cannot be read."""
        try:
            runs = self._service.runs(MOST)
        except RedshiftMigrateError:
            return ""
        seen = _heard_of(runs, json.dumps(history)) if self._seen is None else self._seen
        self._seen = seen | {run.migration_id: _stand(run) for run in runs}
        news = [run for run in reversed(runs) if seen.get(run.migration_id) != _stand(run)]
        return f"(Since then, outside this conversation: {' '.join(map(_sentence, news))})" if news else ""


def tell_place(place: Place, now: datetime) -> str:
    """The place in one sentence."""
    facts = (
        f"today is {now:%Y-%m-%d}",
        f"account {place.account_id or 'unknown'}{', simulated' if place.simulated else ''}",
        f"default region {place.region or 'none: it must be named'}",
        "read-only: nothing can be changed" if place.read_only else "",
    )
    return f"{HERE}{'; '.join(fact for fact in facts if fact)}.)"


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
