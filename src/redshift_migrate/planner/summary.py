"""A plan in one screen: what stops it, what to decide, what to do by hand and when, what differs, and the steps."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from redshift_migrate.models.catalogue import GROUPS, WORK, Group
from redshift_migrate.models.choices import NO_DATA
from redshift_migrate.models.finding import UNKNOWN, Finding, Subject
from redshift_migrate.models.plan import MigrationPlan, SettingChange, Step
from redshift_migrate.models.request import MigrateCluster
from redshift_migrate.text import visible

DECIDED: tuple[Group, ...] = ("stops", "decide")
"""Groups that an approved plan has left behind."""

AS_IT_IS = ("carried", "unchanged")
"""Actions of rows that are counted, not listed."""

FEW_ROWS = 12
"""Settings that change and are still listed, one by one, in the first view."""

FEW_STEPS = 2
"""Steps of one subject that follow each other and are still told one by one."""

STEPS_OF: dict[Subject, tuple[str, str]] = {
    Subject.USAGE_LIMITS: ("Set {} usage limits", "CreateUsageLimit"),
    Subject.SCHEDULED_QUERIES: ("Make {} scheduled queries, switched off", "PutTargets CreateSchedule"),
    Subject.ENDPOINTS: ("Make {} managed VPC endpoints", "CreateEndpointAccess"),
    Subject.SNAPSHOTS: ("Make {} snapshot schedules", "CreateScheduledAction"),
}
"""How steps of a subject are told together, and the calls whose things are counted."""

_DATA = (Subject.SOURCE, Subject.DATA, Subject.NAMESPACE, Subject.SNAPSHOT_COPY, Subject.SNAPSHOTS)
"""Subjects whose steps destroy data, where they destroy anything."""

BLOCKED = "It cannot be applied before what stops it is mended."

VALUES = ("on_cluster", "after")
"""The values of a finding that a headline may name."""

_SENTENCE_END = re.compile(r"(?<=[a-z0-9)\]\"']{2})[.:] (?=[A-Z{(])")


@dataclass(frozen=True)
class Line:
    """All findings of one code in a group."""

    code: str
    text: str
    """The first of them in short."""
    count: int = 1


@dataclass(frozen=True)
class Summary:
    """What a person reads before anything else; values and words only, no layout."""

    title: str
    counts: str
    settings: str
    groups: tuple[tuple[Group, tuple[Line, ...]], ...]
    steps: tuple[tuple[str, str], ...]
    """Numbers and words, those of one kind together."""
    known: int
    """Findings that are only good to know, which are counted here."""


def summarize(plan: MigrationPlan, done: Collection[str] = ()) -> Summary:
    """The plan in short. A plan that is stopped tells what stops it and nothing else that is to be done.

    `done` are the steps that a run has behind it, which goes on with the others.
    """
    told = plan.blockers or tuple(found for found in plan.findings if found.group != "know")
    return Summary(
        title=plan.title,
        counts=BLOCKED if plan.blockers else _counts(plan.steps, done),
        settings="" if plan.blockers else _settings(plan.changes),
        groups=tuple((group, lines) for group in GROUPS if (lines := group_lines(told, group))),
        steps=tuple(_steps(plan.steps, done)),
        known=len(plan.findings) - len(told),
    )


def data_lost(plan: MigrationPlan) -> tuple[tuple[str, str], ...]:
    """For each step that destroys data: the namespace or cluster whose data it is, and what is lost."""
    return tuple((_whose(step), step.destroys) for step in plan.steps if step.destroys and step.subject in _DATA)


def _whose(step: Step) -> str:
    arguments, parameters = step.check.reading.arguments, step.call.parameters
    named = arguments.get("namespace_name") or arguments.get("cluster_id") or ""
    return str(parameters.get("namespaceName") or named)


def few_changes(plan: MigrationPlan) -> tuple[SettingChange, ...]:
    """The settings that change, if they are few enough to be read one by one."""
    changing = tuple(change for change in plan.changes if change.action not in AS_IT_IS)
    return changing if len(changing) <= FEW_ROWS and not plan.blockers else ()


def work_left(findings: Iterable[Finding]) -> tuple[tuple[Group, tuple[Line, ...]], ...]:
    """What is left to a person after a run, by group. What was to be decided was, by the approval."""
    told = tuple(findings)
    groups = (group for group in WORK if group not in DECIDED)
    return tuple((group, lines) for group in groups if (lines := group_lines(told, group)))


def next_after(plan: MigrationPlan, migration_id: str | None) -> str:
    """What people do after a run of that plan, in the words that are understood here; nothing after a small one."""
    if not isinstance(plan.request, MigrateCluster):
        return ""
    choices = plan.request.choices
    parts = ["verify the migration (/verify)"]
    parts += ["check the data (/check)"] if choices.data != NO_DATA else []
    if not choices.only or any(step.subject == Subject.SCHEDULED_QUERIES for step in plan.steps):
        parts.append("cut over (/cutover)")
    return "; ".join((*parts, f"to go back: undo migration {migration_id}"))


def brief(message: str) -> str:
    """The first sentence."""
    return _SENTENCE_END.split(visible(message, None), maxsplit=1)[0].rstrip(".")


def cut(text: str, most: int) -> str:
    """The text in at most so many characters, cut between words."""
    return text if len(text) <= most else text[: most - 1].rsplit(" ", 1)[0].rstrip(",;:") + "…"


def duration(seconds: float) -> str:
    """`about 12 minutes`."""
    minutes = max(1, round(seconds / 60))
    return f"about {minutes} minute{'' if minutes == 1 else 's'}"


def headline(findings: Sequence[Finding]) -> str:
    """Findings of one code in one line: that of their kind with their values, else the first sentence of the first."""
    first, form = findings[0], findings[0].kind.headline
    values = {name: _join(getattr(found, name) for found in findings) for name in VALUES}
    missing = any(not value for name, value in values.items() if f"{{{name}}}" in form)
    if not form or missing or first.level == "blocker" or first.on_cluster == UNKNOWN:
        return brief(first.message)
    return form.format_map(values)


def _join(values: Iterable[str | None]) -> str:
    return ", ".join(dict.fromkeys(visible(value) for value in values if value))


def group_lines(findings: Iterable[Finding], group: Group) -> tuple[Line, ...]:
    """The findings of a group, those of one code together."""
    return tuple(Line(code, headline(found), len(found)) for code, found in by_code(findings, group).items())


def by_code(findings: Iterable[Finding], group: Group) -> dict[str, list[Finding]]:
    """The findings of a group by their codes, in the order in which they were found."""
    codes: dict[str, list[Finding]] = {}
    for found in findings:
        if found.group == group:
            codes.setdefault(found.code, []).append(found)
    return codes


def _counts(steps: Sequence[Step], done: Collection[str]) -> str:
    left = [step for step in steps if step.id not in done]
    if not left:
        return "No steps."
    lasting = sum(step.lasts for step in left)
    interrupting = [step.interrupts.rstrip(".") for step in left if step.interrupts]
    waited_s = sum(wait.usually_s for step in left for wait in step.waits)
    parts = [
        f"{len(left)} of {len(steps)} steps left" if done else f"{len(steps)} step{'' if len(steps) == 1 else 's'}",
        f"{lasting} cannot be undone" if lasting else "all can be undone",
        f"interrupts: {'; '.join(dict.fromkeys(interrupting))}" if interrupting else "nothing is interrupted",
        f"usually {duration(waited_s)} of waiting" if waited_s else "no waiting",
    ]
    more = " A restore takes longer with more data." if any(step.subject == Subject.DATA for step in left) else ""
    return ", ".join(parts) + "." + more


def _settings(changes: tuple[SettingChange, ...]) -> str:
    same = sum(change.action in AS_IT_IS for change in changes)
    lost = sum(change.action == "not carried" for change in changes)
    other = len(changes) - same - lost
    parts = [
        f"{same} as on the cluster" if same else "",
        f"{other} set or translated" if other else "",
        f"{lost} not carried" if lost else "",
    ]
    return ", ".join(part for part in parts if part)


def _steps(steps: tuple[Step, ...], done: Collection[str]) -> Iterator[tuple[str, str]]:
    number = 1
    for (subject, is_done), run in groupby(steps, key=lambda step: (step.subject, step.id in done)):
        of_subject, mark = list(run), "done: " if is_done else ""
        words, counted_calls = STEPS_OF.get(subject, ("", ""))
        many = sum(_things(step) for step in of_subject if step.call.operation in counted_calls.split())
        if words and len(of_subject) > FEW_STEPS and many and not any(map(_risk, of_subject)):
            yield f"{number}-{number + len(of_subject) - 1}", mark + words.format(many)
        else:
            for at, step in enumerate(of_subject, start=number):
                yield str(at), f"{mark}{step.summary}{'' if is_done else _risk(step)}"
        number += len(of_subject)


def _risk(step: Step) -> str:
    """What must be known of a step before it is approved."""
    parts = [
        f"destroys: {step.destroys.rstrip('.')}" if step.destroys else "",
        f"interrupts: {step.interrupts.rstrip('.')}" if step.interrupts else "",
        "cannot be undone" if step.lasts else "",
    ]
    told = "; ".join(part for part in parts if part)
    return f" [{told}]" if told else ""


def _things(step: Step) -> int:
    targets = step.call.parameters.get("Targets")
    return len(targets) if isinstance(targets, list) else 1
