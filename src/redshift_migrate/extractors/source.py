"""The cluster itself: what it is called, in which state it is, what is under way."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from redshift_migrate.aws.door import Aws
from redshift_migrate.extractors.replies import Reply
from redshift_migrate.models.plan import Call

MOVING_DATA = frozenset({"active", "pending", "in_progress", "inprogress"})


@dataclass(frozen=True)
class Source:
    """What every further read starts from: the cluster as DescribeClusters answered it, and whose it is."""

    aws: Aws
    cluster_id: str
    region: str
    account_id: str
    partition: str
    cluster: Reply

    @property
    def namespace_arn(self) -> str | None:
        """What datashares, integrations and the resource policy hang on."""
        return self.cluster.get("ClusterNamespaceArn") or None

    def call(self, service: str, operation: str, **parameters: Any) -> Call:
        """A call in the cluster's region."""
        return Call(service=service, region=self.region, operation=operation, parameters=parameters)


def source_of(aws: Aws, cluster_id: str, region: str, cluster: Reply) -> Source:
    """Where the further reads start. Account and partition are in the namespace's ARN; else STS is asked."""
    parts = (cluster.get("ClusterNamespaceArn") or "").split(":")
    if len(parts) > 4 and parts[1] and parts[4]:
        partition, account_id = parts[1], parts[4]
    else:
        identity = aws.identity(region)
        partition, account_id = identity.partition, identity.account_id
    name = cluster.get("ClusterIdentifier") or cluster_id
    return Source(aws, cluster_id=name, region=region, account_id=account_id, partition=partition, cluster=cluster)


def source_members(cluster: Reply) -> dict[str, Any]:
    """The members of ProvisionedClusterConfig that say what state the cluster is in."""
    endpoint = cluster.get("Endpoint") or {}
    pending = cluster.get("PendingModifiedValues") or {}
    return {
        "status": cluster.get("ClusterStatus") or "unknown",
        "availability_status": cluster.get("ClusterAvailabilityStatus"),
        "cluster_namespace_arn": cluster.get("ClusterNamespaceArn"),
        "db_name": cluster.get("DBName"),
        "endpoint_address": endpoint.get("Address"),
        "pending_changes": tuple(sorted(name for name, value in pending.items() if value is not None)),
        "pending_actions": tuple(cluster.get("PendingActions") or ()),
        "is_resizing": is_resizing(cluster),
        "restore_status": (cluster.get("RestoreStatus") or {}).get("Status"),
    }


def is_resizing(cluster: Reply) -> bool:
    """Whether nodes are being changed now; an elastic resize moves data for a while after it."""
    transfer = (cluster.get("DataTransferProgress") or {}).get("Status") or ""
    status = cluster.get("ClusterStatus") or ""
    return bool(cluster.get("ResizeInfo")) or "resiz" in status.lower() or transfer.lower() in MOVING_DATA
