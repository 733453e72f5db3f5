"""The service that tools, slash commands, pipe and endpoint call: read, plan, approve, apply, resume, undo."""

from __future__ import annotations

import logging
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Literal

from pydantic import Field

import redshift_migrate
from redshift_migrate.aws.door import Aws, Identity
from redshift_migrate.clock import Clock
from redshift_migrate.errors import (
    ApplyError,
    JournalMismatch,
    PlanNotFound,
    SettingsError,
    StalePlan,
    StateNotWritten,
)
from redshift_migrate.extractors import provisioned
from redshift_migrate.extractors.scheduled_queries import with_role_access
from redshift_migrate.migration.approvals import Approvals, refuse_blocked
from redshift_migrate.migration.context import require_same_context
from redshift_migrate.migration.executor import Executor
from redshift_migrate.migration.planning import Planner
from redshift_migrate.migration.progress import Listener, silent
from redshift_migrate.migration.report import migration_report
from redshift_migrate.migration.status import MigrationStatus, migration_status
from redshift_migrate.migration.verifying import Verification, verify
from redshift_migrate.models.approval import Approval, Channel
from redshift_migrate.models.base import Json, Value
from redshift_migrate.models.cluster import ClusterSummary, ProvisionedClusterConfig
from redshift_migrate.models.finding import Subject
from redshift_migrate.models.journal import Journal, JournalEntry, JournalHeader
from redshift_migrate.models.plan import MigrationPlan, SettingChange
from redshift_migrate.models.regions import RegionCatalog
from redshift_migrate.models.request import MigrateCluster, PlanRequest
from redshift_migrate.models.serverless import ServerlessTarget
from redshift_migrate.observers import serverless
from redshift_migrate.state.store import JournalWriter, Store

LOG = logging.getLogger(__name__)


class Outcome(Value):
    """What came of a request to change something."""

    status: Literal["applied", "unchanged"]
    plan: MigrationPlan
    migration_id: str | None = None
    observed: dict[str, Json] = Field(default_factory=dict)
    """What AWS answered when each step was read back, by step id."""
    report: str | None = None
    """Where the page for the change ticket is."""


