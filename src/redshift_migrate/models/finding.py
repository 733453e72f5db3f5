"""What a database owner must know and no API call can carry."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

from redshift_migrate.models import catalogue
from redshift_migrate.models.base import JsonObject, Value
from redshift_migrate.models.catalogue import Group, Kind, When, Who


class Subject(StrEnum):
    """What a rule, a step or a finding is about; also the words of `also`, `only` and `exclude`."""

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

    @property
    def words(self) -> str:
        """Its name for people."""
        return "WLM" if self is Subject.WLM else self.value.replace("_", " ")


UNKNOWN = "unknown"
"""The value on the cluster of what could not be read: the work is to let it be read."""

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

    @property
    def kind(self) -> Kind:
        """Its line of the catalogue."""
        return catalogue.kind_of(self.subject, self.setting)

    @property
    def code(self) -> str:
        """The stable name of its kind, such as `host-name`."""
        return self.kind.code

    @property
    def group(self) -> Group:
        """Under which heading it is told."""
        if self.level == "blocker":
            return "stops"
        if self.level == "info":
            return "know"
        return "before" if self.on_cluster == UNKNOWN else self.kind.group

    @property
    def when(self) -> When | None:
        """When its work is due; None where there is none."""
        return catalogue.DUE.get(self.group)

    @property
    def who(self) -> Who:
        """Whose work it is."""
        if self.when is not None:
            return "you"
        return "this program" if self.code in catalogue.done_here() else "nobody"

    @property
    def source(self) -> str:
        """Where its rule was read, and when that was checked."""
        return f"{self.kind.source} ({catalogue.day_checked()})"

    def in_full(self) -> JsonObject:
        """The finding with what its kind says of it."""
        return self.as_json() | {
            "code": self.code,
            "group": self.group,
            "when": self.when,
            "who": self.who,
            "source": self.source,
        }


def by_level(findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """The findings, blockers first, otherwise in the order in which they were found."""
    return tuple(sorted(findings, key=lambda finding: LEVELS.index(finding.level)))
