"""Clusters, kept in the shape in which DescribeClusters shows them, with their tracks and tags."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from redshift_simulator.account import Resource, SimulatedAccount, public
from redshift_simulator.errors import SimulatedError
from redshift_simulator.redshift.fleet import fleet_of
from redshift_simulator.redshift.groups import ensure_default_group
from redshift_simulator.redshift.listing import PAGES, has_tags
from redshift_simulator.registry import Parameters, operation

KIND = "clusters"
TRACK_VERSIONS = {"current": "1.0.137427", "trailing": "1.0.135622", "preview_2025": "1.0.140118"}
UPDATE_TARGETS = {"current": ("trailing",), "trailing": ("current",), "preview_2025": ()}
"""A cluster leaves a preview track in no direction."""
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
TAGGED = {  # ResourceType -> (table, part of the ARN)
    "cluster": ("clusters", "cluster"),
    "snapshotcopygrant": ("snapshot_copy_grants", "snapshotcopygrant"),
}


@operation("redshift", "DescribeClusters")
def describe_clusters(account: SimulatedAccount, region: str, parameters: Parameters) -> dict[str, Any]:
    identifier = parameters.get("ClusterIdentifier")
    if identifier is not None:
        return {"Clusters": [_show(account, find_cluster(account, region, identifier))]}
    clusters = [
        _show(account, cluster)
        for _, cluster in sorted(clusters_of(account, region).items())
        if has_tags(cluster["Tags"], parameters)
    ]
    return PAGES.page(account, parameters, "Clusters", clusters)


def clusters_of(account: SimulatedAccount, region: str) -> dict[str, Resource]:
    """Every cluster of a region by name: those that are kept, and the generated ones."""
    return {**fleet_of(account, region), **account.table(region, KIND)}


def find_cluster(account: SimulatedAccount, region: str, identifier: str) -> Resource:
    """A cluster by its identifier, in any case; raises ClusterNotFound."""
    cluster = clusters_of(account, region).get(identifier.lower())
    if cluster is None:
        raise SimulatedError("ClusterNotFound", f"Cluster {identifier} not found.", 404)
    return cluster


def _show(account: SimulatedAccount, cluster: Resource) -> Resource:
    """The cluster with what depends on the time of asking."""
    start_s = next_window_start(cluster["PreferredMaintenanceWindow"], account.clock.now())
    return {"NextMaintenanceWindowStartTime": start_s, **public(cluster)}


def cluster_of(
    account: SimulatedAccount,
    region: str,
    identifier: str,
    *,
    node_type: str = "ra3.xlplus",
    nodes: int = 2,
    track: str = "current",
    changes: dict[str, Any] | None = None,
) -> Resource:
    """A cluster as it comes from CreateCluster, with changes on top; put in the account."""
    cluster: Resource = {
        "ClusterIdentifier": identifier,
        "ClusterNamespaceArn": account.arn("redshift", region, f"namespace:{account.new_uuid()}"),
        "NodeType": node_type,
        "NumberOfNodes": nodes,
        "MasterUsername": "awsuser",
        "DBName": "dev",
        "Tags": [],
        **_state(),
        **_maintenance(track),
        **_network(account, region, identifier),
        "Encrypted": False,
        "IamRoles": [],
        **_nodes(nodes),
    }
    ensure_default_group(account, region)
    cluster.update(changes or {})
    account.table(region, KIND)[identifier] = cluster
    return cluster


def _state() -> Resource:
    return {
        "ClusterStatus": "available",
        "ClusterAvailabilityStatus": "Available",
        "ClusterCreateTime": 1_700_000_000.0,
        "AutomatedSnapshotRetentionPeriod": 1,
        "ManualSnapshotRetentionPeriod": -1,
        "ClusterParameterGroups": [{"ParameterGroupName": "default.redshift-1.0", "ParameterApplyStatus": "in-sync"}],
        "PendingModifiedValues": {},
        "PendingActions": [],
        "MultiAZ": "Disabled",
        "ExtraComputeForAutomaticOptimization": "false",
        "AvailabilityZoneRelocationStatus": "disabled",
        "AquaConfiguration": {"AquaStatus": "disabled", "AquaConfigurationStatus": "auto"},
    }


def _maintenance(track: str) -> Resource:
    version, _, revision = TRACK_VERSIONS[track].rpartition(".")
    return {
        "MaintenanceTrackName": track,
        "PreferredMaintenanceWindow": "sat:07:30-sat:08:00",
        "AllowVersionUpgrade": True,
        "ClusterVersion": version,
        "ClusterRevisionNumber": revision,
        "DeferredMaintenanceWindows": [],
    }


def _network(account: SimulatedAccount, region: str, identifier: str) -> Resource:
    short_account = account.account_id[-8:]
    return {
        "Endpoint": {"Address": f"{identifier}.c{short_account}.{region}.redshift.amazonaws.com", "Port": 5439},
        "ClusterSubnetGroupName": "default",
        "VpcId": "vpc-0a1b2c3d4e5f60718",
        "VpcSecurityGroups": [{"VpcSecurityGroupId": "sg-0a1b2c3d4e5f60718", "Status": "active"}],
        "ClusterSecurityGroups": [],
        "AvailabilityZone": f"{region}a",
        "PubliclyAccessible": False,
        "EnhancedVpcRouting": False,
        "IpAddressType": "ipv4",
    }


def _nodes(nodes: int) -> Resource:
    if nodes == 1:
        return {"ClusterNodes": [{"NodeRole": "SHARED", "PrivateIPAddress": "10.0.1.10"}]}
    computes = [
        {"NodeRole": f"COMPUTE-{number}", "PrivateIPAddress": f"10.0.1.{11 + number}"} for number in range(nodes)
    ]
    return {"ClusterNodes": [{"NodeRole": "LEADER", "PrivateIPAddress": "10.0.1.10"}, *computes]}


def next_window_start(window: str, after_s: float) -> float:
    """The first start of a window such as `sun:05:00-sun:05:30` (UTC) that is later than a moment."""
    day, hour, minute = window.partition("-")[0].split(":")
    after = datetime.fromtimestamp(after_s, UTC)
    days_ahead = (WEEKDAYS.index(day) - after.weekday()) % 7
    start = after.replace(hour=int(hour), minute=int(minute), second=0, microsecond=0) + timedelta(days_ahead)
    return (start if start > after else start + timedelta(days=7)).timestamp()


@operation("redshift", "DescribeClusterTracks")
def describe_cluster_tracks(account: SimulatedAccount, region: str, parameters: Parameters) -> dict[str, Any]:
    name = parameters.get("MaintenanceTrackName")
    if name is not None and name not in TRACK_VERSIONS:
        raise SimulatedError("InvalidClusterTrack", f"The track {name} is not valid.")
    names = [name] if name is not None else list(TRACK_VERSIONS)
    return PAGES.page(account, parameters, "MaintenanceTracks", [_track(name) for name in names])


def _track(name: str) -> dict[str, Any]:
    targets = [
        {
            "MaintenanceTrackName": target,
            "DatabaseVersion": TRACK_VERSIONS[target],
            "SupportedOperations": [{"OperationName": "restore-from-cluster-snapshot"}],
        }
        for target in UPDATE_TARGETS[name]
    ]
    return {"MaintenanceTrackName": name, "DatabaseVersion": TRACK_VERSIONS[name], "UpdateTargets": targets}


@operation("redshift", "DescribeTags")
def describe_tags(account: SimulatedAccount, region: str, parameters: Parameters) -> dict[str, Any]:
    name, kind = parameters.get("ResourceName"), parameters.get("ResourceType")
    if name is not None and kind is not None:
        raise SimulatedError("InvalidParameterCombination", "ResourceName and ResourceType cannot be given together.")
    if kind is not None and kind not in TAGGED:
        raise SimulatedError("ResourceNotFoundFault", f"The resource type {kind} is not known.", 404)
    tags = _tags_by_arn(account, region)
    if name is not None and name not in tags:
        raise SimulatedError("ResourceNotFoundFault", f"The resource {name} was not found.", 404)
    found = [
        {"Tag": tag, "ResourceName": arn, "ResourceType": resource_type}
        for arn, (resource_type, resource_tags) in tags.items()
        if name in (None, arn) and kind in (None, resource_type)
        for tag in resource_tags
        if has_tags([tag], parameters)
    ]
    return replace(PAGES, fewest=10, most=50, usual=50).page(account, parameters, "TaggedResources", found)


def _tags_by_arn(account: SimulatedAccount, region: str) -> dict[str, tuple[str, list[dict[str, str]]]]:
    """Every resource that can carry tags, by its ARN."""
    return {
        account.arn("redshift", region, f"{part}:{name}"): (kind, resource["Tags"])
        for kind, (table, part) in TAGGED.items()
        for name, resource in sorted(account.table(region, table).items())
    }
