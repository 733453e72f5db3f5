"""Parameter groups and subnet groups of clusters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from redshift_simulator.account import SimulatedAccount
from redshift_simulator.errors import SimulatedError
from redshift_simulator.neighbours.ec2 import DEFAULT_SUBNETS, DEFAULT_VPC, SUBNETS, ensure_default_network
from redshift_simulator.redshift.listing import PAGES, check_known, with_tags
from redshift_simulator.registry import Parameters, operation

PARAMETER_GROUPS = "parameter_groups"
DEFAULT_PARAMETER_GROUP = "default.redshift-1.0"
SUBNET_GROUPS = "subnet_groups"
DEFAULT_SUBNET_GROUP = "default"


@dataclass(frozen=True)
class _Default:
    value: str
    data_type: str = "string"
    allowed: str = ""
    apply_type: str = "static"


DEFAULTS = {
    "auto_analyze": _Default("true", "boolean", "true,false"),
    "auto_mv": _Default("true", "boolean", "true,false"),
    "datestyle": _Default("ISO, MDY"),
    "enable_case_sensitive_identifier": _Default("false", "boolean", "true,false"),
    "enable_user_activity_logging": _Default("false", "boolean", "true,false"),
    "extra_float_digits": _Default("0", "integer", "-15-2"),
    "max_concurrency_scaling_clusters": _Default("1", "integer", "0-10"),
    "query_group": _Default("default"),
    "require_ssl": _Default("false", "boolean", "true,false"),
    "search_path": _Default("$user, public"),
    "statement_timeout": _Default("0", "integer", "0,100-2147483647"),
    "use_fips_ssl": _Default("false", "boolean", "true,false"),
    "wlm_json_configuration": _Default('[{"auto_wlm":true}]', apply_type="dynamic"),
}
"""Of the family redshift-1.0."""


@operation("redshift", "DescribeClusterParameterGroups")
def describe_cluster_parameter_groups(account: SimulatedAccount, region: str, parameters: Parameters) -> dict[str, Any]:
    name = parameters.get("ParameterGroupName")
    groups = account.table(region, PARAMETER_GROUPS)
    if name not in (None, DEFAULT_PARAMETER_GROUP) and name not in groups:
        raise _not_found(name)
    known = {DEFAULT_PARAMETER_GROUP: {"Tags": []}, **groups}
    shown = [
        {"ParameterGroupName": key, "ParameterGroupFamily": "redshift-1.0", "Description": key, "Tags": group["Tags"]}
        for key, group in sorted(known.items())
        if name in (None, key)
    ]
    return PAGES.page(account, parameters, "ParameterGroups", with_tags(shown, parameters))


@operation("redshift", "DescribeClusterParameters")
def describe_cluster_parameters(account: SimulatedAccount, region: str, parameters: Parameters) -> dict[str, Any]:
    name, source = parameters["ParameterGroupName"], parameters.get("Source")
    group = {DEFAULT_PARAMETER_GROUP: {"Values": {}}, **account.table(region, PARAMETER_GROUPS)}.get(name)
    if group is None:
        raise _not_found(name)
    shown = [_parameter(key, group["Values"].get(key)) for key in DEFAULTS]
    found = [each for each in shown if source in (None, each["Source"])]
    return PAGES.page(account, parameters, "Parameters", found)


def parameter_group_of(account: SimulatedAccount, region: str, name: str, values: dict[str, str]) -> None:
    """A parameter group in which these values differ from the default."""
    unknown = sorted(values.keys() - DEFAULTS.keys())
    assert not unknown, f"no parameters of redshift-1.0: {unknown}"
    account.table(region, PARAMETER_GROUPS)[name] = {"Values": values, "Tags": []}


def _parameter(name: str, value: str | None) -> dict[str, Any]:
    default = DEFAULTS[name]
    shown = {
        "ParameterName": name,
        "ParameterValue": default.value if value is None else value,
        "Description": name.replace("_", " "),
        "Source": "engine-default" if value is None else "user",
        "DataType": default.data_type,
        "ApplyType": default.apply_type,
        "IsModifiable": True,
        "MinimumEngineVersion": "1.0",
    }
    return shown | ({"AllowedValues": default.allowed} if default.allowed else {})


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
