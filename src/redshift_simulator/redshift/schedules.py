"""What happens to clusters on a schedule: snapshots, and pause, resume and resize."""

from __future__ import annotations

from typing import Any

from redshift_simulator.account import Resource, SimulatedAccount, public
from redshift_simulator.redshift.listing import PAGES, check_known, with_tags
from redshift_simulator.registry import Parameters, operation

SNAPSHOT_SCHEDULES = "snapshot_schedules"
SCHEDULED_ACTIONS = "cluster_scheduled_actions"


@operation("redshift", "DescribeSnapshotSchedules")
def describe_snapshot_schedules(account: SimulatedAccount, region: str, parameters: Parameters) -> dict[str, Any]:
    cluster = parameters.get("ClusterIdentifier")
    schedules = account.select(region, SNAPSHOT_SCHEDULES, parameters, "ScheduleIdentifier")
    found = [
        schedule
        for schedule in with_tags(schedules, parameters)
        if cluster in (None, *(each["ClusterIdentifier"] for each in schedule["AssociatedClusters"]))
    ]
    return PAGES.page(account, parameters, "SnapshotSchedules", found)


def snapshot_schedule_of(
    account: SimulatedAccount, region: str, name: str, definitions: list[str], *clusters: str
) -> None:
    """A schedule that is active on these clusters."""
    account.table(region, SNAPSHOT_SCHEDULES)[name] = {
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


@operation("redshift", "DescribeScheduledActions")
def describe_scheduled_actions(account: SimulatedAccount, region: str, parameters: Parameters) -> dict[str, Any]:
    name, kind = parameters.get("ScheduledActionName"), parameters.get("TargetActionType")
    check_known(account, region, SCHEDULED_ACTIONS, name, "ScheduledActionNotFound", "Scheduled action", 400)
    found = [
        action
        for action in account.select(region, SCHEDULED_ACTIONS, parameters, "ScheduledActionName")
        if kind in (None, *action["TargetAction"]) and _passes(action, parameters.get("Filters", []))
    ]
    return PAGES.page(account, parameters, "ScheduledActions", found)


@operation("redshift", "ModifyScheduledAction")
def modify_scheduled_action(account: SimulatedAccount, region: str, parameters: Parameters) -> dict[str, Any]:
    name = parameters["ScheduledActionName"]
    check_known(account, region, SCHEDULED_ACTIONS, name, "ScheduledActionNotFound", "Scheduled action", 400)
    action = account.table(region, SCHEDULED_ACTIONS)[name]
    action.update({key: value for key, value in parameters.items() if key != "Enable"})
    if "Enable" in parameters:
        action["State"] = "ACTIVE" if parameters["Enable"] else "DISABLED"
    return public(action)


def _passes(action: Resource, filters: list[dict[str, Any]]) -> bool:
    (target,) = action["TargetAction"].values()
    values = {"cluster-identifier": target["ClusterIdentifier"], "iam-role": action["IamRole"]}
    return all(values[each["Name"]] in each["Values"] for each in filters)


def scheduled_action_of(
    account: SimulatedAccount,
    region: str,
    name: str,
    kind: str,
    cluster: str,
    schedule: str,
    role: str,
    **target: Any,
) -> None:
    """An active action; `kind` is PauseCluster, ResumeCluster or ResizeCluster."""
    account.table(region, SCHEDULED_ACTIONS)[name] = {
        "ScheduledActionName": name,
        "TargetAction": {kind: {"ClusterIdentifier": cluster, **target}},
        "Schedule": schedule,
        "IamRole": role,
        "ScheduledActionDescription": name.replace("-", " "),
        "State": "ACTIVE",
    }
