"""Provisioned clusters: the list of them, and one of them whole."""

from __future__ import annotations

from typing import Any

from redshift_migrate.aws.door import Aws
from redshift_migrate.errors import ClusterNotFound, ResourceNotFound
from redshift_migrate.extractors import maintenance, snapshot_copy
from redshift_migrate.models.cluster import ClusterSummary, ProvisionedClusterConfig
from redshift_migrate.models.plan import Call
from redshift_migrate.models.regions import either, similar


def list_clusters(aws: Aws, region: str) -> tuple[ClusterSummary, ...]:
    """Every cluster of the region, all pages, by name."""
    clusters = aws.pages(_describe(region), "Clusters")
    return tuple(sorted((_summary(cluster, region) for cluster in clusters), key=lambda each: each.cluster_id))


def describe_cluster(aws: Aws, cluster_id: str, region: str) -> dict[str, Any]:
    """The one cluster as DescribeClusters answers it. ClusterNotFound names what exists and looks alike."""
    try:
        reply = aws.call(_describe(region, ClusterIdentifier=cluster_id))
    except ResourceNotFound as error:
        raise _not_found(aws, cluster_id, region) from error
    cluster: dict[str, Any] = reply["Clusters"][0]
    return cluster


def extract_cluster(aws: Aws, cluster_id: str, region: str) -> ProvisionedClusterConfig:
    """Everything about one cluster. ClusterNotFound if there is none of that name in the region."""
    cluster = describe_cluster(aws, cluster_id, region)
    identity = aws.identity()
    return ProvisionedClusterConfig(
        cluster_id=cluster["ClusterIdentifier"],
        region=region,
        account_id=identity.account_id,
        partition=identity.partition,
        status=cluster.get("ClusterStatus", "unknown"),
        cluster_namespace_arn=cluster.get("ClusterNamespaceArn"),
        node_type=cluster.get("NodeType"),
        number_of_nodes=cluster.get("NumberOfNodes"),
        cluster_version=_version(cluster),
        snapshot_copy_config=snapshot_copy.extract_snapshot_copy(aws, cluster),
        **maintenance.maintenance_members(cluster),
        **snapshot_copy.retention_members(cluster),
    )


def _describe(region: str, **parameters: str) -> Call:
    return Call(service="redshift", region=region, operation="DescribeClusters", parameters={**parameters})


def _summary(cluster: dict[str, Any], region: str) -> ClusterSummary:
    copy = cluster.get("ClusterSnapshotCopyStatus") or {}
    return ClusterSummary(
        cluster_id=cluster["ClusterIdentifier"],
        region=region,
        status=cluster.get("ClusterStatus", "unknown"),
        node_type=cluster.get("NodeType"),
        number_of_nodes=cluster.get("NumberOfNodes"),
        maintenance_track=cluster.get("MaintenanceTrackName"),
        snapshot_copy_destination_region=copy.get("DestinationRegion"),
    )


def _version(cluster: dict[str, Any]) -> str | None:
    """`1.0` and `68555` are shown by AWS itself as 1.0.68555."""
    parts = [cluster.get("ClusterVersion"), cluster.get("ClusterRevisionNumber")]
    return ".".join(part for part in parts if part) or None


def _not_found(aws: Aws, cluster_id: str, region: str) -> ClusterNotFound:
    names = [cluster.cluster_id for cluster in list_clusters(aws, region)]
    near = similar(cluster_id, names)
    if near:
        hint = f"Did you mean {either(near)}?"
    elif names:
        hint = f"Clusters in {region}: {', '.join(names[:10])}{' …' if len(names) > 10 else ''}."
    else:
        hint = f"There is no provisioned cluster in {region} at all; is it the right region and account?"
    return ClusterNotFound(
        f"There is no cluster {cluster_id!r} in {region}. Nothing else was read or changed.",
        hint=hint,
        cluster_id=cluster_id,
        region=region,
        similar=near,
    )
