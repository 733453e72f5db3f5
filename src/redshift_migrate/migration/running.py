"""From an approved plan to what AWS answers: `Runs` write down what may run, `carry_out` does it and leaves a report.

The terminal does both, the endpoint the first half, the durable worker the second.
"""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from pydantic import Field

import redshift_migrate
from redshift_migrate.aws.door import Aws
from redshift_migrate.clock import Clock
from redshift_migrate.errors import ApprovalRequired, JournalMismatch, PlanNotFound, RedshiftMigrateError, StalePlan
from redshift_migrate.migration.approvals import (
    Approvals,
    refuse_blocked,
    require_name,
    require_same_account,
    require_shown,
)
from redshift_migrate.migration.data_checks import data_check_of
from redshift_migrate.migration.executor import Executor, Listener, silent
from redshift_migrate.migration.planning import Planner
from redshift_migrate.migration.stale import what_moved
from redshift_migrate.models.approval import Approval, Consent
from redshift_migrate.models.base import Json, Value
from redshift_migrate.models.journal import Journal, JournalEntry, JournalHeader
from redshift_migrate.models.plan import MigrationPlan
from redshift_migrate.pages.html import run_page
from redshift_migrate.pages.markdown import migration_report
from redshift_migrate.state.store import JournalWriter, KeptReport, Store

LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class Accepted:
    """A plan that is approved and written down as a run. Without an id there is nothing to do."""

    plan: MigrationPlan
    migration_id: str | None = None
    lines: int = 0
    """How many entries the journal has; a run that goes on with more than these is another run."""
    writer: JournalWriter | None = None
    """The run's journal, open as long as the block that it was given to; None when there is nothing to carry out."""


class Outcome(Value):
    """What came of a request to change something."""

    status: Literal["applied", "unchanged"]
    plan: MigrationPlan
    migration_id: str | None = None
    observed: dict[str, Json] = Field(default_factory=dict)
    """What AWS answered when each step was read back, by step id."""
    notes: tuple[str, ...] = ()
    """What did not go at the first try."""
    report: str | None = None
    """Where the page for the change ticket is."""
    page: str | None = None
    """Where the same is as HTML."""


class Runs:
    """Lets approved plans begin, and stopped runs go on. It changes nothing in the account."""

    def __init__(self, aws: Aws, planner: Planner, store: Store, clock: Clock) -> None:
        self._aws, self._planner, self._store, self._clock = aws, planner, store, clock
        self._approvals = Approvals(store, clock)

    @contextlib.contextmanager
    def accept(self, digest: str, consent: Consent | None = None) -> Iterator[Accepted]:
        """Write down that a saved plan is to be run, with the consent given now or one given before.

        A run of that plan which stopped is gone on with. Raises StalePlan when the account has moved since, and
        StateConflict while a run of it is under way.
        """
        saved = self._store.plan(digest)
        refuse_blocked(saved)
        if consent is not None:
            require_shown(self._store, saved, consent)
            require_name(saved, consent)
        stopped = stopped_run(self._store, saved.digest)
        with self._again(stopped, consent) if stopped else self.begin(self.refresh(saved), consent) as accepted:
            yield accepted

    @contextlib.contextmanager
    def begin(self, plan: MigrationPlan, consent: Consent | None = None) -> Iterator[Accepted]:
        """A new run of a plan that was made just now."""
        if plan.is_empty:
            yield Accepted(plan)
            return
        refuse_blocked(plan)
        migration_id = self._new_id(plan)
        approval = self._spent(plan, migration_id, consent)
        with self._store.start_journal(journal_header(plan, migration_id, approval, self._clock.now())) as writer:
            yield Accepted(plan, migration_id, writer=writer)

    @contextlib.contextmanager
    def resume(self, migration_id: str, consent: Consent | None = None) -> Iterator[Accepted]:
        """A run that stopped, if a person approved its plan again."""
        with self._again(self._store.journal(migration_id), consent) as accepted:
            yield accepted

    def refresh(self, saved: MigrationPlan) -> MigrationPlan:
        """The plan, made again. StalePlan if the account has moved since; the old approval is void then."""
        fresh = self._planner.prepare(saved.request)
        if fresh.digest == saved.digest or fresh.is_empty:
            return fresh
        if self._approvals.live(saved.digest) is not None:
            self._store.spend_approval(saved.digest, f"void-{fresh.digest[:12]}")
        moved = what_moved(saved, fresh)
        raise StalePlan(
            f"{saved.title}: since plan {saved.digest[:12]} was made, the account has moved. Nothing was changed. "
            f"What moved: {'; '.join(moved)}.",
            hint=f"Look at the new plan {fresh.digest[:12]} and approve that one.",
            plan_digest=fresh.digest,
            moved=moved,
        )

    @contextlib.contextmanager
    def _again(self, journal: Journal, consent: Consent | None) -> Iterator[Accepted]:
        plan, migration_id = journal.header.plan, journal.migration_id
        if journal.is_finished:
            yield Accepted(plan, migration_id)
            return
        _require_own(self._aws, journal)
        with self._store.open_journal(migration_id) as writer:
            lines = len(writer.read().entries)
            approval = self._spent(plan, f"{migration_id}.{lines}", consent)
            writer.append(JournalEntry(at=self._clock.now(), event="resumed", approval=approval))
            yield Accepted(plan, migration_id, lines + 1, writer)

    def _spent(self, plan: MigrationPlan, run_id: str, consent: Consent | None) -> Approval:
        """The approval that this run takes, so that no other can; one given now does not outlive a failure."""
        if consent is None:
            return self._approvals.spend(plan, run_id)
        self._approvals.grant(plan, consent)
        try:
            return self._approvals.spend(plan, run_id)
        except BaseException:
            self._approvals.withdraw(plan.digest)
            raise

    def _new_id(self, plan: MigrationPlan) -> str:
        """`20261123-154500-1a2b3c`: when, and which plan."""
        name = f"{self._clock.now():%Y%m%d-%H%M%S}-{plan.digest[:6]}"
        taken = self._store.migration_ids()
        again = (f"{name}-{number}" for number in range(2, len(taken) + 3))
        return name if name not in taken else next(other for other in again if other not in taken)


