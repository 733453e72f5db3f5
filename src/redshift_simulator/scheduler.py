"""EventBridge Scheduler: schedule groups, and schedules with one target each, kept under `GROUP/NAME`."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from redshift_simulator.account import Resource, SimulatedAccount, public
from redshift_simulator.errors import SimulatedError
from redshift_simulator.pages import Paging, by_name
from redshift_simulator.registry import Parameters, operation
from redshift_simulator.wire.service import find_operation, service_model

RATE = re.compile(r"rate\(([1-9]\d*) (minute|minutes|hour|hours|day|days)\)")
CRON = re.compile(r"cron\((\S+ +\S+ +\S+ +\S+ +\S+ +\S+)\)")
AT = re.compile(r"at\((\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})\)")
FIELD = re.compile(r"[0-9A-Z,\-*/?LW#]+", re.IGNORECASE)
GROUPS = "schedule_groups"
DEFAULT = "default"
SCHEDULES = "schedules"
DEFAULTS = {"ScheduleExpressionTimezone": "UTC", "State": "ENABLED", "ActionAfterCompletion": "NONE"}
RETRY_DEFAULTS = {"MaximumEventAgeInSeconds": 86400, "MaximumRetryAttempts": 185}
SETTINGS = (
    "ScheduleExpression",
    "ScheduleExpressionTimezone",
    "StartDate",
    "EndDate",
    "Description",
    "State",
    "KmsKeyArn",
    "Target",
    "FlexibleTimeWindow",
    "ActionAfterCompletion",
)
LATE_S = 5 * 60
"""How far in the past a start may lie. Source: the service's own error text, as quoted in public reports."""
UNIVERSAL = re.compile(r"arn:[^:]+:scheduler:::aws-sdk:(?P<service>[a-z0-9]+):(?P<operation>[a-zA-Z]+)")
DATA_API = "redshiftdata"


def _refusal(code: str, message: str, status: int = 400) -> SimulatedError:
    """An error of the Scheduler, whose shapes have the message as a member of their own."""
    return SimulatedError(code, message, status, Message=message)


def validation(message: str) -> SimulatedError:
    """The error of the Scheduler for input that fits the model and is still not allowed."""
    return _refusal("ValidationException", message)


PAGES = Paging("MaxResults", "NextToken", validation)


def is_recurring(expression: str) -> bool:
    """A rate whose unit agrees with its number, or a cron in which exactly one day field is `?`."""
    rate = RATE.fullmatch(expression)
    if rate is not None:
        return (rate[1] == "1") != rate[2].endswith("s")
    cron = CRON.fullmatch(expression)
    if cron is None:
        return False
    fields = cron[1].split()
    return all(FIELD.fullmatch(field) for field in fields) and (fields[2] == "?") != (fields[4] == "?")


def parse_at(expression: str) -> datetime | None:
    """The moment of an `at(…)`, without a time zone; None for anything else."""
    found = AT.fullmatch(expression)
    try:
        return datetime.fromisoformat(found[1]) if found else None
    except ValueError:
        return None


@operation("scheduler", "ListScheduleGroups")
def list_schedule_groups(account: SimulatedAccount, region: str, parameters: Parameters) -> dict[str, Any]:
    groups = [_group(account, region, DEFAULT), *account.table(region, GROUPS).values()]
    return PAGES.page(account, parameters, "ScheduleGroups", by_name(groups, parameters))


@operation("scheduler", "CreateScheduleGroup")
def create_schedule_group(account: SimulatedAccount, region: str, parameters: Parameters) -> dict[str, Any]:
    name = parameters["Name"]
    if name == DEFAULT or name in account.table(region, GROUPS):
        raise _refusal("ConflictException", f"Schedule group {name} already exists.", 409)
    return {"ScheduleGroupArn": group_of(account, region, name)["Arn"]}


def group_of(account: SimulatedAccount, region: str, name: str) -> Resource:
    """A schedule group, put in the account."""
    group = _group(account, region, name)
    account.table(region, GROUPS)[name] = group
    return group


def check_group(account: SimulatedAccount, region: str, name: str) -> None:
    """A group that is named must exist."""
    if name != DEFAULT and name not in account.table(region, GROUPS):
        raise _refusal("ResourceNotFoundException", f"Schedule group {name} does not exist.", 404)


def _group(account: SimulatedAccount, region: str, name: str) -> Resource:
    return {"Name": name, "Arn": account.arn("scheduler", region, f"schedule-group/{name}"), "State": "ACTIVE"}


@operation("scheduler", "CreateSchedule")
def create_schedule(account: SimulatedAccount, region: str, parameters: Parameters) -> dict[str, Any]:
    group, name = parameters.get("GroupName", DEFAULT), parameters["Name"]
    check_group(account, region, group)
    present = account.table(region, SCHEDULES).get(f"{group}/{name}")
    if present is not None:
        token = parameters.get("ClientToken")
        if token is not None and token == present.get("_client_token"):
            return {"ScheduleArn": present["Arn"]}
        raise _refusal("ConflictException", f"Schedule {name} already exists.", 409)
    _check(account, parameters)
    schedule = schedule_of(account, region, group, name, parameters)
    schedule["_client_token"] = parameters.get("ClientToken")
    return {"ScheduleArn": schedule["Arn"]}


