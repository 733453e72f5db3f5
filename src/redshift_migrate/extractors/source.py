"""The cluster itself: what it is called, in which state it is, what is under way."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

from redshift_migrate.aws.door import Aws
from redshift_migrate.extractors.replies import Reply
from redshift_migrate.models.base import Unknown, at_path
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


@dataclass(frozen=True)
class Told:
    """A member of ProvisionedClusterConfig that DescribeClusters tells."""

    by: tuple[str, ...]
    """The members of its reply that tell it."""
    of: Callable[[Source], Any]


def pick(*paths: str, parse: Callable[[Reply], Any] | None = None) -> Told:
    """What the reply has at the first path, as it is, or what is parsed from the members at these paths."""
    by = tuple(path.partition(".")[0] for path in paths)
    return Told(by, lambda source: parse(source.cluster) if parse else at_path(source.cluster, paths[0]))


def _unknown(source: Source, unknown: Unknown) -> Any:
    return unknown


@dataclass(frozen=True)
class Read:
    """A member of ProvisionedClusterConfig that costs a read of its own."""

    action: str
    """The IAM action of the (first) call."""
    run: Callable[[Source], Any]
    unread: Callable[[Source, Unknown], Any] = _unknown
    """The member's value when its section was not asked for: never "none", which would be a claim."""
    by: tuple[str, ...] = ()
    """The members of DescribeClusters that tell a part of it, or only that it is there."""


Members = dict[str, Told | Read]
"""What an extractor adds to ProvisionedClusterConfig."""


def is_resizing(cluster: Reply) -> bool:
    """Whether nodes are being changed now; an elastic resize moves data for a while after it."""
    transfer = (cluster.get("DataTransferProgress") or {}).get("Status") or ""
    status = cluster.get("ClusterStatus") or ""
    return bool(cluster.get("ResizeInfo")) or "resiz" in status.lower() or transfer.lower() in MOVING_DATA


def _pending(cluster: Reply) -> tuple[str, ...]:
    pending = cluster.get("PendingModifiedValues") or {}
    return tuple(sorted(name for name, value in pending.items() if value is not None))


MEMBERS: Members = {
    "cluster_id": Told(("ClusterIdentifier",), attrgetter("cluster_id")),
    "region": Told((), attrgetter("region")),
    "account_id": Told((), attrgetter("account_id")),
    "partition": Told((), attrgetter("partition")),
    "status": pick("ClusterStatus", parse=lambda cluster: cluster.get("ClusterStatus") or "unknown"),
    "availability_status": pick("ClusterAvailabilityStatus"),
    "cluster_namespace_arn": pick("ClusterNamespaceArn"),
    "db_name": pick("DBName"),
    "endpoint_address": pick("Endpoint.Address"),
    "pending_changes": pick("PendingModifiedValues", parse=_pending),
    "pending_actions": pick("PendingActions", parse=lambda cluster: tuple(cluster.get("PendingActions") or ())),
    "is_resizing": pick("DataTransferProgress", "ResizeInfo", parse=is_resizing),
    "pending_number_of_nodes": pick("PendingModifiedValues.NumberOfNodes"),
    "pending_node_type": pick("PendingModifiedValues.NodeType"),
    "restore_status": pick("RestoreStatus.Status"),
}
