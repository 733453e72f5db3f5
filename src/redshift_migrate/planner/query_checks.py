"""How steps see the state of a rule, of its targets and of a schedule: JMESPath, and the values that it gives."""

from __future__ import annotations

from collections.abc import Iterable

from redshift_migrate.models.base import Json, JsonObject
from redshift_migrate.models.plan import Call, Check, Wait
from redshift_migrate.models.scheduled_query import ScheduledQuery
from redshift_migrate.models.scheduled_query_forms import rule_parameters, schedule_parameters
from redshift_migrate.planner.building import hash_of, literal

OFF = "DISABLED"
RETRY_DEFAULTS = {"MaximumEventAgeInSeconds": 86400, "MaximumRetryAttempts": 185}
"""What the Scheduler answers for what was not given. Source: API reference, RetryPolicy."""

RULE = hash_of("@", {name: name for name in ("ScheduleExpression", "EventPattern", "Description", "RoleArn", "State")})
TARGETS = "Targets[0] && sort_by(Targets, &Id)"
_SCHEDULE = {
    "ScheduleExpression": "ScheduleExpression",
    "ScheduleExpressionTimezone": "not_null(ScheduleExpressionTimezone, 'UTC')",
    "StartDate": "StartDate",
    "EndDate": "EndDate",
    "Description": "not_null(Description, '')",
    "State": "State",
    "KmsKeyArn": "KmsKeyArn",
    "FlexibleTimeWindow": "FlexibleTimeWindow",
    "ActionAfterCompletion": "not_null(ActionAfterCompletion, 'NONE')",
    "Arn": "Target.Arn",
    "RoleArn": "Target.RoleArn",
    "Input": "Target.Input",
    "DeadLetterArn": "Target.DeadLetterConfig.Arn",
    **{name: f"not_null(Target.RetryPolicy.{name}, {literal(value)})" for name, value in RETRY_DEFAULTS.items()},
}


def call(region: str, service: str, operation: str, parameters: JsonObject) -> Call:
    """A call to EventBridge or its Scheduler."""
    return Call(service=service, region=region, operation=operation, parameters=parameters)


def named(query: ScheduledQuery) -> JsonObject:
    """The members by which calls name a rule or a schedule."""
    where = "EventBusName" if query.home == "rule" else "GroupName"
    return {"Name": query.name, where: query.group}


def read(region: str, query: ScheduledQuery) -> Call:
    """The read of the rule or schedule itself."""
    if query.home == "rule":
        return call(region, "events", "DescribeRule", named(query))
    return call(region, "scheduler", "GetSchedule", named(query))


def rule_check(region: str, query: ScheduledQuery, before: Json, after: Json) -> Check:
    """The whole rule, its state included."""
    return Check(call=read(region, query), select=RULE, before=before, after=after)


def rule_seen(query: ScheduledQuery, state: str) -> JsonObject:
    """What `RULE` picks from such a rule."""
    given = rule_parameters(query)
    members = ("ScheduleExpression", "EventPattern", "Description", "RoleArn")
    return {**{member: given.get(member) for member in members}, "State": state}


def list_targets(region: str, query: ScheduledQuery) -> Call:
    """The read of a rule's targets; a rule has five at most, so there is one page."""
    return call(region, "events", "ListTargetsByRule", {"Rule": query.name, "EventBusName": query.group})


def schedule_check(region: str, query: ScheduledQuery, before: Json, after: Json, *, with_start: bool = True) -> Check:
    """The whole schedule, its state included. A start date that has passed is not sent again, so it is not compared."""
    members = {name: path for name, path in _SCHEDULE.items() if with_start or name != "StartDate"}
    return Check(call=read(region, query), select=hash_of("@", members), before=before, after=after)


def schedule_seen(query: ScheduledQuery, state: str, *, with_start: bool = True) -> JsonObject:
    """What `schedule_check` picks from such a schedule."""
    given = schedule_parameters(query)
    target = given["Target"]
    retry = {**RETRY_DEFAULTS, **(query.retry_policy or {})}
    seen: JsonObject = {
        "ScheduleExpression": query.schedule_expression,
        "ScheduleExpressionTimezone": query.schedule_expression_timezone or "UTC",
        "StartDate": query.start_date,
        "EndDate": query.end_date,
        "Description": query.description or "",
        "State": state,
        "KmsKeyArn": query.kms_key_arn,
        "FlexibleTimeWindow": given["FlexibleTimeWindow"],
        "ActionAfterCompletion": query.action_after_completion or "NONE",
        "Arn": query.target_arn,
        "RoleArn": query.role_arn,
        "Input": target["Input"] if isinstance(target, dict) else None,
        "DeadLetterArn": query.dead_letter_arn,
        **{name: retry[name] for name in RETRY_DEFAULTS},
    }
    return {name: value for name, value in seen.items() if with_start or name != "StartDate"}


def is_off(region: str, query: ScheduledQuery) -> Wait:
    """A guard: the rule or schedule is switched off, or is not there at all."""
    return Wait(
        call=read(region, query),
        select="State",
        until=(OFF, None),
        what=f"{query.home} {query.name} to be switched off",
    )


def targets_gone(region: str, query: ScheduledQuery, ids: Iterable[str]) -> Wait:
    """A guard: these targets are not in the rule any more."""
    return Wait(
        call=list_targets(region, query),
        select=f"{some_targets(ids)} | [0].Id",
        until=(None,),
        what=f"the targets to be out of rule {query.name}",
    )


def some_targets(ids: Iterable[str]) -> str:
    """JMESPath: the targets with these ids."""
    return f"Targets[?contains({literal(sorted(ids))}, Id)]"
