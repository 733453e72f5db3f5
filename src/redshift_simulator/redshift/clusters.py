"""Clusters, kept in the shape in which DescribeClusters shows them."""

from __future__ import annotations

from typing import Any

from redshift_simulator.account import SimulatedAccount
from redshift_simulator.errors import SimulatedError
from redshift_simulator.redshift.listing import has_tags, listed
from redshift_simulator.redshift.maintenance import next_window_start
from redshift_simulator.redshift.subnet_groups import ensure_default_group
from redshift_simulator.redshift.tracks import TRACK_VERSIONS
from redshift_simulator.registry import Parameters, operation
from redshift_simulator.transitions import Resource, public

KIND = "clusters"


@operation("redshift", "DescribeClusters")
def describe_clusters(account: SimulatedAccount, region: str, parameters: Parameters) -> dict[str, Any]:
    identifier = parameters.get("ClusterIdentifier")
    if identifier is not None:
        return {"Clusters": [_shown(account, find_cluster(account, region, identifier))]}
    clusters = [
        _shown(account, cluster)
        for _, cluster in sorted(account.table(region, KIND).items())
        if has_tags(cluster["Tags"], parameters)
    ]
    return listed(account, parameters, "Clusters", clusters)


def find_cluster(account: SimulatedAccount, region: str, identifier: str) -> Resource:
    """A cluster by its identifier, in any case; raises ClusterNotFound."""
    cluster = account.table(region, KIND).get(identifier.lower())
    if cluster is None:
        raise SimulatedError("ClusterNotFound", f"Cluster {identifier} not found.", 404)
    return cluster


def _shown(account: SimulatedAccount, cluster: Resource) -> Resource:
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
        **_security(),
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


def _security() -> Resource:
    return {"Encrypted": False, "IamRoles": []}


def _nodes(nodes: int) -> Resource:
    if nodes == 1:
        return {"ClusterNodes": [{"NodeRole": "SHARED", "PrivateIPAddress": "10.0.1.10"}]}
    computes = [
        {"NodeRole": f"COMPUTE-{number}", "PrivateIPAddress": f"10.0.1.{11 + number}"} for number in range(nodes)
    ]
    return {"ClusterNodes": [{"NodeRole": "LEADER", "PrivateIPAddress": "10.0.1.10"}, *computes]}
