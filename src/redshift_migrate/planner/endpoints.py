"""Steps that bring the managed VPC endpoints of a workgroup to what is wanted: all of them, and no others."""

from __future__ import annotations

from redshift_migrate.models.base import Json, JsonObject
from redshift_migrate.models.finding import Subject
from redshift_migrate.models.plan import Call, Check, Step, Wait
from redshift_migrate.models.serverless import WantedEndpoint
from redshift_migrate.models.settings import ENDPOINT, send_all, values_of
from redshift_migrate.planner.building import Place, json_list, make_step, wait_until_gone

_USUALLY_S = 10 * 60


def plan_endpoints(
    wanted: tuple[WantedEndpoint, ...], present: tuple[WantedEndpoint, ...], place: Place
) -> tuple[Step, ...]:
    """Delete, create, or update in place where only the security groups differ. Subnets cannot be updated.

    An endpoint whose subnets differ is deleted and made anew under its name, with another address.
    """
    old = {one.endpoint_name: one for one in present}
    new = {one.endpoint_name: one for one in wanted}
    steps = [_delete(old[name], place) for name in sorted(old.keys() - new.keys())]
    for name in sorted(new):
        before, after = old.get(name), new[name]
        if before is None:
            steps.append(_create(after, place))
        elif not set(before.subnet_ids) <= set(after.subnet_ids):
            delete = _delete(before, place)
            steps += [delete, _create(after, place).model_copy(update={"needs": (delete.id,), "put_back": delete.id})]
        elif after.vpc_security_group_ids and set(before.vpc_security_group_ids) != set(after.vpc_security_group_ids):
            steps.append(_update(before, after, place))
    return tuple(steps)


def _create(new: WantedEndpoint, place: Place) -> Step:
    return make_step(
        id=f"endpoints.create.{new.endpoint_name}",
        subject=Subject.ENDPOINTS,
        summary=f"Make VPC endpoint {new.endpoint_name} to workgroup {place.workgroup_name} in "
        f"{', '.join(sorted(new.subnet_ids))}",
        call=_create_call(new, place),
        check=_check(new.endpoint_name, None, new, place),
        waits=(_active(new.endpoint_name, place),),
        undo=place.call("DeleteEndpointAccess", {"endpointName": new.endpoint_name}),
        undo_waits=(_wait_until_gone(new.endpoint_name, place),),
    )


def _update(old: WantedEndpoint, new: WantedEndpoint, place: Place) -> Step:
    def call(to: WantedEndpoint) -> Call:
        groups = json_list(sorted(to.vpc_security_group_ids))
        return place.call("UpdateEndpointAccess", {"endpointName": to.endpoint_name, "vpcSecurityGroupIds": groups})

    return make_step(
        id=f"endpoints.update.{new.endpoint_name}",
        subject=Subject.ENDPOINTS,
        summary=f"Change the security groups of VPC endpoint {new.endpoint_name}",
        call=call(new),
        check=_check(new.endpoint_name, old, new, place),
        waits=(_active(new.endpoint_name, place),),
        undo=call(old),
    )


def _delete(old: WantedEndpoint, place: Place) -> Step:
    return make_step(
        id=f"endpoints.delete.{old.endpoint_name}",
        subject=Subject.ENDPOINTS,
        summary=f"Remove VPC endpoint {old.endpoint_name} to workgroup {place.workgroup_name}",
        call=place.call("DeleteEndpointAccess", {"endpointName": old.endpoint_name}),
        check=_check(old.endpoint_name, old, None, place),
        waits=(_wait_until_gone(old.endpoint_name, place),),
        undo=_create_call(old, place),
        undo_waits=(_active(old.endpoint_name, place),),
        interrupts="Whoever connects through this endpoint is cut off.",
    )


def _create_call(new: WantedEndpoint, place: Place) -> Call:
    parameters = {"workgroupName": place.workgroup_name, **send_all(ENDPOINT, values_of(ENDPOINT, new))}
    return place.call("CreateEndpointAccess", parameters)


def _check(name: str, old: WantedEndpoint | None, new: WantedEndpoint | None, place: Place) -> Check:
    asked = new or old
    subnets = json_list(sorted(asked.subnet_ids if asked else ()))
    return Check(
        reading=place.reading("endpoint", endpoint_name=name, asked_subnet_ids=subnets),
        before=_values(old, subnets, place),
        after=_values(new, subnets, place),
    )


def _values(one: WantedEndpoint | None, subnets: list[Json], place: Place) -> JsonObject | None:
    """What the reading says of it, without groups that were not asked for: then AWS takes the VPC's default one."""
    if one is None:
        return None
    values: JsonObject = {"workgroup_name": place.workgroup_name, "subnet_ids": subnets}
    if one.vpc_security_group_ids:
        values["vpc_security_group_ids"] = json_list(sorted(one.vpc_security_group_ids))
    return values


def _active(name: str, place: Place) -> Wait:
    return Wait(
        reading=place.reading("endpoint", endpoint_name=name),
        member="status",
        until=("ACTIVE",),
        failed=("FAILED", "DELETING"),
        what=f"VPC endpoint {name} to be ACTIVE",
        usually_s=_USUALLY_S,
    )


def _wait_until_gone(name: str, place: Place) -> Wait:
    return wait_until_gone(place.reading("endpoint", endpoint_name=name), f"VPC endpoint {name}", _USUALLY_S)
