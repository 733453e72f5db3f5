"""One Markdown page a run, for the change ticket: plan, approval, each call, each read-back, what is open."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from redshift_migrate.models.base import Json
from redshift_migrate.models.catalogue import GROUPS, WORK
from redshift_migrate.models.finding import by_level
from redshift_migrate.models.journal import Journal, JournalEntry
from redshift_migrate.models.plan import REF, Call, MigrationPlan, references, resolve
from redshift_migrate.planner.checklist import checklist
from redshift_migrate.planner.rows import tell_read_back
from redshift_migrate.text import visible

_ADDRESS = re.compile(r"(?P<address>\S*(?::/|www\.|@)\S*)|(?P<words>\S+|\s+)", re.IGNORECASE)


def migration_report(journal: Journal, done: Collection[str] = ()) -> str:
    """The page of a run, finished or not, with what of its checklist is done. Pure: it says what the journal says."""
    header = journal.header
    plan = header.plan
    lines = [
        f"# {_cell(plan.title)}",
        "",
        *_table(
            ("", ""),
            [
                ("migration", journal.migration_id),
                ("account, region", f"{plan.account_id} ({plan.partition}), {plan.region}"),
                ("plan", header.plan_digest),
                ("approved by", _approvals(journal)),
                ("started", _moment(header.started_at)),
                ("last entry", _moment(journal.entries[-1].at if journal.entries else header.started_at)),
                ("state", _state(journal)),
                ("program version", header.tool_version),
            ],
        ),
        "",
        "## Settings",
        "",
        *(_settings(plan) or ["None: the steps below are all."]),
        "",
        "## Calls",
        "",
        *_table(("step", "call", "request id", "result", "read back from AWS"), _calls(journal)),
        "",
        "## Checklist",
        "",
        *(_checklist(plan, done) or ["Nothing is left to do by hand."]),
        "",
        "## Other findings",
        "",
        *(_findings(plan) or ["None."]),
        "",
        "## Literal calls",
        "",
        *_fence([_literal(step.call, journal.outputs()) for step in plan.steps]),
    ]
    return "\n".join(lines) + "\n"


def _moment(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S %Z}"


def _settings(plan: MigrationPlan) -> list[str]:
    rows = [(row.setting, row.on_cluster or "–", row.now or "–", row.after or "–", row.action) for row in plan.changes]
    return _table(("setting", "on the cluster", "before", "after", "action"), list(rows)) if rows else []


def _approvals(journal: Journal) -> str:
    given = [journal.header.approval, *(entry.approval for entry in journal.entries if entry.approval is not None)]
    return "; ".join(f"{one.approved_by} ({one.channel}, {one.approved_at:%Y-%m-%d %H:%M:%S})" for one in given)


def _state(journal: Journal) -> str:
    if journal.is_finished:
        return "finished"
    if journal.was_put_back:
        return "failed, and put back what it had removed"
    last = journal.entries[-1] if journal.entries else None
    if last is not None and last.event == "failed":
        return f"stopped: {last.message}"
    return "running, or stopped without a word"


def _calls(journal: Journal) -> list[tuple[str, ...]]:
    done = journal.done_steps()
    return [
        (
            step.summary,
            step.call.name,
            _request_ids(journal.entries, step.id) or "–",
            _result(journal.entries, step.id, is_done=step.id in done),
            visible(tell_read_back(step, journal.read_back(step.id)), 300) if step.id in done else "–",
        )
        for step in journal.header.plan.steps
    ]


def _request_ids(entries: Iterable[JournalEntry], step_id: str) -> str:
    return ", ".join(entry.request_id for entry in entries if entry.step_id == step_id and entry.request_id)


def _result(entries: Iterable[JournalEntry], step_id: str, *, is_done: bool) -> str:
    events = {entry.event for entry in entries if entry.step_id == step_id}
    told = [entry.message for entry in entries if entry.step_id == step_id and entry.event == "acted" and entry.message]
    if is_done and told:
        return f"done; {told[-1]}"
    if is_done:
        return "done" if "intent" in events else "was so already, nothing was called"
    return "failed" if "failed" in events else "not done"


def _literal(call: Call, outputs: Mapping[str, Json]) -> str:
    """The call as an `aws` command, with what earlier steps put out where that is known."""
    known = {name: outputs.get(name, {REF: name}) for name in references(call.parameters)}
    return call.model_copy(update={"parameters": resolve(call.parameters, known)}).cli()


def _checklist(plan: MigrationPlan, done: Collection[str]) -> list[str]:
    return [
        f"- [{'x' if item.is_done else ' '}] {GROUPS[item.group]}: **{item.code}**: {_cell(item.text)}"
        for item in checklist(plan.findings, done)
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
