"""A scheduled query, wherever it lives: an EventBridge rule's target or an EventBridge Scheduler schedule."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from redshift_migrate.models.base import Json, Value

Home = Literal["rule", "schedule"]


class ScheduledQuery(Value):
    """One statement (or list of statements) that AWS runs by itself. Texts are exact, byte for byte."""

    home: Home
    name: str = Field(description="the rule's or schedule's name")
    group: str = Field(description="event bus of a rule, schedule group of a schedule")
    target_id: str | None = Field(None, description="the rule's target; None for a schedule")
    arn: str
    cluster_id: str | None = None
    workgroup: str | None = Field(None, description="workgroup ARN (rule) or name (schedule), once it is on serverless")
    enabled: bool
    schedule_expression: str | None = Field(None, description="None for a rule that fires on events")
    schedule_expression_timezone: str | None = Field(None, description="None means UTC")
    database: str | None = None
    db_user: str | None = None
    secret_arn: str | None = None
    role_arn: str | None = None
    statement_name: str | None = None
    sql: str | None = None
    sqls: tuple[str, ...] = ()
    with_event: bool | None = None
    batch: bool = False
    description: str | None = None
    start_date: str | None = None
    end_date: str | None = None
    flexible_time_window: dict[str, Json] | None = None
    retry_policy: dict[str, Json] | None = None
    dead_letter_arn: str | None = None
    kms_key_arn: str | None = None
    action_after_completion: str | None = None
    event_pattern: str | None = None
    extra: dict[str, Json] = Field(default_factory=dict, description="members of the target that have no field here")
