"""Snapshot schedules of clusters."""

from __future__ import annotations

from typing import Any

from redshift_simulator.account import SimulatedAccount
from redshift_simulator.redshift.listing import has_tags, listed
from redshift_simulator.registry import Parameters, operation

KIND = "snapshot_schedules"


@operation("redshift", "DescribeSnapshotSchedules")
def describe_snapshot_schedules(account: SimulatedAccount, region: str, parameters: Parameters) -> dict[str, Any]:
    cluster, name = parameters.get("ClusterIdentifier"), parameters.get("ScheduleIdentifier")
    found = [
        dict(schedule)
        for key, schedule in sorted(account.table(region, KIND).items())
        if name in (None, key)
        and cluster in (None, *(each["ClusterIdentifier"] for each in schedule["AssociatedClusters"]))
        and has_tags(schedule["Tags"], parameters)
    ]
    return listed(account, parameters, "SnapshotSchedules", found)


def snapshot_schedule_of(
    account: SimulatedAccount, region: str, name: str, definitions: list[str], *clusters: str
) -> None:
    """A schedule that is active on these clusters."""
    account.table(region, KIND)[name] = {
        "ScheduleIdentifier": name,
        "ScheduleDescription": name.replace("-", " "),
        "ScheduleDefinitions": definitions,
        "Tags": [],
        "AssociatedClusterCount": len(clusters),
        "AssociatedClusters": [
            {"ClusterIdentifier": cluster, "ScheduleAssociationState": "ACTIVE"} for cluster in clusters
        ],
    }
    for cluster in clusters:
        members = {"SnapshotScheduleIdentifier": name, "SnapshotScheduleState": "ACTIVE"}
        account.table(region, "clusters")[cluster].update(members)
