"""A plan as people read it: in one screen first, then part by part; the same for the pipe and for the screen."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from pathlib import Path

from redshift_migrate.models.catalogue import GROUPS, Group
from redshift_migrate.models.finding import Finding, by_level
from redshift_migrate.models.plan import MigrationPlan, SettingChange, Step
from redshift_migrate.planner.summary import Line, Summary, cut, data_lost, few_changes, summarize
from redshift_migrate.terminal.shown import Listing, Problem, Several, Shown, Table
from redshift_migrate.terminal.written import write_new
from redshift_migrate.text import visible

SHORT_DIGEST = 12
"""Characters of a digest that people are asked to type; 8 would do."""

FEW_CALLS = 3
"""Steps whose literal calls are still part of the first view."""

NARROWEST = 30
"""Characters of a line that are shown however narrow the window is; there it is folded."""

_MARGINS = 6
_NOTHING = "-"


def headline(plan: MigrationPlan) -> str:
    """Which plan, for what, and where."""
    return f"Plan {plan.digest[:SHORT_DIGEST]}: {plan.title}"


def place(plan: MigrationPlan) -> str:
    """Account and region that it would change."""
    return f"Account {plan.account_id}, {plan.region}. Nothing has been changed by making this plan."


def first_view(plan: MigrationPlan, width: int, done: Collection[str] = ()) -> tuple[Shown, ...]:
    """What is read before anything else, each entry on one line of that many characters."""
    summary = summarize(plan, done)
    changing = few_changes(plan)
    lost = () if plan.blockers else data_lost(plan)
    return (
        *([Listing("Destroys data", lost, style="stops")] if lost else []),
        Listing("", _figures(summary)),
        *([changes_table(changing)] if changing else []),
        *group_listings(summary.groups, width),
        *([Listing("Steps", summary.steps)] if not plan.blockers else []),
        *([_calls(plan)] if 0 < len(plan.steps) <= FEW_CALLS and not plan.blockers else []),
        Listing("", (("", _more(plan, summary)),)),
    )


def group_listings(groups: Iterable[tuple[Group, tuple[Line, ...]]], width: int) -> tuple[Listing, ...]:
    """The findings by their headings, each on one line of that many characters."""
    return tuple(Listing(GROUPS[group], _entries(lines, width), style=group) for group, lines in groups)


def _figures(summary: Summary) -> tuple[tuple[str, str], ...]:
    told = [summary.counts, f"Settings: {summary.settings}." if summary.settings else ""]
    return tuple(("", each) for each in told if each)


def _entries(lines: tuple[Line, ...], width: int) -> tuple[tuple[str, str], ...]:
    room = max(NARROWEST, width - max(len(line.code) for line in lines) - _MARGINS)
    return tuple((line.code, _entry(line, room)) for line in lines)


def _entry(line: Line, room: int) -> str:
    times = f" (and {line.count - 1} more)" if line.count > 1 else ""
    return cut(line.text, room - len(times)) + times


def _more(plan: MigrationPlan, summary: Summary) -> str:
    known = f"{summary.known} more to know. " if summary.known else ""
    return f"{known}All of it: /plan {plan.digest[:SHORT_DIGEST]} all, or {', '.join(SECTIONS)}, or a code from above."


def section(plan: MigrationPlan, name: str) -> Shown:
    """One part of a plan: one of SECTIONS, `all`, or the findings of a code."""
    if name == "all":
        return Several(tuple(part(plan) for part in SECTIONS.values()))
    if name in SECTIONS:
        return SECTIONS[name](plan)
    found = tuple(each for each in plan.findings if each.code == name)
    if found:
        return Several(tuple(finding_in_full(each) for each in found))
    codes = ", ".join(dict.fromkeys(each.code for each in plan.findings))
    return Problem(f"This plan has no part {name!r}.", f"Parts: all, {', '.join(SECTIONS)}. Codes: {codes}.", "usage")


def finding_in_full(found: Finding) -> Listing:
    """Everything about one finding."""
    facts = (
        ("level", found.level),
        ("about", found.setting),
        ("on the cluster", found.on_cluster),
        ("after", found.after),
        ("what to know", found.message),
        ("group", GROUPS[found.group]),
        ("who", found.who),
        ("source", found.source),
    )
    return Listing(found.code, tuple((name, value) for name, value in facts if value), style=found.group)


def changes_table(changes: tuple[SettingChange, ...]) -> Table:
    """One row a setting."""
    return Table(("setting", "on the cluster", "now", "after", "action"), tuple(map(_row, changes)), title="Settings")


def findings_table(plan: MigrationPlan) -> Table:
    """What the owner must know, most urgent first."""
    rows = tuple((found.level, found.code, found.setting, found.message) for found in by_level(plan.findings))
    return Table(("level", "code", "setting", "what to know"), rows, title="Findings")


def steps_table(plan: MigrationPlan) -> Table:
    """The steps in order, and whether each can be undone."""
    rows = tuple((str(number), step.summary, _risk(step)) for number, step in enumerate(plan.steps, start=1))
    return Table(("step", "what it does", "undo"), rows, title="Steps")


def write_calls(plan: MigrationPlan, name: str) -> Path:
    """The calls as a shell script for its owner alone. SettingsError for a file that is there or cannot be written."""
    head = f"# {visible(plan.title, None)}\n# Plan {plan.digest}. A value of an earlier step stands as $output.\n"
    return write_new(name, head + "\n".join(literal_calls(plan)) + "\n")


def literal_calls(plan: MigrationPlan) -> list[str]:
    """Each step as the `aws` command that makes the same call."""
    return [step.call.cli() for step in plan.steps]


def _calls(plan: MigrationPlan) -> Shown:
    return Listing("Calls", tuple(("", call) for call in literal_calls(plan)), is_verbatim=True)


SECTIONS: Mapping[str, Callable[[MigrationPlan], Shown]] = {
    "settings": lambda plan: changes_table(plan.changes),
    "findings": findings_table,
    "steps": steps_table,
    "calls": _calls,
}
"""The parts of a plan that can be asked for."""


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
