"""The provisioned cluster, as read."""

from __future__ import annotations

from pydantic import Field

from redshift_migrate.models.base import Unknown, Value

KEPT_INDEFINITELY = -1
"""How Redshift spells a manual snapshot retention without end."""


class SnapshotCopySettings(Value):
    """Cross-region snapshot copy of a provisioned cluster (DescribeClusters.ClusterSnapshotCopyStatus)."""

    destination_region: str
    retention_period_days: int | None = Field(None, description="automated snapshots, in the destination")
    manual_snapshot_retention_period_days: int | None = Field(
        None, description="manual snapshots, in the destination; -1 means kept indefinitely"
    )
    snapshot_copy_grant_name: str | None = None
    kms_key_id: str | Unknown | None = Field(
        None, description="the key behind the grant, in the destination region; None without a grant"
    )


class DeferredMaintenanceWindow(Value):
    """A stretch of time in which maintenance was put off."""

    identifier: str
    starts_at: str | None = None
    ends_at: str | None = None


class ClusterSummary(Value):
    """One line of a cluster list."""

    cluster_id: str
    region: str
    status: str
    node_type: str | None = None
    number_of_nodes: int | None = None
    maintenance_track: str | None = None
    snapshot_copy_destination_region: str | None = None


class ProvisionedClusterConfig(Value):
    """Everything that was read from one provisioned cluster. None means: not set on the cluster."""

    cluster_id: str
    region: str
    account_id: str
    partition: str
    status: str
    cluster_namespace_arn: str | None = None

    node_type: str | None = None
    number_of_nodes: int | None = None
    cluster_version: str | None = None

    maintenance_track: str | None = None
    pending_maintenance_track: str | None = None
    maintenance_window: str | None = None
    next_maintenance_window: str | None = None
    deferred_maintenance_windows: tuple[DeferredMaintenanceWindow, ...] = ()
    allow_version_upgrade: bool | None = None

    snapshot_copy_config: SnapshotCopySettings | None = None
    automated_snapshot_retention_period_days: int | None = None
    manual_snapshot_retention_period_days: int | None = None
