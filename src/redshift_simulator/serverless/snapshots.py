"""Snapshots of namespaces, and RestoreFromSnapshot, which puts one's databases and users into a namespace.

For a moment after the call the namespace still reads AVAILABLE, although it takes no other change any more; then both
it and the workgroup are MODIFYING until the restore is over, and only then does the namespace name another admin user.
That is the harshest order that the documentation allows.
"""

from __future__ import annotations

from typing import Any

from redshift_simulator.account import Resource, SimulatedAccount, public, schedule
from redshift_simulator.errors import conflict, not_found, validation
from redshift_simulator.redshift.snapshots import KIND as CLUSTER_SNAPSHOTS
from redshift_simulator.registry import Parameters, operation
from redshift_simulator.serverless.namespaces import (
    COPIED,
    SNAPSHOTS,
    check_namespace_idle,
    check_secret_key,
    find_namespace,
    secret_members,
    snapshot_of,
)
from redshift_simulator.serverless.resources import PAGES, check_key_use, check_retention, find
from redshift_simulator.serverless.workgroups import check_workgroup_idle, find_workgroup

ALSO_CHANGES = "restore_also_changes"
"""Setting of the account: members of a namespace that a restore overwrites too, to see that somebody looks."""


@operation("redshift-serverless", "CreateSnapshot")
def create_snapshot(account: SimulatedAccount, region: str, parameters: Parameters) -> dict[str, Any]:
    namespace = find_namespace(account, region, parameters["namespaceName"])
    check_namespace_idle(namespace, "using")
    check_retention(parameters.get("retentionPeriod"))
    name, days, tags = parameters["snapshotName"], parameters.get("retentionPeriod"), parameters.get("tags", [])
    return {"snapshot": snapshot_of(account, region, name, namespace, days, tags)}


@operation("redshift-serverless", "GetSnapshot")
def get_snapshot(account: SimulatedAccount, region: str, parameters: Parameters) -> dict[str, Any]:
    name, arn = parameters.get("snapshotName"), parameters.get("snapshotArn")
    if (name is None) == (arn is None):
        raise validation("Specify either the snapshot name or the snapshot ARN.")
    for snapshot in account.select(region, SNAPSHOTS, parameters, "snapshotName", "snapshotArn"):
        return {"snapshot": snapshot}
    raise not_found(f"Snapshot {name or arn} not found.", str(name or arn))


@operation("redshift-serverless", "ListSnapshots")
def list_snapshots(account: SimulatedAccount, region: str, parameters: Parameters) -> dict[str, Any]:
    found = account.select(region, SNAPSHOTS, parameters, "namespaceName", "namespaceArn")
    found += [
        each
        for each in find_arrived(account, region)
        if all(parameters.get(member) in (None, each[member]) for member in ("namespaceName", "namespaceArn"))
    ]
    return PAGES.page(account, parameters, "snapshots", found)


def find_arrived(account: SimulatedAccount, region: str) -> list[Resource]:
    """Copies of snapshots that were taken of other regions' namespaces while they were copied here."""
    return [
        {**public(each), "kmsKeyId": each[COPIED]["key"]}
        for tables in account.state["regions"].values()
        for each in tables.get(SNAPSHOTS, {}).values()
        if each["status"] == "AVAILABLE" and each.get(COPIED, {}).get("region") == region
    ]


@operation("redshift-serverless", "DeleteSnapshot")
def delete_snapshot(account: SimulatedAccount, region: str, parameters: Parameters) -> dict[str, Any]:
    snapshot = find(account, region, SNAPSHOTS, parameters["snapshotName"], "Snapshot")
    if snapshot["status"] != "AVAILABLE":
        raise conflict("There is an operation running on the snapshot. Try deleting the snapshot again later.")
    del account.table(region, SNAPSHOTS)[snapshot["snapshotName"]]
    return {"snapshot": {**public(snapshot), "status": "DELETED"}}


