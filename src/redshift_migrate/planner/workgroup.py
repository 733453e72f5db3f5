"""Steps that make a workgroup, or bring one that exists to the wanted settings, one setting a call."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from redshift_migrate.models.base import Json, JsonObject
from redshift_migrate.models.finding import Subject
from redshift_migrate.models.plan import Check, Step
from redshift_migrate.models.serverless import ServerlessConfig
from redshift_migrate.planner.building import (
    UPDATE_SETTLE_S,
    Place,
    hash_of,
    json_list,
    literal,
    make_step,
    run_tags,
)
from redshift_migrate.planner.parameters import (
    as_parameters,
    changed_parameters,
    merged,
    parameter_selects,
    parameter_values,
    switches_to_queues,
    way_back,
)

CREATE_ID = "workgroup.create"
NO_MAXIMUM = -1
_RESTARTS = "Running queries may be cancelled and connections dropped while the workgroup changes."


@dataclass(frozen=True)
class _Setting:
    """How one setting is told, read, compared and sent."""

    id: str
    subject: Subject
    words: str
    member: str
    """The API's member."""
    select: str
    """JMESPath over a workgroup, giving what `value` gives."""
    value: Json
    parameters: JsonObject
    interrupts: str = ""


def create_workgroup(wanted: ServerlessConfig, place: Place, run_tag: str, needs: tuple[str, ...]) -> Step:
    """One CreateWorkgroup with every setting, the track included: a later switch to trailing does not go back.

    The undo deletes the workgroup only while its ARN carries the run's tag.
    """
    settings = [setting for setting in _settings(wanted) if setting.value != NO_MAXIMUM]
    parameters: JsonObject = {"workgroupName": place.workgroup_name, "namespaceName": place.namespace_name}
    seen, after = {"namespaceName": "namespaceName"}, {"namespaceName": parameters["namespaceName"]}
    for setting in settings:
        if setting.id != "capacity.price_performance" or setting.value:
            parameters |= setting.parameters
        seen[setting.member], after[setting.member] = setting.select, setting.value
    if wanted.config_parameters:
        parameters["configParameters"] = as_parameters(wanted.config_parameters)
        seen |= parameter_selects(dict(wanted.config_parameters))
        after |= parameter_values(dict(wanted.config_parameters), wanted.config_parameters)
    parameters["tags"] = run_tags(wanted.tags, run_tag)
    return make_step(
        id=CREATE_ID,
        subject=Subject.CAPACITY,
        summary=f"Create workgroup {place.workgroup_name} with a base capacity of {wanted.base_capacity_rpu} RPU on "
        f"the {wanted.track_name or 'current'} track",
        call=place.call("CreateWorkgroup", parameters),
        check=Check(
            call=place.get_workgroup(),
            select=hash_of("workgroup", seen),
            before=None,
            after=after,
            outputs={"workgroup_arn": "workgroup.workgroupArn"},
        ),
        waits=(place.workgroup_available(usually_s=180), place.namespace_available()),
        undo=place.call("DeleteWorkgroup", {"workgroupName": place.workgroup_name}),
        undo_waits=(place.workgroup_gone(), place.namespace_available()),
        undo_check=place.made_by({"$output": f"{CREATE_ID}/workgroup_arn"}, run_tag),
        needs=needs,
    )


def update_workgroup(wanted: ServerlessConfig, now: ServerlessConfig, place: Place) -> tuple[Step, ...]:
    """One UpdateWorkgroup for each setting that differs, in an order that is valid at every moment.

    The track is not among them: `planner.maintenance` has it. Source: API reference, UpdateWorkgroup.
    """
    old = {setting.id: setting for setting in _settings(now)}
    changed = [
        setting
        for setting in _settings(wanted)
        if setting.id != "maintenance.track" and _differs(setting, old.get(setting.id))
    ]
    steps = [_update(setting, old.get(setting.id), place) for setting in _ordered(changed, now)]
    return (*steps, *_parameters_step(wanted, now, place))


