"""Everything else that acts on the cluster or is set off by it, as far as one list of each kind finds it.

Schedules on the API of Redshift, rules by their targets and by their patterns, pipes, state machines, functions by
their environment, and connections of Glue. What names the cluster in code, or takes its name from somewhere else, no
list shows.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from typing import Any

from redshift_migrate.aws.parallel import in_parallel
from redshift_migrate.errors import AwsError, ResourceNotFound
from redshift_migrate.extractors.mentions import Mentions, parse_json
from redshift_migrate.extractors.replies import Reply, read_or_unknown
from redshift_migrate.extractors.scheduled_queries import PAGE, cluster_arn, event_buses
from redshift_migrate.extractors.source import Members, Read, Source
from redshift_migrate.models.automation import EVERY_ONE, Automation, Kind
from redshift_migrate.models.base import Unknown
from redshift_migrate.models.plan import Call
from redshift_migrate.models.scheduled_query_forms import runs_statements
from redshift_migrate.permissions import iam_actions

MOST_LOOKED_INTO = 300
"""Rules and state machines whose targets or definitions are read, one call each: a bus has room for as many rules."""

_UNIVERSAL = re.compile(
    r"arn:[^:]+:scheduler:::aws-sdk:(?P<service>redshift(-?data)?):(?P<operation>\w+)", re.IGNORECASE
)
"""Schedules on an API. Source: EventBridge Scheduler User Guide, "Using universal targets"."""


def extract_automation(source: Source) -> tuple[Automation, ...]:
    """What names the cluster, by kind and name. A kind, or one of it, that could not be read is an entry that says so.

    Costs one list a kind (rules: one a bus), and one call for each rule, state machine and schedule on Redshift's API.
    """
    reads = (_schedules, _rules, _pipes, _state_machines, _functions, _connections)
    found = in_parallel([partial(read, source, Mentions.of(source)) for read in reads])
    return tuple(sorted((each for part in found for each in part), key=lambda each: (each.kind, each.place, each.name)))


def _list_all(source: Source, call: Call, member: str) -> list[Reply] | Unknown:
    return _try_to_read(call, lambda: source.aws.pages(call, member))


def _try_to_read(call: Call, read: Callable[[], list[Reply]]) -> list[Reply] | Unknown:
    """What is looked through beside the cluster must not end the plan, so whatever is refused is unknown."""
    try:
        return read_or_unknown(call, read, absent=[])
    except ResourceNotFound:
        return []
    except AwsError as error:
        return Unknown(needs_action=iam_actions(call.name, call.parameters)[0], reason=error.message)


def _unread(kind: Kind, unread: Unknown, name: str = EVERY_ONE, place: str = "") -> list[Automation]:
    return [Automation(kind=kind, name=name, place=place, unread=unread)]


def _each(read: Callable[[Any], list[Automation]], items: list[Any]) -> list[Automation]:
    return [each for part in in_parallel([partial(read, item) for item in items]) for each in part]


# --- schedules ------------------------------------------------------------------------------------------


def _schedules(source: Source, mentions: Mentions) -> list[Automation]:
    found = _list_all(source, source.call("scheduler", "ListSchedules", MaxResults=PAGE), "Schedules")
    if isinstance(found, Unknown):
        return _unread("schedule", found)
    on_redshift = [each for each in found if _UNIVERSAL.fullmatch(_target_arn(each))]
    queries = [each for each in on_redshift if runs_statements(_target_arn(each))]
    return _each(partial(_schedule, source, mentions), [each for each in on_redshift if each not in queries])


def _schedule(source: Source, mentions: Mentions, listed: Reply) -> list[Automation]:
    name, group = listed.get("Name") or "", listed.get("GroupName") or "default"
    call = source.call("scheduler", "GetSchedule", Name=name, GroupName=group)
    read = _try_to_read(call, lambda: [source.aws.call(call)])
    if isinstance(read, Unknown):
        return _unread("schedule", read, name, group)
    return [each for reply in read for each in parse_schedule(reply, mentions)]


def parse_schedule(schedule: Reply, mentions: Mentions) -> list[Automation]:
    """The schedule, if it calls Redshift's API about the cluster."""
    target = schedule.get("Target") or {}
    called, text = _UNIVERSAL.fullmatch(target.get("Arn") or ""), target.get("Input") or ""
    if called is None or not mentions.in_text(text):
        return []
    given = parse_json(text)
    zone = schedule.get("ScheduleExpressionTimezone")
    return [
        Automation(
            kind="schedule",
            name=schedule.get("Name") or "",
            place=schedule.get("GroupName") or "default",
            arn=schedule.get("Arn") or "",
            enabled=schedule.get("State") != "DISABLED",
            when=f"{schedule.get('ScheduleExpression') or ''}{f' {zone}' if zone and zone != 'UTC' else ''}",
            operation=f"{called['service'].replace('-', '')}:{called['operation']}".lower(),
            parameters=given if isinstance(given, dict) else {},
        )
    ]


def _target_arn(listed: Reply) -> str:
    return (listed.get("Target") or {}).get("Arn") or ""


# --- rules ----------------------------------------------------------------------------------------------


def _rules(source: Source, mentions: Mentions) -> list[Automation]:
    call = source.call("events", "ListEventBuses")
    buses = _try_to_read(call, lambda: [{"Name": name} for name in event_buses(source.aws, source.region)])
    if isinstance(buses, Unknown):
        return [*_unread("rule", buses, place="buses other than default"), *_rules_of(source, mentions, "default")]
    return _each(partial(_rules_of, source, mentions), [bus["Name"] for bus in buses])