def carry_out(aws: Aws, store: Store, clock: Clock, writer: JournalWriter, listener: Listener = silent) -> Outcome:
    """Run what a journal says was accepted, from where it stands, and leave a page about it, however it ends.

    Raises JournalMismatch for another account or version, ApprovalRequired when nobody approved this run, PlanNotFound
    when there is nothing left to go on with, ApplyError when a step fails.
    """
    journal = writer.read()
    plan = journal.header.plan
    if not journal.is_finished:
        _require_own(aws, journal)
        if not journal.is_approved:
            raise ApprovalRequired(
                f"Migration {journal.migration_id} carries no approval of its plan that held when it began. Nothing "
                "was done.",
                hint=f"Approve its plan: /approve {plan.digest[:12]}",
            )
        try:
            Executor(aws, clock, listener).run(plan, writer)
        except RedshiftMigrateError as error:
            report = keep_report(store, writer.read())
            error.data |= {"report": report.markdown} if report else {}
            raise
    journal = writer.read()
    report = keep_report(store, journal)
    return Outcome(
        status="applied",
        plan=plan,
        migration_id=journal.migration_id,
        observed={step.id: journal.read_back(step.id) for step in plan.steps},
        notes=journal.notes(),
        report=report.markdown if report else None,
        page=report.html if report else None,
    )


def require_same_steps(plan: MigrationPlan, planner: Planner) -> None:
    """StalePlan unless the plan, made again by whoever carries it out, makes the same calls in the same account, and
    PlanBlocked if it cannot be carried out by them.

    Findings may differ: some are about the permissions of whoever made the plan.
    """
    fresh = planner.plan(plan.request)
    refuse_blocked(fresh)
    same = all(getattr(plan, each) == getattr(fresh, each) for each in ("account_id", "partition", "region", "steps"))
    if not same:
        raise StalePlan(
            f"{plan.title}: made again just before it was to be carried out, plan {plan.digest[:12]} has other steps. "
            "Nothing was changed.",
            hint="Ask for the plan again, and look at what it says now.",
            plan_digest=fresh.digest,
            moved=what_moved(plan, fresh),
        )


def stopped_run(store: Store, digest: str) -> Journal | None:
    """The newest run of exactly that plan, if it has not come to its end."""
    newest = next((journal for journal in store.journals() if journal.header.plan_digest == digest), None)
    return None if newest is None or newest.is_finished or newest.was_put_back else newest


def journal_header(plan: MigrationPlan, migration_id: str, approval: Approval, started_at: datetime) -> JournalHeader:
    """The first line of a run's journal."""
    return JournalHeader(
        tool_version=redshift_migrate.__version__,
        migration_id=migration_id,
        started_at=started_at,
        account_id=plan.account_id,
        region=plan.region,
        plan_digest=plan.digest,
        plan=plan,
        approval=approval,
    )


def _require_own(aws: Aws, journal: Journal) -> None:
    """JournalMismatch for a run of another account or version, PlanNotFound for one that took itself back."""
    header = journal.header
    if journal.was_put_back:
        raise PlanNotFound(
            f"Migration {header.migration_id} failed and put back what it had removed, so there is nothing to go on "
            "with.",
            hint="Ask for the change again; it makes a new plan.",
        )
    require_same_account(journal, aws.identity(header.region).account_id)
    if header.tool_version != redshift_migrate.__version__:
        raise JournalMismatch(
            f"Migration {header.migration_id} was begun by version {header.tool_version}, this is "
            f"{redshift_migrate.__version__}. Nothing was done.",
            hint="Finish it with the version that began it.",
        )


def keep_report(store: Store, journal: Journal) -> KeptReport | None:
    """Keep the run's page, as Markdown and as HTML. That it cannot be written changes nothing about what was done."""
    try:
        ticks = store.ticks(journal.header.plan_digest)
        check = data_check_of(store, journal)
        pages = migration_report(journal, ticks, check), run_page(journal, ticks, check)
        return store.save_report(journal.migration_id, *pages)
    except RedshiftMigrateError as error:
        LOG.warning("migration=<%s>, error=<%s> | report not written", journal.migration_id, error.message)
        return None
