"""Steps that make a workgroup, or bring one that exists to the wanted settings, one setting a call."""

from __future__ import annotations

from collections.abc import Mapping

from redshift_migrate.models.base import Json, JsonObject
from redshift_migrate.models.finding import Finding, Subject
from redshift_migrate.models.parameters import (
    WITHOUT_SSL,
    WLM_KEY,
    Parameters,
    effective,
    form,
    is_limit,
    send_parameters,
)
from redshift_migrate.models.plan import Call, Check, Step, ref
from redshift_migrate.models.serverless import AbsentTarget, ServerlessConfig, ServerlessTarget
from redshift_migrate.models.settings import (
    BASE_CAPACITY,
    MAX_CAPACITY,
    PRICE_PERFORMANCE,
    RESTARTS,
    ROUTING,
    SUBNETS,
    TRACK,
    WORKGROUP,
    Setting,
    parameter_member,
    send_all,
    values_of,
)
from redshift_migrate.models.spelling import NO_MAXIMUM
from redshift_migrate.planner.building import CREATE_WORKGROUP_ID, UPDATE_SETTLE_S, Place, make_step, run_tags

CREATE_ID, PARAMETERS_ID, SSL_ID = CREATE_WORKGROUP_ID, "parameters.config", "parameters.require_ssl"


def make_workgroup(wanted: ServerlessConfig, place: Place, run_tag: str, needs: tuple[str, ...]) -> tuple[Step, ...]:
    """One CreateWorkgroup with every setting that AWS takes at creation, and what it only takes afterwards."""
    at_creation = tuple(item for item in wanted.config_parameters or () if item not in WITHOUT_SSL.items())
    later = dict(wanted.config_parameters or ()).items() & WITHOUT_SSL.items()
    created = _create(wanted.model_copy(update={"config_parameters": at_creation}), place, run_tag, needs)
    if not later:
        return (created,)
    after = _parameter_step(SSL_ID, dict(later), at_creation, place).model_copy(
        update={"needs": (CREATE_ID,), "undo": None, "undone_with": CREATE_ID, "no_undo": "It goes with the workgroup."}
    )
    return (created, after)


def _create(wanted: ServerlessConfig, place: Place, run_tag: str, needs: tuple[str, ...]) -> Step:
    """The track is among the settings: a later switch to trailing does not go back.

    The undo deletes the workgroup only while its ARN carries the run's tag.
    """
    values = values_of(WORKGROUP, wanted)
    parameters: JsonObject = {"workgroupName": place.workgroup_name, "namespaceName": place.namespace_name}
    parameters |= send_all(WORKGROUP, values)
    if wanted.config_parameters:
        parameters["configParameters"] = send_parameters(wanted.config_parameters)
    parameters["tags"] = run_tags(wanted.tags, run_tag)
    return make_step(
        id=CREATE_ID,
        subject=Subject.CAPACITY,
        summary=f"Create workgroup {place.workgroup_name} with {_capacity(wanted)} on the "
        f"{wanted.track_name or 'current'} track",
        call=place.call("CreateWorkgroup", parameters),
        check=Check(
            reading=place.workgroup(),
            before=None,
            after={
                "namespace_name": place.namespace_name,
                **values,
                **_parameter_values(dict(wanted.config_parameters or ()), wanted.config_parameters),
            },
            outputs=("workgroup_arn",),
        ),
        waits=(place.workgroup_available(usually_s=180), place.namespace_available()),
        undo=place.call("DeleteWorkgroup", {"workgroupName": place.workgroup_name}),
        undo_waits=(place.workgroup_gone(), place.namespace_available()),
        undo_check=place.made_by(ref(CREATE_ID, "workgroup_arn"), run_tag),
        needs=needs,
    )


def _capacity(wanted: ServerlessConfig) -> str:
    if wanted.base_capacity_rpu is not None:
        return f"a base capacity of {BASE_CAPACITY.tell(wanted.base_capacity_rpu)}"
    level = wanted.price_performance_level
    return f"price-performance target {PRICE_PERFORMANCE.tell(level)}" if level else "the capacity that AWS gives"


