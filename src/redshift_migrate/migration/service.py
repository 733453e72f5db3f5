"""The service that tools, slash commands, pipe and endpoint call: read, plan, approve, apply, resume, undo."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from pydantic import ValidationError

from redshift_migrate.assessment.waves import SIDE_BY_SIDE
from redshift_migrate.aws.accounts import Accounts
from redshift_migrate.aws.door import Aws
from redshift_migrate.clock import Clock
from redshift_migrate.errors import (
    ClusterNotFound,
    MigrationNotFound,
    PlanNotFound,
    SettingsError,
)
from redshift_migrate.migration.approvals import Approvals, note_shown, require_same_account
from redshift_migrate.migration.data_checks import HowExactly, check_data, data_check_of
from redshift_migrate.migration.executor import Listener, silent
from redshift_migrate.migration.looking import LookingService
from redshift_migrate.migration.many import Ended, apply_each, tell_apart
from redshift_migrate.migration.planning import Planner
from redshift_migrate.migration.running import (
    Accepted,
    Outcome,
    Runs,
    carry_out,
    keep_report,
    stopped_run,
)
from redshift_migrate.migration.status import MigrationStatus, migration_status, only_stopped
from redshift_migrate.migration.ticking import tick
from redshift_migrate.migration.verifying import verify_cluster, verify_run
from redshift_migrate.migration.waves import order, plan_wave
from redshift_migrate.models.approval import Channel, Consent
from redshift_migrate.models.choices import MigrationChoices, migration_choices
from redshift_migrate.models.cluster import ClusterSummary
from redshift_migrate.models.data import DataCheck, Method
from redshift_migrate.models.fleet import FleetPlan
from redshift_migrate.models.journal import Journal, stopped_of
from redshift_migrate.models.listing import ALL_REGIONS
from redshift_migrate.models.plan import MigrationPlan
from redshift_migrate.models.regions import RegionCatalog, either
from redshift_migrate.models.request import (
    CutOverMigration,
    DecommissionCluster,
    MigrateCluster,
    PlanRequest,
    UndoMigration,
)
from redshift_migrate.models.verification import Verification
from redshift_migrate.observers.target import (
    workgroup_names,
)
from redshift_migrate.state.store import KeptReport, Store

MOST_STATES = 200
"""Runs that are looked at to tell how far the plans of a wave are."""


class MigrationService(LookingService):
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
        simulated: bool = False,
        accounts: Accounts | None = None,
    ) -> None:
        clock = clock or Clock()
        super().__init__(
            aws,
            regions,
            store,
            clock,
            default_region,
            read_only=read_only,
            simulated=simulated,
            accounts=accounts,
        )
        self._listener = listener
        self._approvals = Approvals(store, self._clock)
        self._planner = Planner(aws, regions, store, self._clock)
        self._runs = Runs(aws, self._planner, store, self._clock)
        self._consents: dict[str, Consent] = {}
        """Said to the plan of that digest, and good for the very next run in this process."""

    def listen(self, listener: Listener) -> None:
        """From now on tell progress to this listener."""
        self._listener = listener

    # --- plan and approve ----------------------------------------------------------------------------

    def migration(self, choices: MigrationChoices, region: str | None, *, finds_workgroup: bool) -> MigrateCluster:
        """The request; if asked to, with the workgroup that the namespace has already, where it has one.

        SettingsError names them if it has several.
        """
        where = self.region(region)
        names = workgroup_names(self._aws, choices.namespace_name, where) if finds_workgroup else ()
        if len(names) > 1:
            raise SettingsError(
                f"Namespace {choices.namespace_name} has {len(names)} workgroups. Nothing was changed.",
                hint=f"Name the one that you mean: {either(names)}.",
            )
        chosen = choices.model_copy(update={"workgroup_name": names[0]}) if names else choices
        return MigrateCluster(region=where, choices=chosen)

    def prepare(self, request: PlanRequest) -> MigrationPlan:
        """Make and save the plan of a request. Changes nothing."""
        with self._telling_what_it_is():
            return self._planner.prepare(request)

    def plan(self, digest: str) -> MigrationPlan:
        """A saved plan, by digest or prefix."""
        return self._store.plan(digest)

    def newest_plan(self) -> MigrationPlan | None:
        """The plan that was saved last."""
        return self._store.newest_plan()

    def refresh(self, digest: str) -> MigrationPlan:
        """The saved plan, made again. StalePlan if the account has moved since."""
        return self._runs.refresh(self._store.plan(digest))

    def note_shown(self, plan: MigrationPlan, shown_to: str, channel: Channel) -> None:
        """Our rendering of the plan reached somebody. Call it only from where a plan is drawn for people."""
        note_shown(self._store, self._clock, plan, shown_to, channel)

    def was_shown(self, digest: str) -> bool:
        """True if somebody has seen the plan of exactly that digest."""
        return self._store.showing(digest) is not None

    def note_consent(self, plan: MigrationPlan, consent: Consent) -> None:
        """What a person said to this plan, for the very next run here. Nothing is stored before that run begins."""
        self._refuse_read_only()
        self._consents[plan.digest] = consent

    def withdraw_consent(self) -> None:
        """What was said started no run, and starts none later."""
        self._consents.clear()

    def approve(self, digest: str, *, approved_by: str, channel: Channel, typed: str = "") -> MigrationPlan:
        """Store a person's approval of a saved plan, for a run within the hour. Call it only where a person speaks."""
        self._refuse_read_only()
        plan = self._store.plan(digest)
        self._approvals.grant(plan, Consent(approved_by=approved_by, channel=channel, typed=typed))
        return plan

    def is_approved(self, plan: MigrationPlan) -> bool:
        """True while a live approval for exactly this plan is stored."""
        return self._approvals.live(plan.digest) is not None

    # --- many clusters ---

    def plan_fleet(
        self,
        region: str | None = None,
        filters: Sequence[str] = (),
        left_out: Collection[str] | None = None,
        wave: int | None = None,
    ) -> FleetPlan:
        """The order in which a fleet moves, saved; with the number of a wave, a plan for each of its clusters.

        Nobody approves anything by that: each plan has its own digest. Without `left_out` what was decided stays.
        """
        anew = bool(region or filters) or left_out is not None
        if wave is not None and not anew and (kept := self._store.fleet_plan()):
            return plan_wave(self._store, kept, wave, self._plan_of_wave)
        fleet = self._fleets.look(self._regions_meant(region or ALL_REGIONS), with_addresses=True)
        plan = order(self._store, fleet, filters, left_out)
        return plan if wave is None else plan_wave(self._store, plan, wave, self._plan_of_wave)

    def fleet_plan(self) -> FleetPlan | None:
        """The order that was made last, None if there is none."""
        return self._store.fleet_plan()

    def states_of_plans(self) -> dict[str, str]:
        """By digest how far the run of a plan is."""
        return {run.plan_digest: run.state for run in reversed(self.runs(MOST_STATES))}

    def _plan_of_wave(self, cluster: ClusterSummary) -> MigrationPlan:
        return self.prepare(self.migration(migration_choices(cluster.cluster_id), cluster.region, finds_workgroup=True))

    # --- run -----------------------------------------------------------------------------------------

    def accept(self, digest: str, consent: Consent) -> Accepted:
        """Approve a saved plan and write down that it is to be run, for another to carry out."""
        self._refuse_read_only()
        with self._runs.accept(digest, consent) as accepted:
            return replace(accepted, writer=None)

    def run(self, request: PlanRequest) -> Outcome:
        """Bring about what the request wants, if a person approved exactly the plan that it gives now."""
        plan = self.prepare(request)
        if not plan.is_empty:
            self._refuse_read_only()
        with self._runs.begin(plan, self._consents.pop(plan.digest, None)) as accepted:
            return self._carry_out(accepted)

    def apply(self, digest: str, consent: Consent | None = None) -> Outcome:
        """Apply a saved plan, if it is approved now or was before, and making it again gives the same plan.

        A run of exactly that plan which stopped is gone on with: its plan is what was shown and approved.
        """
        self._refuse_read_only()
        given = consent or self._consents.pop(self._store.plan(digest).digest, None)
        with self._runs.accept(digest, given) as accepted:
            return self._carry_out(accepted)

    def apply_each(
        self, digests: Sequence[str], consent: Consent | None = None, at_once: int = SIDE_BY_SIDE
    ) -> tuple[Ended, ...]:
        """Apply several saved plans, so many side by side, each a run of its own with its own approval and journal.

        One that fails, or that nobody approved, stops none of the others. SettingsError for a plan that is named twice.
        """
        self._refuse_read_only()
        plans = [self._store.plan(digest) for digest in digests]
        if len({plan.digest for plan in plans}) < len(plans):
            raise SettingsError("A plan is named twice. Nothing was approved, and nothing was changed.")

        def apply(plan: MigrationPlan) -> Outcome:
            given = consent or self._consents.pop(plan.digest, None)
            with self._runs.accept(plan.digest, given) as accepted:
                return self._carry_out(accepted, tell_apart(self._listener, plan))

        return apply_each(plans, apply, at_once)

    def resume(self, migration_id: str) -> Outcome:
        """Go on with a run that stopped, if a person approved its plan again."""
        self._refuse_read_only()
        given = self._consents.pop(self._store.journal(migration_id).header.plan_digest, None)
        with self._runs.resume(migration_id, given) as accepted:
            return self._carry_out(accepted)

    def remaining(self, migration_id: str) -> MigrationPlan:
        """The plan that a resume would go on with; empty when the run is finished."""
        journal = self._store.journal(migration_id)
        plan = journal.header.plan
        return plan.model_copy(update={"steps": ()}) if journal.is_finished else plan

    def _carry_out(self, accepted: Accepted, listener: Listener | None = None) -> Outcome:
        if accepted.writer is None:
            return Outcome(status="unchanged", plan=accepted.plan, migration_id=accepted.migration_id)
        return carry_out(self._aws, self._store, self._clock, accepted.writer, listener or self._listener)

    def _refuse_read_only(self) -> None:
        if self._read_only:
            raise SettingsError(
                "This program was started with --read-only, so nothing can be changed.", hint="Start it without."
            )

    # --- runs, afterwards ----------------------------------------------------------------------------

    def journal(self, migration_id: str) -> Journal:
        """What a run wrote down."""
        return self._store.journal(migration_id)

    def status(self, migration_id: str | None = None) -> MigrationStatus | None:
        """How far a run is, the newest one by default; None when there was none."""
        journal = self._store.journal(migration_id) if migration_id else next(self._store.journals(), None)
        return migration_status(journal, self._store.migration_ids(), self._clock.now()) if journal else None

    def runs(self, most: int) -> tuple[MigrationStatus, ...]:
        """How far the newest runs are, so many at most, the newest first."""
        known, now = self._store.migration_ids(), self._clock.now()
        return tuple(migration_status(journal, known, now) for journal in self._store.journals(most))

    def verify(self, request: MigrateCluster) -> Verification:
        """Whether a cluster's serverless side is as it was asked for. Changes nothing in the account.

        The two names may stand either way round, where the account knows the first as a namespace's alone.
        """
        account_id, choices = self._aws.identity(request.region).account_id, request.choices
        try:
            with self._telling_what_it_is():
                return verify_cluster(self._planner, self._store, request, account_id)
        except ClusterNotFound as error:
            turned = {"cluster_id": choices.namespace_name, "namespace_name": choices.cluster_id}
            names = [cluster.cluster_id for cluster in self.clusters(request.region)]
            if not error.data.get("is_namespace") or choices.namespace_name not in names:
                raise
        found = workgroup_names(self._aws, choices.cluster_id, request.region)
        turned["workgroup_name"] = found[0] if len(found) == 1 else choices.cluster_id
        again = request.model_copy(update={"choices": choices.model_copy(update=turned)})
        return verify_cluster(self._planner, self._store, again, account_id)

    def verify_run(self, migration_id: str | None = None) -> Verification | None:
        """The same for what a run of any kind was about; None when there was none.

        Without an id it is the newest run that moved a whole cluster, or else the newest. JournalMismatch for a run in
        another account.
        """
        journal = self._store.journal(migration_id) if migration_id else self._newest_run()
        if journal is None:
            return None
        require_same_account(journal, self._aws.identity(journal.header.region).account_id)
        return verify_run(self._planner, self._store, journal)

    def _newest_run(self) -> Journal | None:
        journals = list(self._store.journals())
        moved = (one for one in journals if isinstance(one.header.plan.request, MigrateCluster))
        return next(moved, journals[0] if journals else None)

    def check_data(
        self,
        migration_id: str | None = None,
        cluster_id: str | None = None,
        namespace_name: str | None = None,
        region: str | None = None,
        method: Method = "estimates",
        up_to_rpu_seconds: int | None = None,
    ) -> DataCheck:
        """Whether the data of a run, or of a cluster and a namespace, is on serverless; by default the newest run's.

        Reads only. Every row is counted only where so much may be spent on serverless; without it the cost is told.
        MigrationNotFound where there was no run, SettingsError for one that moved no data.
        """
        how = HowExactly(method, up_to_rpu_seconds)
        if cluster_id and namespace_name:
            choices = migration_choices(cluster_id, namespace_name=namespace_name)
            request = self.migration(choices, region, finds_workgroup=True)
            return self._compare_data(request, self._run_of(request), how)
        journal = self._run_meant(migration_id)
        asked = journal.header.plan.request
        if not isinstance(asked, MigrateCluster):
            raise SettingsError(
                f"Migration {journal.migration_id} moved no cluster, so there is no data to compare.",
                hint="Name the run that did: /status lists them.",
            )
        require_same_account(journal, self._aws.identity(asked.region).account_id)
        return self._compare_data(asked, journal, how)

    def _compare_data(self, request: MigrateCluster, journal: Journal | None, how: HowExactly) -> DataCheck:
        found = check_data(self._aws, self._store, self._clock, self._prices, request, journal, how)
        if journal is not None:
            keep_report(self._store, journal)
        return found

    def _run_of(self, request: MigrateCluster) -> Journal | None:
        """The newest run that moved that cluster there."""
        wanted = (request.region, request.choices.cluster_id, request.choices.namespace_name)
        for journal in self._store.journals():
            asked = journal.header.plan.request
            if not isinstance(asked, MigrateCluster):
                continue
            if (asked.region, asked.choices.cluster_id, asked.choices.namespace_name) == wanted:
                return journal
        return None

    def data_check_of(self, migration_id: str | None = None) -> DataCheck | None:
        """What the last comparison of a run's data found; None where there was none."""
        journal = self._store.journal(migration_id) if migration_id else self._newest_run()
        return data_check_of(self._store, journal) if journal else None

    def plan_undo(self, migration_id: str | None = None) -> MigrationPlan:
        """The saved plan that takes back what a run made, by default the newest. MigrationNotFound for none."""
        header = self._run_meant(migration_id).header
        return self.prepare(UndoMigration(region=header.region, migration_id=header.migration_id))

    def plan_cut_over(self, migration_id: str | None = None, *, fresh_data: bool = False) -> MigrationPlan:
        """The saved plan that leads all of a run's cluster to serverless, by default the newest migration's.

        With fresh data what writes by schedule is off first, and the databases are restored anew.
        """
        header = self._run_meant(migration_id).header
        request = CutOverMigration(region=header.region, migration_id=header.migration_id, fresh_data=fresh_data)
        return self.prepare(request)

    def plan_decommission(
        self,
        cluster_id: str,
        quiet_days: int | None = None,
        snapshot_retention_days: int | None = None,
        region: str | None = None,
    ) -> MigrationPlan:
        """The saved plan that pauses a cluster nobody needs any more, or deletes it after its quiet days."""
        asked = {"quiet_days": quiet_days, "snapshot_retention_days": snapshot_retention_days}
        try:
            request = DecommissionCluster(
                region=self.region(region),
                cluster_id=cluster_id.strip().lower(),
                **{name: value for name, value in asked.items() if value is not None},
            )
        except ValidationError as error:
            raise SettingsError(
                "The quiet days are 1 to 365, and the last snapshot is kept for 1 to 3,653 days, or indefinitely. "
                "Nothing was changed."
            ) from error
        return self.prepare(request)

    def _run_meant(self, migration_id: str | None) -> Journal:
        journal = self._store.journal(migration_id) if migration_id else self._newest_run()
        if journal is None:
            raise MigrationNotFound("No migration has been started with this state folder. Nothing was changed.")
        return journal

    def checklist(self, name: str | None = None) -> tuple[MigrationPlan, tuple[str, ...]]:
        """A plan, by its digest or a run of it, and the codes of its checklist that are done; by default the newest."""
        plan = self._plan_meant(name)
        return plan, self._store.ticks(plan.digest)

    def tick(self, code: str, name: str | None = None, *, is_done: bool = True) -> MigrationPlan:
        """Mark what is done, or is not after all. SettingsError for a code that is not on the checklist."""
        plan, done = self.checklist(name)
        self._store.save_ticks(tick(plan, done, code, is_done=is_done))
        for journal in self._store.journals():
            if journal.header.plan_digest == plan.digest:
                keep_report(self._store, journal)
        return plan

    def report(self, migration_id: str | None = None) -> tuple[KeptReport, str]:
        """Where a run's page is, and what it says; by default the newest run's.

        It is written anew from the journal: whoever wrote it last may have been killed since, or before.
        """
        journal = self._run_meant(migration_id)
        keep_report(self._store, journal)
        return self._store.report(journal.migration_id)

    def steps_done(self, digest: str) -> tuple[str, ...]:
        """What a run of exactly that plan, which stopped, has behind it."""
        journal = stopped_run(self._store, digest)
        return journal.done_steps() if journal is not None else ()

    def stopped_run(self, migration_id: str | None = None) -> MigrationStatus:
        """A run that stopped; without an id the only one. SettingsError names them when there are several."""
        known, now = self._store.migration_ids(), self._clock.now()
        if migration_id:
            return migration_status(self._store.journal(migration_id), known, now)
        stopped = stopped_of(list(self._store.journals()))
        return only_stopped([migration_status(journal, known, now) for journal in stopped])

    def _plan_meant(self, name: str | None) -> MigrationPlan:
        if name:
            return self._store.journal(name).header.plan if "-" in name else self._store.plan(name)
        run = self._newest_run()
        plan = run.header.plan if run is not None else self._store.newest_plan()
        if plan is None:
            raise PlanNotFound("No plan has been saved yet.", hint="Ask for a change; it is planned first.")
        return plan

    def migration_ids(self) -> tuple[str, ...]:
        """All runs, oldest first."""
        return self._store.migration_ids()
