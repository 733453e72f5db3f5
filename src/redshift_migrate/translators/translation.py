"""What every translator returns, how its findings and rows are worded, and how the parts are joined."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from pydantic import Field

from redshift_migrate.models.base import Unknown, Value
from redshift_migrate.models.finding import Finding, Level, Subject
from redshift_migrate.models.plan import Action, SettingChange


class Translation(Value):
    """One subject's share: members of the wanted ServerlessConfig, rows of the table, findings."""

    settings: dict[str, Any] = Field(default_factory=dict)
    changes: tuple[SettingChange, ...] = ()
    findings: tuple[Finding, ...] = ()
    config_parameters: dict[str, str] = Field(
        default_factory=dict, description="this subject's share of the one setting that several subjects speak of"
    )


@dataclass(frozen=True)
class About:
    """Words the findings and table rows of one subject."""

    subject: Subject

    def info(self, setting: str, message: str, on_cluster: str | None = None, after: str | None = None) -> Finding:
        """Good to know."""
        return self._finding("info", setting, message, on_cluster, after)

    def warning(self, setting: str, message: str, on_cluster: str | None = None, after: str | None = None) -> Finding:
        """Something will differ, or is left to do."""
        return self._finding("warning", setting, message, on_cluster, after)

    def blocker(self, setting: str, message: str, on_cluster: str | None = None, after: str | None = None) -> Finding:
        """No plan can be applied with this."""
        return self._finding("blocker", setting, message, on_cluster, after)

    def unknown(self, level: Level, setting: str, value: Unknown, consequence: str) -> Finding:
        """A setting that could not be read: a blocker when going on would lose or change something that matters."""
        message = f"The {setting}: {value.sentence()}. {consequence}"
        return self._finding(level, setting, message, "unknown", None)

    def row(
        self, setting: str, on_cluster: str | None, after: str | None, action: Action, member: str = ""
    ) -> SettingChange:
        """One row of the plan's table; `member` is what of the wish it is about."""
        return SettingChange(
            subject=self.subject, setting=setting, member=member, on_cluster=on_cluster, after=after, action=action
        )

    def _finding(self, level: Level, setting: str, message: str, on_cluster: str | None, after: str | None) -> Finding:
        return Finding(
            level=level, subject=self.subject, setting=setting, message=message, on_cluster=on_cluster, after=after
        )


def join(parts: Iterable[Translation]) -> Translation:
    """All parts as one. Two parts must not speak of the same setting; shares of the parameters come together."""
    settings: dict[str, Any] = {}
    parameters: dict[str, str] = {}
    changes: list[SettingChange] = []
    findings: list[Finding] = []
    for part in parts:
        twice = settings.keys() & part.settings.keys()
        if twice:
            raise ValueError(f"two translators speak of {sorted(twice)}")
        settings |= part.settings
        parameters |= {key: _stricter(parameters.get(key), value) for key, value in part.config_parameters.items()}
        changes += part.changes
        findings += part.findings
    return Translation(
        settings=settings, changes=tuple(changes), findings=tuple(findings), config_parameters=parameters
    )


def count(number: int, noun: str) -> str:
    """`1 day`, `2 days`, `2 queries`."""
    several = f"{noun[:-1]}ies" if noun.endswith("ry") else f"{noun}s"
    return f"{number} {noun if number == 1 else several}"


def cite(names: Iterable[str], most: int = 20) -> str:
    """`a, b, c`, and how many more there are."""
    all_names = list(names)
    more = len(all_names) - most
    return ", ".join(all_names[:most]) + (f" and {more} more" if more > 0 else "")


def yes_no(flag: bool | None) -> str | None:
    """A switch in words; None stays None."""
    return None if flag is None else ("yes" if flag else "no")


def _stricter(one: str | None, other: str) -> str:
    """Of two limits for the same metric the smaller, as the cluster itself does with its two timeouts.

    Source: Database Developer Guide, "statement_timeout".
    """
    if one is None or not (one.isdecimal() and other.isdecimal()):
        return other
    return min(one, other, key=int)
