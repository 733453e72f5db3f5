"""How EventBridge and its Scheduler spell a scheduled query: their replies → values, values → their parameters."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, get_args
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from redshift_migrate.models.base import Json, JsonObject
from redshift_migrate.models.scheduled_query import EnabledState, ScheduledQuery

DATA_API = re.compile(
    r"arn:[^:]+:scheduler:::aws-sdk:redshift-?data:(?P<operation>(batch)?executestatement)", re.IGNORECASE
)
"""Universal targets that run statements. The service takes `redshiftdata`; the other spelling is only looked for."""

OFF, ON = "DISABLED", "ENABLED"
"""States of rules and schedules."""

RETRY_DEFAULTS = {"MaximumEventAgeInSeconds": 86400, "MaximumRetryAttempts": 185}
"""What the Scheduler answers for what was not given. Source: API reference, RetryPolicy."""

_TARGET_FIELDS = {"Id", "Arn", "RoleArn", "RedshiftDataParameters", "DeadLetterConfig", "RetryPolicy"}
_INPUT_FIELDS = {
    "ClusterIdentifier",
    "WorkgroupName",
    "Database",
    "DbUser",
    "SecretArn",
    "StatementName",
    "Sql",
    "Sqls",
    "WithEvent",
}


def runs_statements(target_arn: str) -> bool:
    """Whether a schedule with that target runs SQL through the Data API."""
    return DATA_API.fullmatch(target_arn) is not None


ENABLED_STATES: Mapping[str, EnabledState] = {state: state for state in get_args(EnabledState)}


def from_rule(
    rule: Mapping[str, Any], target: Mapping[str, Any], *, on_serverless: bool = False, others: tuple[str, ...] = ()
) -> ScheduledQuery:
    """One target of a rule (DescribeRule, ListTargetsByRule) as a value."""
    query = target.get("RedshiftDataParameters") or {}
    arn = target["Arn"]
    state = rule.get("State") or "ENABLED"
    return ScheduledQuery(
        home="rule",
        name=rule["Name"],
        group=rule.get("EventBusName") or "default",
        target_id=target["Id"],
        arn=rule["Arn"],
        cluster_id=None if on_serverless else arn.rpartition(":")[2],
        workgroup=arn if on_serverless else None,
        enabled=state != "DISABLED",
        enabled_state=ENABLED_STATES.get(state, "ENABLED"),  # one that is not known is on, and made in the usual way
        schedule_expression=rule.get("ScheduleExpression"),
        event_pattern=rule.get("EventPattern"),
        description=rule.get("Description"),
        rule_role_arn=rule.get("RoleArn"),
        managed_by=rule.get("ManagedBy"),
        role_arn=target.get("RoleArn"),
        database=query.get("Database"),
        db_user=query.get("DbUser"),
        secret_arn=query.get("SecretManagerArn"),
        statement_name=query.get("StatementName"),
        sql=query.get("Sql"),
        sqls=tuple(query.get("Sqls") or ()),
        with_event=query.get("WithEvent"),
        batch="Sqls" in query,
        retry_policy=target.get("RetryPolicy"),
        dead_letter_arn=(target.get("DeadLetterConfig") or {}).get("Arn"),
        other_targets=others,
        extra={name: value for name, value in target.items() if name not in _TARGET_FIELDS},
    )


def rule_values(query: ScheduledQuery) -> JsonObject:
    """What is compared of a rule, beside its state and its targets."""
    return {
        "schedule_expression": query.schedule_expression,
        "event_pattern": query.event_pattern,
        "description": query.description,
        "rule_role_arn": query.rule_role_arn,
    }


def rule_parameters(query: ScheduledQuery) -> JsonObject:
    """The parameters of PutRule, without the state."""
    given: JsonObject = {
        "Name": query.name,
        "EventBusName": query.group,
        "ScheduleExpression": query.schedule_expression,
        "EventPattern": query.event_pattern,
        "Description": query.description,
        "RoleArn": query.rule_role_arn,
    }
    return _without_none(given)


def target_parameters(query: ScheduledQuery, arn: Json) -> JsonObject:
    """One target of PutTargets, as ListTargetsByRule answers it. `arn` is the cluster's or the workgroup's."""
    statement: JsonObject = {
        "SecretManagerArn": query.secret_arn,
        "Database": query.database,
        "DbUser": query.db_user,
        "Sql": query.sql,
        "StatementName": query.statement_name,
        "WithEvent": query.with_event,
        "Sqls": list(query.sqls) or None,
    }
    given: JsonObject = {
        "Id": query.target_id,
        "Arn": arn,
        "RoleArn": query.role_arn,
        "DeadLetterConfig": {"Arn": query.dead_letter_arn} if query.dead_letter_arn else None,
        "RetryPolicy": query.retry_policy,
        "RedshiftDataParameters": _without_none(statement),
    }
    return query.extra | _without_none(given)


def rule_without_targets(rule: Mapping[str, Any]) -> ScheduledQuery:
    """A rule that does nothing yet."""
    return from_rule(rule, {"Id": "", "Arn": ""}, on_serverless=True).model_copy(
        update={"target_id": None, "workgroup": None}
    )


def from_schedule(schedule: Mapping[str, Any], now: datetime) -> ScheduledQuery:
    """A schedule (GetSchedule) as a value; `now` decides whether its dates have passed."""
    target = schedule.get("Target") or {}
    text, arn = target.get("Input"), target.get("Arn") or ""
    given = _load(text)
    readable = _is_statement(given)
    found = DATA_API.fullmatch(arn)
    return ScheduledQuery(
        home="schedule",
        name=schedule["Name"],
        group=schedule.get("GroupName") or "default",
        arn=schedule["Arn"],
        enabled=schedule.get("State") != "DISABLED",
        schedule_expression=schedule.get("ScheduleExpression"),
        schedule_expression_timezone=schedule.get("ScheduleExpressionTimezone"),
        role_arn=target.get("RoleArn"),
        batch=found is not None and found["operation"].lower().startswith("batch"),
        description=schedule.get("Description"),
        flexible_time_window=schedule.get("FlexibleTimeWindow"),
        retry_policy=target.get("RetryPolicy"),
        dead_letter_arn=(target.get("DeadLetterConfig") or {}).get("Arn"),
        kms_key_arn=schedule.get("KmsKeyArn"),
        action_after_completion=schedule.get("ActionAfterCompletion"),
        target_arn=arn,
        raw_input=text or "",
        input_is_plain=readable,
        **_dates(schedule, now),
        **(_statement(given) if readable else {}),
    )


def schedule_values(query: ScheduledQuery) -> JsonObject:
    """What is compared of a schedule, beside its state: what the Scheduler answers unasked counts as said."""
    retry = RETRY_DEFAULTS | (query.retry_policy or {})
    return {
        "schedule_expression": query.schedule_expression,
        "schedule_expression_timezone": query.schedule_expression_timezone or "UTC",
        "start_date": query.start_date,
        "end_date": query.end_date,
        "description": query.description or "",
        "kms_key_arn": query.kms_key_arn,
        "flexible_time_window": query.flexible_time_window or {"Mode": "OFF"},
        "action_after_completion": query.action_after_completion or "NONE",
        "target_arn": query.target_arn,
        "role_arn": query.role_arn,
        "input": schedule_input(query),
        "dead_letter_arn": query.dead_letter_arn,
        "retry_policy": {name: retry[name] for name in RETRY_DEFAULTS},
    }


def _dates(schedule: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    start, end = schedule.get("StartDate"), schedule.get("EndDate")
    once = at_moment(schedule.get("ScheduleExpression") or "", schedule.get("ScheduleExpressionTimezone"))
    return {
        "start_date": start,
        "end_date": end,
        "has_started": start is not None and datetime.fromisoformat(start) <= now,
        "has_ended": (end is not None and datetime.fromisoformat(end) <= now) or (once is not None and once <= now),
    }


def _statement(given: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "cluster_id": given.get("ClusterIdentifier"),
        "workgroup": given.get("WorkgroupName"),
        "database": given.get("Database"),
        "db_user": given.get("DbUser"),
        "secret_arn": given.get("SecretArn"),
        "statement_name": given.get("StatementName"),
        "sql": given.get("Sql"),
        "sqls": tuple(given.get("Sqls") or ()),
        "with_event": given.get("WithEvent"),
        "extra": {name: value for name, value in given.items() if name not in _INPUT_FIELDS},
    }


def schedule_parameters(query: ScheduledQuery) -> JsonObject:
    """The parameters of CreateSchedule and UpdateSchedule, without the state."""
    target: JsonObject = {
        "Arn": query.target_arn,
        "RoleArn": query.role_arn,
        "Input": schedule_input(query),
        "RetryPolicy": query.retry_policy,
        "DeadLetterConfig": {"Arn": query.dead_letter_arn} if query.dead_letter_arn else None,
    }
    given: JsonObject = {
        "Name": query.name,
        "GroupName": query.group,
        "ScheduleExpression": query.schedule_expression,
        "ScheduleExpressionTimezone": query.schedule_expression_timezone,
        "StartDate": query.start_date,
        "EndDate": query.end_date,
        "Description": query.description,
        "KmsKeyArn": query.kms_key_arn,
        "FlexibleTimeWindow": query.flexible_time_window or {"Mode": "OFF"},
        "ActionAfterCompletion": query.action_after_completion,
        "Target": _without_none(target),
    }
    return _without_none(given)


def schedule_input(query: ScheduledQuery) -> str:
    """The input of a schedule: the Data API's parameters as JSON text."""
    if query.raw_input is not None:
        return query.raw_input
    given: JsonObject = {
        "ClusterIdentifier": query.cluster_id,
        "WorkgroupName": query.workgroup,
        "Database": query.database,
        "DbUser": query.db_user,
        "SecretArn": query.secret_arn,
        "StatementName": query.statement_name,
        "Sql": query.sql,
        "Sqls": list(query.sqls) if query.batch or query.sqls else None,
        "WithEvent": query.with_event,
    }
    return json.dumps(_without_none(given) | query.extra, ensure_ascii=False)


