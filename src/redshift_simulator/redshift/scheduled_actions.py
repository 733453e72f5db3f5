"""Pause, resume and resize of clusters on a schedule."""

from __future__ import annotations

from typing import Any

from redshift_simulator.account import SimulatedAccount
from redshift_simulator.errors import SimulatedError
from redshift_simulator.redshift.listing import listed
from redshift_simulator.registry import Parameters, operation
from redshift_simulator.transitions import Resource

KIND = "cluster_scheduled_actions"


@operation("redshift", "DescribeScheduledActions")
def describe_scheduled_actions(account: SimulatedAccount, region: str, parameters: Parameters) -> dict[str, Any]:
    name, kind = parameters.get("ScheduledActionName"), parameters.get("TargetActionType")
    if name is not None and name not in account.table(region, KIND):
        raise SimulatedError("ScheduledActionNotFound", f"Scheduled action {name} not found.")
    found = [
        dict(action)
        for key, action in sorted(account.table(region, KIND).items())
        if name in (None, key)
        and (kind is None or kind in action["TargetAction"])
        and _passes(action, parameters.get("Filters", []))
    ]
    return listed(account, parameters, "ScheduledActions", found)


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
    account.table(region, KIND)[name] = {
        "ScheduledActionName": name,
        "TargetAction": {kind: {"ClusterIdentifier": cluster, **target}},
        "Schedule": schedule,
        "IamRole": role,
        "ScheduledActionDescription": name.replace("-", " "),
        "State": "ACTIVE",
    }
