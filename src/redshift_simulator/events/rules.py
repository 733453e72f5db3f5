"""Rules: when they fire. A rule is kept under `BUS/NAME`, its targets inside it."""

from __future__ import annotations

import json
from typing import Any

from redshift_simulator.account import SimulatedAccount
from redshift_simulator.errors import SimulatedError
from redshift_simulator.events.buses import DEFAULT, bus_name
from redshift_simulator.events.listing import listed, validation
from redshift_simulator.expressions import is_recurring
from redshift_simulator.registry import Parameters, operation
from redshift_simulator.transitions import Resource, public

KIND = "event_rules"
SETTINGS = ("ScheduleExpression", "EventPattern", "Description", "RoleArn")
TARGETS = "_targets"


@operation("events", "PutRule")
def put_rule(account: SimulatedAccount, region: str, parameters: Parameters) -> dict[str, Any]:
    bus = bus_name(account, region, parameters)
    _check(bus, parameters)
    present = account.table(region, KIND).get(f"{bus}/{parameters['Name']}")
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
    account.table(region, KIND)[f"{bus}/{name}"] = rule
    return rule


@operation("events", "DescribeRule")
def describe_rule(account: SimulatedAccount, region: str, parameters: Parameters) -> dict[str, Any]:
    rule = find_rule(account, region, parameters, parameters["Name"])
    return {**public(rule), "CreatedBy": account.account_id}


@operation("events", "ListRules")
def list_rules(account: SimulatedAccount, region: str, parameters: Parameters) -> dict[str, Any]:
    prefix = parameters.get("NamePrefix", "")
    rules = [rule for rule in rules_on(account, region, parameters) if rule["Name"].startswith(prefix)]
    return listed(account, parameters, "Rules", [public(rule) for rule in rules])


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
    del account.table(region, KIND)[f"{rule['EventBusName']}/{rule['Name']}"]
    return {}


def rules_on(account: SimulatedAccount, region: str, parameters: Parameters) -> list[Resource]:
    """The rules of the bus that a request means, by name."""
    bus = bus_name(account, region, parameters)
    rules = [rule for rule in account.table(region, KIND).values() if rule["EventBusName"] == bus]
    return sorted(rules, key=lambda rule: str(rule["Name"]))


def find_rule(account: SimulatedAccount, region: str, parameters: Parameters, name: str) -> Resource:
    bus = bus_name(account, region, parameters)
    rule = account.table(region, KIND).get(f"{bus}/{name}")
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


def _check(bus: str, parameters: Parameters) -> None:
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
