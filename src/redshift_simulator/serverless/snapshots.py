"""Snapshots of namespaces."""

from __future__ import annotations

from typing import Any

from redshift_simulator.account import SimulatedAccount
from redshift_simulator.errors import conflict, not_found, validation
from redshift_simulator.registry import Parameters, operation
from redshift_simulator.serverless.listing import listed
from redshift_simulator.serverless.namespaces import check_namespace_idle, find_namespace
from redshift_simulator.serverless.snapshot_store import KIND, check_retention, snapshot_of
from redshift_simulator.transitions import Resource, public


@operation("redshift-serverless", "CreateSnapshot")
def create_snapshot(account: SimulatedAccount, region: str, parameters: Parameters) -> dict[str, Any]:
    namespace = find_namespace(account, region, parameters["namespaceName"])
    check_namespace_idle(namespace, "using")
    check_retention(parameters.get("retentionPeriod"))
    snapshot = snapshot_of(
        account,
        region,
        parameters["snapshotName"],
        namespace,
        parameters.get("retentionPeriod"),
        parameters.get("tags", []),
    )
    return {"snapshot": public(snapshot)}


@operation("redshift-serverless", "GetSnapshot")
def get_snapshot(account: SimulatedAccount, region: str, parameters: Parameters) -> dict[str, Any]:
    name, arn = parameters.get("snapshotName"), parameters.get("snapshotArn")
    if (name is None) == (arn is None):
        raise validation("Specify either the snapshot name or the snapshot ARN.")
    for snapshot in account.table(region, KIND).values():
        if name in (None, snapshot["snapshotName"]) and arn in (None, snapshot["snapshotArn"]):
            return {"snapshot": public(snapshot)}
    raise not_found(f"Snapshot {name or arn} not found.", str(name or arn))


@operation("redshift-serverless", "ListSnapshots")
def list_snapshots(account: SimulatedAccount, region: str, parameters: Parameters) -> dict[str, Any]:
    name, arn = parameters.get("namespaceName"), parameters.get("namespaceArn")
    found = [
        public(snapshot)
        for _, snapshot in sorted(account.table(region, KIND).items())
        if name in (None, snapshot["namespaceName"]) and arn in (None, snapshot["namespaceArn"])
    ]
    return listed(account, parameters, "snapshots", found)


@operation("redshift-serverless", "DeleteSnapshot")
def delete_snapshot(account: SimulatedAccount, region: str, parameters: Parameters) -> dict[str, Any]:
    snapshot = find_snapshot(account, region, parameters["snapshotName"])
    if snapshot["status"] != "AVAILABLE":
        raise conflict("There is an operation running on the snapshot. Try deleting the snapshot again later.")
    del account.table(region, KIND)[snapshot["snapshotName"]]
    return {"snapshot": {**public(snapshot), "status": "DELETED"}}


def find_snapshot(account: SimulatedAccount, region: str, name: str) -> Resource:
    """A snapshot of a namespace by name; raises ResourceNotFoundException."""
    snapshot = account.table(region, KIND).get(name)
    if snapshot is None:
        raise not_found(f"Snapshot {name} not found.", name)
    return snapshot