def schedule_of(account: SimulatedAccount, region: str, group: str, name: str, parameters: Parameters) -> Resource:
    """A schedule, put in the account; whatever is not given gets the service's default."""
    now_s = account.clock.now()
    given = {member: parameters[member] for member in SETTINGS if member in parameters}
    target = {**parameters["Target"]}
    target["RetryPolicy"] = {**RETRY_DEFAULTS, **target.get("RetryPolicy", {})}
    present = account.table(region, SCHEDULES).get(f"{group}/{name}", {})
    schedule: Resource = {
        "Arn": account.arn("scheduler", region, f"schedule/{group}/{name}"),
        "GroupName": group,
        "Name": name,
        "CreationDate": present.get("CreationDate", now_s),
        "LastModificationDate": now_s,
        **DEFAULTS,
        **given,
        "Target": target,
    }
    account.table(region, SCHEDULES)[f"{group}/{name}"] = schedule
    return schedule


@operation("scheduler", "GetSchedule")
def get_schedule(account: SimulatedAccount, region: str, parameters: Parameters) -> dict[str, Any]:
    return public(_find(account, region, parameters))


@operation("scheduler", "ListSchedules")
def list_schedules(account: SimulatedAccount, region: str, parameters: Parameters) -> dict[str, Any]:
    group, prefix, state = parameters.get("GroupName"), parameters.get("NamePrefix", ""), parameters.get("State")
    if group is not None:
        check_group(account, region, group)
    shown = [
        {
            **{member: each[member] for member in ("Arn", "CreationDate", "GroupName", "LastModificationDate")},
            **{member: each[member] for member in ("Name", "State")},
            "Target": {"Arn": each["Target"]["Arn"]},
        }
        for _, each in sorted(account.table(region, SCHEDULES).items())
        if each["Name"].startswith(prefix) and group in (None, each["GroupName"]) and state in (None, each["State"])
    ]
    return PAGES.page(account, parameters, "Schedules", shown)


@operation("scheduler", "UpdateSchedule")
def update_schedule(account: SimulatedAccount, region: str, parameters: Parameters) -> dict[str, Any]:
    present = _find(account, region, parameters)
    _check(account, parameters)
    return {
        "ScheduleArn": schedule_of(account, region, present["GroupName"], present["Name"], parameters)["Arn"],
    }


@operation("scheduler", "DeleteSchedule")
def delete_schedule(account: SimulatedAccount, region: str, parameters: Parameters) -> dict[str, Any]:
    schedule = _find(account, region, parameters)
    del account.table(region, SCHEDULES)[f"{schedule['GroupName']}/{schedule['Name']}"]
    return {}


def _find(account: SimulatedAccount, region: str, parameters: Parameters) -> Resource:
    group, name = parameters.get("GroupName", DEFAULT), parameters["Name"]
    schedule = account.table(region, SCHEDULES).get(f"{group}/{name}")
    if schedule is None:
        raise _refusal("ResourceNotFoundException", f"Schedule {name} does not exist.", 404)
    return schedule


def _check(account: SimulatedAccount, parameters: Parameters) -> None:
    expression = parameters["ScheduleExpression"]
    recurring = is_recurring(expression)
    if not recurring and parse_at(expression) is None:
        raise validation(f"Invalid Schedule Expression {expression}.")
    _check_zone(parameters.get("ScheduleExpressionTimezone", "UTC"))
    now_s, start, end = account.clock.now(), parameters.get("StartDate"), parameters.get("EndDate")
    if recurring and start is not None and start < now_s - LATE_S:
        raise validation("The StartDate you specify cannot be earlier than 5 minutes ago.")
    if recurring and end is not None and end < max(now_s, start or now_s):
        raise validation("The EndDate you specify cannot be earlier than the StartDate or in the past.")
    moment = parse_at(expression)
    if moment is not None and _epoch(moment, parameters) < now_s:
        raise validation(f"Invalid Schedule Expression {expression}: the time is in the past.")
    window = parameters["FlexibleTimeWindow"]
    if (window["Mode"] == "FLEXIBLE") != ("MaximumWindowInMinutes" in window):
        raise validation("MaximumWindowInMinutes goes with the mode FLEXIBLE, and only with it.")
    _check_target(parameters["Target"])


def _check_zone(name: str) -> None:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise validation(f"Invalid Schedule Expression Timezone {name}.") from error


def _epoch(moment: datetime, parameters: Parameters) -> float:
    zone = parameters.get("ScheduleExpressionTimezone", "UTC")
    return moment.replace(tzinfo=UTC if zone == "UTC" else ZoneInfo(zone)).timestamp()


def _check_target(target: dict[str, Any]) -> None:
    """A universal target's input must be the parameters of that API operation, spelled as the API spells them."""
    if ":scheduler:::" not in target["Arn"]:
        return
    found = UNIVERSAL.fullmatch(target["Arn"])
    if found is None:
        raise validation(f"Provided Arn {target['Arn']} is not in correct format.")
    if found["service"] != DATA_API:
        return
    name = found["operation"]
    operation_model = find_operation(service_model("redshift-data"), name[0].upper() + name[1:])
    if operation_model is None:
        raise validation(f"{name} is not a valid operation of {DATA_API}.")
    _check_input(operation_model, target.get("Input"))


def _check_input(operation_model: Any, text: str | None) -> None:
    try:
        given = json.loads(text or "{}")
    except ValueError as error:
        raise validation(f"Invalid RequestJson provided. Reason: {error}") from error
    shape = operation_model.input_shape
    wrong = sorted(set(given) - set(shape.members)) if isinstance(given, dict) else [str(given)[:20]]
    missing = [member for member in shape.required_members if member not in given and member != "ClientToken"]
    if wrong or missing:
        raise validation(f"Invalid RequestJson provided. Reason: unknown {wrong}, missing {missing}")
    if ("WorkgroupName" in given) == ("ClusterIdentifier" in given):
        raise validation("Invalid RequestJson provided. Reason: one of ClusterIdentifier and WorkgroupName")
    if "WorkgroupName" in given and "DbUser" in given:
        raise validation("Invalid RequestJson provided. Reason: DbUser goes with a cluster only")
