"""Tracks of serverless workgroups."""

from __future__ import annotations

from typing import Any

from redshift_simulator.account import SimulatedAccount
from redshift_simulator.errors import not_found, validation
from redshift_simulator.redshift.tracks import TRACK_VERSIONS
from redshift_simulator.registry import Parameters, operation
from redshift_simulator.serverless.listing import listed

TRACKS = {"current": "trailing", "trailing": "current"}
"""Track -> the track that a workgroup on it can be moved to."""


@operation("redshift-serverless", "ListTracks")
def list_tracks(account: SimulatedAccount, region: str, parameters: Parameters) -> dict[str, Any]:
    tracks = [_track(name) for name in TRACKS]
    return listed(account, parameters, "tracks", tracks, "InvalidPaginationException")


@operation("redshift-serverless", "GetTrack")
def get_track(account: SimulatedAccount, region: str, parameters: Parameters) -> dict[str, Any]:
    name = parameters["trackName"]
    if name not in TRACKS:
        raise not_found(f"Track {name} not found.", name)
    return {"track": _track(name)}


def _track(name: str) -> dict[str, Any]:
    target = TRACKS[name]
    return {
        "trackName": name,
        "workgroupVersion": TRACK_VERSIONS[name],
        "updateTargets": [{"trackName": target, "workgroupVersion": TRACK_VERSIONS[target]}],
    }


def check_track(name: str) -> None:
    """Raise ValidationException for a track that workgroups do not have."""
    if name not in TRACKS:
        raise validation(f"The track name {name} isn't supported. Supported values: {sorted(TRACKS)}")
