"""Steps that make the workgroup's copies of scheduled queries, switched off. Nothing of the cluster is touched.

A copy that is switched on was cut over and belongs to its owner: it is never planned again. Rules and schedules that
somebody else made under the same name are left alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal

from redshift_migrate.models.base import Json, JsonObject, Value
from redshift_migrate.models.finding import Finding, Subject
from redshift_migrate.models.plan import Call, Check, Reading, Step, Wait
from redshift_migrate.models.scheduled_query import NAMESPACE_SECRET, Home, ScheduledQuery
from redshift_migrate.models.scheduled_query_forms import (
    OFF,
    rule_parameters,
    rule_values,
    schedule_parameters,
    schedule_values,
    target_parameters,
)
from redshift_migrate.planner.building import Place, json_list, make_step

State = Literal["absent", "without targets", "same", "outdated", "cut over", "somebody else's", "awaits its secret"]
Address = tuple[Home, str, str]


class Copy(Value):
    """One rule with its targets, or one schedule: what is wanted and what is there."""

    wanted: tuple[ScheduledQuery, ...]
    present: tuple[ScheduledQuery, ...]
    state: State

    @property
    def first(self) -> ScheduledQuery:
        """The wanted query that says what the rule itself is like."""
        return self.wanted[0]


def plan_scheduled_queries(
    wanted: Sequence[ScheduledQuery],
    present: Sequence[ScheduledQuery] | None,
    place: Place,
    secret_arn: str | None = None,
) -> tuple[Step, ...]:
    """Create what is not there, bring up to date what is there and switched off. No step when all is as wanted.

    `present` is what there is under the wanted names; None is not known, and then nothing is planned. `secret_arn` is
    the managed admin secret of the namespace, if it exists.
    """
    if present is None:
        return ()
    steps: list[Step] = []
    for copy in copies(wanted, present, place, secret_arn):
        if copy.first.home == "rule":
            steps += _rule_steps(copy, place)
        else:
            steps += _schedule_steps(copy, place)
    return tuple(steps)


def scheduled_query_findings(
    wanted: Sequence[ScheduledQuery],
    present: Sequence[ScheduledQuery] | None,
    place: Place,
    secret_arn: str | None = None,
) -> tuple[Finding, ...]:
    """What `plan_scheduled_queries` leaves alone, and why."""
    if present is None:
        message = "No scheduled query is carried, because whether the new names are free could not be read."
        return (_finding("warning", wanted[0], message),) if wanted else ()
    found: list[Finding] = []
    for copy in copies(wanted, present, place, secret_arn):
        query = copy.first
        what = f"{query.home.capitalize()} {query.name} ({query.group})"
        if copy.state == "somebody else's":
            message = (
                f"{what} exists and is not a copy made here, so the query of that name is not carried. Rename or "
                "remove it, or leave scheduled_queries out."
            )
            found.append(_finding("warning", query, message))
        elif copy.state == "cut over":
            message = f"{what} is switched on: it was cut over, so it is left as it is, whatever the cluster has."
            found.append(_finding("info", query, message))
        elif copy.state == "awaits its secret":
            message = (
                f"{what} needs the managed admin secret of the namespace, which is not there yet. Plan again then."
            )
            found.append(_finding("warning", query, message))
    return tuple(found)


def copies(
    wanted: Sequence[ScheduledQuery],
    present: Sequence[ScheduledQuery],
    place: Place,
    secret_arn: str | None,
) -> tuple[Copy, ...]:
    """The wanted queries by rule and schedule, each with what is there under its name."""
    there: dict[Address, list[ScheduledQuery]] = {}
    for query in present:
        there.setdefault(query.place, []).append(query)
    groups: dict[Address, list[ScheduledQuery]] = {}
    for query in wanted:
        groups.setdefault(query.place, []).append(with_secret(query, secret_arn))
    return tuple(
        Copy(
            wanted=tuple(group),
            present=tuple(there.get(address, ())),
            state=state_of(group, there.get(address, []), place.workgroup_arn),
        )
        for address, group in sorted(groups.items())
    )


def with_secret(query: ScheduledQuery, secret_arn: str | None) -> ScheduledQuery:
    """The query with the namespace's own secret filled in, as far as it is known."""
    if query.secret_arn != NAMESPACE_SECRET or secret_arn is None:
        return query
    return query.model_copy(update={"secret_arn": secret_arn})


