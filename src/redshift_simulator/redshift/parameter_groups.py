"""Parameter groups of clusters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from redshift_simulator.account import SimulatedAccount
from redshift_simulator.errors import SimulatedError
from redshift_simulator.redshift.listing import has_tags, listed
from redshift_simulator.registry import Parameters, operation

KIND = "parameter_groups"
DEFAULT = "default.redshift-1.0"


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
    groups = account.table(region, KIND)
    if name not in (None, DEFAULT) and name not in groups:
        raise _not_found(name)
    known = {DEFAULT: {"Tags": []}, **groups}
    shown = [
        {
            "ParameterGroupName": key,
            "ParameterGroupFamily": "redshift-1.0",
            "Description": key,
            "Tags": group["Tags"],
        }
        for key, group in sorted(known.items())
        if name in (None, key) and has_tags(group["Tags"], parameters)
    ]
    return listed(account, parameters, "ParameterGroups", shown)


@operation("redshift", "DescribeClusterParameters")
def describe_cluster_parameters(account: SimulatedAccount, region: str, parameters: Parameters) -> dict[str, Any]:
    name, source = parameters["ParameterGroupName"], parameters.get("Source")
    group = account.table(region, KIND).get(name, {"Values": {}} if name == DEFAULT else None)
    if group is None:
        raise _not_found(name)
    shown = [_parameter(key, group["Values"].get(key)) for key in DEFAULTS]
    return listed(
        account, parameters, "Parameters", [each for each in shown if source is None or each["Source"] == source]
    )


def parameter_group_of(account: SimulatedAccount, region: str, name: str, values: dict[str, str]) -> None:
    """A parameter group in which these values differ from the default."""
    unknown = sorted(values.keys() - DEFAULTS.keys())
    assert not unknown, f"no parameters of redshift-1.0: {unknown}"
    account.table(region, KIND)[name] = {"Values": values, "Tags": []}


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
