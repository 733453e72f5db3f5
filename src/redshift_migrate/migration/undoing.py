"""The wish of an undo: each step of a run that holds, the other way round."""

from __future__ import annotations

from collections.abc import Sequence

from redshift_migrate.aws.door import Aws
from redshift_migrate.errors import PlanBlocked
from redshift_migrate.migration.approvals import require_same_account
from redshift_migrate.models.base import Json, same
from redshift_migrate.models.finding import Finding
from redshift_migrate.models.journal import Journal, cut_over_of, holding_of
from redshift_migrate.models.plan import Step, Wish, resolve
from redshift_migrate.models.request import UndoMigration
from redshift_migrate.observers.readings import probe
from redshift_migrate.planner.undo import goals_of, one_way_finding, one_way_steps
from redshift_migrate.state.store import Store
from redshift_migrate.translators.translation import cite


def undo(aws: Aws, store: Store, request: UndoMigration) -> Wish:
    """The way back of a run. JournalMismatch when the run belongs to another account.

    PlanBlocked while a cut-over of it holds, unless that is to be undone before it in the same plan.
    """
    journal = store.journal(request.migration_id)
    require_same_account(journal, aws.identity(journal.header.region).account_id)
    cut_overs = _cut_overs_of(store, journal)
    if cut_overs and not request.with_cut_over:
        raise _cut_over_holds(journal, cut_overs)
    undone = (*cut_overs, journal)
    beyond = f", and before it {cite(each.migration_id for each in cut_overs)}" if cut_overs else ""
    parts = [_way_back(aws, each) for each in undone]
    return Wish(
        title=f"Undo migration {journal.migration_id} ({journal.header.plan.title}){beyond}",
        goals=tuple(goal for goals, _ in parts for goal in goals),
        findings=tuple(finding for _, findings in parts for finding in findings),
    )


def _way_back(aws: Aws, journal: Journal) -> tuple[tuple[Step, ...], tuple[Finding, ...]]:
    holding, outputs = holding_steps(aws, journal)
    findings = tuple(
        one_way_finding(step)
        for step in one_way_steps(holding)
        if not same(probe(aws, step.check, outputs).value, resolve(step.check.before, outputs))
    )
    return goals_of(holding, outputs), findings


def _cut_overs_of(store: Store, journal: Journal) -> tuple[Journal, ...]:
    """The runs that cut the migration over and were not undone, the newest first."""
    return tuple(
        each
        for each in holding_of(list(store.journals()))
        if cut_over_of(each) == journal.migration_id and each.entries
    )


def _cut_over_holds(journal: Journal, cut_overs: Sequence[Journal]) -> PlanBlocked:
    names = cite(each.migration_id for each in cut_overs)
    return PlanBlocked(
        f"Migration {journal.migration_id} was cut over by {names}: clients and schedules are led to what it made. "
        "Nothing was changed.",
        hint=f"Undo {cut_overs[0].migration_id} first; or both in one plan: undo migration {journal.migration_id} with "
        "its cut-over.",
        cut_overs=[each.migration_id for each in cut_overs],
    )


def holding_steps(aws: Aws, journal: Journal) -> tuple[list[Step], dict[str, Json]]:
    """The steps that an undo is about, with what they put out: the done ones, and those that turn out to be.

    A process that dies between a call and its line in the journal leaves a step that happened and is not known to be
    done. Leaving it out could undo half of a pair.
    """
    done, outputs = set(journal.done_steps()), journal.outputs()
    holding: list[Step] = []
    for step_id in journal.attempted_steps():
        step = journal.header.plan.step(step_id)
        if step_id not in done:
            found = probe(aws, step.check, outputs)
            if not same(found.value, resolve(step.check.after, outputs)):
                continue
            outputs |= {f"{step_id}/{name}": value for name, value in found.outputs.items()}
        holding.append(step)
    return holding, outputs