def at_moment(expression: str, timezone: str | None) -> datetime | None:
    """The moment of an `at(…)` in its time zone; None for any other expression, or a zone that is not known."""
    found = re.fullmatch(r"at\((.+)\)", expression)
    try:
        return datetime.fromisoformat(found[1]).replace(tzinfo=ZoneInfo(timezone or "UTC")) if found else None
    except (ValueError, OSError, ZoneInfoNotFoundError):
        return None


def _is_statement(given: Any) -> bool:
    """Whether an input is an object whose members have the types of the Data API, in valid Unicode."""
    if not isinstance(given, dict) or not _is_unicode(given):
        return False
    texts = _INPUT_FIELDS - {"Sqls", "WithEvent"}
    sqls = given.get("Sqls") or []
    return (
        all(given.get(name) is None or isinstance(given[name], str) for name in texts)
        and (given.get("WithEvent") is None or isinstance(given["WithEvent"], bool))
        and isinstance(sqls, list)
        and all(isinstance(sql, str) for sql in sqls)
    )


def _is_unicode(value: Any) -> bool:
    """JSON can hold half of a surrogate pair, which no text can be made of."""
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return False
    return True


def _load(text: str | None) -> Any:
    try:
        return json.loads(text) if text else None
    except ValueError:
        return None


def _without_none(given: JsonObject) -> JsonObject:
    return {name: value for name, value in given.items() if value is not None}
