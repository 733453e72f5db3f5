"""From an approval to a run elsewhere: one process accepts an approved plan, another carries it out."""

from __future__ import annotations

from redshift_migrate.aws.door import Aws
from redshift_migrate.clock import Clock
from redshift_migrate.errors import ApprovalRequired, PlanNotFound
from redshift_migrate.migration.approvals import Approvals, refuse_blocked
from redshift_migrate.migration.context import require_same_context
from redshift_migrate.migration.executor import Executor
from redshift_migrate.migration.progress import Listener, silent
from redshift_migrate.migration.service import MigrationService, journal_header, stopped_run
from redshift_migrate.models.approval import Channel
from redshift_migrate.models.base import Value
from redshift_migrate.models.journal import Journal, JournalEntry
from redshift_migrate.models.plan import MigrationPlan
from redshift_migrate.state.store import JournalWriter, Store


class Accepted(Value):
    """An approved plan that is written down and waits to be carried out. Without an id there is nothing to do."""

    plan: MigrationPlan
    migration_id: str | None
    lines: int = 0
    """How many entries the journal has; a run that goes on with more than these is another run."""


def accept(
    service: MigrationService, store: Store, clock: Clock, digest: str, *, approved_by: str, channel: Channel
) -> Accepted:
    """Approve a saved plan and write down that it is to be run; changes nothing in the account.

    A run of that plan which stopped is gone on with. Raises StalePlan when the account has moved since, and
    StateConflict while a run of it is under way.
    """
    stopped = stopped_run(store, store.plan(digest).digest)
    if stopped is not None:
        return _accept_again(service, store, clock, stopped, approved_by=approved_by, channel=channel)
    plan = service.refreshed(digest)
    if plan.is_empty:
        return Accepted(plan=plan, migration_id=None)
    refuse_blocked(plan)
    approvals = Approvals(store, clock)
    service.approve(plan.digest, approved_by=approved_by, channel=channel)
    migration_id = service.new_migration_id(plan)
    approval = approvals.spend(plan, migration_id)
    with store.start_journal(journal_header(plan, migration_id, approval, clock.now())):
        return Accepted(plan=plan, migration_id=migration_id)


def _accept_again(
    service: MigrationService, store: Store, clock: Clock, journal: Journal, *, approved_by: str, channel: Channel
) -> Accepted:
    plan, migration_id = journal.header.plan, journal.migration_id
    with store.open_journal(migration_id) as writer:
        service.approve(plan.digest, approved_by=approved_by, channel=channel)
        lines = len(writer.read().entries)
        approval = Approvals(store, clock).spend(plan, f"{migration_id}.{lines}")
        writer.append(JournalEntry(at=clock.now(), event="resumed", approval=approval))
        return Accepted(plan=plan, migration_id=migration_id, lines=lines + 1)


def carry_out(aws: Aws, clock: Clock, writer: JournalWriter, listener: Listener = silent) -> None:
    """Run what a journal says was accepted, from where it stands.

    Raises JournalMismatch for another account or version, ApprovalRequired when nobody approved this run, PlanNotFound
    when there is nothing left to go on with, ApplyError when a step fails.
    """
    journal = writer.read()
    aws.use_region(journal.header.region)
    require_same_context(journal, aws.identity().account_id)
    if journal.is_finished:
        return
    if journal.was_put_back:
        raise PlanNotFound(
            f"Migration {journal.migration_id} failed and put back what it had removed, so there is nothing to go on "
            "with.",
            hint="Ask for the change again; it makes a new plan.",
        )
    if journal.header.approval.plan_digest != journal.header.plan.digest:
        raise ApprovalRequired(f"Migration {journal.migration_id} carries the approval of another plan.")
    Executor(aws, clock, listener).run(journal.header.plan, writer)