class MigrationService:
    """One account, seen through one set of credentials. Every method raises only RedshiftMigrateError."""

    def __init__(
        self,
        *,
        aws: Aws,
        regions: RegionCatalog,
        store: Store,
        clock: Clock | None = None,
        default_region: str | None = None,
        listener: Listener = silent,
        read_only: bool = False,
    ) -> None:
        self._aws, self._regions, self._store = aws, regions, store
        self._clock = clock or Clock()
        self._default_region = default_region
        self._listener = listener
        self._read_only = read_only
        self._approvals = Approvals(store, self._clock)
        self._planner = Planner(aws, regions, store)

    # --- where ---------------------------------------------------------------------------------------

    def region(self, region: str | None = None) -> str:
        """The region meant: the one given, or the default. SettingsError for none, or one that does not exist."""
        name = (region or self._default_region or "").strip().lower()
        if not name:
            raise SettingsError(
                "No region is set. Nothing was called.",
                hint="Name one in the request, or start with --region, or set AWS_REGION.",
            )
        self._regions.require(name)
        self._aws.use_region(name)
        return name

    @property
    def default_region(self) -> str | None:
        """The region used when a request names none."""
        return self._default_region

    def now(self) -> datetime:
        """The present moment, of the clock that the service goes by."""
        return self._clock.now()

    def listen(self, listener: Listener) -> None:
        """From now on tell progress to this listener."""
        self._listener = listener

    # --- read ----------------------------------------------------------------------------------------

    def clusters(self, region: str | None = None, name_contains: str | None = None) -> tuple[ClusterSummary, ...]:
        """The region's clusters, by name."""
        part = (name_contains or "").lower()
        found = provisioned.list_clusters(self._aws, self.region(region))
        return tuple(cluster for cluster in found if part in cluster.cluster_id.lower())

    def cluster(
        self, cluster_id: str, region: str | None = None, sections: Collection[str] | None = None
    ) -> ProvisionedClusterConfig:
        """One cluster, everything read from it, or only what these sections hold."""
        return provisioned.extract_cluster(self._aws, cluster_id, self.region(region), sections)

    def scheduled_queries(self, cluster_id: str, region: str | None = None) -> ProvisionedClusterConfig:
        """One cluster with its scheduled queries, and what their roles may do."""
        return with_role_access(self._aws, self.cluster(cluster_id, region, (Subject.SCHEDULED_QUERIES,)))

    def target(self, namespace_name: str, region: str | None = None) -> ServerlessTarget:
        """One namespace with its workgroup, as it is now."""
        return serverless.observe_namespace(self._aws, namespace_name, self.region(region))

    def namespace_names(self, region: str | None = None) -> tuple[str, ...]:
        """The region's serverless namespaces, by name."""
        return serverless.namespace_names(self._aws, self.region(region))

    def region_names(self) -> tuple[str, ...]:
        """The regions with Redshift Serverless in the default region's partition."""
        partition = self._regions.partition_of(self._default_region or "") or "aws"
        return self._regions.serverless.get(partition, ())

    def identity(self) -> Identity:
        """Who calls, and in which account. SettingsError when no region is set."""
        self.region()
        return self._aws.identity()

    # --- plan and approve ----------------------------------------------------------------------------

    def prepare(self, request: PlanRequest) -> MigrationPlan:
        """Make and save the plan of a request. Changes nothing."""
        self._aws.use_region(request.region)
        plan = self._planner.plan(request)
        if not plan.is_empty:
            self._store.save_plan(plan)
        return plan

    def plan(self, digest: str) -> MigrationPlan:
        """A saved plan, by digest or prefix."""
        return self._store.plan(digest)

    def newest_plan(self) -> MigrationPlan | None:
        """The plan that was saved last."""
        return self._store.newest_plan()

    def approve(self, digest: str, *, approved_by: str, channel: Channel) -> MigrationPlan:
        """Store a person's approval of a saved plan. Call it only from where a person speaks."""
        self._refuse_read_only()
        plan = self._store.plan(digest)
        self._approvals.grant(plan, approved_by=approved_by, channel=channel)
        return plan

    def is_approved(self, plan: MigrationPlan) -> bool:
        """True while a live approval for exactly this plan is stored."""
        return self._approvals.live(plan.digest) is not None

    # --- apply ---------------------------------------------------------------------------------------

    def run(self, request: PlanRequest) -> Outcome:
        """Bring about what the request wants, if a person approved exactly the plan that it gives now."""
        return self._apply(self.prepare(request))

    def apply(self, digest: str) -> Outcome:
        """Apply a saved plan, if it is approved and making it again gives the same plan.

        A run of exactly that plan which stopped is gone on with: its plan is what was shown and approved.
        """
        stopped = stopped_run(self._store, self._store.plan(digest).digest)
        if stopped is not None:
            return self.resume(stopped.migration_id)
        return self._apply(self.refreshed(digest))

    def refreshed(self, digest: str) -> MigrationPlan:
        """The saved plan, made again. StalePlan if the account has moved since."""
        saved = self._store.plan(digest)
        fresh = self.prepare(saved.request)
        if fresh.digest == saved.digest or fresh.is_empty:
            return fresh
        self._store.spend_approval(saved.digest, f"void-{fresh.digest[:12]}")
        what = moved(saved, fresh)
        raise StalePlan(
            f"{saved.title}: since plan {saved.digest[:12]} was made, the account has moved. Nothing was changed. "
            f"What moved: {'; '.join(what)}.",
            hint=f"Look at the new plan {fresh.digest[:12]} and approve that one.",
            plan_digest=fresh.digest,
            moved=what,
        )

    def remaining(self, migration_id: str) -> MigrationPlan:
        """The plan that a resume would go on with; empty when the run is finished."""
        journal = self._store.journal(migration_id)
        plan = journal.header.plan
        return plan.model_copy(update={"steps": ()}) if journal.is_finished else plan

    def resume(self, migration_id: str) -> Outcome:
        """Go on with a run that stopped, if a person approved its plan again."""
        self._refuse_read_only()
        journal = self._store.journal(migration_id)
        if journal.is_finished:
            return Outcome(status="unchanged", plan=journal.header.plan, migration_id=migration_id)
        if journal.was_put_back:
            raise PlanNotFound(
                f"Migration {migration_id} failed and put back what it had removed, so there is nothing to go on with.",
                hint="Ask for the change again; it makes a new plan.",
            )
        self._aws.use_region(journal.header.region)
        require_same_context(journal, self._aws.identity().account_id)
        with self._store.open_journal(migration_id) as writer:
            run_id = f"{migration_id}.{len(writer.read().entries)}"
            approval = self._approvals.spend(journal.header.plan, run_id)
            writer.append(JournalEntry(at=self._clock.now(), event="resumed", approval=approval))
            return self._carried_out(writer)

    def journal(self, migration_id: str) -> Journal:
        """What a run wrote down."""
        return self._store.journal(migration_id)

    def status(self, migration_id: str | None = None) -> MigrationStatus | None:
        """How far a run is, the newest one by default; None when there was none."""
        known = self._store.migration_ids()
        if migration_id is None and not known:
            return None
        journal = self._store.journal(migration_id or known[-1])
        return migration_status(journal, known, self._clock.now())

    def verify(self, request: MigrateCluster) -> Verification:
        """Whether a cluster's serverless side is as it was asked for. Changes nothing."""
        self._aws.use_region(request.region)
        return verify(self._aws, self._planner, self._store, request)

    def migration_ids(self) -> tuple[str, ...]:
        """All runs, oldest first."""
        return self._store.migration_ids()

    def _apply(self, plan: MigrationPlan) -> Outcome:
        if plan.is_empty:
            return Outcome(status="unchanged", plan=plan)
        self._refuse_read_only()
        refuse_blocked(plan)
        migration_id = self.new_migration_id(plan)
        approval = self._approvals.spend(plan, migration_id)
        with self._store.start_journal(journal_header(plan, migration_id, approval, self._clock.now())) as journal:
            return self._carried_out(journal)

    def _carried_out(self, writer: JournalWriter) -> Outcome:
        """Walk the plan of an open journal, and leave a page about it, however it ended."""
        try:
            Executor(self._aws, self._clock, self._listener).run(writer.read().header.plan, writer)
        except ApplyError as error:
            report = self._reported(writer.read())
            if report is not None:
                error.data["report"] = report
            raise
        journal = writer.read()
        return _outcome(journal, self._reported(journal))

    def _reported(self, journal: Journal) -> str | None:
        """Write the page. That it cannot be written changes nothing about what was done."""
        try:
            return self._store.save_report(journal.migration_id, migration_report(journal))
        except StateNotWritten as error:
            LOG.warning("migration=<%s>, error=<%s> | report not written", journal.migration_id, error.message)
            return None

    def new_migration_id(self, plan: MigrationPlan) -> str:
        """`20261123-154500-1a2b3c`: when, and which plan."""
        name = f"{self._clock.now():%Y%m%d-%H%M%S}-{plan.digest[:6]}"
        taken = self._store.migration_ids()
        again = (f"{name}-{number}" for number in range(2, len(taken) + 3))
        return name if name not in taken else next(other for other in again if other not in taken)

    def _refuse_read_only(self) -> None:
        if self._read_only:
            raise SettingsError(
                "This program was started with --read-only, so nothing can be changed.", hint="Start it without."
            )


