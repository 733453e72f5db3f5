"""Help topics: a text file each, with the parts that code decides filled in from the code."""

from __future__ import annotations

import json
from importlib import resources

from redshift_migrate.models.serverless import RETENTION_DAYS
from redshift_migrate.permissions import OPERATIONS, statement
from redshift_migrate.translators.maintenance import TRACKS
from redshift_migrate.translators.snapshot_copy import COPIED_RECOVERY_POINTS_KEPT_DAYS

HELP_TOPICS: dict[str, str] = {
    "getting_started": "what this is and what to say first",
    "maintenance_snapshot": "maintenance and snapshot copy: what is carried, what is not",
    "snapshot_copy": "copying a namespace's snapshots to another region",
    "tracks": "maintenance tracks on serverless",
    "approval": "how a change is approved",
    "permissions": "the IAM statements this needs",
}


def help_text(topic: str) -> str:
    """The text of a topic. KeyError for another name."""
    HELP_TOPICS[topic]
    template = resources.files(__package__).joinpath(f"{topic}.md").read_text(encoding="utf-8")
    return template.format_map(_facts())


def _facts() -> dict[str, str]:
    return {
        "retention_range": f"{RETENTION_DAYS.start} to {RETENTION_DAYS.stop - 1}",
        "recovery_point_days": str(COPIED_RECOVERY_POINTS_KEPT_DAYS),
        "tracks": " or ".join(TRACKS),
        "read_statement": _policy(writes=False),
        "write_statement": _policy(writes=True),
    }


def _policy(*, writes: bool) -> str:
    wanted: list[tuple[str, dict[str, str]]] = [
        (name, {}) for name, operation in OPERATIONS.items() if operation.writes is writes
    ]
    return json.dumps(statement(wanted), indent=1)
