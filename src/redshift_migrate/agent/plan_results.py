"""A plan as a model reads it: what matters in a few lines first, then part by part on request."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from redshift_migrate.errors import SettingsError
from redshift_migrate.models.catalogue import GROUPS
from redshift_migrate.models.finding import Finding
from redshift_migrate.models.plan import MigrationPlan
from redshift_migrate.observers.readings import call_of
from redshift_migrate.permissions import statement
from redshift_migrate.planner.summary import Line, few_changes, summarize, work_left

Result = dict[str, Any]

READ_ON = (
    "get_plan with a section reads on: a code, a heading, a setting, settings, findings, steps, calls, permissions."
)


def migration_plan_result(plan: MigrationPlan) -> Result:
    """A plan that was just made. A plan that is blocked tells its blockers and nothing else to do."""
    if plan.is_empty:
        said = f"{plan.title}: everything is as wanted already; there is nothing to apply."
    elif plan.blockers:
        said = f"{plan.title}: it cannot be applied. {plan.blockers[0].message} Nothing was changed."
    else:
        said = f"{plan.title}: {len(plan.steps)} steps, planned and saved. Nothing was changed."
    status = "unchanged" if plan.is_empty else "blocked" if plan.blockers else "planned"
    return {"status": status, "message": said} | plan_summary(plan)


def plan_summary(plan: MigrationPlan) -> Result:
    """The first view of a plan, the same that people are shown."""
    summary, changing = summarize(plan), few_changes(plan)
    return {
        **({} if plan.is_empty else {"plan_digest": plan.digest}),
        "title": plan.title,
        "figures": summary.counts,
        **({"settings": summary.settings} if summary.settings else {}),
        **({"changes": [row.as_compact_json() for row in changing]} if changing else {}),
        "findings": {GROUPS[group]: _list_lines(lines) for group, lines in summary.groups},
        **({"more_to_know": summary.known} if summary.known else {}),
        **({} if plan.blockers else {"steps": [f"{number}. {words}" for number, words in summary.steps]}),
        "read_on": READ_ON,
    }


def open_work(findings: Iterable[Finding]) -> Result:
    """What is left to a person after a run, by heading."""
    return {GROUPS[group]: _list_lines(lines) for group, lines in work_left(findings)}


def plan_section(plan: MigrationPlan, section: str | None) -> Result:
    """A part of a plan. SettingsError for one that it does not have."""
    if not section:
        return migration_plan_result(plan)
    wanted = _plain(section)
    if wanted in _SECTIONS:
        return {"plan_digest": plan.digest, wanted: _SECTIONS[wanted](plan)}
    found = [each.in_full() for each in plan.findings if wanted in _names(each)]
    rows = [row for row in plan.changes if wanted in map(_plain, (row.setting, row.member))]
    if found or rows:
        parts = {"settings": [row.as_compact_json() for row in rows], "findings": found}
        return {"plan_digest": plan.digest} | {name: part for name, part in parts.items() if part}
    codes = ", ".join(dict.fromkeys(each.code for each in plan.findings))
    raise SettingsError(
        f"This plan has no section {section!r}.", hint=f"Sections: {', '.join(_SECTIONS)}; headings; codes: {codes}."
    )


def _names(finding: Finding) -> tuple[str, ...]:
    """By what a finding can be asked for."""
    group = finding.group
    return tuple(map(_plain, (finding.code, finding.setting, finding.subject, group, GROUPS[group])))


def _plain(name: str) -> str:
    """A name however it is written: `DO BY HAND, AFTER`, `at_cut_over`."""
    return " ".join(name.lower().replace("_", " ").replace(",", " ").split())


def _list_lines(lines: tuple[Line, ...]) -> list[str]:
    return [f"{line.code}: {line.text}{f' (and {line.count - 1} more)' if line.count > 1 else ''}" for line in lines]


def permissions_of(plan: MigrationPlan) -> Result:
    """The smallest IAM statement that allows the plan's calls and the reads that check them."""
    looks = [look for step in plan.steps for look in (step.check.reading, *(wait.reading for wait in step.waits))]
    needed = [(call.name, call.parameters) for call in (*(step.call for step in plan.steps), *map(call_of, looks))]
    return statement(needed, partition=plan.partition, region=plan.region, account=plan.account_id)


_SECTIONS: Mapping[str, Callable[[MigrationPlan], object]] = {
    "settings": lambda plan: [row.as_compact_json() for row in plan.changes],
    "findings": lambda plan: [found.in_full() for found in plan.findings],
    "steps": lambda plan: [
        {"summary": step.summary, "undo": step.undo is not None or step.no_undo} for step in plan.steps
    ],
    "calls": lambda plan: [step.call.cli() for step in plan.steps],
    "permissions": permissions_of,
}
