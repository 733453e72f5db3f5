"""What a database owner must know and no API call can carry."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

from redshift_migrate.models.base import Value


class Subject(StrEnum):
    """What a rule, a step or a finding is about; also the words of `include` and `exclude`."""

    SOURCE = "source"
    DATA = "data"
    NAMESPACE = "namespace"
    CAPACITY = "capacity"
    NETWORK = "network"
    ENCRYPTION = "encryption"
    IDENTITY = "identity"
    PARAMETERS = "parameters"
    WLM = "wlm"
    LOGGING = "logging"
    USAGE_LIMITS = "usage_limits"
    SNAPSHOTS = "snapshots"
    SNAPSHOT_COPY = "snapshot_copy"
    MAINTENANCE = "maintenance"
    TAGS = "tags"
    ENDPOINTS = "endpoints"
    SHARING = "sharing"
    SCHEDULED_QUERIES = "scheduled_queries"
    AUTOMATION = "automation"
    MONITORING = "monitoring"


Level = Literal["info", "warning", "blocker"]

LEVELS: tuple[Level, ...] = ("blocker", "warning", "info")
"""From the most to the least urgent: the order in which findings are shown."""


class Finding(Value):
    """One thing to know: the setting, its value on the cluster, its value after, and the sentence."""

    level: Level
    subject: Subject
    setting: str
    message: str
    on_cluster: str | None = None
    after: str | None = None


def by_level(findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """The findings, blockers first, otherwise in the order in which they were found."""
    return tuple(sorted(findings, key=lambda finding: LEVELS.index(finding.level)))
