"""What the cluster's parameter group sets, the WLM configuration included, and whether it is in force."""

from __future__ import annotations

from redshift_migrate.extractors.replies import Reply, read_or_unknown, require_text
from redshift_migrate.extractors.source import Members, Read, Source, pick
from redshift_migrate.models.base import Unknown
from redshift_migrate.models.cluster import Parameter

IN_FORCE = "in-sync"


def extract_parameters(source: Source) -> tuple[Parameter, ...] | Unknown:
    """The parameters whose value is not the default, all pages."""
    group = _group(source.cluster)
    name = group.get("ParameterGroupName")
    if not name:
        return ()
    call = source.call("redshift", "DescribeClusterParameters", ParameterGroupName=name, Source="user")
    return read_or_unknown(call, lambda: parse_parameters(source.aws.pages(call, "Parameters"), group), absent=())


def parse_parameters(parameters: list[Reply], group: Reply) -> tuple[Parameter, ...]:
    """The parameters by name; `group` is the cluster's own entry, which knows what waits for a reboot."""
    return tuple(sorted((_parameter(parameter, group) for parameter in parameters), key=lambda each: each.name))


def _parameter(parameter: Reply, group: Reply) -> Parameter:
    name = require_text(parameter, "ParameterName", "DescribeClusterParameters")
    return Parameter(
        name=name,
        value=parameter.get("ParameterValue"),
        source=parameter.get("Source"),
        apply_type=parameter.get("ApplyType"),
        pending_reboot=_is_pending(name, parameter.get("ApplyType"), group),
    )


def _is_pending(name: str, apply_type: str | None, group: Reply) -> bool:
    """By the cluster's own list where there is one; else static parameters share the state of the group."""
    statuses = {
        status.get("ParameterName"): status.get("ParameterApplyStatus") or IN_FORCE
        for status in group.get("ClusterParameterStatusList") or ()
    }
    if statuses:
        return statuses.get(name, IN_FORCE) != IN_FORCE
    return apply_type != "dynamic" and group.get("ParameterApplyStatus") == "pending-reboot"


def _group(cluster: Reply) -> Reply:
    groups: list[Reply] = cluster.get("ClusterParameterGroups") or [{}]
    return groups[0]


MEMBERS: Members = {
    "parameter_group_name": pick(
        "ClusterParameterGroups", parse=lambda cluster: _group(cluster).get("ParameterGroupName")
    ),
    "parameters": Read("redshift:DescribeClusterParameters", extract_parameters),
}
