"""A migration as a test asks for it: requested, approved as a person would, run, taken back."""

from __future__ import annotations

from collections.abc import Sequence

from redshift_migrate.migration.running import Outcome
from redshift_migrate.migration.service import MigrationService
from redshift_migrate.models.choices import migration_choices
from redshift_migrate.models.plan import MigrationPlan
from redshift_migrate.models.request import MigrateCluster, PlanRequest, UndoMigration

REGION = "us-east-2"


def request_for(
    cluster_id: str,
    *,
    region: str = REGION,
    namespace_name: str | None = None,
    workgroup_name: str | None = None,
    include: Sequence[str] = (),
    exclude: Sequence[str] = (),
    data: str | None = None,
) -> MigrateCluster:
    """The request, with the defaults of the tool."""
    choices = migration_choices(
        cluster_id,
        namespace_name=namespace_name,
        workgroup_name=workgroup_name,
        include=include,
        exclude=exclude,
        data=data,
    )
    return MigrateCluster(region=region, choices=choices)


def approved(service: MigrationService, request: PlanRequest) -> MigrationPlan:
    """The request's plan, approved as a person would."""
    plan = service.prepare(request)
    if not plan.is_empty:
        service.approve(plan.digest, approved_by="tester", channel="program")
    return plan


def approved_run(service: MigrationService, request: PlanRequest) -> Outcome:
    """Prepare, approve, run."""
    approved(service, request)
    return service.run(request)


def undone(service: MigrationService, outcome: Outcome) -> Outcome:
    """Take that run back."""
    assert outcome.migration_id is not None
    return approved_run(service, UndoMigration(region=outcome.plan.region, migration_id=outcome.migration_id))


def resumed(service: MigrationService, migration_id: str) -> Outcome:
    """Approve what is left of a run, and go on with it."""
    digest = service.journal(migration_id).header.plan_digest
    service.approve(digest, approved_by="tester", channel="program")
    return service.resume(migration_id)


def step_ids(plan: MigrationPlan) -> list[str]:
    """The plan's steps in order."""
    return [step.id for step in plan.steps]