@operation("redshift-serverless", "RestoreFromSnapshot")
def restore_from_snapshot(account: SimulatedAccount, region: str, parameters: Parameters) -> dict[str, Any]:
    name, arn = parameters.get("snapshotName"), parameters.get("snapshotArn")
    if (name is None) == (arn is None):
        raise validation("Specify either the snapshot name or the snapshot ARN, not both.")
    check_secret_key(parameters)
    namespace = find_namespace(account, region, parameters["namespaceName"])
    workgroup = find_workgroup(account, region, parameters["workgroupName"])
    if workgroup["namespaceName"] != namespace["namespaceName"]:
        raise validation(f"Workgroup {workgroup['workgroupName']} isn't in namespace {namespace['namespaceName']}.")
    snapshot = _to_restore(account, region, name, arn)
    check_namespace_idle(namespace, "restoring")
    check_key_use(account, namespace["kmsKeyId"])
    check_workgroup_idle(account, region, workgroup, "restoring")
    _begin(account, region, namespace, workgroup, snapshot, parameters)
    return {
        "namespace": public(namespace),
        "snapshotName": snapshot["name"],
        "ownerAccount": account.account_id,
    }


def _to_restore(account: SimulatedAccount, region: str, name: str | None, arn: str | None) -> Resource:
    """What of a snapshot a restore needs; a name is looked up among the snapshots of namespaces only."""
    for one in account.table(region, SNAPSHOTS).values():
        if name == one["snapshotName"] or arn == one["snapshotArn"]:
            return _ready(one, one["snapshotName"], one["status"] == "AVAILABLE", one["adminUsername"])
    for one in account.table(region, CLUSTER_SNAPSHOTS).values():
        if arn == one["SnapshotArn"]:
            is_ready = one["Status"] == "available"
            return _ready(one, one["SnapshotIdentifier"], is_ready, one["MasterUsername"])
    raise not_found(f"Snapshot {name or arn} not found.", str(name or arn))


def _ready(one: Resource, name: str, is_ready: bool, admin: str) -> Resource:
    if not is_ready:
        raise conflict(f"Snapshot {name} isn't available yet. Try restoring it again later.")
    return {
        "name": name,
        "adminUsername": admin,
        "databases": one["_databases"],
        "contents": _without_lost(one.get("_contents")),
    }


def _without_lost(contents: Resource | None) -> Resource | None:
    """What a restore brings: all but tables that are `lost`, which shows whether somebody looks."""
    if contents is None:
        return None
    databases = {
        name: {**database, "tables": [each for each in database["tables"] if not each.get("lost")]}
        for name, database in contents["databases"].items()
    }
    return {**contents, "databases": databases}


def _begin(
    account: SimulatedAccount,
    region: str,
    namespace: Resource,
    workgroup: Resource,
    snapshot: Resource,
    parameters: Parameters,
) -> None:
    unseen_until_s = account.clock.now() + account.durations["restore.unseen"]
    end_s = unseen_until_s + account.durations["restore"]
    named = {**namespace, "adminUsername": snapshot["adminUsername"]}
    secret: dict[str, Any] = {"adminPasswordSecretArn": None, "adminPasswordSecretKmsKeyId": None}
    if parameters.get("manageAdminPassword"):
        secret |= secret_members(account, region, named, parameters)
    restored = {
        "adminUsername": snapshot["adminUsername"],
        "_databases": list(snapshot["databases"]),
        "_contents": snapshot["contents"],
        "_restored_from": [*namespace.get("_restored_from", []), snapshot["name"]],
        **secret,
        **account.settings.get(ALSO_CHANGES, {}),
    }
    schedule(namespace, unseen_until_s, {"status": "MODIFYING"})
    schedule(namespace, end_s, {"status": "AVAILABLE", **restored})
    schedule(workgroup, unseen_until_s, {"status": "MODIFYING"})
    schedule(workgroup, end_s, {"status": "AVAILABLE"})
    account.settle()
