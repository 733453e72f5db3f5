"""What a step changes, setting by setting, in the words of people. Pure.

It is read from the step's check: the rows of a plan, of a drift and of an undo cannot say anything else than what is
done.
"""

from __future__ import annotations

from collections.abc import Iterable

from redshift_migrate.models import settings
from redshift_migrate.models.base import Json, JsonObject
from redshift_migrate.models.plan import Reading, ReadingName, SettingChange, Step
from redshift_migrate.models.scheduled_query_forms import OFF
from redshift_migrate.models.serverless import UsageLimit
from redshift_migrate.models.settings import Setting
from redshift_migrate.models.source import RUN_TAG
from redshift_migrate.models.spelling import tell, tell_days

_ROWS: dict[ReadingName, tuple[Setting, ...]] = {
    "namespace": settings.NAMESPACE,
    "workgroup": settings.WORKGROUP,
    "snapshot_copy": settings.SNAPSHOT_COPY,
    "scheduled_snapshot": settings.SCHEDULED_SNAPSHOT,
    "endpoint": settings.ENDPOINT,
    "resource_policy": (settings.RESOURCE_POLICY,),
}
_PARAMETER = settings.parameter_member("")
_LIMIT = settings.USAGE_LIMIT


def changes_of(step: Step, found: JsonObject | None) -> tuple[SettingChange, ...]:
    """Each setting that becomes another one with this step, where that is found now."""
    reading, after = step.check.reading, step.check.after
    is_mark = RUN_TAG in (found or after or {})
    is_whole = (found is None or after is None) and reading.name not in ("snapshot_copy", "tags")
    if is_whole or is_mark or reading.name in ("usage_limit", "usage_limit_alike", "rule_targets"):
        thing = _thing(reading, after or found or {}, step)
        return (_change(step, *thing, _whole(reading, found), _whole(reading, after)),)
    old, new = found or {}, after or {}
    names = [
        name for name in dict.fromkeys((*new, *old)) if found is None or after is None or old.get(name) != new.get(name)
    ]
    return tuple(
        _change(step, *_member(reading, name), _told(reading, name, found), _told(reading, name, after))
        for name in names
    )


def net(changes: Iterable[SettingChange]) -> tuple[SettingChange, ...]:
    """One change a setting, however many steps it takes; none where the last puts back what the first takes away."""
    found: dict[tuple[str, str], SettingChange] = {}
    for change in changes:
        key = (change.member, change.setting)
        first = found.get(key)
        found[key] = change.model_copy(update={"now": first.now}) if first else change
    return tuple(change for change in found.values() if change.now != change.after)


def _change(step: Step, member: str, setting: str, now: str | None, after: str | None) -> SettingChange:
    action = "removed" if after is None else "set"
    return SettingChange(subject=step.subject, member=member, setting=setting, now=now, after=after, action=action)


def _member(reading: Reading, name: str) -> tuple[str, str]:
    """How a value of a reading is named in wishes, and to people."""
    if name.startswith(_PARAMETER):
        return name, name.removeprefix(_PARAMETER)
    row = next((row for row in _ROWS.get(reading.name, ()) if row.member == name), None)
    if reading.name in ("namespace", "workgroup", "resource_policy"):
        return name, row.words if row else tell_name(name)
    if reading.name == "tags":
        return "tags", f"tag {name}"
    if reading.name == "snapshot_copy":
        return f"snapshot_copy.{name}", row.words if row else tell_name(name)
    member, setting = _thing(reading, {}, None)
    return member, f"{setting}: {row.words if row else tell_name(name)}"


def _told(reading: Reading, name: str, values: JsonObject | None) -> str | None:
    if values is None:
        return None
    row = next((row for row in _ROWS.get(reading.name, ()) if row.member == name), None)
    if row is None and values.get(name) is None:
        return None
    return row.tell(values.get(name)) if row else tell(values.get(name))


def _thing(reading: Reading, values: JsonObject, step: Step | None) -> tuple[str, str]:
    """What the reading is of, where it is one of many: a limit, an endpoint, a rule, the namespace itself."""
    arguments = reading.arguments
    match reading.name:
        case "usage_limit" | "usage_limit_alike":
            return f"usage_limits.{_whole(reading, values)}", "usage limit"
        case "endpoint":
            return f"endpoint_access.{arguments['endpoint_name']}", "managed VPC endpoint"
        case "scheduled_snapshot":
            return f"scheduled_snapshots.{arguments['scheduled_action_name']}", "scheduled snapshots"
        case "rule" | "rule_targets" | "schedule":
            kind = "schedule" if reading.name == "schedule" else "rule"
            place = f"{kind}.{arguments['group']}/{arguments['name']}"
            words = f"statements of rule {arguments['name']}" if reading.name == "rule_targets" else ""
            return f"scheduled_queries.{place}", words or f"{kind} {arguments['name']}"
        case "tags":
            return "", _made_by_run(step)
        case "cluster_snapshot":
            return "", f"snapshot {arguments['snapshot_identifier']}"
        case _:
            name = arguments.get(f"{reading.name}_name", "")
            return "", f"{tell_name(reading.name)} {name}".strip()


def _made_by_run(step: Step | None) -> str:
    parameters = step.call.parameters if step else {}
    for kind in ("workgroup", "namespace"):
        if f"{kind}Name" in parameters:
            return f"{kind} {parameters[f'{kind}Name']}"
    return "tags"


def _whole(reading: Reading, values: JsonObject | None) -> str | None:
    """Something that is made or removed as a whole, in one line; None when it is not there."""
    if values is None:
        return None
    match reading.name:
        case "usage_limit" | "usage_limit_alike":
            return settings.tell_limit(UsageLimit.model_validate({row.member: values[row.member] for row in _LIMIT}))
        case "scheduled_snapshot":
            return tell_snapshots(str(values.get("schedule")), values.get("retention_period_days"))
        case "endpoint":
            return f"{reading.arguments['endpoint_name']} in {tell(values.get('subnet_ids'))}"
        case "rule" | "schedule":
            return tell_state(values.get("state"))
        case "rule_targets":
            targets = values.get("targets")
            return str(len(targets)) if isinstance(targets, list) else "none"
        case "tags":
            return "made by the run" if values.get(RUN_TAG) else "made by somebody else"
        case _:
            return "there"


def tell_name(name: str) -> str:
    """A member's name as words."""
    return name.replace("_", " ")


def tell_state(state: Json) -> str:
    """Whether a rule or schedule is switched on."""
    return "switched off" if state == OFF else "switched on"


def tell_snapshots(schedule: str, days: Json) -> str:
    """Scheduled snapshots in one line."""
    return f"{schedule} UTC, {'' if days is None else 'kept '}{tell_days(days)}"
