"""The table of a plan: each setting on the cluster, now, and after, in the words of people. Pure.

What a step changes is read from its check: the rows of a plan, of a drift and of an undo cannot say anything else
than what is done.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from redshift_migrate.models import settings
from redshift_migrate.models.base import Json, JsonObject
from redshift_migrate.models.finding import Subject
from redshift_migrate.models.parameters import WLM_KEY, effective
from redshift_migrate.models.plan import Reading, ReadingName, SettingChange, Step, Wish
from redshift_migrate.models.scheduled_query_forms import OFF
from redshift_migrate.models.serverless import AbsentTarget, ServerlessConfig, ServerlessTarget, UsageLimit
from redshift_migrate.models.settings import Setting
from redshift_migrate.models.source import RUN_TAG
from redshift_migrate.models.spelling import tell, tell_days
from redshift_migrate.planner.building import CREATE_NAMESPACE_ID, CREATE_WORKGROUP_ID
from redshift_migrate.planner.data import RESTORE_ID

Target = ServerlessTarget | AbsentTarget
MADE_WITH = {CREATE_NAMESPACE_ID: settings.NAMESPACE, CREATE_WORKGROUP_ID: settings.WORKGROUP}
_ROWS: dict[ReadingName, tuple[Setting, ...]] = {
    "namespace": settings.NAMESPACE,
    "workgroup": settings.WORKGROUP,
    "snapshot_copy": settings.SNAPSHOT_COPY,
    "scheduled_snapshot": settings.SCHEDULED_SNAPSHOT,
    "endpoint": settings.ENDPOINT,
    "resource_policy": (settings.RESOURCE_POLICY,),
}
_ROW_OF = {(reading, row.member): row for reading, rows in _ROWS.items() for row in rows}
_PARAMETER = settings.parameter_member("")
_LIMIT = settings.USAGE_LIMIT
_ALWAYS_WHOLE: tuple[ReadingName, ...] = ("usage_limit", "usage_limit_alike", "rule_targets")


def goal_rows(goals: Iterable[Step], seen: Mapping[str, JsonObject | None]) -> tuple[SettingChange, ...]:
    """What is now, and what shall be, of every goal that is not reached."""
    return net(row for goal in goals if seen[goal.id] != goal.check.after for row in changes_of(goal, seen[goal.id]))


def setting_rows(wish: Wish, target: Target, steps: Iterable[Step]) -> tuple[SettingChange, ...]:
    """The rows of the wish with what is there now. What no step changes stays as it is, and is told so."""
    made = {step.id: step for step in steps}
    changes = net(
        change
        for step in made.values()
        if step.id not in MADE_WITH
        for change in changes_of(step, step.check.before)
        if change.member
    )
    present = {row.member: row for row in tell_target(target)}
    spoken_of = {row.member for row in wish.rows}
    unsaid = [row for row in tell_config(wish.settings) if row.member not in spoken_of] if wish.settings else []
    by_member = {change.member: change for change in changes}
    new = {row.member for step_id, rows in MADE_WITH.items() if step_id in made for row in rows}
    if CREATE_WORKGROUP_ID in made and wish.settings is not None:
        new |= {settings.parameter_member(key) for key, _ in wish.settings.config_parameters or ()}
    rows = [
        row if row.member in new else _row(row, present.get(row.member), by_member.get(row.member))
        for row in (*wish.rows, *unsaid)
    ]
    shown = {row.member for row in rows}
    if wish.source is not None and wish.source.has_data and RESTORE_ID not in made:
        rows = [_data_left(row) if row.subject == Subject.DATA else row for row in rows]
    told = (*rows, *(change for change in changes if change.member not in shown | new))
    return tuple(row for row in told if not _is_nothing(row))


def _is_nothing(row: SettingChange) -> bool:
    """What is neither there nor made is no row of a plan: people look for what is."""
    there = (row.on_cluster or "").partition(" ")[0]
    return row.now is None and (there == "0" or there == "none" == row.after)


def _row(row: SettingChange, present: SettingChange | None, change: SettingChange | None) -> SettingChange:
    if change is not None:
        action = "set" if row.action in ("unchanged", "not carried") else row.action
        now = present.after if present else change.now
        return row.model_copy(update={"now": now, "after": row.after or change.after, "action": action})
    if present is None or not row.member:
        return row
    if present.action == "pending":
        return row.model_copy(update={"now": present.now, "after": present.after, "action": "pending"})
    return row.model_copy(update={"now": present.after, "after": present.after, "action": "unchanged"})


def _data_left(row: SettingChange) -> SettingChange:
    return row.model_copy(update={"after": "left as it is in the namespace", "action": "unchanged"})


# --- what is there, or wished ----------------------------------------------------------------------------


def tell_target(target: Target) -> Iterator[SettingChange]:
    """Every setting that was read, with its value as `after`; a track that AWS has not changed yet is pending."""
    workgroup = target.workgroup if isinstance(target, ServerlessTarget) else None
    if isinstance(target, ServerlessTarget):
        yield _say(Subject.NAMESPACE, "namespace_name", "namespace name", target.namespace.namespace_name)
    if workgroup is not None:
        yield _say(Subject.NAMESPACE, "workgroup_name", "workgroup name", workgroup.workgroup_name)
    parameters = effective(target.config.config_parameters) if workgroup is not None else {}
    config = target.config.model_copy(update={"config_parameters": tuple(parameters.items())})
    for row in tell_config(config):
        if row.member == settings.TRACK.member and workgroup is not None and workgroup.pending_track_name:
            yield row.model_copy(update={"now": workgroup.track_name, "action": "pending"})
        else:
            yield row


def tell_config(config: ServerlessConfig) -> tuple[SettingChange, ...]:
    """Every setting that the value speaks of, in words."""
    return (*_own(config), *_parts(config))


def _own(config: ServerlessConfig) -> Iterator[SettingChange]:
    for row in (*settings.NAMESPACE, *settings.WORKGROUP, settings.RESOURCE_POLICY):
        value = row.of(config)
        if value is not None:
            yield _say(row.subject, row.member, row.words, row.tell(value))
    for key, text in config.config_parameters or ():
        subject = Subject.WLM if key == WLM_KEY else Subject.PARAMETERS
        yield _say(subject, settings.parameter_member(key), key, text)


def _parts(config: ServerlessConfig) -> Iterator[SettingChange]:
    """What belongs to namespace and workgroup: one row each, the snapshot copy one for each of its settings."""
    for copy in config.snapshot_copy or ():
        for row in settings.SNAPSHOT_COPY:
            yield _say(row.subject, f"snapshot_copy.{row.member}", row.words, row.tell(row.of(copy)))
    if config.tags is not None:
        pairs = ", ".join(f"{key}={value}" for key, value in config.tags)
        yield _say(Subject.TAGS, "tags", "tags", pairs or "none")
    for limit in config.usage_limits or ():
        text = settings.tell_limit(limit)
        yield _say(Subject.USAGE_LIMITS, settings.limit_member(limit), "usage limit", text)
    for endpoint in config.endpoint_access or ():
        text = f"{endpoint.endpoint_name} in {tell(list(endpoint.subnet_ids))}"
        member = f"endpoint_access.{endpoint.endpoint_name}"
        yield _say(Subject.ENDPOINTS, member, "managed VPC endpoint", text)
    for each in config.scheduled_snapshots or ():
        text = tell_snapshots(each.schedule, each.retention_period_days)
        member = f"scheduled_snapshots.{each.scheduled_action_name}"
        yield _say(Subject.SNAPSHOTS, member, "scheduled snapshots", text)
    for query in config.scheduled_queries or ():
        text = f"{query.name}, {'switched on' if query.enabled else 'switched off'}"
        yield _say(Subject.SCHEDULED_QUERIES, settings.query_member(query), f"{query.home} {query.name}", text)


def _say(subject: Subject, member: str, setting: str, text: str) -> SettingChange:
    return SettingChange(subject=subject, member=member, setting=setting, after=text, action="set")


# --- what a step changes ---------------------------------------------------------------------------------


def changes_of(step: Step, found: JsonObject | None) -> tuple[SettingChange, ...]:
    """Each setting that becomes another one with this step, where that is found now."""
    reading, after = step.check.reading, step.check.after
    is_mark = RUN_TAG in (found or after or {})
    is_whole = (found is None or after is None) and reading.name not in ("snapshot_copy", "tags")
    if is_whole or is_mark or reading.name in _ALWAYS_WHOLE:
        thing = _thing(reading, after or found or {}, step)
        return (_change(step, *thing, _whole(reading, found), _whole(reading, after)),)
    old, new = found or {}, after or {}
    names = [
        name for name in dict.fromkeys((*new, *old)) if found is None or after is None or old.get(name) != new.get(name)
    ]
    return tuple(
        _change(step, *_member(reading, name), _tell(reading, name, found), _tell(reading, name, after))
        for name in names
    )


def tell_read_back(step: Step, found: Json) -> str:
    """What AWS answered when the step was read back, setting by setting."""
    reading = step.check.reading
    if not isinstance(found, dict):
        return "not there"
    if RUN_TAG in found or reading.name in _ALWAYS_WHOLE or not found:
        return _whole(reading, found) or "not there"
    told = ((_member(reading, name)[1], _tell(reading, name, found)) for name in found)
    return "; ".join(f"{setting}: {_brief(value)}" for setting, value in told if value is not None) or "there"


def _brief(value: str) -> str:
    """A read-back that is not as planned stops the run, so a whole document needs no repeating."""
    return "as planned" if value.startswith(("[{", "{")) else value


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
    row = _ROW_OF.get((reading.name, name))
    if reading.name in ("namespace", "workgroup", "resource_policy"):
        return name, row.words if row else tell_name(name)
    if reading.name == "tags":
        return "tags", f"tag {name}"
    if reading.name == "snapshot_copy":
        return f"snapshot_copy.{name}", row.words if row else tell_name(name)
    member, setting = _thing(reading, {}, None)
    return member, f"{setting}: {row.words if row else tell_name(name)}"


def _tell(reading: Reading, name: str, values: JsonObject | None) -> str | None:
    if values is None:
        return None
    row = _ROW_OF.get((reading.name, name))
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
