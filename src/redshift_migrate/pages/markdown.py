"""One Markdown page a run, for the change ticket: plan, approval, each call, each read-back, what is open."""

from __future__ import annotations

import re
from collections.abc import Collection

from redshift_migrate.models.catalogue import GROUPS, WORK
from redshift_migrate.models.data import DataCheck
from redshift_migrate.models.finding import by_level
from redshift_migrate.models.journal import Journal
from redshift_migrate.models.plan import MigrationPlan
from redshift_migrate.pages.contents import NOTHING, Contents, run_contents
from redshift_migrate.text import visible

_ADDRESS = re.compile(r"(?P<address>\S*(?::/|www\.|@)\S*)|(?P<words>\S+|\s+)", re.IGNORECASE)


def migration_report(journal: Journal, done: Collection[str] = (), check: DataCheck | None = None) -> str:
    """The page of a run, finished or not, with what of its checklist is done. Pure: it says what the journal says."""
    contents = run_contents(journal, done, check)
    lines = [
        f"# {_cell(contents.title)}",
        "",
        *_table(("", ""), list(contents.facts)),
        "",
        "## Settings",
        "",
        *(_settings(contents) or ["None: the steps below are all."]),
        "",
        "## Calls",
        "",
        *_table(("step", "call", "request id", "result", "read back from AWS"), _calls(contents)),
        "",
        "## Checklist",
        "",
        *(_checklist(contents) or ["Nothing is left to do by hand."]),
        "",
        "## Other findings",
        "",
        *(_findings(journal.header.plan) or ["None."]),
        "",
        "## Literal calls",
        "",
        *_fence(list(contents.calls)),
    ]
    return "\n".join(lines) + "\n"


def _settings(contents: Contents) -> list[str]:
    rows = [
        (row.setting, row.on_cluster or NOTHING, row.now or NOTHING, row.after or NOTHING, row.action)
        for _, of_subject in contents.settings
        for row in of_subject
    ]
    return _table(("setting", "on the cluster", "before", "after", "action"), list(rows)) if rows else []


def _calls(contents: Contents) -> list[tuple[str, ...]]:
    return [
        (step.summary, step.call, step.request_ids or NOTHING, step.result, step.read_back or NOTHING)
        for step in contents.steps
    ]


def _checklist(contents: Contents) -> list[str]:
    return [
        f"- [{'x' if item.is_done else ' '}] {GROUPS[item.group]}: **{item.code}**: {_cell(item.text)}"
        for item in contents.checklist
    ]


def _findings(plan: MigrationPlan) -> list[str]:
    return [
        f"- **{finding.level}**, {_cell(finding.setting)}: {_cell(finding.message)}"
        for finding in by_level(plan.findings)
        if finding.group not in WORK
    ]


def _table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> list[str]:
    return [
        f"| {' | '.join(head)} |",
        f"|{'---|' * len(head)}",
        *(f"| {' | '.join(_cell(cell) for cell in row)} |" for row in rows),
    ]


def _cell(text: str) -> str:
    """Foreign text as one table cell: no line breaks, no column of its own, no markup that runs, no link."""
    return _ADDRESS.sub(_inert, visible(text).replace("`", "'"))


def _inert(found: re.Match[str]) -> str:
    """An address as code, because readers make links of bare ones; anything else with its markup spelled out."""
    if found["address"]:
        return f"`{found['address']}`".replace("|", "\\|")
    safe = found["words"].replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;")
    return safe.replace("](", "]\\(")


def _fence(lines: list[str]) -> list[str]:
    """A block of code that no line of it can end."""
    longest = max((len(run) for line in lines for run in re.findall("`+", line)), default=0)
    fence = "`" * max(3, longest + 1)
    return [fence, *lines, fence]
