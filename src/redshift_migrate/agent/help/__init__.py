"""Help topics: a text file each, with the parts that code decides filled in from the code."""

from __future__ import annotations

import re
from importlib import resources
from typing import Any

from redshift_migrate.errors import SettingsError
from redshift_migrate.models.regions import either, similar
from redshift_migrate.models.serverless import RETENTION_DAYS
from redshift_migrate.permissions import OPERATIONS
from redshift_migrate.tools import TOOLS
from redshift_migrate.translators.maintenance import TRACKS
from redshift_migrate.translators.query_names import LONGEST
from redshift_migrate.translators.query_roles import SERVICES
from redshift_migrate.translators.snapshot_copy import COPIED_RECOVERY_POINTS_KEPT_DAYS
from redshift_migrate.translators.usage_limits import MOST_LIMITS
from redshift_migrate.translators.wlm_queues import METRICS, MOST_PREDICATES, MOST_QUEUES, MOST_RULES

HELP_TOPICS: dict[str, str] = {
    "getting_started": "what this is and what to say first",
    "first_look": "a first look at a real account, read-only",
    "migration": "moving a whole cluster",
    "cut_over": "switching over to serverless",
    "decommission": "pausing and deleting a cluster that nobody needs any more",
    "data": "is the data there, who still connects, snapshots",
    "undo": "taking a run back",
    "fleet": "many clusters: how ready they are, in which order they move",
    "cost": "what it costs",
    "maintenance_snapshot": "maintenance and snapshot copy: what is carried, what is not",
    "snapshot_copy": "copying a namespace's snapshots to another region",
    "scheduled_queries": "scheduled queries: how they are found, carried and cut over",
    "usage_limits": "usage limits: what each becomes",
    "wlm_queues": "WLM queues and rules: what survives",
    "tracks": "maintenance tracks on serverless",
    "approval": "how a change is approved",
    "permissions": "the IAM statements this needs",
}


def help_text(topic: str) -> str:
    """The text of a topic. KeyError for another name."""
    HELP_TOPICS[topic]
    template = resources.files(__package__).joinpath(f"{topic}.md").read_text(encoding="utf-8")
    return template.format_map(_facts())


def find_topic(wanted: str) -> str | None:
    """The topic meant: one of them as people spell it, or the one that explains a tool. None when there is none."""
    name = wanted.strip().lower().replace(" ", "_").replace("-", "_")
    if name in TOOLS:
        name = TOOLS[name].topic
    return name if name in HELP_TOPICS else None


def help_result(wanted: str | None) -> dict[str, Any]:
    """The topics, or the text of one. SettingsError for a topic that there is not."""
    if wanted is None:
        return {"topics": HELP_TOPICS}
    topic = find_topic(wanted)
    if topic is None:
        near = similar(wanted, HELP_TOPICS) or sorted(HELP_TOPICS)
        raise SettingsError(f"There is no help topic {wanted!r}.", hint=f"Topics: {either(near)}.")
    return {"topic": topic, "text": help_text(topic)}


def _facts() -> dict[str, str]:
    return {
        "retention_range": f"{RETENTION_DAYS.start} to {RETENTION_DAYS.stop - 1}",
        "recovery_point_days": str(COPIED_RECOVERY_POINTS_KEPT_DAYS),
        "tracks": " or ".join(TRACKS),
        "name_limit": str(LONGEST),
        "services": " (rules) or ".join(SERVICES.values()) + " (schedules)",
        "most_limits": str(MOST_LIMITS),
        "most_queues": str(MOST_QUEUES),
        "most_rules": str(MOST_RULES),
        "most_predicates": str(MOST_PREDICATES),
        "metrics": ", ".join(sorted(METRICS)),
        "read_actions": _list_actions(writes=False),
        "write_actions": _list_actions(writes=True),
    }


def _list_actions(*, writes: bool) -> str:
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
