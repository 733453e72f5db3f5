"""Provisioned clusters: the list of them, and one of them whole."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import partial
from typing import Any

from redshift_migrate.aws.door import Aws
from redshift_migrate.aws.parallel import in_parallel
from redshift_migrate.errors import ClusterNotFound, ResourceNotFound
from redshift_migrate.extractors.replies import Reply
from redshift_migrate.extractors.sections import READS, TOLD, members_of
from redshift_migrate.extractors.source import Source, source_of
from redshift_migrate.extractors.tags import environment_of
from redshift_migrate.models.base import Unknown
from redshift_migrate.models.cluster import ClusterSummary, ProvisionedClusterConfig
from redshift_migrate.models.plan import Call
from redshift_migrate.models.regions import either, similar


def list_clusters(aws: Aws, region: str) -> tuple[ClusterSummary, ...]:
    """Every cluster of the region, all pages, by name."""
    summaries = (summary_of(cluster, region) for cluster in describe_clusters(aws, region))
    return tuple(sorted(summaries, key=lambda each: each.cluster_id))


def describe_clusters(aws: Aws, region: str) -> list[Reply]:
    """Every cluster of the region as DescribeClusters answers it, all pages."""
    return aws.pages(_describe(region), "Clusters")


def describe_cluster(aws: Aws, cluster_id: str, region: str) -> Reply:
    """The one cluster as DescribeClusters answers it. ClusterNotFound names what exists and looks alike."""
    try:
        found: list[Reply] = aws.call(_describe(region, ClusterIdentifier=cluster_id)).get("Clusters") or []
    except ResourceNotFound as error:
        raise _not_found(aws, cluster_id, region) from error
    if not found:
        raise _not_found(aws, cluster_id, region)
    return found[0]


def extract_cluster(
    aws: Aws, cluster_id: str, region: str, sections: Collection[str] | None = None
) -> ProvisionedClusterConfig:
    """One cluster, everything or only the sections asked for (names as in SECTIONS).

    Takes about three times as long as its slowest call: the cluster first, then all that hangs on it at once, the
    addresses of its subnets last. A read that is denied, or was not asked for, leaves its member Unknown.
    ClusterNotFound if there is none of that name in the region; then nothing else is read.
    """
    wanted = members_of(sections)
    source = source_of(aws, cluster_id, region, describe_cluster(aws, cluster_id, region))
    asked = {member: read for member, read in READS.items() if member in wanted}
    values = in_parallel([partial(read.run, source) for read in asked.values()])
    return parse_cluster(source, dict(zip(asked, values, strict=True)))


def parse_cluster(source: Source, read: Mapping[str, Any]) -> ProvisionedClusterConfig:
    """The cluster from what DescribeClusters answered and the members that were read besides."""
    told = {member: each.of(source) for member, each in TOLD.items()}
    unread = {
        member: each.unread(source, Unknown(needs_action=each.action, reason="it was not asked for"))
        for member, each in READS.items()
        if member not in read
    }
    return ProvisionedClusterConfig(**told, **unread, **read)


def _describe(region: str, **parameters: str) -> Call:
    return Call(service="redshift", region=region, operation="DescribeClusters", parameters={**parameters})


def summary_of(cluster: Reply, region: str) -> ClusterSummary:
    """The cluster as one line of a list."""
    copy = cluster.get("ClusterSnapshotCopyStatus") or {}
    return ClusterSummary(
        cluster_id=cluster.get("ClusterIdentifier") or "",
        region=region,
        status=cluster.get("ClusterStatus") or "unknown",
        node_type=cluster.get("NodeType"),
        number_of_nodes=cluster.get("NumberOfNodes"),
        maintenance_track=cluster.get("MaintenanceTrackName"),
        snapshot_copy_destination_region=copy.get("DestinationRegion"),
        environment=environment_of(cluster),
    )


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