def update_workgroup(wanted: ServerlessConfig, now: ServerlessConfig, place: Place) -> tuple[Step, ...]:
    """One UpdateWorkgroup for each setting that differs, in an order that is valid at every moment.

    The track comes last of the settings. Source: API reference, UpdateWorkgroup.
    """
    old = {row.member: row.fresh for row in WORKGROUP if row.by_silence} | values_of(WORKGROUP, now)
    new = values_of(WORKGROUP, wanted)
    changed = [row for row in WORKGROUP if row.member in new and new[row.member] != old.get(row.member)]
    steps = [_update(row, new[row.member], old.get(row.member), place) for row in _order(changed, new, old)]
    return (*steps, *_parameters_step(wanted, now, place))


def _order(changed: list[Setting], new: Mapping[str, Json], old: Mapping[str, Json]) -> list[Setting]:
    """Max before base when the base grows, after it when it shrinks; subnets before the routing that needs them."""
    order = list(changed)
    base, before = new.get(BASE_CAPACITY.member), old.get(BASE_CAPACITY.member)
    shrinks = isinstance(base, int) and base < (before if isinstance(before, int) else 0)
    _put_first(order, *((BASE_CAPACITY, MAX_CAPACITY) if shrinks else (MAX_CAPACITY, BASE_CAPACITY)))
    _put_first(order, PRICE_PERFORMANCE, BASE_CAPACITY)  # a base is refused while a target is on
    # Turning routing on needs a third subnet, which must be there by then; turning it off frees it.
    leaves_routing = bool(old.get(ROUTING.member)) and ROUTING in order
    _put_first(order, *((ROUTING, SUBNETS) if leaves_routing else (SUBNETS, ROUTING)))
    return order


def _put_first(order: list[Setting], first: Setting, second: Setting) -> None:
    if first in order and second in order and order.index(first) > order.index(second):
        order.remove(first)
        order.insert(order.index(second), first)


def _update(row: Setting, value: Json, before: Json, place: Place) -> Step:
    can_go_back = before is not None and (row is not BASE_CAPACITY or before != NO_MAXIMUM)
    return make_step(
        id=row.step_id,
        subject=row.subject,
        summary=_summary(row, value, before, place),
        call=_call(row, value, place),
        check=Check(reading=place.workgroup(), before={row.member: before}, after={row.member: value}),
        waits=(place.workgroup_available(settle_s=UPDATE_SETTLE_S), place.namespace_available()),
        undo=_call(row, before, place) if can_go_back else None,
        no_undo="" if can_go_back else "AWS named no value before.",
        interrupts=row.interruption(value),
    )


def _summary(row: Setting, value: Json, before: Json, place: Place) -> str:
    new, old = row.tell(value), row.tell(before)
    if row is TRACK:
        return f"Put workgroup {place.workgroup_name} on the {new} track (now {old})"
    return f"Set the {row.words} of workgroup {place.workgroup_name} to {new}, not {old}"


def _call(row: Setting, value: Json, place: Place) -> Call:
    return place.call("UpdateWorkgroup", {"workgroupName": place.workgroup_name, **row.send(value)})


# --- the track ---------------------------------------------------------------------------------------------


def track_findings(wanted: ServerlessConfig, target: ServerlessTarget | AbsentTarget) -> tuple[Finding, ...]:
    """Of a workgroup that is there already. Source: Management Guide, "Workgroups and tracks"."""
    track = wanted.track_name
    if isinstance(target, AbsentTarget) or target.workgroup is None or track in (None, target.config.track_name):
        return _pending(target, track)
    if track == "trailing":
        message = (
            "The version does not go back: the workgroup keeps its version until the trailing track has caught up, and "
            "the switch stays pending until then."
        )
    else:
        message = "The workgroup is upgraded to the newer version; going back to trailing later does not undo that."
    return (Finding(level="warning", subject=TRACK.subject, setting=TRACK.words, message=message, after=track),)


