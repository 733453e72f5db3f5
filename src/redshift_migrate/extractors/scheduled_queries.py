"""Scheduled queries of a cluster: rules on every event bus by target, and schedules of every group by their input."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Any

from redshift_migrate.aws.door import Aws
from redshift_migrate.aws.parallel import in_parallel
from redshift_migrate.errors import ResourceNotFound
from redshift_migrate.extractors.replies import Reply, read_or_unknown
from redshift_migrate.extractors.role_access import SIMULATED_ACTIONS, read_roles
from redshift_migrate.extractors.source import Members, Read, Source
from redshift_migrate.models.base import Unknown
from redshift_migrate.models.cluster import ProvisionedClusterConfig
from redshift_migrate.models.plan import Call
from redshift_migrate.models.role_access import READ_SECRET
from redshift_migrate.models.scheduled_query import EVERYTHING, Home, ScheduledQuery
from redshift_migrate.models.scheduled_query_forms import from_rule, from_schedule, runs_statements

PAGE = 100
AT_ONCE = 8
"""Reads at the same time: EventBridge takes few calls a second, and an account may have hundreds of schedules."""

_CLUSTER_IN_TEXT = r'"ClusterIdentifier"\s*:\s*"(arn:[^"]*:cluster:)?{}"'


def extract_scheduled_queries(source: Source) -> tuple[ScheduledQuery, ...] | Unknown:
    """Every scheduled query of the cluster; Unknown if no place at all could be read.

    A place that could not be listed is an entry named `*`. Costs one call for the event buses and one for each of
    them, two for each rule found, one for 100 schedules of the region, and one for each that runs SQL. What the roles
    may do is another question: `with_role_access`.
    """
    now = datetime.now(UTC)
    rules, schedules = in_parallel([partial(_rules, source), partial(_schedules, source, now)])
    if isinstance(rules, Unknown) and isinstance(schedules, Unknown):
        return rules
    found = [*_entries("rule", rules), *_entries("schedule", schedules)]
    return tuple(sorted(found, key=lambda query: (*query.place, query.target_id or "")))


def with_role_access(aws: Aws, cluster: ProvisionedClusterConfig) -> ProvisionedClusterConfig:
    """The cluster, its scheduled queries with what the role of each may do. Costs a few calls a role."""
    queries = cluster.scheduled_queries
    if isinstance(queries, Unknown):
        return cluster
    source = Source(aws, cluster.cluster_id, cluster.region, cluster.account_id, cluster.partition, cluster={})
    asked: dict[str, set[str]] = {}
    for query in queries:
        if query.role_arn:
            asked.setdefault(query.role_arn, set(SIMULATED_ACTIONS)).update({READ_SECRET} if query.secret_arn else ())
    roles = read_roles(source, asked)
    told = tuple(
        query.model_copy(update={"role": roles[query.role_arn]}) if query.role_arn else query for query in queries
    )
    return cluster.model_copy(update={"scheduled_queries": told})


def rule_targets(aws: Aws, region: str, bus: str, name: str) -> tuple[Reply, list[Reply]]:
    """A rule and all its targets. ResourceNotFound if there is no such rule."""
    describe = _call("events", region, "DescribeRule", Name=name, EventBusName=bus)
    list_targets = _call("events", region, "ListTargetsByRule", Rule=name, EventBusName=bus)
    rule, targets = in_parallel([partial(aws.call, describe), partial(aws.pages, list_targets, "Targets")])
    return rule, targets


def event_buses(aws: Aws, region: str) -> list[str]:
    """The names of the region's event buses. botocore has no paginator for them."""
    names: list[str] = []
    following: dict[str, Any] = {}
    while True:
        reply = aws.call(_call("events", region, "ListEventBuses", Limit=PAGE, **following))
        names += [bus["Name"] for bus in reply.get("EventBuses") or ()]
        if not reply.get("NextToken"):
            return names
        following = {"NextToken": reply["NextToken"]}


def _entries(home: Home, found: tuple[ScheduledQuery, ...] | Unknown) -> tuple[ScheduledQuery, ...]:
    return (_unread(home, EVERYTHING, EVERYTHING, found),) if isinstance(found, Unknown) else found


def _unread(home: Home, group: str, name: str, unread: Unknown, arn: str = "") -> ScheduledQuery:
    return ScheduledQuery(home=home, group=group, name=name, arn=arn, enabled=True, unread=unread)


# --- rules -------------------------------------------------------------------------------------------


