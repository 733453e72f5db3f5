"""Scheduled actions: snapshots of a namespace on a schedule. The only target that serverless has."""

from __future__ import annotations

import re
from typing import Any

from redshift_simulator.account import Resource, SimulatedAccount, public
from redshift_simulator.errors import conflict, validation
from redshift_simulator.registry import Parameters, operation
from redshift_simulator.serverless.namespaces import find_namespace
from redshift_simulator.serverless.resources import NEWER_PAGES, check_retention, find

KIND = "serverless_scheduled_actions"
KEPT = ("roleArn", "schedule", "targetAction", "startTime", "endTime", "scheduledActionDescription")
ROLE = re.compile(r"arn:[^:]+:iam::\d{12}:role/.+")
CRON = re.compile(
    r"\((?P<minutes>\S+) (?P<hours>\S+) (?P<day_of_month>\S+) (?P<month>\S+) (?P<day_of_week>\S+) (?P<year>\S+)\)"
)
FIELDS = {
    "hours": r"(\*|\d{1,2}(-\d{1,2})?)(/\d{1,2})?(,\d{1,2}(-\d{1,2})?)*",
    "day_of_month": r"\?|L|(\*|\d{1,2}(-\d{1,2})?)(/\d{1,2})?(,\d{1,2})*|\d{1,2}W",
    "month": r"\*|([A-Z]{3}|\d{1,2})([-,/]([A-Z]{3}|\d{1,2}))*",
    "day_of_week": r"\?|L|\*|([A-Z]{3}|[1-7])([-,/#]([A-Z]{3}|\d))*",
    "year": r"\*|\d{4}([-,/]\d{1,4})*",
}


@operation("redshift-serverless", "CreateScheduledAction")
def create_scheduled_action(account: SimulatedAccount, region: str, parameters: Parameters) -> dict[str, Any]:
    name, actions = parameters["scheduledActionName"], account.table(region, KIND)
    if name in actions:
        raise conflict(f"Scheduled action {name} already exists")
    find_namespace(account, region, parameters["namespaceName"])
    _check(account, region, parameters)
    action = {
        "scheduledActionName": name,
        "scheduledActionUuid": account.new_uuid(),
        "namespaceName": parameters["namespaceName"],
        "state": "ACTIVE" if parameters.get("enabled", True) else "DISABLED",
        **{key: parameters[key] for key in KEPT if key in parameters},
    }
    actions[name] = action
    return {"scheduledAction": public(action)}


@operation("redshift-serverless", "GetScheduledAction")
def get_scheduled_action(account: SimulatedAccount, region: str, parameters: Parameters) -> dict[str, Any]:
    return {"scheduledAction": public(_find(account, region, parameters["scheduledActionName"]))}


@operation("redshift-serverless", "ListScheduledActions")
def list_scheduled_actions(account: SimulatedAccount, region: str, parameters: Parameters) -> dict[str, Any]:
    found = [
        {key: action[key] for key in ("namespaceName", "scheduledActionName")}
        for action in account.select(region, KIND, parameters, "namespaceName")
    ]
    return NEWER_PAGES.page(account, parameters, "scheduledActions", found)


@operation("redshift-serverless", "UpdateScheduledAction")
def update_scheduled_action(account: SimulatedAccount, region: str, parameters: Parameters) -> dict[str, Any]:
    action = _find(account, region, parameters["scheduledActionName"])
    _check(account, region, parameters)
    action.update({key: parameters[key] for key in KEPT if key in parameters})
    if "enabled" in parameters:
        action["state"] = "ACTIVE" if parameters["enabled"] else "DISABLED"
    return {"scheduledAction": public(action)}


@operation("redshift-serverless", "DeleteScheduledAction")
def delete_scheduled_action(account: SimulatedAccount, region: str, parameters: Parameters) -> dict[str, Any]:
    action = _find(account, region, parameters["scheduledActionName"])
    del account.table(region, KIND)[action["scheduledActionName"]]
    return {"scheduledAction": public(action)}


def _find(account: SimulatedAccount, region: str, name: str) -> Resource:
    return find(account, region, KIND, name, "Scheduled action")


def _check(account: SimulatedAccount, region: str, parameters: Parameters) -> None:
    role, schedule = parameters.get("roleArn"), parameters.get("schedule", {})
    if role is not None and not ROLE.fullmatch(role):
        raise validation(f"{role} is not the ARN of an IAM role.")
    if "cron" in schedule:
        check_cron(schedule["cron"])
    snapshot = parameters.get("targetAction", {}).get("createSnapshot")
    if snapshot is not None:
        find_namespace(account, region, snapshot["namespaceName"])
        check_retention(snapshot.get("retentionPeriod"))


def check_cron(text: str) -> None:
    """Raise ValidationException unless it is `(M H DoM Mon DoW Y)` that runs once an hour at most."""
    found = CRON.fullmatch(text)
    if found is None:
        raise validation(f"The schedule {text} must be (Minutes Hours Day-of-month Month Day-of-week Year).")
    if not re.fullmatch(r"[0-5]?\d", found["minutes"]):
        raise validation(f"The schedule {text} must name one minute: invocations are at least one hour apart.")
    for field, pattern in FIELDS.items():
        if not re.fullmatch(pattern, found[field]):
            raise validation(f"The field {field} of the schedule {text} is not valid: {found[field]}")
    if (found["day_of_month"] == "?") == (found["day_of_week"] == "?"):
        raise validation(f"Exactly one of day-of-month and day-of-week must be ? in the schedule {text}.")
