"""Pausing, resuming and deleting clusters."""

from __future__ import annotations

from typing import Any

from redshift_simulator.account import Resource, SimulatedAccount
from redshift_simulator.errors import SimulatedError
from redshift_simulator.redshift.clusters import KIND, find_cluster
from redshift_simulator.redshift.snapshots import KIND as SNAPSHOTS
from redshift_simulator.redshift.snapshots import check_days, snapshot_of
from redshift_simulator.registry import Parameters, operation


@operation("redshift", "PauseCluster")
def pause_cluster(account: SimulatedAccount, region: str, parameters: Parameters) -> dict[str, Any]:
    cluster = _kept(account, region, parameters["ClusterIdentifier"])
    _require_status(cluster, "available")
    if not cluster["AutomatedSnapshotRetentionPeriod"]:
        raise SimulatedError("UnsupportedOperation", "A cluster without automated snapshots cannot be paused.")
    pausing = {"ClusterStatus": "pausing", "ClusterAvailabilityStatus": "Modifying"}
    paused = {"ClusterStatus": "paused", "ClusterAvailabilityStatus": "Paused"}
    return {"Cluster": account.begin(cluster, "cluster.pause", pausing, paused)}


@operation("redshift", "ResumeCluster")
def resume_cluster(account: SimulatedAccount, region: str, parameters: Parameters) -> dict[str, Any]:
    cluster = _kept(account, region, parameters["ClusterIdentifier"])
    _require_status(cluster, "paused")
    resuming = {"ClusterStatus": "resuming", "ClusterAvailabilityStatus": "Modifying"}
    available = {"ClusterStatus": "available", "ClusterAvailabilityStatus": "Available"}
    return {"Cluster": account.begin(cluster, "cluster.resume", resuming, available)}


@operation("redshift", "DeleteCluster")
def delete_cluster(account: SimulatedAccount, region: str, parameters: Parameters) -> dict[str, Any]:
    cluster = _kept(account, region, parameters["ClusterIdentifier"])
    _require_status(cluster, "available", "paused")
    name = parameters.get("FinalClusterSnapshotIdentifier", "").lower()
    if bool(name) == bool(parameters.get("SkipFinalClusterSnapshot")):
        message = "FinalClusterSnapshotIdentifier is required unless SkipFinalClusterSnapshot is specified."
        raise SimulatedError("InvalidParameterCombination", message)
    if name in account.table(region, SNAPSHOTS):
        raise SimulatedError("ClusterSnapshotAlreadyExists", f"Snapshot {name} already exists.")
    if name:
        days = parameters.get("FinalClusterSnapshotRetentionPeriod") or -1
        check_days(days)
        snapshot_of(account, region, name, cluster, days=days)
    status = {"ClusterStatus": "final-snapshot" if name else "deleting", "ClusterAvailabilityStatus": "Modifying"}
    return {"Cluster": account.begin(cluster, "cluster.delete", status)}


def _kept(account: SimulatedAccount, region: str, identifier: str) -> Resource:
    """The cluster, from now on kept: one that is generated could not change."""
    cluster = find_cluster(account, region, identifier)
    return account.table(region, KIND).setdefault(cluster["ClusterIdentifier"], cluster)


def _require_status(cluster: Resource, *statuses: str) -> None:
    if cluster["ClusterStatus"] not in statuses:
        raise SimulatedError(
            "InvalidClusterState", f"The cluster {cluster['ClusterIdentifier']} is {cluster['ClusterStatus']}."
        )
