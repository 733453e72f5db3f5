"""Manual snapshots of clusters, and the grants that let their copies use a key of the destination region."""

from __future__ import annotations

import re
from typing import Any

import redshift_facts as record
from redshift_simulator.account import Resource, SimulatedAccount, public
from redshift_simulator.data.contents import freeze
from redshift_simulator.errors import SimulatedError, invalid_parameter
from redshift_simulator.redshift.clusters import find_cluster
from redshift_simulator.redshift.listing import PAGES, check_known, with_tags
from redshift_simulator.registry import Parameters, operation

KIND = "cluster_snapshots"
QUOTA = "manual_snapshot_quota"
"""Setting of the account: how many manual snapshots a region holds."""
DEFAULT_QUOTA = record.number("limits.account", "manual_snapshots")
NAME = re.compile(r"[a-z](?!.*--)[a-z0-9-]{0,253}[a-z0-9]|[a-z]")
FROM_CLUSTER = (
    "AvailabilityZone",
    "ClusterCreateTime",
    "ClusterVersion",
    "DBName",
    "Encrypted",
    "EnhancedVpcRouting",
    "KmsKeyId",
    "MaintenanceTrackName",
    "MasterPasswordSecretArn",
    "MasterPasswordSecretKmsKeyId",
    "MasterUsername",
    "NodeType",
    "NumberOfNodes",
    "VpcId",
)
SELECTED_BY = ("ClusterIdentifier", "SnapshotIdentifier", "SnapshotArn", "SnapshotType")
GRANTS = "snapshot_copy_grants"


@operation("redshift", "CreateClusterSnapshot")
def create_cluster_snapshot(account: SimulatedAccount, region: str, parameters: Parameters) -> dict[str, Any]:
    name = parameters["SnapshotIdentifier"].lower()
    cluster = find_cluster(account, region, parameters["ClusterIdentifier"])
    if not NAME.fullmatch(name):
        raise invalid_parameter(f"The snapshot identifier {name} isn't valid.")
    days: int = parameters.get("ManualSnapshotRetentionPeriod") or cluster["ManualSnapshotRetentionPeriod"]
    check_days(days)
    snapshots = account.table(region, KIND)
    if name in snapshots:
        raise SimulatedError("ClusterSnapshotAlreadyExists", f"Snapshot {name} already exists.")
    if cluster["ClusterStatus"] != "available":
        raise SimulatedError(
            "InvalidClusterState", f"The cluster {cluster['ClusterIdentifier']} is {cluster['ClusterStatus']}."
        )
    if len(snapshots) >= account.settings.get(QUOTA, DEFAULT_QUOTA):
        raise SimulatedError("ClusterSnapshotQuotaExceeded", "The quota of manual snapshots is reached.")
    snapshot = snapshot_of(account, region, name, cluster, days=days, tags=parameters.get("Tags", []))
    done = {"Status": "available", "BackupProgressInMegaBytes": 2048.0}
    return {"Snapshot": account.begin(snapshot, "cluster_snapshot.create", {"Status": "creating"}, done)}


def snapshot_of(
    account: SimulatedAccount,
    region: str,
    name: str,
    cluster: Resource,
    *,
    days: int = -1,
    tags: list[dict[str, str]] | None = None,
) -> Resource:
    """An available manual snapshot of a cluster, with its databases as they are now; put in the account."""
    identifier = cluster["ClusterIdentifier"]
    snapshot: Resource = {
        "SnapshotIdentifier": name,
        "ClusterIdentifier": identifier,
        "SnapshotArn": account.arn("redshift", region, f"snapshot:{identifier}/{name}"),
        "SnapshotType": "manual",
        "SnapshotCreateTime": account.clock.now(),
        "Status": "available",
        "OwnerAccount": account.account_id,
        "Port": cluster["Endpoint"]["Port"],
        "TotalBackupSizeInMegaBytes": 2048.0,
        "BackupProgressInMegaBytes": 0.0,
        "ManualSnapshotRetentionPeriod": days,
        "Tags": tags or [],
        "_contents": freeze(cluster, account.clock.now()),
        "_databases": list(cluster.get("_databases", [cluster["DBName"]])),
        **{key: cluster[key] for key in FROM_CLUSTER if key in cluster},
    }
    account.table(region, KIND)[name] = snapshot
    return snapshot


