"""Subnet groups of clusters."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from redshift_simulator.account import SimulatedAccount
from redshift_simulator.around.ec2 import DEFAULT_SUBNETS, DEFAULT_VPC, SUBNETS, ensure_default_network
from redshift_simulator.errors import SimulatedError
from redshift_simulator.redshift.listing import has_tags, listed
from redshift_simulator.registry import Parameters, operation
from redshift_simulator.transitions import public

KIND = "subnet_groups"
DEFAULT = "default"


@operation("redshift", "DescribeClusterSubnetGroups")
def describe_cluster_subnet_groups(account: SimulatedAccount, region: str, parameters: Parameters) -> dict[str, Any]:
    groups, name = account.table(region, KIND), parameters.get("ClusterSubnetGroupName")
    if name is not None and name not in groups:
        raise SimulatedError("ClusterSubnetGroupNotFoundFault", f"Cluster subnet group {name} not found.")
    shown = [
        public(group)
        for key, group in sorted(groups.items())
        if name in (None, key) and has_tags(group["Tags"], parameters)
    ]
    return listed(account, parameters, "ClusterSubnetGroups", shown)


def subnet_group_of(
    account: SimulatedAccount, region: str, name: str, subnets: Sequence[str], vpc: str = DEFAULT_VPC
) -> None:
    """A subnet group of subnets that are there already."""
    known = account.table(region, SUBNETS)
    account.table(region, KIND)[name] = {
        "ClusterSubnetGroupName": name,
        "Description": name,
        "VpcId": vpc,
        "SubnetGroupStatus": "Complete",
        "Subnets": [
            {
                "SubnetIdentifier": subnet,
                "SubnetAvailabilityZone": {"Name": known[subnet]["AvailabilityZone"]},
                "SubnetStatus": "Active",
            }
            for subnet in subnets
        ],
        "Tags": [],
    }


def ensure_default_group(account: SimulatedAccount, region: str) -> None:
    """The subnet group that a cluster gets when it names none."""
    if DEFAULT not in account.table(region, KIND):
        ensure_default_network(account, region)
        subnet_group_of(account, region, DEFAULT, DEFAULT_SUBNETS)
