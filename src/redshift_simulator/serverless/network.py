"""Whether a workgroup fits into its subnets and security groups."""

from __future__ import annotations

from typing import Any

from redshift_simulator.account import SimulatedAccount
from redshift_simulator.errors import SimulatedError, validation
from redshift_simulator.registry import Parameters
from redshift_simulator.transitions import Resource

FEWEST, FEWEST_WITH_ROUTING = 2, 3
FREE_ADDRESSES = 3
FREE_ADDRESSES_WITH_ROUTING = {4: 9, 8: 9, 16: 13, 32: 13, 64: 21, 128: 37, 256: 69, 512: 133, 1024: 261}
"""Base capacity in RPU, up to which so many free addresses are needed."""
ABOUT_NETWORK = {"subnetIds", "securityGroupIds", "enhancedVpcRouting", "ipAddressType"}


def check_network(account: SimulatedAccount, region: str, parameters: Parameters, workgroup: dict[str, Any]) -> None:
    """Raise ValidationException unless there are enough subnets in different zones, with enough free addresses.

    What is looked at is the ec2 of the account; where that has no subnets, each id counts as a zone of its own.
    """
    if not ABOUT_NETWORK & set(parameters):
        return
    after = {**workgroup, **parameters}
    subnets = after.get("subnetIds")
    if subnets is None:
        return  # the default subnets of the account
    found = _found(account, region, "subnets", subnets, "subnet")
    routing = after.get("enhancedVpcRouting", False)
    fewest = FEWEST_WITH_ROUTING if routing else FEWEST
    zones = {found[subnet]["AvailabilityZone"] if subnet in found else subnet for subnet in subnets}
    if len(zones) < fewest:
        raise validation(f"Must have at least {fewest} subnets in {fewest} Availability Zones; found {len(zones)}.")
    _check_addresses(found, after.get("baseCapacity", 128) if routing else 0)
    _check_groups(account, region, after.get("securityGroupIds", []), {one["VpcId"] for one in found.values()})
    if after.get("ipAddressType") == "dualstack" and any(
        not subnet["Ipv6CidrBlockAssociationSet"] for subnet in found.values()
    ):
        raise SimulatedError("Ipv6CidrBlockNotFoundException", "The subnets have no IPv6 CIDR block.")


def _check_addresses(subnets: dict[str, Resource], rpu_with_routing: int) -> None:
    needed = next((count for rpu, count in FREE_ADDRESSES_WITH_ROUTING.items() if rpu_with_routing <= rpu), 0)
    needed = needed if rpu_with_routing else FREE_ADDRESSES
    for name, subnet in subnets.items():
        if subnet["AvailableIpAddressCount"] < needed:
            raise validation(f"The subnet {name} needs at least {needed} free IP addresses.")


def _check_groups(account: SimulatedAccount, region: str, groups: list[str], vpcs: set[str]) -> None:
    found = _found(account, region, "security_groups", groups, "security group")
    if len(vpcs) > 1:
        raise validation("The subnets must be in one VPC.")
    for name, group in found.items():
        if vpcs and group["VpcId"] not in vpcs:
            raise validation(f"VPC Security group {name} does not exist in VPC {min(vpcs)}")


def _found(account: SimulatedAccount, region: str, kind: str, names: list[str], noun: str) -> dict[str, Resource]:
    """The named ones that ec2 has; it has to have all of them, unless it has none at all or moto made more."""
    known = account.table(region, kind)
    made_more = any(entry["service"] == "ec2" for entry in account.state["neighbour_requests"])
    if known and not made_more and (unknown := sorted(set(names) - set(known))):
        raise validation(f"The {noun} {', '.join(unknown)} does not exist.")
    return {name: known[name] for name in names if name in known}
