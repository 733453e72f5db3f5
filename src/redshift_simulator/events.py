"""EventBridge: event buses, the rules on them, and what the rules do when they fire."""

from __future__ import annotations

import json
import re
from typing import Any

from redshift_simulator.account import Resource, SimulatedAccount, public
from redshift_simulator.errors import SimulatedError, validation
from redshift_simulator.pages import Paging, by_name
from redshift_simulator.registry import Parameters, operation
from redshift_simulator.scheduler import is_recurring

PAGES = Paging("Limit", "NextToken", validation)
BUSES = "event_buses"
DEFAULT = "default"
RULES = "event_rules"
SETTINGS = ("ScheduleExpression", "EventPattern", "Description", "RoleArn")
TARGETS = "_targets"
MOST_TARGETS = 5
CLUSTER = re.compile(r"arn:[^:]+:redshift:[^:]+:\d{12}:cluster:\S+")
WORKGROUP = re.compile(r"arn:[^:]+:redshift-serverless:[^:]+:\d{12}:workgroup/\S+")


@operation("events", "ListEventBuses")
def list_event_buses(account: SimulatedAccount, region: str, parameters: Parameters) -> dict[str, Any]:
    buses = [_default(account, region), *account.table(region, BUSES).values()]
    return PAGES.page(account, parameters, "EventBuses", by_name(buses, parameters))


@operation("events", "CreateEventBus")
def create_event_bus(account: SimulatedAccount, region: str, parameters: Parameters) -> dict[str, Any]:
    name = parameters["Name"]
    if name == DEFAULT or name in account.table(region, BUSES):
        raise SimulatedError("ResourceAlreadyExistsException", f"Event bus {name} already exists.")
    if "/" in name:
        raise validation("Event bus name must not contain '/'.")
    return {"EventBusArn": bus_of(account, region, name)["Arn"]}


def bus_of(account: SimulatedAccount, region: str, name: str) -> Resource:
    """An event bus, put in the account."""
    bus: Resource = {"Name": name, "Arn": account.arn("events", region, f"event-bus/{name}")}
    account.table(region, BUSES)[name] = bus
    return bus


def bus_name(account: SimulatedAccount, region: str, parameters: Parameters) -> str:
    """The bus that a request means, by name or ARN; the default one when it names none."""
    name = str(parameters.get("EventBusName", DEFAULT)).rpartition(":event-bus/")[2]
    if name != DEFAULT and name not in account.table(region, BUSES):
        raise SimulatedError("ResourceNotFoundException", f"Event bus {name} does not exist.")
    return name


def _default(account: SimulatedAccount, region: str) -> Resource:
    return {"Name": DEFAULT, "Arn": account.arn("events", region, f"event-bus/{DEFAULT}")}


@operation("events", "PutRule")
def put_rule(account: SimulatedAccount, region: str, parameters: Parameters) -> dict[str, Any]:
    bus = bus_name(account, region, parameters)
    _check_rule(bus, parameters)
    present = account.table(region, RULES).get(f"{bus}/{parameters['Name']}")
    if present is not None:
        _check_ours(present)
    rule = rule_of(account, region, bus, parameters["Name"], parameters)
    if present is not None:
        rule[TARGETS] = present[TARGETS]
    return {"RuleArn": rule["Arn"]}


def rule_of(account: SimulatedAccount, region: str, bus: str, name: str, parameters: Parameters) -> Resource:
    """A rule without targets, put in the account; whatever is not given is not kept."""
    path = name if bus == DEFAULT else f"{bus}/{name}"
    rule: Resource = {
        "Name": name,
        "Arn": account.arn("events", region, f"rule/{path}"),
        "EventBusName": bus,
        "State": parameters.get("State", "ENABLED"),
        **{member: parameters[member] for member in (*SETTINGS, "ManagedBy") if member in parameters},
        TARGETS: [],
    }
    account.table(region, RULES)[f"{bus}/{name}"] = rule
    return rule


@operation("events", "DescribeRule")
def describe_rule(account: SimulatedAccount, region: str, parameters: Parameters) -> dict[str, Any]:
    rule = find_rule(account, region, parameters, parameters["Name"])
    return {**public(rule), "CreatedBy": account.account_id}


@operation("events", "ListRules")
def list_rules(account: SimulatedAccount, region: str, parameters: Parameters) -> dict[str, Any]:
    return PAGES.page(account, parameters, "Rules", by_name(rules_on(account, region, parameters), parameters))


@operation("events", "EnableRule")
def enable_rule(account: SimulatedAccount, region: str, parameters: Parameters) -> dict[str, Any]:
    changeable_rule(account, region, parameters, parameters["Name"])["State"] = "ENABLED"
    return {}


@operation("events", "DisableRule")
def disable_rule(account: SimulatedAccount, region: str, parameters: Parameters) -> dict[str, Any]:
    changeable_rule(account, region, parameters, parameters["Name"])["State"] = "DISABLED"
    return {}


@operation("events", "DeleteRule")
def delete_rule(account: SimulatedAccount, region: str, parameters: Parameters) -> dict[str, Any]:
    rule = changeable_rule(account, region, parameters, parameters["Name"])
    if rule[TARGETS]:
        raise validation("Rule can't be deleted since it has targets.")
    del account.table(region, RULES)[f"{rule['EventBusName']}/{rule['Name']}"]
    return {}


