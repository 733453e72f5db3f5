"""The way back: what a run did, turned round, last step first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from redshift_migrate.models.base import Json, Unknown, canonical_json
from redshift_migrate.models.dependent import Dependents
from redshift_migrate.models.finding import Finding, Subject
from redshift_migrate.models.plan import Call, Check, Step, Wait, resolved
from redshift_migrate.permissions import iam_actions


def plan_undo(
    done: Iterable[Step], outputs: Mapping[str, Json], observed: Mapping[str, Json]
) -> tuple[tuple[Step, ...], tuple[Finding, ...]]:
    """The inverse of each step that was done and still holds, and a finding for each that has none.

    `observed` is what `way_back(step)` reads now. A step whose value is back already needs no undo, and neither does
    one that goes with another. What is there and was not made by the run, or was changed since, blocks the whole undo.
    """
    steps: list[Step] = []
    findings: list[Finding] = []
    backwards = list(reversed(list(done)))
    gone = {step.id for step in backwards if step.undo is not None}
    overlaid: set[str] = set()
    for step in backwards:
        place = _filled_check(way_back(step), outputs).place
        is_overlaid = place in overlaid  # what is there is what a later step made of it, and that is taken back first
        overlaid.add(place)
        if resolved(way_back(step).before, outputs) == observed.get(step.id):
            continue
        if step.undo is None:
            findings += [] if step.undone_with in gone else [_one_way(step)]
        elif not is_overlaid and resolved(way_back(step).after, outputs) != observed.get(step.id):
            findings.append(_not_ours(step, observed.get(step.id)))
        else:
            steps.append(inverted(step, step.undo, outputs))
    return tuple(steps), tuple(findings)


def dependent_findings(
    done: Iterable[Step], outputs: Mapping[str, Json], found: Iterable[Dependents]
) -> tuple[Finding, ...]:
    """A blocker for each thing that needs what is to be deleted and that none of the done steps made."""
    own = {canonical_json(_filled(step.undo, outputs).as_json()) for step in done if step.undo is not None}
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


def inverted(step: Step, undo: Call, outputs: Mapping[str, Json]) -> Step:
    """The step that takes `step` back, with every reference filled in from what the run put out."""
    call = _filled(undo, outputs)
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


def _filled(call: Call, outputs: Mapping[str, Json]) -> Call:
    return call.model_copy(update={"parameters": resolved(call.parameters, outputs)})


def _filled_check(check: Check, outputs: Mapping[str, Json]) -> Check:
    return check.model_copy(
        update={
            "reading": check.reading.filled(outputs),
            "before": resolved(check.before, outputs),
            "after": resolved(check.after, outputs),
        }
    )


def _filled_waits(waits: Iterable[Wait], outputs: Mapping[str, Json]) -> tuple[Wait, ...]:
    return tuple(wait.model_copy(update={"reading": wait.reading.filled(outputs)}) for wait in waits)


def _lost(call: Call) -> str:
    """What deleting a namespace takes along."""
    if call.operation != "DeleteNamespace":
        return ""
    return (
        f"Every database of namespace {call.parameters['namespaceName']}, whatever was written to it since. Snapshot "
        f"{call.parameters.get('finalSnapshotName')} is taken first and kept."
    )


def _not_ours(step: Step, found: Json) -> Finding:
    why = (
        f"It does not carry the mark of this run ({canonical_json(found)}), so it counts as not made by this run."
        if step.undo_check is not None
        else f"It was changed since: {canonical_json(found)} is there now. Set it back or take it away by hand, then "
        "ask again."
    )
    return Finding(level="blocker", subject=step.subject, setting=step.id, message=f"Not undone: {step.summary}. {why}")


def _one_way(step: Step) -> Finding:
    return Finding(
        level="warning",
        subject=step.subject,
        setting=step.id,
        message=f"Not undone: {step.summary}. {step.no_undo}",
    )
