"""Steps that bring the scheduled snapshots of a namespace to what is wanted: all of them, and no others."""

from __future__ import annotations

from redshift_migrate.models.base import JsonObject
from redshift_migrate.models.finding import Subject
from redshift_migrate.models.plan import Call, Check, Step
from redshift_migrate.models.serverless import ScheduledSnapshot
from redshift_migrate.planner.building import Place, hash_of, make_step

_SELECT = hash_of(
    "scheduledAction",
    {
        "namespaceName": "namespaceName",
        "schedule": "schedule.cron",
        "roleArn": "roleArn",
        "enabled": "state == 'ACTIVE'",
        "snapshotNamePrefix": "targetAction.createSnapshot.snapshotNamePrefix",
        "retentionPeriod": "not_null(targetAction.createSnapshot.retentionPeriod, `-1`)",
    },
)


def plan_scheduled_snapshots(
    wanted: tuple[ScheduledSnapshot, ...], present: tuple[ScheduledSnapshot, ...], place: Place
) -> tuple[Step, ...]:
    """Delete, update or create by name: a scheduled action's name is unique in its region."""
    old = {one.scheduled_action_name: one for one in present}
    new = {one.scheduled_action_name: one for one in wanted}
    steps = [_step("delete", old[name], old[name], None, place) for name in sorted(old.keys() - new.keys())]
    for name in sorted(new):
        if name not in old:
            steps.append(_step("create", new[name], None, new[name], place))
        elif old[name] != new[name]:
            steps.append(_step("update", new[name], old[name], new[name], place))
    return tuple(steps)


def _step(
    what: str, named: ScheduledSnapshot, old: ScheduledSnapshot | None, new: ScheduledSnapshot | None, place: Place
) -> Step:
    name = named.scheduled_action_name
    words = {
        "create": f"Take snapshots of namespace {place.namespace_name} on the schedule {named.schedule} UTC ({name})",
        "update": f"Change the scheduled snapshots {name}: {named.schedule} UTC",
        "delete": f"Stop the scheduled snapshots {name}",
    }
    return make_step(
        id=f"snapshots.{what}.{name}",
        subject=Subject.SNAPSHOTS,
        summary=words[what],
        call=_call(old, new, place),
        check=Check(
            call=place.call("GetScheduledAction", {"scheduledActionName": name}),
            select=_SELECT,
            before=_seen(old, place),
            after=_seen(new, place),
        ),
        undo=_call(new, old, place),
    )


def _call(old: ScheduledSnapshot | None, new: ScheduledSnapshot | None, place: Place) -> Call:
    """The call that leads from one to the other."""
    if new is None:
        return place.call("DeleteScheduledAction", {"scheduledActionName": old.scheduled_action_name if old else ""})
    snapshot: JsonObject = {
        "namespaceName": place.namespace_name,
        "snapshotNamePrefix": new.snapshot_name_prefix,
    }
    if new.retention_period_days is not None:
        snapshot["retentionPeriod"] = new.retention_period_days
    parameters: JsonObject = {
        "scheduledActionName": new.scheduled_action_name,
        "schedule": {"cron": new.schedule},
        "roleArn": new.role_arn,
        "enabled": new.enabled,
        "targetAction": {"createSnapshot": snapshot},
    }
    if old is None:
        return place.call("CreateScheduledAction", {"namespaceName": place.namespace_name, **parameters})
    return place.call("UpdateScheduledAction", parameters)


def _seen(one: ScheduledSnapshot | None, place: Place) -> JsonObject | None:
    if one is None:
        return None
    return {
        "namespaceName": place.namespace_name,
        "schedule": one.schedule,
        "roleArn": one.role_arn,
        "enabled": one.enabled,
        "snapshotNamePrefix": one.snapshot_name_prefix,
        "retentionPeriod": -1 if one.retention_period_days is None else one.retention_period_days,
    }
