"""Steps that bring the scheduled snapshots of a namespace to what is wanted: all of them, and no others."""

from __future__ import annotations

from redshift_migrate.models.base import JsonObject
from redshift_migrate.models.finding import Subject
from redshift_migrate.models.plan import Call, Check, Step
from redshift_migrate.models.serverless import ScheduledSnapshot
from redshift_migrate.models.settings import SCHEDULED_SNAPSHOT, join_parameters, send_all, values_of
from redshift_migrate.planner.building import Place, make_step


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
            reading=place.reading("scheduled_snapshot", scheduled_action_name=name),
            before=_values(old, place),
            after=_values(new, place),
        ),
        undo=_call(new, old, place),
    )


def _call(old: ScheduledSnapshot | None, new: ScheduledSnapshot | None, place: Place) -> Call:
    """The call that leads from one to the other."""
    if new is None:
        return place.call("DeleteScheduledAction", {"scheduledActionName": old.scheduled_action_name if old else ""})
    where: JsonObject = {"namespaceName": place.namespace_name}
    values = values_of(SCHEDULED_SNAPSHOT, new)
    parameters = join_parameters(send_all(SCHEDULED_SNAPSHOT, values), {"targetAction": {"createSnapshot": where}})
    if old is None:
        return place.call("CreateScheduledAction", {**where, **parameters})
    return place.call("UpdateScheduledAction", parameters)


def _values(one: ScheduledSnapshot | None, place: Place) -> JsonObject | None:
    """What the reading says of it; a retention that is kept indefinitely is None there, and said so."""
    if one is None:
        return None
    every = {row.member: row.of(one) for row in SCHEDULED_SNAPSHOT}
    return {"namespace_name": place.namespace_name, **every}
