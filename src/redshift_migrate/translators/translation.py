"""What every translator returns, and how the parts are joined."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pydantic import Field

from redshift_migrate.models.base import Value
from redshift_migrate.models.finding import Finding
from redshift_migrate.models.plan import SettingChange


class Translation(Value):
    """One subject's share: members of the wanted ServerlessConfig, rows of the table, findings."""

    settings: dict[str, Any] = Field(default_factory=dict)
    changes: tuple[SettingChange, ...] = ()
    findings: tuple[Finding, ...] = ()


def joined(parts: Iterable[Translation]) -> Translation:
    """All parts as one. Two parts must not speak of the same setting."""
    settings: dict[str, Any] = Field(default_factory=dict)
    changes: list[SettingChange] = []
    findings: list[Finding] = []
    for part in parts:
        twice = settings.keys() & part.settings.keys()
        if twice:
            raise ValueError(f"two translators speak of {sorted(twice)}")
        settings |= part.settings
        changes += part.changes
        findings += part.findings
    return Translation(settings=settings, changes=tuple(changes), findings=tuple(findings))
