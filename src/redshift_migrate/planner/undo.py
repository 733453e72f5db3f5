"""The way back: what a run did, turned round, last step first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from redshift_migrate.models.base import Json
from redshift_migrate.models.finding import Finding
from redshift_migrate.models.plan import Call, Check, Step, resolved
from redshift_migrate.permissions import iam_actions


def plan_undo(
    done: Iterable[Step], outputs: Mapping[str, Json], observed: Mapping[str, Json]
) -> tuple[tuple[Step, ...], tuple[Finding, ...]]:
    """The inverse of each step that was done and still holds, and a finding for each that has none.

    `observed` is what `way_back(step)` reads now. A step whose value is back already needs no undo, and neither does
    one that goes with another. What is there and was not made by the run blocks the whole undo.
    """
    steps: list[Step] = []
    findings: list[Finding] = []
    backwards = list(reversed(list(done)))
    gone = {step.id for step in backwards if step.undo is not None}
    for step in backwards:
        if resolved(way_back(step).before, outputs) == observed.get(step.id):
            continue
        if step.undo is None:
            findings += [] if step.undone_with in gone else [_one_way(step)]
        elif step.undo_check is not None and resolved(step.undo_check.after, outputs) != observed.get(step.id):
            findings.append(_not_ours(step, observed.get(step.id)))
        else:
            steps.append(inverted(step, step.undo, outputs))
    return tuple(steps), tuple(findings)


def way_back(step: Step) -> Check:
    """What shows whether a step still holds: the check that its undo goes by."""
    return step.undo_check or step.check


def inverted(step: Step, undo: Call, outputs: Mapping[str, Json]) -> Step:
    """The step that takes `step` back, with every reference filled in from what the run put out."""
    call = _filled(undo, outputs)
    check = way_back(step)
    return Step(
        id=f"undo.{step.id}",
        subject=step.subject,
        summary=f"Take back: {step.summary}",
        call=call,
        check=Check(
            call=_filled(check.call, outputs),
            select=check.select,
            before=resolved(check.after, outputs),
            after=resolved(check.before, outputs),
            absent_codes=check.absent_codes,
        ),
        waits=tuple(
            wait.model_copy(update={"call": _filled(wait.call, outputs)}) for wait in step.undo_waits or step.waits
        ),
        guards=tuple(guard.model_copy(update={"call": _filled(guard.call, outputs)}) for guard in step.undo_guards),
        no_undo="An undo is not undone; ask for the change again.",
        destroys=_lost(call),
        iam_actions=iam_actions(call.name, call.parameters),
    )


def _filled(call: Call, outputs: Mapping[str, Json]) -> Call:
    return call.model_copy(update={"parameters": resolved(call.parameters, outputs)})


def _lost(call: Call) -> str:
    """What deleting a namespace takes along."""
    if call.operation != "DeleteNamespace":
        return ""
    return (
        f"Every database of namespace {call.parameters['namespaceName']}, whatever was written to it since. Snapshot "
        f"{call.parameters.get('finalSnapshotName')} is taken first and kept."
    )


def _not_ours(step: Step, found: Json) -> Finding:
    return Finding(
        level="blocker",
        subject=step.subject,
        setting=step.id,
        message=f"Not undone: {step.summary}. What is there now does not carry the mark of this run ({found}), so it "
        "is not taken for the run's own.",
    )


def _one_way(step: Step) -> Finding:
    return Finding(
        level="warning",
        subject=step.subject,
        setting=step.id,
        message=f"Not undone: {step.summary}. {step.no_undo}",
    )
