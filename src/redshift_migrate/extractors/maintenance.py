"""Maintenance of a cluster: all of it is in DescribeClusters."""

from __future__ import annotations

from typing import Any

from redshift_migrate.extractors.replies import Reply
from redshift_migrate.models.cluster import DeferredMaintenanceWindow


def maintenance_members(cluster: Reply) -> dict[str, Any]:
    """The maintenance members of ProvisionedClusterConfig."""
    pending = cluster.get("PendingModifiedValues") or {}
    return {
        "maintenance_track": cluster.get("MaintenanceTrackName"),
        "pending_maintenance_track": pending.get("MaintenanceTrackName"),
        "maintenance_window": cluster.get("PreferredMaintenanceWindow"),
        "next_maintenance_window": cluster.get("NextMaintenanceWindowStartTime"),
        "deferred_maintenance_windows": tuple(
            DeferredMaintenanceWindow(
                identifier=str(window.get("DeferMaintenanceIdentifier", "")),
                starts_at=window.get("DeferMaintenanceStartTime"),
                ends_at=window.get("DeferMaintenanceEndTime"),
            )
            for window in cluster.get("DeferredMaintenanceWindows") or ()
        ),
        "allow_version_upgrade": cluster.get("AllowVersionUpgrade"),
    }