def rules_on(account: SimulatedAccount, region: str, parameters: Parameters) -> list[Resource]:
    """The rules of the bus that a request means, by name."""
    bus = bus_name(account, region, parameters)
    rules = [rule for rule in account.table(region, RULES).values() if rule["EventBusName"] == bus]
    return sorted(rules, key=lambda rule: str(rule["Name"]))


def find_rule(account: SimulatedAccount, region: str, parameters: Parameters, name: str) -> Resource:
    bus = bus_name(account, region, parameters)
    rule = account.table(region, RULES).get(f"{bus}/{name}")
    if rule is None:
        raise SimulatedError("ResourceNotFoundException", f"Rule {name} does not exist on EventBus {bus}.")
    return rule


def changeable_rule(account: SimulatedAccount, region: str, parameters: Parameters, name: str) -> Resource:
    """The rule, unless an AWS service keeps it for itself."""
    rule = find_rule(account, region, parameters, name)
    _check_ours(rule)
    return rule


def _check_ours(rule: Resource) -> None:
    if "ManagedBy" in rule:
        message = f"Rule {rule['Name']} is managed by an AWS service can only be modified if force is true."
        raise SimulatedError("ManagedRuleException", message)


def _check_rule(bus: str, parameters: Parameters) -> None:
    expression, pattern = parameters.get("ScheduleExpression"), parameters.get("EventPattern")
    if not expression and not pattern:
        raise validation("Parameter(s) EventPattern or ScheduleExpression must be specified.")
    if expression and bus != DEFAULT:
        raise validation("ScheduleExpression is supported only on the default event bus.")
    if expression and not is_recurring(expression):
        raise validation("Parameter ScheduleExpression is not valid.")
    if pattern:
        try:
            is_object = isinstance(json.loads(pattern), dict)
        except ValueError:
            is_object = False
        if not is_object:
            raise SimulatedError("InvalidEventPatternException", "Event pattern is not valid. Reason: not an object")


@operation("events", "PutTargets")
def put_targets(account: SimulatedAccount, region: str, parameters: Parameters) -> dict[str, Any]:
    rule = changeable_rule(account, region, parameters, parameters["Rule"])
    for target in parameters["Targets"]:
        _check_target(target)
    kept = {target["Id"]: target for target in rule[TARGETS]}
    kept |= {target["Id"]: target for target in parameters["Targets"]}
    if len(kept) > MOST_TARGETS:
        raise SimulatedError("LimitExceededException", "The requested resource exceeds the maximum number allowed.")
    rule[TARGETS] = list(kept.values())
    return {"FailedEntryCount": 0, "FailedEntries": []}


@operation("events", "RemoveTargets")
def remove_targets(account: SimulatedAccount, region: str, parameters: Parameters) -> dict[str, Any]:
    rule = changeable_rule(account, region, parameters, parameters["Rule"])
    known = {target["Id"] for target in rule[TARGETS]}
    failed = [
        {"TargetId": each, "ErrorCode": "ResourceNotFoundException", "ErrorMessage": f"No target {each}."}
        for each in parameters["Ids"]
        if each not in known
    ]
    rule[TARGETS] = [target for target in rule[TARGETS] if target["Id"] not in parameters["Ids"]]
    return {"FailedEntryCount": len(failed), "FailedEntries": failed}


@operation("events", "ListTargetsByRule")
def list_targets_by_rule(account: SimulatedAccount, region: str, parameters: Parameters) -> dict[str, Any]:
    rule = find_rule(account, region, parameters, parameters["Rule"])
    return PAGES.page(account, parameters, "Targets", rule[TARGETS])


@operation("events", "ListRuleNamesByTarget")
def list_rule_names_by_target(account: SimulatedAccount, region: str, parameters: Parameters) -> dict[str, Any]:
    arn = parameters["TargetArn"]
    rules = [rule for rule in rules_on(account, region, parameters) if _has(rule, arn)]
    return PAGES.page(account, parameters, "RuleNames", [rule["Name"] for rule in rules])


def _has(rule: Resource, arn: str) -> bool:
    return any(target["Arn"] == arn for target in rule[TARGETS])


def _check_target(target: dict[str, Any]) -> None:
    arn, query = target["Arn"], target.get("RedshiftDataParameters")
    is_redshift = bool(CLUSTER.fullmatch(arn) or WORKGROUP.fullmatch(arn))
    if not is_redshift:
        if query is not None:
            raise validation(f"RedshiftDataParameters is not supported for target {arn}.")
        return
    if query is None or "RoleArn" not in target:
        raise validation(f"Parameters RoleArn and RedshiftDataParameters are required for target {arn}.")
    if ("Sql" in query) == ("Sqls" in query):
        raise validation("Exactly one of Sql and Sqls must be given.")
    # Whether AWS refuses a database user for a workgroup, or runs the statement without it, is not documented.
    if "DbUser" in query and WORKGROUP.fullmatch(arn):
        raise validation("DbUser is not supported for a serverless workgroup.")