def _pending(target: ServerlessTarget | AbsentTarget, track: str | None) -> tuple[Finding, ...]:
    workgroup = target.workgroup if isinstance(target, ServerlessTarget) else None
    if track is None or workgroup is None or workgroup.pending_track_name != track:
        return ()
    message = (
        f"The switch to the {track} track was asked for and is pending: AWS still has it on {workgroup.track_name}."
    )
    return (Finding(level="info", subject=TRACK.subject, setting=TRACK.words, message=message, after=track),)


# --- parameters ------------------------------------------------------------------------------------------


def _parameters_step(wanted: ServerlessConfig, now: ServerlessConfig, place: Place) -> tuple[Step, ...]:
    """Only the keys that differ are sent; letting clients in without SSL is a step of its own."""
    changed = changed_parameters(wanted.config_parameters, now.config_parameters)
    parts = (
        (PARAMETERS_ID, {key: value for key, value in changed.items() if (key, value) not in WITHOUT_SSL.items()}),
        (SSL_ID, {key: value for key, value in changed.items() if (key, value) in WITHOUT_SSL.items()}),
    )
    return tuple(_parameter_step(id_, part, now.config_parameters, place) for id_, part in parts if part)


def _parameter_step(id_: str, changed: Mapping[str, str], now: Parameters, place: Place) -> Step:
    queues = _switches_to_queues(changed, now)
    back = None if queues else _way_back(changed, now)

    def call(values: Mapping[str, str]) -> Call:
        parameters = {"workgroupName": place.workgroup_name, "configParameters": send_parameters(values)}
        return place.call("UpdateWorkgroup", parameters)

    return make_step(
        id=id_,
        subject=Subject.WLM if WLM_KEY in changed else Subject.PARAMETERS,
        summary=f"Set parameters of workgroup {place.workgroup_name}: {', '.join(sorted(changed))}"
        if id_ == PARAMETERS_ID
        else f"Let clients connect to workgroup {place.workgroup_name} without SSL",
        call=call(changed),
        check=Check(
            reading=place.workgroup(),
            before=_parameter_values(changed, now),
            after=_parameter_values(changed, tuple(changed.items())),
        ),
        waits=(place.workgroup_available(settle_s=UPDATE_SETTLE_S), place.namespace_available()),
        undo=call(back) if back else None,
        no_undo="" if back else _one_way(queues),
        destroys="The query limits that the workgroup has now; queues cannot be switched off again." if queues else "",
        interrupts=RESTARTS,
    )


def _one_way(queues: bool) -> str:
    return (
        "A workgroup with queues cannot go back to query limits."
        if queues
        else "AWS documents no way to take a query limit away again."
    )


def changed_parameters(wanted: Parameters, now: Parameters) -> dict[str, str]:
    """The wanted keys whose value is another one now. Keys that are not wished for are left alone."""
    there = effective(now)
    if WLM_KEY in there and _has_limits_alone(wanted):
        wanted = tuple(item for item in wanted or () if not is_limit(item[0]))  # a finding says so
    return {key: value for key, value in wanted or () if form(key, value) != there.get(key)}


def _has_limits_alone(parameters: Parameters) -> bool:
    keys = dict(parameters or ())
    return WLM_KEY not in keys and any(is_limit(key) for key in keys)


def _switches_to_queues(changed: Mapping[str, str], now: Parameters) -> bool:
    """True when a workgroup without queues shall get some, from which there is no way back."""
    return WLM_KEY in changed and WLM_KEY not in dict(now or ())


def _way_back(changed: Mapping[str, str], now: Parameters) -> dict[str, str] | None:
    """The changed parameters as they were; None when one of them has no value to go back to."""
    there = effective(now)
    return {key: there[key] for key in changed} if all(key in there for key in changed) else None


def _parameter_values(keys: Mapping[str, str], parameters: Parameters) -> JsonObject:
    """What the reading of a workgroup says of these keys where these parameters are set."""
    there = effective(parameters)
    return {parameter_member(key): there.get(key) for key in keys}
