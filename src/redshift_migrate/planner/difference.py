"""What lies between a wish and what is there: steps, rows, findings. The same for every kind of wish. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from redshift_migrate.models.base import JsonObject
from redshift_migrate.models.finding import Finding
from redshift_migrate.models.plan import SettingChange, Step, Wish
from redshift_migrate.models.serverless import AbsentTarget, ServerlessConfig, ServerlessTarget
from redshift_migrate.planner.migration import plan_findings, plan_steps
from redshift_migrate.planner.replacing import replaced_findings
from redshift_migrate.planner.rows import goal_rows, setting_rows
from redshift_migrate.planner.undo import plan_goals


@dataclass(frozen=True)
class Seen:
    """What is there of what is wished."""

    target: ServerlessTarget | AbsentTarget | None = None
    goals: Mapping[str, JsonObject | None] = field(default_factory=dict)
    """What the check of each goal reads."""


@dataclass(frozen=True)
class Difference:
    """What would be done, and how it is told."""

    steps: tuple[Step, ...] = ()
    rows: tuple[SettingChange, ...] = ()
    findings: tuple[Finding, ...] = ()


def difference(wish: Wish, seen: Seen) -> Difference:
    """Everything between the two; without steps when all is as wished."""
    steps, findings = plan_goals(wish.goals, seen.goals)
    rows = wish.rows or goal_rows(wish.goals, seen.goals)
    if wish.settings is None or seen.target is None:
        return Difference(steps, rows, findings)
    made = plan_steps(wish.settings, seen.target, wish.source)
    return Difference(
        steps=(*steps, *made),
        rows=setting_rows(wish, seen.target, made),
        findings=(
            *findings,
            *plan_findings(wish.settings, seen.target, wish.source),
            *replaced_findings(wish.settings, seen.target, made),
        ),
    )


def wished_members(wanted: ServerlessConfig) -> frozenset[str]:
    """The members that the wish speaks of; all others are not asked for."""
    return frozenset(member for member in type(wanted).model_fields if getattr(wanted, member) is not None)