def _differs(setting: _Setting, old: _Setting | None) -> bool:
    if old is not None:
        return setting.value != old.value
    return setting.value != NO_MAXIMUM  # nothing observed is "no maximum" too


def _ordered(changed: list[_Setting], now: ServerlessConfig) -> list[_Setting]:
    """Max before base when the base grows, after it when it shrinks; subnets before the routing that needs them."""
    ids = [setting.id for setting in changed]
    order = list(ids)
    base = next((setting.value for setting in changed if setting.id == "capacity.base"), None)
    shrinks = isinstance(base, int) and base < (now.base_capacity_rpu or 0)
    _put_first(order, *(("capacity.base", "capacity.max") if shrinks else ("capacity.max", "capacity.base")))
    # Turning routing on needs a third subnet, which must be there by then; turning it off frees it.
    leaves_routing = bool(now.enhanced_vpc_routing) and "network.enhanced_vpc_routing" in ids
    routing = ("network.enhanced_vpc_routing", "network.subnets")
    _put_first(order, *(routing if leaves_routing else reversed(routing)))
    return sorted(changed, key=lambda setting: order.index(setting.id))


def _put_first(order: list[str], first: str, second: str) -> None:
    if first in order and second in order and order.index(first) > order.index(second):
        order.remove(first)
        order.insert(order.index(second), first)


def _update(setting: _Setting, old: _Setting | None, place: Place) -> Step:
    before: Json = old.value if old else (NO_MAXIMUM if setting.id == "capacity.max" else None)
    undo = old.parameters if old else ({"maxCapacity": NO_MAXIMUM} if setting.id == "capacity.max" else None)
    return make_step(
        id=setting.id,
        subject=setting.subject,
        summary=f"Set the {setting.words} of workgroup {place.workgroup_name} to {told(setting.value)}, "
        f"not {told(before)}",
        call=place.call("UpdateWorkgroup", {"workgroupName": place.workgroup_name, **setting.parameters}),
        check=Check(
            call=place.get_workgroup(),
            select=hash_of("workgroup", {setting.member: setting.select}),
            before={setting.member: before},
            after={setting.member: setting.value},
        ),
        waits=(place.workgroup_available(settle_s=UPDATE_SETTLE_S), place.namespace_available()),
        undo=place.call("UpdateWorkgroup", {"workgroupName": place.workgroup_name, **undo}) if undo else None,
        no_undo="" if undo else "AWS named no value before.",
        interrupts=setting.interrupts,
    )


def _parameters_step(wanted: ServerlessConfig, now: ServerlessConfig, place: Place) -> tuple[Step, ...]:
    changed = changed_parameters(wanted.config_parameters, now.config_parameters)
    if not changed:
        return ()
    queues = switches_to_queues(wanted.config_parameters, now.config_parameters)
    back = None if queues else way_back(changed, now.config_parameters)
    return (
        make_step(
            id="parameters.config",
            subject=Subject.WLM if "wlm_json_configuration" in changed else Subject.PARAMETERS,
            summary=f"Set parameters of workgroup {place.workgroup_name}: {', '.join(sorted(changed))}",
            call=place.call(
                "UpdateWorkgroup",
                {
                    "workgroupName": place.workgroup_name,
                    "configParameters": as_parameters(merged(now.config_parameters, changed)),
                },
            ),
            check=Check(
                call=place.get_workgroup(),
                select=hash_of("workgroup", parameter_selects(changed)),
                before=parameter_values(changed, now.config_parameters),
                after=parameter_values(changed, tuple(changed.items())),
            ),
            waits=(place.workgroup_available(settle_s=UPDATE_SETTLE_S), place.namespace_available()),
            undo=place.call(
                "UpdateWorkgroup", {"workgroupName": place.workgroup_name, "configParameters": as_parameters(back)}
            )
            if back
            else None,
            no_undo="" if back else _one_way(queues),
            destroys="The query limits that the workgroup has now; queues cannot be switched off again."
            if queues
            else "",
            interrupts=_RESTARTS,
        ),
    )


