"""Parameter groups and subnet groups of clusters."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import redshift_facts as record
from redshift_simulator.account import SimulatedAccount
from redshift_simulator.errors import SimulatedError
from redshift_simulator.neighbours.ec2 import DEFAULT_SUBNETS, DEFAULT_VPC, SUBNETS, ensure_default_network
from redshift_simulator.redshift.listing import PAGES, check_known, with_tags
from redshift_simulator.registry import Parameters, operation

PARAMETER_GROUPS = "parameter_groups"
SUBNET_GROUPS = "subnet_groups"
DEFAULT_SUBNET_GROUP = "default"


ALLOWED = {
    "auto_analyze": ("boolean", "true,false"),
    "auto_mv": ("boolean", "true,false"),
    "enable_case_sensitive_identifier": ("boolean", "true,false"),
    "enable_large_strings_opt_in": ("string", "Yes,No"),
    "enable_user_activity_logging": ("boolean", "true,false"),
    "extra_float_digits": ("integer", "-15-2"),
    "max_concurrency_scaling_clusters": ("integer", "0-10"),
    "require_ssl": ("boolean", "true,false"),
    "statement_timeout": ("integer", "0,100-2147483647"),
    "use_fips_ssl": ("boolean", "true,false"),
}
"""Type and allowed values of the parameters that are no free text."""


@operation("redshift", "DescribeClusterParameterGroups")
def describe_cluster_parameter_groups(account: SimulatedAccount, region: str, parameters: Parameters) -> dict[str, Any]:
    name = parameters.get("ParameterGroupName")
    groups = account.table(region, PARAMETER_GROUPS)
    known = {**_default_groups(), **groups}
    if name is not None and name not in known:
        raise _not_found(name)
    shown = [
        {"ParameterGroupName": key, "ParameterGroupFamily": group["Family"], "Description": key, "Tags": group["Tags"]}
        for key, group in sorted(known.items())
        if name in (None, key)
    ]
    return PAGES.page(account, parameters, "ParameterGroups", with_tags(shown, parameters))


@operation("redshift", "DescribeClusterParameters")
def describe_cluster_parameters(account: SimulatedAccount, region: str, parameters: Parameters) -> dict[str, Any]:
    name, source = parameters["ParameterGroupName"], parameters.get("Source")
    group = {**_default_groups(), **account.table(region, PARAMETER_GROUPS)}.get(name)
    if group is None:
        raise _not_found(name)
    defaults = record.texts(f"parameter_groups.{group['Family']}")
    shown = [_parameter(key, default, group["Values"].get(key)) for key, default in defaults.items()]
    found = [each for each in shown if source in (None, each["Source"])]
    return PAGES.page(account, parameters, "Parameters", found)


def parameter_group_of(
    account: SimulatedAccount, region: str, name: str, values: dict[str, str], family: str = "redshift-1.0"
) -> None:
    """A parameter group in which these values differ from the default of its family."""
    unknown = sorted(values.keys() - record.facts(f"parameter_groups.{family}").keys())
    assert not unknown, f"no parameters of {family}: {unknown}"
    account.table(region, PARAMETER_GROUPS)[name] = {"Values": values, "Tags": [], "Family": family}


def _default_groups() -> dict[str, dict[str, Any]]:
    families = record.texts("parameter_groups.default_groups")
    return {name: {"Values": {}, "Tags": [], "Family": family} for name, family in families.items()}


def _parameter(name: str, default: str, value: str | None) -> dict[str, Any]:
    data_type, allowed = ALLOWED.get(name, ("string", ""))
    shown = {
        "ParameterName": name,
        "ParameterValue": default if value is None else value,
        "Description": name.replace("_", " "),
        "Source": "engine-default" if value is None else "user",
        "DataType": data_type,
        "ApplyType": "dynamic" if name == "wlm_json_configuration" else "static",
        "IsModifiable": True,
        "MinimumEngineVersion": "1.0",
    }
    return shown | ({"AllowedValues": allowed} if allowed else {})


def _not_found(name: str) -> SimulatedError:
    return SimulatedError("ClusterParameterGroupNotFound", f"ParameterGroup not found: {name}", 404)


@operation("redshift", "DescribeClusterSubnetGroups")
def describe_cluster_subnet_groups(account: SimulatedAccount, region: str, parameters: Parameters) -> dict[str, Any]:
    name, code = parameters.get("ClusterSubnetGroupName"), "ClusterSubnetGroupNotFoundFault"
    check_known(account, region, SUBNET_GROUPS, name, code, "Cluster subnet group", 400)
    found = with_tags(account.select(region, SUBNET_GROUPS, parameters, "ClusterSubnetGroupName"), parameters)
    return PAGES.page(account, parameters, "ClusterSubnetGroups", found)


def subnet_group_of(
    account: SimulatedAccount, region: str, name: str, subnets: Sequence[str], vpc: str = DEFAULT_VPC
) -> None:
    """A subnet group of subnets that are there already."""
    known = account.table(region, SUBNETS)
    account.table(region, SUBNET_GROUPS)[name] = {
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
    if DEFAULT_SUBNET_GROUP not in account.table(region, SUBNET_GROUPS):
        ensure_default_network(account, region)
        subnet_group_of(account, region, DEFAULT_SUBNET_GROUP, DEFAULT_SUBNETS)