def state_of(wanted: Sequence[ScheduledQuery], present: Sequence[ScheduledQuery], workgroup_arn: Json) -> State:
    """What there is under the name of a wanted rule or schedule."""
    first = wanted[0]
    if any(query.secret_arn == NAMESPACE_SECRET for query in wanted):
        return "awaits its secret"
    if not present:
        return "absent"
    if first.home == "schedule":
        return _schedule_state(first, present[0])
    same_rule = rule_values(present[0]) == rule_values(first)
    if present[0].target_id is None:
        return "without targets" if same_rule and not present[0].enabled else "somebody else's"
    ids = [query.target_id for query in present]
    if any(query.workgroup != workgroup_arn for query in present) or set(ids) != {each.target_id for each in wanted}:
        return "somebody else's"
    if present[0].enabled:
        return "cut over"
    return (
        "same"
        if same_rule and targets_seen(present, workgroup_arn) == targets_seen(wanted, workgroup_arn)
        else ("outdated")
    )


def _schedule_state(wanted: ScheduledQuery, present: ScheduledQuery) -> State:
    if present.workgroup != wanted.workgroup:
        return "somebody else's"
    if present.enabled:
        return "cut over"
    # A start that has passed since the copy was made means the same as none.
    with_start = not present.has_started
    there, asked = (schedule_check_values(query, OFF, with_start=with_start) for query in (present, wanted))
    return "same" if there == asked else "outdated"


def targets_seen(queries: Iterable[ScheduledQuery], arn: Json) -> list[Json]:
    """The targets of a rule with these queries, as its reading gives them."""
    targets: list[Json] = []
    targets += [target_parameters(query, arn) for query in sorted(queries, key=lambda query: query.target_id or "")]
    return targets


# --- what is read ------------------------------------------------------------------------------------


def call(region: str, service: str, operation: str, parameters: JsonObject) -> Call:
    """A call to EventBridge or its Scheduler."""
    return Call(service=service, region=region, operation=operation, parameters=parameters)


def name_members(query: ScheduledQuery) -> JsonObject:
    """The members by which calls name a rule or a schedule."""
    where = "EventBusName" if query.home == "rule" else "GroupName"
    return {"Name": query.name, where: query.group}


def reading_of(region: str, query: ScheduledQuery) -> Reading:
    """The reading of the rule or schedule itself."""
    return Reading(name=query.home, region=region, arguments={"name": query.name, "group": query.group})


def targets_of(region: str, query: ScheduledQuery, ids: Iterable[str] | None = None) -> Reading:
    """The reading of a rule's targets: all, or those with these ids."""
    some: JsonObject = {} if ids is None else {"target_ids": json_list(sorted(ids))}
    return Reading(name="rule_targets", region=region, arguments={"name": query.name, "group": query.group, **some})


def schedule_check_values(query: ScheduledQuery, state: str, *, with_start: bool = True) -> JsonObject:
    """What a check of a schedule compares. A start that has passed is not sent again, so it is not compared."""
    values = {**schedule_values(query), "state": state}
    return {name: value for name, value in values.items() if with_start or name != "start_date"}


def is_off(region: str, query: ScheduledQuery) -> Wait:
    """A guard: the rule or schedule is switched off, or is not there at all."""
    return Wait(
        reading=reading_of(region, query),
        member="state",
        until=(OFF, None),
        what=f"{query.home} {query.name} to be switched off",
    )


# --- rules -------------------------------------------------------------------------------------------


def _rule_steps(copy: Copy, place: Place) -> tuple[Step, ...]:
    if copy.state == "absent":
        rule = _put_rule(copy, place)
        return (rule, _put_targets(copy, place, (rule.id,)))
    if copy.state == "without targets":
        return (_put_targets(copy, place, ()),)
    if copy.state != "outdated":
        return ()
    steps: list[Step] = []
    if rule_values(copy.present[0]) != rule_values(copy.first):
        steps.append(_put_rule(copy, place))
    if targets_seen(copy.present, place.workgroup_arn) != targets_seen(copy.wanted, place.workgroup_arn):
        steps.append(_put_targets(copy, place, ()))
    return tuple(steps)