def check_days(days: int) -> None:
    """Raise InvalidRetentionPeriodFault for a retention that manual snapshots cannot have."""
    if days != -1 and not 1 <= days <= 3653:
        raise SimulatedError("InvalidRetentionPeriodFault", "The retention period must be -1 or from 1 to 3653 days.")


@operation("redshift", "DescribeClusterSnapshots")
def describe_cluster_snapshots(account: SimulatedAccount, region: str, parameters: Parameters) -> dict[str, Any]:
    own = account.select(region, KIND, parameters, *SELECTED_BY)
    found = with_tags([*own, *_find_arrived(account, region, parameters)], parameters)
    name = parameters.get("SnapshotIdentifier") or parameters.get("SnapshotArn")
    if name is not None and not found:
        raise SimulatedError("ClusterSnapshotNotFound", f"Snapshot {name} not found.", 404)
    return PAGES.page(account, parameters, "Snapshots", found)


def _find_arrived(account: SimulatedAccount, region: str, parameters: Parameters) -> list[Resource]:
    """Copies of the automated snapshots of other regions' clusters. Their names begin with `copy:`, as reports show."""
    found: list[Resource] = []
    for source, tables in account.state["regions"].items():
        for cluster in tables.get("clusters", {}).values():
            if (cluster.get("ClusterSnapshotCopyStatus") or {}).get("DestinationRegion") == region:
                which = {"ClusterIdentifier": cluster["ClusterIdentifier"], "SnapshotType": "automated"}
                found += [
                    _copy_of(account, region, source, each)
                    for each in account.select(source, KIND, which, *which)
                    if each["Status"] == "available"
                ]
    asked = {key: parameters[key] for key in SELECTED_BY if key in parameters}
    return [each for each in found if asked.items() <= each.items()]


def _copy_of(account: SimulatedAccount, region: str, source: str, snapshot: Resource) -> Resource:
    name = f"copy:{snapshot['SnapshotIdentifier']}"
    arn = account.arn("redshift", region, f"snapshot:{snapshot['ClusterIdentifier']}/{name}")
    return {**snapshot, "SnapshotIdentifier": name, "SnapshotArn": arn, "SourceRegion": source}


@operation("redshift", "DeleteClusterSnapshot")
def delete_cluster_snapshot(account: SimulatedAccount, region: str, parameters: Parameters) -> dict[str, Any]:
    snapshots, name = account.table(region, KIND), parameters["SnapshotIdentifier"]
    if name not in snapshots:
        raise SimulatedError("ClusterSnapshotNotFound", f"Snapshot {name} not found.", 404)
    if snapshots[name]["Status"] != "available":
        raise SimulatedError("InvalidClusterSnapshotState", f"Snapshot {name} is {snapshots[name]['Status']}.")
    return {"Snapshot": {**public(snapshots.pop(name)), "Status": "deleted"}}


@operation("redshift", "DescribeSnapshotCopyGrants")
def describe_snapshot_copy_grants(account: SimulatedAccount, region: str, parameters: Parameters) -> dict[str, Any]:
    name, code = parameters.get("SnapshotCopyGrantName"), "SnapshotCopyGrantNotFoundFault"
    check_known(account, region, GRANTS, name, code, "Snapshot copy grant", 400)
    found = account.select(region, GRANTS, parameters, "SnapshotCopyGrantName")
    return PAGES.page(account, parameters, "SnapshotCopyGrants", found if name else with_tags(found, parameters))


def grant_of(account: SimulatedAccount, region: str, name: str, kms_key_arn: str) -> Resource:
    """A grant on a key, put in the account."""
    grant: Resource = {"SnapshotCopyGrantName": name, "KmsKeyId": kms_key_arn, "Tags": []}
    account.table(region, GRANTS)[name] = grant
    return grant