def stopped_run(store: Store, digest: str) -> Journal | None:
    """The newest run of exactly that plan, if it has not come to its end."""
    for migration_id in reversed(store.migration_ids()):
        try:
            journal = store.journal(migration_id)
        except JournalMismatch:  # one that cannot be read must not stand in the way of all other plans
            LOG.warning("migration=<%s> | journal not readable, passed over", migration_id)
            continue
        if journal.header.plan_digest == digest:
            return None if journal.is_finished or journal.was_put_back else journal
    return None


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


def _outcome(journal: Journal, report: str | None) -> Outcome:
    plan = journal.header.plan
    return Outcome(
        status="applied",
        plan=plan,
        migration_id=journal.migration_id,
        observed={step.id: journal.observed(step.id) for step in plan.steps},
        report=report,
    )


def moved(old: MigrationPlan, new: MigrationPlan) -> list[str]:
    """What differs between two plans of the same request, one line each."""
    lines = _moved_settings(old.changes, new.changes)
    before = {step.id: step for step in old.steps}
    after = {step.id: step for step in new.steps}
    lines += [f"no longer needed: {step.summary}" for step in old.steps if step.id not in after]
    lines += [f"now needed too: {step.summary}" for step in new.steps if step.id not in before]
    lines += [
        f"other than before: {after[step_id].summary}"
        for step_id in before
        if step_id in after and before[step_id] != after[step_id]
    ]
    return lines or ["the findings of the plan"]


def _moved_settings(old: Sequence[SettingChange], new: Sequence[SettingChange]) -> list[str]:
    def told(rows: Sequence[SettingChange], others: Sequence[SettingChange], setting: str) -> str:
        of_it = [row for row in rows if row.setting == setting and row not in others]
        return "; ".join(f"{row.on_cluster or row.now or 'not set'} -> {row.after or 'not set'}" for row in of_it)

    names = dict.fromkeys(row.setting for row in (*old, *new))
    pairs = ((name, told(old, new, name), told(new, old, name)) for name in names)
    return [
        f"{name}: {then or 'nothing'} when the plan was made, {now or 'nothing'} now"
        for name, then, now in pairs
        if then or now
    ]
