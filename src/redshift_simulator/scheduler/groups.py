"""Schedule groups: `default`, and those that somebody made."""

from __future__ import annotations

from typing import Any

from redshift_simulator.account import SimulatedAccount
from redshift_simulator.errors import SimulatedError
from redshift_simulator.registry import Parameters, operation
from redshift_simulator.scheduler.listing import listed
from redshift_simulator.transitions import Resource, public

KIND = "schedule_groups"
DEFAULT = "default"


@operation("scheduler", "ListScheduleGroups")
def list_schedule_groups(account: SimulatedAccount, region: str, parameters: Parameters) -> dict[str, Any]:
    prefix = parameters.get("NamePrefix", "")
    groups = [_group(account, region, DEFAULT), *account.table(region, KIND).values()]
    named = sorted((group for group in groups if group["Name"].startswith(prefix)), key=lambda each: str(each["Name"]))
    return listed(account, parameters, "ScheduleGroups", [public(group) for group in named])


@operation("scheduler", "CreateScheduleGroup")
def create_schedule_group(account: SimulatedAccount, region: str, parameters: Parameters) -> dict[str, Any]:
    name = parameters["Name"]
    if name == DEFAULT or name in account.table(region, KIND):
        raise SimulatedError("ConflictException", f"Schedule group {name} already exists.", 409, Message=name)
    return {"ScheduleGroupArn": group_of(account, region, name)["Arn"]}


def group_of(account: SimulatedAccount, region: str, name: str) -> Resource:
    """A schedule group, put in the account."""
    group = _group(account, region, name)
    account.table(region, KIND)[name] = group
    return group


def check_group(account: SimulatedAccount, region: str, name: str) -> None:
    """A group that is named must exist."""
    if name != DEFAULT and name not in account.table(region, KIND):
        message = f"Schedule group {name} does not exist."
        raise SimulatedError("ResourceNotFoundException", message, 404, Message=message)


def _group(account: SimulatedAccount, region: str, name: str) -> Resource:
    return {"Name": name, "Arn": account.arn("scheduler", region, f"schedule-group/{name}"), "State": "ACTIVE"}