def _one_way(queues: bool) -> str:
    return (
        "A workgroup with queues cannot go back to query limits."
        if queues
        else "AWS documents no way to take a query limit away again."
    )


def _settings(config: ServerlessConfig) -> tuple[_Setting, ...]:
    """Every setting that the configuration has, except the parameters."""
    return (*_capacity(config), *_network(config), *_track(config))


def _capacity(config: ServerlessConfig) -> list[_Setting]:
    found = []
    if config.base_capacity_rpu is not None:
        base = config.base_capacity_rpu
        found.append(_plain("capacity.base", Subject.CAPACITY, "base capacity", "baseCapacity", base, _RESTARTS))
    if config.max_capacity_rpu is not None:
        found.append(_plain("capacity.max", Subject.CAPACITY, "max capacity", "maxCapacity", config.max_capacity_rpu))
    if config.price_performance_level is not None:
        level = config.price_performance_level
        target: JsonObject = {"status": "ENABLED", "level": level} if level else {"status": "DISABLED"}
        found.append(
            _Setting(
                id="capacity.price_performance",
                subject=Subject.CAPACITY,
                words="price-performance level (0: off)",
                member="pricePerformanceTarget",
                select="(pricePerformanceTarget.status == 'ENABLED' && pricePerformanceTarget.level) || `0`",
                value=level,
                parameters={"pricePerformanceTarget": target},
            )
        )
    if config.extra_compute_for_automatic_optimization is not None:
        found.append(
            _plain(
                "capacity.extra_compute",
                Subject.CAPACITY,
                "extra compute for automatic optimization",
                "extraComputeForAutomaticOptimization",
                config.extra_compute_for_automatic_optimization,
            )
        )
    return found


def _network(config: ServerlessConfig) -> list[_Setting]:
    found: list[_Setting] = []
    for id_, words, member, ids in (
        ("network.subnets", "subnets", "subnetIds", config.subnet_ids),
        ("network.security_groups", "security groups", "securityGroupIds", config.security_group_ids),
    ):
        if ids is not None:
            value = json_list(sorted(ids))
            select = f"sort(not_null({member}, `[]`))"
            found.append(_Setting(id_, Subject.NETWORK, words, member, select, value, {member: value}, _RESTARTS))
    for id_, words, member, plain in (
        ("network.enhanced_vpc_routing", "enhanced VPC routing", "enhancedVpcRouting", config.enhanced_vpc_routing),
        ("network.ip_address_type", "IP address type", "ipAddressType", config.ip_address_type),
        ("network.publicly_accessible", "public access", "publiclyAccessible", config.publicly_accessible),
        ("network.port", "port", "port", config.port),
    ):
        if plain is not None:
            found.append(_plain(id_, Subject.NETWORK, words, member, plain, _RESTARTS))
    return found


def _track(config: ServerlessConfig) -> list[_Setting]:
    if config.track_name is None:
        return []
    track = config.track_name
    select = "not_null(pendingTrackName, trackName)"
    return [
        _Setting("maintenance.track", Subject.MAINTENANCE, "track", "trackName", select, track, {"trackName": track})
    ]


def _plain(id_: str, subject: Subject, words: str, member: str, value: Any, interrupts: str = "") -> _Setting:
    """A setting that is read as it is sent; what AWS leaves out of a reply is its default."""
    default = {"maxCapacity": NO_MAXIMUM, "port": 5439, "ipAddressType": "ipv4"}.get(member, False)
    select = member if member == "baseCapacity" else f"not_null({member}, {literal(default)})"
    return _Setting(id_, subject, words, member, select, value, {member: value}, interrupts)


def told(value: Json) -> str:
    """A setting's value in a sentence."""
    if value is None or value == NO_MAXIMUM:
        return "none"
    if isinstance(value, bool):
        return "on" if value else "off"
    return ", ".join(str(item) for item in value) if isinstance(value, list) else str(value)
