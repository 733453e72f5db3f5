"""One Markdown page a run, for the change ticket: plan, approval, each call, each read-back, what is open."""

from __future__ import annotations

from collections.abc import Iterable

from redshift_migrate.models.base import Json, canonical_json
from redshift_migrate.models.finding import by_level
from redshift_migrate.models.journal import Journal, JournalEntry
from redshift_migrate.models.plan import MigrationPlan
from redshift_migrate.text import visible


def migration_report(journal: Journal) -> str:
    """The page of a run, finished or not. Pure: it says what the journal says."""
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
                ("started", f"{header.started_at:%Y-%m-%d %H:%M:%S %Z}"),
                ("state", _state(journal)),
                ("program version", header.tool_version),
            ],
        ),
        "",
        "## Settings",
        "",
        *_table(
            ("setting", "on the cluster", "before", "after", "action"),
            [
                (row.setting, row.on_cluster or "–", row.now or "–", row.after or "–", row.action)
                for row in plan.changes
            ],
        ),
        "",
        "## Calls",
        "",
        *_table(("step", "call", "request id", "result", "read back from AWS"), _calls(journal)),
        "",
        "## Open findings",
        "",
        *(_findings(plan) or ["None."]),
        "",
        "## Literal calls",
        "",
        "```",
        *(f"{step.call.cli()}" for step in plan.steps),
        "```",
    ]
    return "\n".join(lines) + "\n"


def _approvals(journal: Journal) -> str:
    given = [journal.header.approval, *(entry.approval for entry in journal.entries if entry.approval is not None)]
    return "; ".join(f"{one.approved_by} ({one.channel}, {one.approved_at:%Y-%m-%d %H:%M:%S})" for one in given)


def _state(journal: Journal) -> str:
    if journal.is_finished:
        return "finished"
    if journal.was_put_back:
        return "failed, and put back what it had removed"
    failed = [entry for entry in journal.entries if entry.event == "failed"]
    return f"stopped: {failed[-1].message}" if failed else "running, or stopped without a word"


def _calls(journal: Journal) -> list[tuple[str, ...]]:
    done = journal.done_steps()
    return [
        (
            step.summary,
            step.call.name,
            _request_id(journal.entries, step.id) or "–",
            "done" if step.id in done else "not done",
            _short(journal.observed(step.id)) if step.id in done else "–",
        )
        for step in journal.header.plan.steps
    ]


def _request_id(entries: Iterable[JournalEntry], step_id: str) -> str:
    ids = [entry.request_id for entry in entries if entry.step_id == step_id and entry.request_id]
    return ids[-1] if ids else ""


def _findings(plan: MigrationPlan) -> list[str]:
    return [
        f"- **{finding.level}**, {_cell(finding.setting)}: {_cell(finding.message)}"
        for finding in by_level(plan.findings)
    ]


def _short(value: Json) -> str:
    return visible(canonical_json(value), 300)


def _table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> list[str]:
    return [
        f"| {' | '.join(head)} |",
        f"|{'---|' * len(head)}",
        *(f"| {' | '.join(_cell(cell) for cell in row)} |" for row in rows),
    ]


def _cell(text: str) -> str:
    """Foreign text as one table cell: no line breaks, no column of its own, no markup that runs."""
    return visible(text).replace("|", "\\|").replace("<", "&lt;").replace("`", "'")
