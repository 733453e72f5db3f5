"""A scheduled query, wherever it lives: an EventBridge rule's target or an EventBridge Scheduler schedule."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from redshift_migrate.models.base import Json, Unknown, Value
from redshift_migrate.models.role_access import RoleAccess

Home = Literal["rule", "schedule"]
EnabledState = Literal["ENABLED", "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS"]

EVERYTHING = "*"
"""The name of an entry that stands for all that could not be listed in one place."""


NAMESPACE_SECRET = "the managed admin secret of the namespace"  # noqa: S105  # words, not a secret
"""In a wish: the secret that serverless makes for the admin user, whose ARN is only known once it exists."""


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
    enabled_state: EnabledState = Field("ENABLED", description="how AWS calls it when it is enabled")
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
    has_started: bool = Field(False, description="its start date had passed when it was read")
    has_ended: bool = Field(False, description="it will not run again: its end, or its only moment, had passed")
    flexible_time_window: dict[str, Json] | None = None
    retry_policy: dict[str, Json] | None = None
    dead_letter_arn: str | None = None
    kms_key_arn: str | None = None
    action_after_completion: str | None = None
    event_pattern: str | None = None
    rule_role_arn: str | None = Field(None, description="role of the rule itself, beside that of its target")
    managed_by: str | None = Field(None, description="the AWS service that alone may change the rule")
    other_targets: tuple[str, ...] = Field((), description="ARNs of the rule's targets that are not this cluster")
    target_arn: str | None = Field(None, description="of a schedule: the API operation, as it is spelled there")
    raw_input: str | None = Field(None, description="of a schedule: its input as it was read")
    input_is_plain: bool = Field(True, description="whether that input is a JSON object of the Data API")
    extra: dict[str, Json] = Field(default_factory=dict, description="members of the target that have no field here")
    role: RoleAccess | Unknown | None = Field(None, description="what its role may do, where that was read")
    unread: Unknown | None = Field(None, description="why there is nothing but the name; `*`: a whole place")

    @property
    def place(self) -> tuple[Home, str, str]:
        """Home, group and name: the targets of one rule share it, nothing else does."""
        return (self.home, self.group, self.name)
