"""How long a cluster keeps its own snapshots, and the schedule on which AWS takes them."""

from __future__ import annotations

from redshift_migrate.extractors.replies import Reply, read_or_unknown
from redshift_migrate.extractors.source import Members, Read, Source, pick
from redshift_migrate.models.base import Unknown
from redshift_migrate.models.cluster import SnapshotSchedule


def extract_snapshot_schedules(source: Source) -> tuple[SnapshotSchedule, ...] | Unknown:
    """The snapshot schedules of the cluster with their definitions."""
    call = source.call("redshift", "DescribeSnapshotSchedules", ClusterIdentifier=source.cluster_id)
    return read_or_unknown(
        call,
        lambda: parse_snapshot_schedules(source.aws.pages(call, "SnapshotSchedules"), source.cluster_id),
        absent=(),
    )


def parse_snapshot_schedules(schedules: list[Reply], cluster_id: str) -> tuple[SnapshotSchedule, ...]:
    """The schedules of a reply; `state` is that of their hold on this cluster."""
    return tuple(
        SnapshotSchedule(
            identifier=schedule.get("ScheduleIdentifier") or "",
            definitions=tuple(schedule.get("ScheduleDefinitions") or ()),
            state=_state(schedule, cluster_id),
        )
        for schedule in schedules
    )


def _state(schedule: Reply, cluster_id: str) -> str | None:
    for associated in schedule.get("AssociatedClusters") or ():
        if associated.get("ClusterIdentifier") == cluster_id:
            state: str | None = associated.get("ScheduleAssociationState")
            return state
    return None


MEMBERS: Members = {
    "automated_snapshot_retention_period_days": pick("AutomatedSnapshotRetentionPeriod"),
    "manual_snapshot_retention_period_days": pick("ManualSnapshotRetentionPeriod"),
    "snapshot_schedules": Read(
        "redshift:DescribeSnapshotSchedules",
        extract_snapshot_schedules,
        by=("SnapshotScheduleIdentifier", "SnapshotScheduleState"),
    ),
}