def _put_rule(copy: Copy, place: Place) -> Step:
    query, old = copy.first, copy.present[0] if copy.present else None
    when = f"{query.schedule_expression} UTC" if query.schedule_expression else f"events of bus {query.group}"
    back = _put(place, old) if old else call(place.region, "events", "DeleteRule", name_members(query))
    return make_step(
        id=f"scheduled_queries.rule.{query.group}/{query.name}",
        subject=Subject.SCHEDULED_QUERIES,
        summary=f"{'Change' if old else 'Create'} rule {query.name}, switched off: {when}",
        call=_put(place, query),
        check=Check(
            reading=reading_of(place.region, query),
            before={**rule_values(old), "state": OFF} if old else None,
            after={**rule_values(query), "state": OFF},
        ),
        undo=back,
    )


def _put(place: Place, query: ScheduledQuery) -> Call:
    return call(place.region, "events", "PutRule", {**rule_parameters(query), "State": OFF})


def _put_targets(copy: Copy, place: Place, needs: tuple[str, ...]) -> Step:
    query, arn = copy.first, place.workgroup_arn
    old = [each for each in copy.present if each.target_id is not None]
    which: JsonObject = {"Rule": query.name, "EventBusName": query.group}
    new = targets_seen(copy.wanted, arn)
    ids: list[Json] = [each.target_id for each in copy.wanted]
    if old:
        back = call(place.region, "events", "PutTargets", {**which, "Targets": targets_seen(old, arn)})
    else:
        back = call(place.region, "events", "RemoveTargets", {**which, "Ids": ids})
    statements = "its statement" if len(new) == 1 else f"its {len(new)} statements"
    return make_step(
        id=f"scheduled_queries.targets.{query.group}/{query.name}",
        subject=Subject.SCHEDULED_QUERIES,
        summary=f"Let rule {query.name} run {statements} on workgroup {place.workgroup_name}, byte for byte",
        call=call(place.region, "events", "PutTargets", {**which, "Targets": new}),
        check=Check(
            reading=targets_of(place.region, query),
            before={"targets": targets_seen(old, arn)} if old else None,
            after={"targets": new},
        ),
        undo=back,
        # Whoever cut over must go back first: taking its targets away would leave nothing that runs.
        undo_guards=(is_off(place.region, query),),
        guards=(is_off(place.region, query),),
        needs=needs,
    )


# --- schedules ---------------------------------------------------------------------------------------


def _schedule_steps(copy: Copy, place: Place) -> tuple[Step, ...]:
    if copy.state not in ("absent", "outdated"):
        return ()
    query, old = copy.first, copy.present[0] if copy.present else None
    operation = "UpdateSchedule" if old else "CreateSchedule"
    if old:
        back = call(place.region, "scheduler", "UpdateSchedule", {**schedule_parameters(old), "State": OFF})
    else:
        back = call(place.region, "scheduler", "DeleteSchedule", name_members(query))
    when = f"{query.schedule_expression} {query.schedule_expression_timezone or 'UTC'}"
    return (
        make_step(
            id=f"scheduled_queries.schedule.{query.group}/{query.name}",
            subject=Subject.SCHEDULED_QUERIES,
            summary=f"{'Change' if old else 'Create'} schedule {query.name}, group {query.group}, switched off: {when}",
            call=call(place.region, "scheduler", operation, {**schedule_parameters(query), "State": OFF}),
            check=Check(
                reading=reading_of(place.region, query),
                before=schedule_check_values(old, OFF) if old else None,
                after=schedule_check_values(query, OFF),
            ),
            undo=back,
        ),
    )


def _finding(level: Literal["info", "warning"], query: ScheduledQuery, message: str) -> Finding:
    return Finding(
        level=level,
        subject=Subject.SCHEDULED_QUERIES,
        setting=f"{query.home} {query.name}",
        message=message,
    )
