"""What acts on the cluster, or is set off by it, without being a query on a schedule."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from redshift_migrate.models.base import Json, Unknown, Value

Kind = Literal["schedule", "rule", "pipe", "state machine", "function", "connection"]

EVERY_ONE = "*"
"""The name of an entry that stands for all of one kind, which could not be listed."""


class Automation(Value):
    """One thing that names the cluster, wherever it lives. What becomes of it is decided elsewhere."""

    kind: Kind
    name: str
    place: str = Field("", description="event bus of a rule, group of a schedule")
    arn: str = ""
    enabled: bool = True
    when: str | None = Field(None, description="schedule expression, with its time zone where it has one")
    operation: str | None = Field(None, description="of a schedule on an API: service:operation in small letters")
    parameters: dict[str, Json] = Field(default_factory=dict, description="of that operation, as far as it is JSON")
    targets: tuple[str, ...] = Field((), description="ARNs of the targets of a rule that name the cluster")
    listens: bool = Field(False, description="events of the cluster set it off")
    managed_by: str | None = Field(None, description="the AWS service that alone may change it")
    unread: Unknown | None = Field(None, description="why there is nothing but the name; `*`: all of this kind")
