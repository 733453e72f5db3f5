"""What a page says of a plan, and of the run that carried it out: values and words, whatever they are drawn with."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Literal

from redshift_migrate.assessment.data_check import tell_check
from redshift_migrate.models.base import Json
from redshift_migrate.models.catalogue import GROUPS, Group
from redshift_migrate.models.data import DataCheck
from redshift_migrate.models.finding import Finding
from redshift_migrate.models.journal import Journal, JournalEntry
from redshift_migrate.models.plan import REF, Call, MigrationPlan, SettingChange, Step, references, resolve
from redshift_migrate.pages.pictures import Side, Timeline, sides, timeline
from redshift_migrate.planner.checklist import Item, checklist
from redshift_migrate.planner.rows import tell_read_back
from redshift_migrate.planner.summary import AS_IT_IS, by_code, headline, summarize
from redshift_migrate.text import visible

LONGEST_READ_BACK = 300
NOTHING = "–"

State = Literal["finished", "put back", "stopped", "open", "blocked", "plan"]
"""How a run or a plan stands; a page may colour it."""


@dataclass(frozen=True)
class StepLine:
    """One step, and what came of it."""

    number: int
    summary: str
    call: str
    warnings: tuple[str, ...]
    """What it destroys or interrupts, and that it cannot be undone."""
    result: str = ""
    request_ids: str = ""
    read_back: str = ""
    ended: str = ""


@dataclass(frozen=True)
class FindingLines:
    """The findings of one code: the line for all of them, and each in full."""

    code: str
    text: str
    findings: tuple[Finding, ...]


@dataclass(frozen=True)
class Contents:
    """All that a page says."""

    title: str
    state: State
    state_in_words: str
    facts: tuple[tuple[str, str], ...]
    counts: str
    settings_in_short: str
    sides: tuple[Side, ...]
    """Today and afterwards; empty where the plan is about neither a cluster nor its target."""
    timeline: Timeline | None
    groups: tuple[tuple[Group, str, tuple[FindingLines, ...]], ...]
    settings: tuple[tuple[str, tuple[SettingChange, ...]], ...]
    """By subject."""
    steps: tuple[StepLine, ...]
    checklist: tuple[Item, ...]
    calls: tuple[str, ...]
    """Each as an `aws` command, with what earlier steps put out where that is known."""

    @property
    def is_run(self) -> bool:
        """True for a page about a run."""
        return self.state not in ("blocked", "plan")


def plan_contents(plan: MigrationPlan, done: Collection[str] = ()) -> Contents:
    """What a page says of a plan that was not carried out (yet)."""
    blocked = bool(plan.blockers)
    return _contents(
        plan,
        done,
        state="blocked" if blocked else "plan",
        state_in_words="a plan that cannot be applied as it is" if blocked else "a plan; nothing was changed by it",
        facts=(*_place(plan), ("plan", plan.digest)),
        steps=tuple(_step(number, step) for number, step in enumerate(plan.steps, start=1)),
        outputs={},
    )


def run_contents(journal: Journal, done: Collection[str] = (), check: DataCheck | None = None) -> Contents:
    """What a page says of a run, finished or not, and of its data. Pure: it says what the journal and the check say."""
    header, plan = journal.header, journal.header.plan
    last = journal.entries[-1].at if journal.entries else header.started_at
    state, words = _state(journal)
    return _contents(
        plan,
        done,
        state=state,
        state_in_words=words,
        facts=(
            ("migration", journal.migration_id),
            *_place(plan),
            ("plan", header.plan_digest),
            ("approved by", _approvals(journal)),
            ("started", tell_moment(header.started_at)),
            ("last entry", tell_moment(last)),
            ("state", words),
            ("program version", header.tool_version),
            *((("data", f"{tell_check(check)} Compared at {check.at}."),) if check else ()),
        ),
        steps=tuple(_step_of_run(number, step, journal) for number, step in enumerate(plan.steps, start=1)),
        outputs=journal.outputs(),
        timeline=timeline(journal),
    )


def tell_moment(at: datetime) -> str:
    """A moment to the second, with its zone."""
    return f"{at:%Y-%m-%d %H:%M:%S %Z}"


def _contents(
    plan: MigrationPlan,
    done: Collection[str],
    *,
    state: State,
    state_in_words: str,
    facts: tuple[tuple[str, str], ...],
    steps: tuple[StepLine, ...],
    outputs: Mapping[str, Json],
    timeline: Timeline | None = None,
) -> Contents:
    summary = summarize(plan)
    return Contents(
        title=plan.title,
        state=state,
        state_in_words=state_in_words,
        facts=facts,
        counts=summary.counts,
        settings_in_short=summary.settings,
        sides=sides(plan),
        timeline=timeline,
        groups=tuple(_groups(plan.findings)),
        settings=tuple(
            (subject.words, tuple(rows)) for subject, rows in groupby(plan.changes, key=lambda row: row.subject)
        ),
        steps=steps,
        checklist=checklist(plan.findings, done),
        calls=tuple(literal(step.call, outputs) for step in plan.steps),
    )


def _place(plan: MigrationPlan) -> tuple[tuple[str, str], ...]:
    return (("account, region", f"{plan.account_id} ({plan.partition}), {plan.region}"),)


def _groups(findings: Iterable[Finding]) -> Iterator[tuple[Group, str, tuple[FindingLines, ...]]]:
    told = tuple(findings)
    for group, title in GROUPS.items():
        lines = (FindingLines(code, headline(found), tuple(found)) for code, found in by_code(told, group).items())
        if of_group := tuple(lines):
            yield group, title, of_group


def stays(row: SettingChange) -> bool:
    """True for a setting that is after the plan what it is on the cluster, or now."""
    return row.action in AS_IT_IS


# --- steps -----------------------------------------------------------------------------------------------


def _step(number: int, step: Step) -> StepLine:
    warnings = (
        f"destroys {step.destroys}" if step.destroys else "",
        f"interrupts {step.interrupts}" if step.interrupts else "",
        f"cannot be undone: {step.no_undo}" if step.lasts else "",
    )
    return StepLine(number, step.summary, step.call.name, tuple(each for each in warnings if each))


def _step_of_run(number: int, step: Step, journal: Journal) -> StepLine:
    entries = [entry for entry in journal.entries if entry.step_id == step.id]
    is_done = step.id in journal.done_steps()
    plain = _step(number, step)
    return StepLine(
        number,
        plain.summary,
        plain.call,
        plain.warnings,
        result=_result(entries, is_done=is_done),
        request_ids=", ".join(entry.request_id for entry in entries if entry.request_id),
        read_back=visible(tell_read_back(step, journal.read_back(step.id)), LONGEST_READ_BACK) if is_done else "",
        ended=f"{entries[-1].at:%H:%M:%S}" if entries else "",
    )


def _result(entries: list[JournalEntry], *, is_done: bool) -> str:
    events = {entry.event for entry in entries}
    told = [entry.message for entry in entries if entry.event == "acted" and entry.message]
    if is_done and told:
        return f"done; {told[-1]}"
    if is_done:
        return "done" if "intent" in events else "was so already, nothing was called"
    return "failed" if "failed" in events else "not done"


def literal(call: Call, outputs: Mapping[str, Json]) -> str:
    """The call as an `aws` command, with what earlier steps put out where that is known."""
    known = {name: outputs.get(name, {REF: name}) for name in references(call.parameters)}
    return call.model_copy(update={"parameters": resolve(call.parameters, known)}).cli()


# --- the run ---------------------------------------------------------------------------------------------


def _approvals(journal: Journal) -> str:
    given = [journal.header.approval, *(entry.approval for entry in journal.entries if entry.approval is not None)]
    return "; ".join(f"{one.approved_by} ({one.channel}, {one.approved_at:%Y-%m-%d %H:%M:%S})" for one in given)


def _state(journal: Journal) -> tuple[State, str]:
    if journal.is_finished:
        return "finished", "finished"
    if journal.was_put_back:
        return "put back", "failed, and put back what it had removed"
    last = journal.entries[-1] if journal.entries else None
    if last is not None and last.event == "failed":
        return "stopped", f"stopped: {last.message}"
    return "open", "running, or stopped without a word"
