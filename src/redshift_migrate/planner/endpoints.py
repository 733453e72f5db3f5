"""Steps that bring the managed VPC endpoints of a workgroup to what is wanted: all of them, and no others."""

from __future__ import annotations

from redshift_migrate.models.base import JsonObject
from redshift_migrate.models.finding import Subject
from redshift_migrate.models.plan import Call, Check, Step, Wait
from redshift_migrate.models.serverless import WantedEndpoint
from redshift_migrate.planner.building import Place, hash_of, json_list, literal, make_step

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
        undo_waits=(_gone(new.endpoint_name, place),),
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
        waits=(_gone(old.endpoint_name, place),),
        undo=_create_call(old, place),
        undo_waits=(_active(old.endpoint_name, place),),
        interrupts="Whoever connects through this endpoint is cut off.",
    )


def _create_call(new: WantedEndpoint, place: Place) -> Call:
    parameters: JsonObject = {
        "endpointName": new.endpoint_name,
        "workgroupName": place.workgroup_name,
        "subnetIds": json_list(sorted(new.subnet_ids)),
    }
    if new.vpc_security_group_ids:
        parameters["vpcSecurityGroupIds"] = json_list(sorted(new.vpc_security_group_ids))
    return place.call("CreateEndpointAccess", parameters)


def _check(name: str, old: WantedEndpoint | None, new: WantedEndpoint | None, place: Place) -> Check:
    one = new or old
    members = {"workgroupName": "workgroupName"}
    if one is not None:
        # AWS shows the subnets that it chose among those it was given.
        chosen = literal(sorted(one.subnet_ids))
        members["inThoseSubnets"] = f"length(not_null(subnetIds, `[]`)[?!contains({chosen}, @)]) == `0`"
        if one.vpc_security_group_ids:  # else AWS takes the default group of the VPC
            members["vpcSecurityGroupIds"] = "sort(not_null(vpcSecurityGroups[].vpcSecurityGroupId, `[]`))"
    return Check(
        call=place.call("GetEndpointAccess", {"endpointName": name}),
        select=hash_of("endpoint", members),
        before=_seen(old, place),
        after=_seen(new, place),
    )


def _seen(one: WantedEndpoint | None, place: Place) -> JsonObject | None:
    if one is None:
        return None
    seen: JsonObject = {"workgroupName": place.workgroup_name, "inThoseSubnets": True}
    if one.vpc_security_group_ids:
        seen["vpcSecurityGroupIds"] = json_list(sorted(one.vpc_security_group_ids))
    return seen


def _active(name: str, place: Place) -> Wait:
    return Wait(
        call=place.call("GetEndpointAccess", {"endpointName": name}),
        select="endpoint.endpointStatus",
        until=("ACTIVE", "active"),
        failed=("FAILED", "failed", "DELETING", "deleting"),
        what=f"VPC endpoint {name} to be ACTIVE",
        usually_s=_USUALLY_S,
    )


def _gone(name: str, place: Place) -> Wait:
    return Wait(
        call=place.call("GetEndpointAccess", {"endpointName": name}),
        select="endpoint.endpointStatus",
        until=(None,),
        what=f"VPC endpoint {name} to be gone",
        usually_s=_USUALLY_S,
    )
