"""Maintenance of a cluster: all of it is in DescribeClusters."""

from __future__ import annotations

from redshift_migrate.extractors.replies import Reply
from redshift_migrate.extractors.source import Members, pick
from redshift_migrate.models.cluster import DeferredMaintenanceWindow


def _deferrals(cluster: Reply) -> tuple[DeferredMaintenanceWindow, ...]:
    return tuple(
        DeferredMaintenanceWindow(
            identifier=str(window.get("DeferMaintenanceIdentifier", "")),
            starts_at=window.get("DeferMaintenanceStartTime"),
            ends_at=window.get("DeferMaintenanceEndTime"),
        )
        for window in cluster.get("DeferredMaintenanceWindows") or ()
    )


MEMBERS: Members = {
    "maintenance_track": pick("MaintenanceTrackName"),
    "pending_maintenance_track": pick("PendingModifiedValues.MaintenanceTrackName"),
    "maintenance_window": pick("PreferredMaintenanceWindow"),
    "next_maintenance_window": pick("NextMaintenanceWindowStartTime"),
    "deferred_maintenance_windows": pick("DeferredMaintenanceWindows", parse=_deferrals),
    "allow_version_upgrade": pick("AllowVersionUpgrade"),
}
