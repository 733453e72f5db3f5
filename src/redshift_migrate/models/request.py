"""What the user asked for, as values: a plan keeps its request, so that it can be made again and compared."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from redshift_migrate.models.base import Value
from redshift_migrate.models.choices import MigrationChoices


class ConfigureSnapshotCopy(Value):
    """A namespace's snapshots shall be copied to one region and kept there so long."""

    kind: Literal["configure_snapshot_copy"] = "configure_snapshot_copy"
    region: str
    namespace_name: str
    destination_region: str
    retention_period_days: int | None = Field(None, description="None means kept indefinitely")
    snapshot_copy_grant_name: str | None = None
    kms_key_id: str | None = None


class UpdateSnapshotCopy(Value):
    """The copied snapshots of a namespace shall be kept so long; destination and key stay."""

    kind: Literal["update_snapshot_copy"] = "update_snapshot_copy"
    region: str
    namespace_name: str
    retention_period_days: int | None = Field(None, description="None means kept indefinitely")


class RemoveSnapshotCopy(Value):
    """A namespace's snapshots shall no longer be copied."""

    kind: Literal["remove_snapshot_copy"] = "remove_snapshot_copy"
    region: str
    namespace_name: str


class SetWorkgroupTrack(Value):
    """A workgroup shall follow that maintenance track."""

    kind: Literal["set_workgroup_track"] = "set_workgroup_track"
    region: str
    workgroup_name: str
    track_name: str


class UndoMigration(Value):
    """What a run made or changed shall be as it was before that run."""

    kind: Literal["undo_migration"] = "undo_migration"
    region: str
    migration_id: str
    with_cut_over: bool = Field(False, description="the cut-overs that followed are undone first, in the same plan")


class MigrateCluster(Value):
    """A cluster shall be carried over to a namespace and a workgroup."""

    kind: Literal["migrate_cluster"] = "migrate_cluster"
    region: str
    choices: MigrationChoices


class CutOverScheduledQueries(Value):
    """What the cluster of a migration runs by itself shall run on its workgroup from now on."""

    kind: Literal["cut_over_scheduled_queries"] = "cut_over_scheduled_queries"
    region: str
    migration_id: str


class CutOverMigration(Value):
    """Clients and schedules of a migrated cluster shall go to its workgroup, and nothing act on the cluster."""

    kind: Literal["cut_over_migration"] = "cut_over_migration"
    region: str
    migration_id: str
    fresh_data: bool = Field(False, description="first a last snapshot, restored over the databases there")


class DecommissionCluster(Value):
    """A cluster that nobody needs any more shall be paused and, after some quiet days, deleted with a last snapshot."""

    kind: Literal["decommission_cluster"] = "decommission_cluster"
    region: str
    cluster_id: str
    quiet_days: int = Field(7, ge=1, le=365, description="without a client before the pause, and paused before the end")
    snapshot_retention_days: int | None = Field(
        None, ge=1, le=3653, description="of the last snapshot; None means kept indefinitely"
    )


PlanRequest = (
    ConfigureSnapshotCopy
    | UpdateSnapshotCopy
    | RemoveSnapshotCopy
    | SetWorkgroupTrack
    | MigrateCluster
    | CutOverScheduledQueries
    | CutOverMigration
    | DecommissionCluster
    | UndoMigration
)
