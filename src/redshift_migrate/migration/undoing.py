"""The wish of an undo: each step of a run that holds, the other way round."""

from __future__ import annotations

from redshift_migrate.aws.door import Aws
from redshift_migrate.migration.approvals import require_same_account
from redshift_migrate.models.base import Json, same
from redshift_migrate.models.journal import Journal
from redshift_migrate.models.plan import Step, Wish, resolve
from redshift_migrate.observers.readings import probe
from redshift_migrate.planner.undo import goals_of, one_way_finding, one_way_steps


def undo(aws: Aws, journal: Journal) -> Wish:
    """The way back of a run. JournalMismatch when the run belongs to another account."""
    require_same_account(journal, aws.identity(journal.header.region).account_id)
    holding, outputs = holding_steps(aws, journal)
    return Wish(
        title=f"Undo migration {journal.migration_id} ({journal.header.plan.title})",
        goals=goals_of(holding, outputs),
        findings=tuple(
            one_way_finding(step)
            for step in one_way_steps(holding)
            if not same(probe(aws, step.check, outputs).value, resolve(step.check.before, outputs))
        ),
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