def _rules_of(source: Source, mentions: Mentions, bus: str) -> list[Automation]:
    found = _list_all(source, source.call("events", "ListRules", EventBusName=bus), "Rules")
    if isinstance(found, Unknown):
        return _unread("rule", found, place=bus)
    # Those that Redshift's own events set off first, should there be more than are looked into.
    rules = sorted(found, key=lambda rule: not mentions.hears(rule.get("EventPattern")))
    looked_into = _each(partial(_rule, source, mentions, bus), rules[:MOST_LOOKED_INTO])
    return [*looked_into, *_beyond("rule", len(rules), "events:ListTargetsByRule", bus)]


def _rule(source: Source, mentions: Mentions, bus: str, rule: Reply) -> list[Automation]:
    name = rule.get("Name") or ""
    targets = _list_all(source, source.call("events", "ListTargetsByRule", Rule=name, EventBusName=bus), "Targets")
    if isinstance(targets, Unknown):
        return _unread("rule", targets, name, bus)
    return parse_rule(rule, targets, mentions, cluster_arn(source))


def parse_rule(rule: Reply, targets: list[Reply], mentions: Mentions, arn: str) -> list[Automation]:
    """The rule, if it hears of the cluster or a target names it. A query on the cluster is a scheduled query."""
    others = [target for target in targets if target.get("Arn") != arn]
    naming = tuple(target.get("Arn") or "" for target in others if mentions.in_value(target))
    listens = mentions.hears(rule.get("EventPattern"))
    if not naming and not (listens and others):
        return []
    return [
        Automation(
            kind="rule",
            name=rule.get("Name") or "",
            place=rule.get("EventBusName") or "default",
            arn=rule.get("Arn") or "",
            enabled=rule.get("State") != "DISABLED",
            when=rule.get("ScheduleExpression"),
            targets=naming or tuple(target.get("Arn") or "" for target in others),
            listens=listens,
            managed_by=rule.get("ManagedBy"),
        )
    ]


def _beyond(kind: Kind, count: int, action: str, place: str = "") -> list[Automation]:
    left = count - MOST_LOOKED_INTO
    if left <= 0:
        return []
    reason = f"{left} more were not looked into: one call each"
    return _unread(kind, Unknown(needs_action=action, reason=reason), place=place)


# --- others ---------------------------------------------------------------------------------------------


def _pipes(source: Source, mentions: Mentions) -> list[Automation]:
    call = source.call("pipes", "ListPipes", TargetPrefix=cluster_arn(source))
    found = _list_all(source, call, "Pipes")
    return _unread("pipe", found) if isinstance(found, Unknown) else parse_pipes(found, mentions)


def parse_pipes(pipes: list[Reply], mentions: Mentions) -> list[Automation]:
    """Pipes whose target is the cluster; the list takes a beginning of the name only."""
    return [
        Automation(
            kind="pipe",
            name=pipe.get("Name") or "",
            arn=pipe.get("Arn") or "",
            enabled=pipe.get("DesiredState") != "STOPPED",
        )
        for pipe in pipes
        if mentions.in_value(pipe.get("Target"))
    ]


def _state_machines(source: Source, mentions: Mentions) -> list[Automation]:
    found = _list_all(source, source.call("states", "ListStateMachines"), "stateMachines")
    if isinstance(found, Unknown):
        return _unread("state machine", found)
    looked_into = _each(partial(_state_machine, source, mentions), found[:MOST_LOOKED_INTO])
    return [*looked_into, *_beyond("state machine", len(found), "states:DescribeStateMachine")]


def _state_machine(source: Source, mentions: Mentions, listed: Reply) -> list[Automation]:
    arn, name = listed.get("stateMachineArn") or "", listed.get("name") or ""
    call = source.call("states", "DescribeStateMachine", stateMachineArn=arn)
    read = _try_to_read(call, lambda: [source.aws.call(call)])
    if isinstance(read, Unknown):
        return _unread("state machine", read, name)
    return [each for reply in read for each in parse_state_machine(reply, mentions)]


def parse_state_machine(machine: Reply, mentions: Mentions) -> list[Automation]:
    """The state machine, if its definition names the cluster."""
    if not mentions.in_text(machine.get("definition") or ""):
        return []
    return [Automation(kind="state machine", name=machine.get("name") or "", arn=machine.get("stateMachineArn") or "")]


def _functions(source: Source, mentions: Mentions) -> list[Automation]:
    found = _list_all(source, source.call("lambda", "ListFunctions"), "Functions")
    return _unread("function", found) if isinstance(found, Unknown) else parse_functions(found, mentions)


def parse_functions(functions: list[Reply], mentions: Mentions) -> list[Automation]:
    """Functions whose environment names the cluster. What a variable holds is compared and not kept."""
    return [
        Automation(kind="function", name=function.get("FunctionName") or "", arn=function.get("FunctionArn") or "")
        for function in functions
        if mentions.in_value((function.get("Environment") or {}).get("Variables"))
    ]


def _connections(source: Source, mentions: Mentions) -> list[Automation]:
    found = _list_all(source, source.call("glue", "GetConnections", HidePassword=True), "ConnectionList")
    return _unread("connection", found) if isinstance(found, Unknown) else parse_connections(found, mentions)


def parse_connections(connections: list[Reply], mentions: Mentions) -> list[Automation]:
    """Connections of Glue whose URL or host is the cluster's."""
    members = ("ConnectionProperties", "SparkProperties", "AthenaProperties", "PythonProperties")
    return [
        Automation(kind="connection", name=connection.get("Name") or "")
        for connection in connections
        if any(mentions.in_value(connection.get(member)) for member in members)
    ]


MEMBERS: Members = {"automation": Read("events:ListRules", extract_automation)}
