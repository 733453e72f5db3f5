"""The plan of an undo: what of a run still holds, whether it is still the run's own, and what leans on it by now."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from redshift_migrate.aws.door import Aws
from redshift_migrate.migration.approvals import require_same_account
from redshift_migrate.migration.dependents import namespace_dependents, workgroup_dependents
from redshift_migrate.migration.migrating import MigrationParts
from redshift_migrate.migration.probing import probe, same
from redshift_migrate.models.base import Json
from redshift_migrate.models.dependent import Dependents
from redshift_migrate.models.journal import Journal
from redshift_migrate.models.plan import Step, resolved
from redshift_migrate.planner.undo import dependent_findings, plan_undo, way_back
from redshift_migrate.planner.workgroup import CREATE_ID as WORKGROUP_ID


def undo(aws: Aws, journal: Journal) -> MigrationParts:
    """The way back of a run. JournalMismatch when the run belongs to another account."""
    require_same_account(journal, aws.identity(journal.header.region).account_id)
    holding, outputs = holding_steps(aws, journal)
    observed = {step.id: probe(aws, way_back(step), outputs).value for step in holding}
    steps, findings = plan_undo(holding, outputs, observed)
    return MigrationParts(
        title=f"Undo migration {journal.migration_id} ({journal.header.plan.title})",
        steps=steps,
        changes=(),
        findings=(*findings, *dependent_findings(holding, outputs, _dependents(aws, steps, outputs))),
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
            if not same(found.value, resolved(step.check.after, outputs)):
                continue
            outputs |= {f"{step_id}/{name}": value for name, value in found.outputs.items()}
        holding.append(step)
    return holding, outputs


def _dependents(aws: Aws, steps: Iterable[Step], outputs: Mapping[str, Json]) -> list[Dependents]:
    """What leans on each workgroup and namespace that these steps delete."""
    found: list[Dependents] = []
    for step in steps:
        call = step.call
        if call.operation == "DeleteWorkgroup":
            arn = str(outputs[f"{WORKGROUP_ID}/workgroup_arn"])
            found += workgroup_dependents(aws, str(call.parameters["workgroupName"]), arn, call.region)
        elif call.operation == "DeleteNamespace":
            found += namespace_dependents(aws, str(call.parameters["namespaceName"]), call.region)
    return found
