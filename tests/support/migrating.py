"""A migration as a test asks for it: requested, approved as a person would, run, taken back."""

from __future__ import annotations

from typing import Any

from redshift_migrate.migration.running import Outcome
from redshift_migrate.migration.service import MigrationService
from redshift_migrate.models.choices import migration_choices
from redshift_migrate.models.plan import MigrationPlan
from redshift_migrate.models.request import MigrateCluster, PlanRequest, UndoMigration

REGION = "us-east-2"


def request_for(cluster_id: str, *, region: str = REGION, **said: Any) -> MigrateCluster:
    """The request, with the defaults of the tool; `said` is what `migration_choices` takes."""
    return MigrateCluster(region=region, choices=migration_choices(cluster_id, **said))


def approved(service: MigrationService, request: PlanRequest) -> MigrationPlan:
    """The request's plan, approved as a person would."""
    plan = service.prepare(request)
    if not plan.is_empty:
        service.approve(plan.digest, approved_by="tester", channel="program", typed=plan.must_type)
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
