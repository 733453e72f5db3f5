"""Help topics: a text file each, with the parts that code decides filled in from the code."""

from __future__ import annotations

import re
from importlib import resources

from redshift_migrate.models.serverless import RETENTION_DAYS
from redshift_migrate.permissions import OPERATIONS
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
        "read_actions": _needed(writes=False),
        "write_actions": _needed(writes=True),
    }


def _needed(*, writes: bool) -> str:
    """One line a resource: what is needed on it."""
    actions: dict[str, set[str]] = {}
    for operation in OPERATIONS.values():
        if operation.writes is writes:
            for grant in operation.grants:
                actions.setdefault(grant.resource, set()).add(grant.action)
    return "\n".join(
        f"- on `{_readable(resource)}`: {', '.join(sorted(actions[resource]))}" for resource in sorted(actions)
    )


def _readable(resource: str) -> str:
    """`{partition}` → `PARTITION`, so that a template reads as one."""
    return re.sub(r"\{(\w+)\}", lambda slot: slot.group(1).upper(), resource)
