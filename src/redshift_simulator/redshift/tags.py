"""Tags of provisioned resources, over all of them."""

from __future__ import annotations

from typing import Any

from redshift_simulator.account import SimulatedAccount
from redshift_simulator.errors import SimulatedError
from redshift_simulator.redshift.listing import has_tags, listed
from redshift_simulator.registry import Parameters, operation

RESOURCE_TYPES = {  # ResourceType -> (table, part of the ARN)
    "cluster": ("clusters", "cluster"),
    "snapshotcopygrant": ("snapshot_copy_grants", "snapshotcopygrant"),
}


@operation("redshift", "DescribeTags")
def describe_tags(account: SimulatedAccount, region: str, parameters: Parameters) -> dict[str, Any]:
    name, kind = parameters.get("ResourceName"), parameters.get("ResourceType")
    if name is not None and kind is not None:
        raise SimulatedError("InvalidParameterCombination", "ResourceName and ResourceType cannot be given together.")
    if kind is not None and kind not in RESOURCE_TYPES:
        raise SimulatedError("ResourceNotFoundFault", f"The resource type {kind} is not known.", 404)
    tags = _tags(account, region)
    if name is not None and name not in tags:
        raise SimulatedError("ResourceNotFoundFault", f"The resource {name} was not found.", 404)
    found = [
        {"Tag": tag, "ResourceName": arn, "ResourceType": resource_type}
        for arn, (resource_type, resource_tags) in tags.items()
        if name in (None, arn) and kind in (None, resource_type)
        for tag in resource_tags
        if has_tags([tag], parameters)
    ]
    return listed(account, parameters, "TaggedResources", found, low=10, high=50)


def _tags(account: SimulatedAccount, region: str) -> dict[str, tuple[str, list[dict[str, str]]]]:
    """Every resource that can carry tags, by its ARN."""
    return {
        account.arn("redshift", region, f"{part}:{name}"): (kind, resource["Tags"])
        for kind, (table, part) in RESOURCE_TYPES.items()
        for name, resource in sorted(account.table(region, table).items())
    }
