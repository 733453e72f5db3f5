"""A plan as tables: the same parts for the pipe and for the screen."""

from __future__ import annotations

from redshift_migrate.models.finding import Finding, by_level
from redshift_migrate.models.plan import MigrationPlan, SettingChange, Step
from redshift_migrate.terminal.shown import Table

SHORT_DIGEST = 12
"""Characters of a digest that people are asked to type; 8 would do."""

MOST_FINDINGS = 8
"""Findings that a brief view shows in full."""

_NOTHING = "-"


def headline(plan: MigrationPlan) -> str:
    """Which plan, for what, and where."""
    return f"Plan {plan.digest[:SHORT_DIGEST]}: {plan.title}"


def place(plan: MigrationPlan) -> str:
    """Account and region that it would change."""
    return f"Account {plan.account_id}, {plan.region}. Nothing has been changed by making this plan."


def changes_table(plan: MigrationPlan) -> Table:
    """One row a setting."""
    rows = tuple(_row(change) for change in plan.changes)
    return Table(("setting", "on the cluster", "now", "after", "action"), rows)


def findings_table(plan: MigrationPlan) -> Table:
    """What the owner must know, most urgent first."""
    rows = tuple((found.level, found.setting, found.message) for found in by_level(plan.findings))
    return Table(("level", "setting", "what to know"), rows, title="Findings")


def pick_findings(plan: MigrationPlan, *, is_brief: bool) -> tuple[tuple[Finding, ...], int]:
    """The findings to show, most urgent first, and how many were left out."""
    findings = by_level(plan.findings)
    if not is_brief or len(findings) <= MOST_FINDINGS:
        return findings, 0
    urgent = tuple(found for found in findings if found.level != "info")
    return urgent, len(findings) - len(urgent)


def steps_table(plan: MigrationPlan) -> Table:
    """The steps in order, and whether each can be undone."""
    rows = tuple((str(number), step.summary, _risk(step)) for number, step in enumerate(plan.steps, start=1))
    return Table(("step", "what it does", "undo"), rows, title="Steps")


def literal_calls(plan: MigrationPlan) -> list[str]:
    """Each step as the `aws` command that makes the same call."""
    return [step.call.cli() for step in plan.steps]


def _row(change: SettingChange) -> tuple[str, ...]:
    values = (change.on_cluster, change.now, change.after)
    return (change.setting, *(_NOTHING if value is None else value for value in values), change.action)


def _risk(step: Step) -> str:
    parts = [
        f"destroys: {step.destroys.rstrip('.')}" if step.destroys else "",
        f"interrupts: {step.interrupts.rstrip('.')}" if step.interrupts else "",
        "can be undone" if step.undo else f"cannot be undone: {step.no_undo}",
    ]
    return "; ".join(part for part in parts if part)
