"""The way back: what a run did, turned round, last step first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from redshift_migrate.models.base import Json, JsonObject, Unknown, canonical_json
from redshift_migrate.models.dependent import Dependents
from redshift_migrate.models.finding import Finding, Subject
from redshift_migrate.models.plan import Call, Check, Step, Wait, resolve
from redshift_migrate.models.source import RUN_TAG
from redshift_migrate.permissions import iam_actions


def goals_of(done: Iterable[Step], outputs: Mapping[str, Json]) -> tuple[Step, ...]:
    """The inverse of each done step that has one, last step first."""
    backwards = reversed(list(done))
    return tuple(invert(step, step.undo, outputs) for step in backwards if step.undo is not None)


def one_way_steps(done: Sequence[Step]) -> tuple[Step, ...]:
    """The done steps that nothing takes back, not even the undo of another; last step first."""
    gone = {step.id for step in done if step.undo is not None}
    return tuple(step for step in reversed(done) if step.undo is None and step.undone_with not in gone)


def plan_goals(
    goals: Iterable[Step], seen: Mapping[str, JsonObject | None]
) -> tuple[tuple[Step, ...], tuple[Finding, ...]]:
    """The goals that are not reached, and a blocker for each of which the way is not open any more.

    `seen` is what the check of each reads now. What was changed since, or is there and was not made by the run, blocks
    all of it; where several look at one thing, what is there is what the first of them takes back, and the others find
    what it leaves.
    """
    steps: list[Step] = []
    findings: list[Finding] = []
    overlaid: set[str] = set()
    left: dict[str, JsonObject] = {}
    for goal in goals:
        is_overlaid, what = goal.check.place in overlaid, canonical_json(goal.check.reading.as_json())
        overlaid.add(goal.check.place)
        found = _after_others(seen[goal.id], left.get(what, {}))
        looks_anyway = goal.check.whatever_before
        if found == goal.check.after and not goal.is_unseen and not looks_anyway:
            continue
        if is_overlaid or looks_anyway or found == goal.check.before:
            steps.append(goal)
            left[what] = {**left.get(what, {}), **(goal.check.after or {})}
        else:
            findings.append(_tell_move(goal, found))
    return tuple(steps), tuple(findings)


def _after_others(seen: JsonObject | None, left: JsonObject) -> JsonObject | None:
    """What a check will read once the goals before it are reached."""
    return None if seen is None else {name: left.get(name, value) for name, value in seen.items()}


def dependent_findings(steps: Iterable[Step], found: Iterable[Dependents]) -> tuple[Finding, ...]:
    """A blocker for each thing that needs what is to be deleted and that none of the steps takes away itself."""
    own = {canonical_json(step.call.as_json()) for step in steps}
    findings: list[Finding] = []
    for group in found:
        if isinstance(group, Unknown):
            message = f"Whether something else needs what is to be deleted is partly {group.sentence()}."
            findings.append(Finding(level="warning", subject=Subject.SOURCE, setting="dependents", message=message))
            continue
        findings += [
            Finding(
                level="blocker",
                subject=Subject.SOURCE,
                setting="dependents",
                message=f"{one.what} needs {one.of} and was not made by this run, so nothing is undone. If nobody "
                f"needs it any more, remove it and ask again: {one.removal.cli()}",
            )
            for one in group
            if canonical_json(one.removal.as_json()) not in own
        ]
    return tuple(findings)


def way_back(step: Step) -> Check:
    """What shows whether a step still holds: the check that its undo goes by."""
    return step.undo_check or step.check


def invert(step: Step, undo: Call, outputs: Mapping[str, Json]) -> Step:
    """The step that takes `step` back, with every reference filled in from what the run put out."""
    call = _fill(undo, outputs)
    check = _filled_check(way_back(step), outputs)
    return Step(
        id=f"undo.{step.id}",
        subject=step.subject,
        summary=f"Take back: {step.summary}",
        call=call,
        check=Check(reading=check.reading, before=check.after, after=check.before),
        waits=_filled_waits(step.undo_waits or step.waits, outputs),
        guards=_filled_waits(step.undo_guards, outputs),
        no_undo="An undo is not undone; ask for the change again.",
        destroys=_lost(call),
        iam_actions=iam_actions(call.name, call.parameters),
    )


def _fill(call: Call, outputs: Mapping[str, Json]) -> Call:
    return call.model_copy(update={"parameters": resolve(call.parameters, outputs)})


def _filled_check(check: Check, outputs: Mapping[str, Json]) -> Check:
    return check.model_copy(
        update={
            "reading": check.reading.fill(outputs),
            "before": resolve(check.before, outputs),
            "after": resolve(check.after, outputs),
        }
    )


def _filled_waits(waits: Iterable[Wait], outputs: Mapping[str, Json]) -> tuple[Wait, ...]:
    return tuple(wait.model_copy(update={"reading": wait.reading.fill(outputs)}) for wait in waits)


def _lost(call: Call) -> str:
    """What deleting a namespace takes along."""
    if call.operation != "DeleteNamespace":
        return ""
    return (
        f"Every database of namespace {call.parameters['namespaceName']}, whatever was written to it since. Snapshot "
        f"{call.parameters.get('finalSnapshotName')} is taken first and kept."
    )


def _tell_move(goal: Step, found: JsonObject | None) -> Finding:
    is_marked = RUN_TAG in (goal.check.before or {})
    why = (
        f"It does not carry the mark of this run ({canonical_json(found)}), so it counts as not made by this run."
        if is_marked
        else f"It was changed since: {canonical_json(found)} is there now. Set it back or take it away by hand, then "
        "ask again."
    )
    return Finding(level="blocker", subject=goal.subject, setting=goal.id, message=f"Not done: {goal.summary}. {why}")


def one_way_finding(step: Step) -> Finding:
    """What nothing takes back stays, and is told."""
    return Finding(
        level="warning",
        subject=step.subject,
        setting=step.id,
        message=f"Not undone: {step.summary[:1].lower()}{step.summary[1:]}. {step.no_undo}",
    )