def _rules(source: Source) -> tuple[ScheduledQuery, ...] | Unknown:
    buses = read_or_unknown(
        _call("events", source.region, "ListEventBuses"),
        lambda: event_buses(source.aws, source.region),
        absent=list[str](),
    )
    # Most callers may read the default bus, and most rules are there, so a denied list of buses is not the end.
    names = ["default"] if isinstance(buses, Unknown) or not buses else buses
    found = [query for part in _each(partial(_rules_of_bus, source), names) for query in part]
    unlisted = [query for query in found if query.name == EVERYTHING and query.unread is not None]
    if isinstance(buses, Unknown):
        if unlisted:
            return buses
        found.append(_unread("rule", "buses other than default", EVERYTHING, buses))
    elif len(unlisted) == len(names) and unlisted[0].unread is not None:
        return unlisted[0].unread
    return tuple(found)


def _rules_of_bus(source: Source, bus: str) -> tuple[ScheduledQuery, ...]:
    call = _call("events", source.region, "ListRuleNamesByTarget", TargetArn=cluster_arn(source), EventBusName=bus)
    names = read_or_unknown(call, lambda: source.aws.pages(call, "RuleNames"), absent=list[str]())
    if isinstance(names, Unknown):
        return (_unread("rule", bus, EVERYTHING, names),)
    return tuple(query for part in _each(partial(_rule, source, bus), names) for query in part)


def _rule(source: Source, bus: str, name: str) -> tuple[ScheduledQuery, ...]:
    call = _call("events", source.region, "DescribeRule", Name=name, EventBusName=bus)
    nothing: tuple[Reply, list[Reply]] = ({}, [])
    try:
        read = read_or_unknown(call, lambda: rule_targets(source.aws, source.region, bus, name), absent=nothing)
    except ResourceNotFound:  # deleted since it was listed
        return ()
    if isinstance(read, Unknown):
        return (_unread("rule", bus, name, read),)
    rule, targets = read
    here = cluster_arn(source)
    others = tuple(sorted(target["Arn"] for target in targets if target["Arn"] != here))
    return tuple(from_rule(rule, target, others=others) for target in targets if target["Arn"] == here)


def cluster_arn(source: Source) -> str:
    """What rules name as their target."""
    return f"arn:{source.partition}:redshift:{source.region}:{source.account_id}:cluster:{source.cluster_id}"


# --- schedules ---------------------------------------------------------------------------------------


def _schedules(source: Source, now: datetime) -> tuple[ScheduledQuery, ...] | Unknown:
    """A list without a group is a list of all groups, and tells targets; only those that run SQL are read."""
    call = _call("scheduler", source.region, "ListSchedules", MaxResults=PAGE)
    listed = read_or_unknown(call, lambda: source.aws.pages(call, "Schedules"), absent=list[Reply]())
    if isinstance(listed, Unknown):
        return listed
    running = [each for each in listed if runs_statements((each.get("Target") or {}).get("Arn") or "")]
    return tuple(query for part in _each(partial(_schedule, source, now), running) for query in part)


def _schedule(source: Source, now: datetime, listed: Reply) -> tuple[ScheduledQuery, ...]:
    group, name = listed["GroupName"], listed["Name"]
    call = _call("scheduler", source.region, "GetSchedule", Name=name, GroupName=group)
    nothing: Reply = {}
    try:
        reply = read_or_unknown(call, lambda: source.aws.call(call), absent=nothing)
    except ResourceNotFound:
        return ()
    if isinstance(reply, Unknown):
        return (_unread("schedule", group, name, reply, listed.get("Arn") or ""),)
    query = from_schedule(reply, now)
    return (query,) if is_of_cluster(query, source.cluster_id) else ()


def is_of_cluster(query: ScheduledQuery, cluster_id: str) -> bool:
    """Whether a schedule runs on that cluster. Text that cannot be taken apart is searched for its name."""
    if not query.input_is_plain:
        pattern = _CLUSTER_IN_TEXT.format(re.escape(cluster_id))
        return re.search(pattern, query.raw_input or "", re.IGNORECASE) is not None
    return (query.cluster_id or "").rpartition(":")[2].lower() == cluster_id.lower()


def _each(read: Callable[[Any], tuple[ScheduledQuery, ...]], items: Sequence[Any]) -> list[tuple[ScheduledQuery, ...]]:
    """`read` of every item, a few at a time, in order."""
    return in_parallel([partial(read, item) for item in items], AT_ONCE)


def _call(service: str, region: str, operation: str, **parameters: Any) -> Call:
    return Call(service=service, region=region, operation=operation, parameters=parameters)


MEMBERS: Members = {"scheduled_queries": Read("events:ListRuleNamesByTarget", extract_scheduled_queries)}
