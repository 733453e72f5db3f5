"""The workgroup's copies of scheduled queries, looked up by the names that they would have: two calls each at most."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from functools import partial

from redshift_migrate.aws.door import Aws
from redshift_migrate.aws.parallel import in_parallel
from redshift_migrate.errors import AccessDenied, ResourceNotFound
from redshift_migrate.models.base import Unknown
from redshift_migrate.models.plan import Call, Reading, ReadingName
from redshift_migrate.models.scheduled_query import Home, ScheduledQuery
from redshift_migrate.models.scheduled_query_forms import from_rule, from_schedule, rule_without_targets
from redshift_migrate.models.serverless import AbsentTarget, ServerlessConfig, ServerlessTarget
from redshift_migrate.observers.readings import READINGS, call_of

AT_ONCE = 8


def with_scheduled_queries(
    aws: Aws, wanted: ServerlessConfig, target: ServerlessTarget | AbsentTarget
) -> ServerlessTarget | AbsentTarget:
    """The target with what there is under the names of the wanted queries; not known where that may not be read."""
    if not wanted.scheduled_queries:
        return target
    try:
        found = observe_scheduled_queries(aws, wanted.scheduled_queries, target.region)
    except AccessDenied as error:
        if isinstance(target, AbsentTarget):
            return target
        unknown = Unknown(needs_action=str(error.data.get("action") or "events:DescribeRule"), reason=error.message)
        return target.model_copy(update={"unread": {**target.unread, "scheduled_queries": unknown}})
    if isinstance(target, AbsentTarget):
        return target.model_copy(update={"scheduled_queries": found})
    return target.model_copy(update={"config": target.config.model_copy(update={"scheduled_queries": found})})


def observe_scheduled_queries(aws: Aws, wanted: Iterable[ScheduledQuery], region: str) -> tuple[ScheduledQuery, ...]:
    """What is there under the names of the wanted queries, whoever made it; a rule without targets has one entry.

    AccessDenied when it may not be read: without that nobody knows whether a name is free.
    """
    places = sorted({query.place for query in wanted})
    found = in_parallel([partial(_observe, aws, region, place) for place in places], AT_ONCE)
    return tuple(query for part in found for query in part)


def _observe(aws: Aws, region: str, place: tuple[Home, str, str]) -> tuple[ScheduledQuery, ...]:
    home, group, name = place
    try:
        return _rule(aws, region, group, name) if home == "rule" else _schedule(aws, region, group, name)
    except ResourceNotFound:
        return ()


def _rule(aws: Aws, region: str, bus: str, name: str) -> tuple[ScheduledQuery, ...]:
    rule = aws.call(_call("rule", region, bus, name))
    targets = aws.pages(_call("rule_targets", region, bus, name), READINGS["rule_targets"].listed)
    if not targets:
        return (rule_without_targets(rule),)
    return tuple(from_rule(rule, target, on_serverless=True) for target in targets)


def _schedule(aws: Aws, region: str, group: str, name: str) -> tuple[ScheduledQuery, ...]:
    reply = aws.call(_call("schedule", region, group, name))
    return (from_schedule(reply, datetime.now(UTC)),)


def _call(reading: ReadingName, region: str, group: str, name: str) -> Call:
    return call_of(Reading(name=reading, region=region, arguments={"group": group, "name": name}))
