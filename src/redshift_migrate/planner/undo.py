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

    `observed` is what each step's check reads now: a step whose value is back already needs no undo.
    """
    steps: list[Step] = []
    findings: list[Finding] = []
    for step in reversed(list(done)):
        if resolved(step.check.before, outputs) == observed.get(step.id):
            continue
        if step.undo is None:
            findings.append(_one_way(step))
        else:
            steps.append(inverted(step, step.undo, outputs))
    return tuple(steps), tuple(findings)


def inverted(step: Step, undo: Call, outputs: Mapping[str, Json]) -> Step:
    """The step that takes `step` back, with every reference filled in from what the run put out."""
    call = undo.model_copy(update={"parameters": resolved(undo.parameters, outputs)})
    check = step.check
    return Step(
        id=f"undo.{step.id}",
        subject=step.subject,
        summary=f"Take back: {step.summary}",
        call=call,
        check=Check(
            call=check.call.model_copy(update={"parameters": resolved(check.call.parameters, outputs)}),
            select=check.select,
            before=resolved(check.after, outputs),
            after=resolved(check.before, outputs),
            absent_codes=check.absent_codes,
        ),
        waits=step.undo_waits or step.waits,
        no_undo="An undo is not undone; ask for the change again.",
        iam_actions=iam_actions(call.name, call.parameters),
    )


def _one_way(step: Step) -> Finding:
    return Finding(
        level="warning",
        subject=step.subject,
        setting=step.id,
        message=f"Not undone: {step.summary}. {step.no_undo}",
    )
