"""Maintenance tracks of provisioned clusters."""

from __future__ import annotations

from typing import Any

from redshift_simulator.account import SimulatedAccount
from redshift_simulator.errors import SimulatedError
from redshift_simulator.redshift.listing import listed
from redshift_simulator.registry import Parameters, operation

TRACK_VERSIONS = {
    "current": "1.0.137427",
    "trailing": "1.0.135622",
    "preview_2025": "1.0.140118",
}
UPDATE_TARGETS = {"current": ("trailing",), "trailing": ("current",), "preview_2025": ()}
"""A cluster leaves a preview track in no direction."""


@operation("redshift", "DescribeClusterTracks")
def describe_cluster_tracks(account: SimulatedAccount, region: str, parameters: Parameters) -> dict[str, Any]:
    name = parameters.get("MaintenanceTrackName")
    if name is not None and name not in TRACK_VERSIONS:
        raise SimulatedError("InvalidClusterTrack", f"The track {name} is not valid.")
    names = [name] if name is not None else list(TRACK_VERSIONS)
    return listed(account, parameters, "MaintenanceTracks", [_track(name) for name in names])


def _track(name: str) -> dict[str, Any]:
    targets = [
        {
            "MaintenanceTrackName": target,
            "DatabaseVersion": TRACK_VERSIONS[target],
            "SupportedOperations": [{"OperationName": "restore-from-cluster-snapshot"}],
        }
        for target in UPDATE_TARGETS[name]
    ]
    return {
        "MaintenanceTrackName": name,
        "DatabaseVersion": TRACK_VERSIONS[name],
        "UpdateTargets": targets,
    }
