"""Maintenance of a cluster: all of it is in DescribeClusters."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from redshift_migrate.models.cluster import DeferredMaintenanceWindow


def maintenance_members(cluster: dict[str, Any]) -> dict[str, Any]:
    """The maintenance members of ProvisionedClusterConfig."""
    pending = cluster.get("PendingModifiedValues") or {}
    return {
        "maintenance_track": cluster.get("MaintenanceTrackName"),
        "pending_maintenance_track": pending.get("MaintenanceTrackName"),
        "maintenance_window": cluster.get("PreferredMaintenanceWindow"),
        "next_maintenance_window": timestamp(cluster.get("NextMaintenanceWindowStartTime")),
        "deferred_maintenance_windows": tuple(
            DeferredMaintenanceWindow(
                identifier=str(window.get("DeferMaintenanceIdentifier", "")),
                starts_at=timestamp(window.get("DeferMaintenanceStartTime")),
                ends_at=timestamp(window.get("DeferMaintenanceEndTime")),
            )
            for window in cluster.get("DeferredMaintenanceWindows") or ()
        ),
        "allow_version_upgrade": cluster.get("AllowVersionUpgrade"),
    }


def timestamp(value: datetime | None) -> str | None:
    """ISO 8601 with its offset, seconds resolution."""
    return value.isoformat(timespec="seconds") if value is not None else None
