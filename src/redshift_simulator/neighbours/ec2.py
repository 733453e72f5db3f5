"""The network around the clusters: VPCs, subnets, security groups."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from redshift_simulator.account import Resource, SimulatedAccount
from redshift_simulator.neighbours.log import LeftToNeighbourError, was_changed
from redshift_simulator.registry import Parameters, operation

DEFAULT_VPC = "vpc-0a1b2c3d4e5f60718"
DEFAULT_SECURITY_GROUP = "sg-0a1b2c3d4e5f60718"
DEFAULT_SUBNETS = ("subnet-0a1b2c3d4e5f60718", "subnet-0b1c2d3e4f5061728", "subnet-0c1d2e3f405162738")
VPCS, SUBNETS, SECURITY_GROUPS = "vpcs", "subnets", "security_groups"
SHORT = {
    "northeast": "ne",
    "northwest": "nw",
    "southeast": "se",
    "southwest": "sw",
    "north": "n",
    "south": "s",
    "east": "e",
    "west": "w",
    "central": "c",
}
FILTERS: dict[str, Callable[[Resource], str]] = {
    "subnet-id": lambda resource: str(resource.get("SubnetId")),
    "vpc-id": lambda resource: str(resource.get("VpcId")),
    "group-id": lambda resource: str(resource.get("GroupId")),
    "availability-zone": lambda resource: str(resource.get("AvailabilityZone")),
    "availability-zone-id": lambda resource: str(resource.get("AvailabilityZoneId")),
}


@operation("ec2", "DescribeSubnets")
def describe_subnets(account: SimulatedAccount, region: str, parameters: Parameters) -> dict[str, Any]:
    return {"Subnets": _found(account, region, parameters, SUBNETS, "SubnetId", "SubnetIds")}


@operation("ec2", "DescribeVpcs")
def describe_vpcs(account: SimulatedAccount, region: str, parameters: Parameters) -> dict[str, Any]:
    return {"Vpcs": _found(account, region, parameters, VPCS, "VpcId", "VpcIds")}


@operation("ec2", "DescribeSecurityGroups")
def describe_security_groups(account: SimulatedAccount, region: str, parameters: Parameters) -> dict[str, Any]:
    return {"SecurityGroups": _found(account, region, parameters, SECURITY_GROUPS, "GroupId", "GroupIds")}


def _found(
    account: SimulatedAccount, region: str, parameters: Parameters, kind: str, identifier: str, by_name: str
) -> list[Resource]:
    """The resources asked for. What is not of the seed may have been made in moto since, and is left to it."""
    table = account.table(region, kind)
    names: Iterable[str] = parameters.get(by_name) or sorted(table)
    filters = parameters.get("Filters", [])
    if any(name not in table for name in names) or any(each["Name"] not in FILTERS for each in filters):
        raise LeftToNeighbourError
    found = [
        table[name] for name in names if all(FILTERS[each["Name"]](table[name]) in each["Values"] for each in filters)
    ]
    if not found and was_changed(account, "ec2"):
        raise LeftToNeighbourError
    return [dict(resource) for resource in found]


def vpc_of(account: SimulatedAccount, region: str, identifier: str, *, cidr: str = "10.0.0.0/16") -> None:
    """A VPC."""
    account.table(region, VPCS)[identifier] = {
        "VpcId": identifier,
        "State": "available",
        "CidrBlock": cidr,
        "IsDefault": False,
        "OwnerId": account.account_id,
    }


def subnet_of(
    account: SimulatedAccount,
    region: str,
    identifier: str,
    *,
    zone: str,
    vpc: str = DEFAULT_VPC,
    free_addresses: int = 240,
    cidr: str = "10.0.1.0/24",
) -> None:
    """A subnet in the zone `a`, `b`, … of the region."""
    account.table(region, SUBNETS)[identifier] = {
        "SubnetId": identifier,
        "SubnetArn": account.arn("ec2", region, f"subnet/{identifier}"),
        "VpcId": vpc,
        "State": "available",
        "AvailabilityZone": f"{region}{zone}",
        "AvailabilityZoneId": zone_id(region, zone),
        "AvailableIpAddressCount": free_addresses,
        "CidrBlock": cidr,
        "Ipv6CidrBlockAssociationSet": [],
        "OwnerId": account.account_id,
    }


def zone_id(region: str, zone: str) -> str:
    """Such as `use2-az1` for zone `a` of us-east-2; in AWS each account has its own order of them."""
    area, *middle, number = region.split("-")
    return area + "".join(SHORT.get(part, part) for part in middle) + number + f"-az{ord(zone) - ord('a') + 1}"


def security_group_of(
    account: SimulatedAccount, region: str, identifier: str, name: str, *, port: int = 5439, vpc: str = DEFAULT_VPC
) -> None:
    """A security group that lets one port in from the VPC."""
    inward = {
        "IpProtocol": "tcp",
        "FromPort": port,
        "ToPort": port,
        "IpRanges": [{"CidrIp": "10.0.0.0/16"}],
    }
    account.table(region, SECURITY_GROUPS)[identifier] = {
        "GroupId": identifier,
        "GroupName": name,
        "Description": name,
        "VpcId": vpc,
        "OwnerId": account.account_id,
        "IpPermissions": [inward],
        "IpPermissionsEgress": [],
    }


def ensure_default_network(account: SimulatedAccount, region: str) -> None:
    """The VPC, subnets and security group that a cluster gets when it names none."""
    if DEFAULT_VPC in account.table(region, VPCS):
        return
    vpc_of(account, region, DEFAULT_VPC)
    security_group_of(account, region, DEFAULT_SECURITY_GROUP, "default")
    for number, (identifier, zone) in enumerate(zip(DEFAULT_SUBNETS, "abc", strict=True), start=1):
        subnet_of(account, region, identifier, zone=zone, cidr=f"10.0.{number}.0/24")
