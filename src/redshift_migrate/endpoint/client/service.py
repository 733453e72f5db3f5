"""What the terminal's commands ask of the migration service, asked of an endpoint instead."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Sequence
from functools import partial
from urllib.parse import quote, urlencode

from redshift_migrate.clock import Clock
from redshift_migrate.endpoint.client.http import HttpClient
from redshift_migrate.endpoint.client.remembered import Remembered
from redshift_migrate.endpoint.wire import (
    APPROVALS,
    CLUSTERS,
    MIGRATIONS,
    NAMESPACES,
    PLANS,
    WHOAMI,
    ApprovalRequired,
    ClustersAnswer,
    MigrationAnswer,
    MigrationsAnswer,
    NamespacesAnswer,
    PlaceAnswer,
    ReportAnswer,
    VerificationAnswer,
)
from redshift_migrate.errors import (
    ApplyError,
    JournalMismatch,
    MigrationNotFound,
    PlanNotFound,
    RedshiftMigrateError,
    SettingsError,
)
from redshift_migrate.migration.approvals import note_shown, require_name, require_shown
from redshift_migrate.migration.executor import Listener, Progress, silent
from redshift_migrate.migration.many import Ended, end_of, side_by_side
from redshift_migrate.migration.running import Outcome
from redshift_migrate.migration.status import MigrationStatus, only_stopped
from redshift_migrate.migration.ticking import tick
from redshift_migrate.models.approval import Channel, Consent
from redshift_migrate.models.cluster import ClusterSummary
from redshift_migrate.models.cost import Estimate
from redshift_migrate.models.data import Connection, DataCheck, Method
from redshift_migrate.models.fleet import Fleet, FleetPlan
from redshift_migrate.models.listing import ALL_REGIONS, Everywhere
from redshift_migrate.models.place import Place
from redshift_migrate.models.plan import MigrationPlan
from redshift_migrate.models.regions import Identity
from redshift_migrate.models.snapshot import Snapshots
from redshift_migrate.models.verification import Verification
from redshift_migrate.state.store import KeptReport, Store

POLL_FIRST_S, POLL_LONGEST_S = 0.3, 10.0


class RemoteService:
    """Plans, approvals and runs of one caller at one endpoint."""

    def __init__(
        self,
        http: HttpClient,
        remembered: Remembered,
        session: str,
        store: Store,
        connect: Callable[[str], HttpClient],
        *,
        read_only: bool = False,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._http, self._remembered, self._session = http, remembered, session
        self._connect = connect
        self._store, self._clock = store, Clock()
        """What was shown on this machine: that the endpoint has shown a plan to its caller proves nothing about it."""
        self._read_only, self._sleep = read_only, sleep
        self._listener: Listener = silent
        self._place: Place | None = None

    # --- where ---------------------------------------------------------------------------------------

    def place(self) -> Place:
        """What the endpoint works on; asked once."""
        if self._place is None:
            self._place = self._http.ask_for(PlaceAnswer, "GET", self._of_session(WHOAMI))
        return self._place

    def named_place(self) -> Place:
        """The same; what the account is called is not known here."""
        return self.place()

    @property
    def default_region(self) -> str | None:
        """The endpoint's own."""
        return self.place().region

    def region(self, region: str | None = None) -> str:
        """The endpoint's own. SettingsError for another one: that is named in a request."""
        here = self.place().region
        if region and region != here:
            raise SettingsError(
                f"The endpoint's default region is {here}, and only its deployment can change that.",
                hint=f"Name the region in the request: … in {region}.",
            )
        return str(here)

    def region_names(self) -> tuple[str, ...]:
        """Only the endpoint's own is known here."""
        here = self.place().region
        return (here,) if here else ()

    def identity(self) -> Identity:
        """The account of the endpoint, and the role in whose name it reads there."""
        place = self.place()
        if place.account_id is None or place.arn is None:
            raise SettingsError("The endpoint could not find out which account it works on.")
        return Identity(account_id=place.account_id, arn=place.arn, partition=place.arn.split(":")[1])

    def clusters(self, region: str | None = None, name_contains: str | None = None) -> tuple[ClusterSummary, ...]:
        """The clusters of the endpoint's region, by name."""
        path = self._of_session(CLUSTERS, region=region, name_contains=name_contains)
        return self._http.ask_for(ClustersAnswer, "GET", path).clusters

    def clusters_everywhere(self, name_contains: str | None = None) -> Everywhere:
        """The clusters of every region that the endpoint can read."""
        path = self._of_session(CLUSTERS, region=ALL_REGIONS, name_contains=name_contains)
        found = self._http.ask_for(ClustersAnswer, "GET", path)
        return Everywhere(clusters=found.clusters, unreadable=found.unreadable, regions_read=found.regions_read)

    def namespace_names(self, region: str | None = None) -> tuple[str, ...]:
        """The serverless namespaces of the endpoint's region, by name."""
        path = self._of_session(NAMESPACES, region=region)
        return self._http.ask_for(NamespacesAnswer, "GET", path).namespaces

    # --- runs ----------------------------------------------------------------------------------------

    def fleet(self, region: str | None = None) -> Fleet:
        """SettingsError: the readiness of many clusters is asked for in words there."""
        raise _only_in_words("The readiness of many clusters", "how ready are my clusters?")

    def fleet_plan(self) -> FleetPlan | None:
        """Waves are kept at the endpoint, and asked for in words."""
        return None

    def plan_fleet(
        self,
        region: str | None = None,
        filters: Sequence[str] = (),
        left_out: Collection[str] | None = None,
        wave: int | None = None,
    ) -> FleetPlan:
        """SettingsError: waves are asked for in words there."""
        raise _only_in_words("The order of a fleet", "plan the waves")

    def estimate_cost(
        self,
        cluster_id: str,
        region: str | None = None,
        base_capacity_rpu: int | None = None,
        max_capacity_rpu: int | None = None,
        *,
        by_queries: bool = False,
    ) -> Estimate:
        """SettingsError: costs are asked for in words there."""
        raise _only_in_words("The cost of a cluster", f"what does {cluster_id} cost?")

    def estimates(self) -> tuple[Estimate, ...]:
        """They are kept at the endpoint."""
        return ()

    def check_data(
        self, migration_id: str | None = None, *, method: Method = "estimates", up_to_rpu_seconds: int | None = None
    ) -> DataCheck:
        """SettingsError: data is compared in words there."""
        raise _only_in_words("A comparison of data", "is the data there?")

    def data_check_of(self, migration_id: str | None = None) -> DataCheck | None:
        """It is kept at the endpoint."""
        return None

    def connections(
        self, cluster_id: str | None = None, workgroup_name: str | None = None, region: str | None = None
    ) -> tuple[Connection, ...]:
        """SettingsError: who connects is asked in words there."""
        raise _only_in_words("Who connects", f"who connects to {cluster_id or workgroup_name}?")

    def snapshots(
        self, cluster_id: str | None = None, namespace_name: str | None = None, region: str | None = None
    ) -> Snapshots:
        """SettingsError: snapshots are asked for in words there."""
        raise _only_in_words("A list of snapshots", f"list the snapshots of {cluster_id or namespace_name}")

    def estimate_of(self, plan: MigrationPlan) -> Estimate | None:
        """It is kept at the endpoint."""
        return None

    def states_of_plans(self) -> dict[str, str]:
        """Waves are kept at the endpoint, and so are the states of their plans."""
        return {}

    def migration_ids(self) -> tuple[str, ...]:
        """The runs that were started from this machine, oldest first."""
        return self._remembered.runs()

    def verify_run(self, migration_id: str | None = None) -> Verification | None:
        """Whether what a run asked for is still so, read from AWS by the endpoint."""
        name = migration_id or self._remembered.newest_run()
        if not name:
            return None
        found = self._http.ask_for(VerificationAnswer, "GET", self._of_run(name, "/verification")).verification
        if found is not None and found.plan_digest:
            self._remembered.remember(self._session_of_run(name), plan_digest=found.plan_digest)
        return found

    def plan_undo(self, migration_id: str | None = None) -> MigrationPlan:
        """The plan that takes back what a run made, saved at the endpoint."""
        return self._make_plan("undo", migration_id)

    def plan_cut_over(self, migration_id: str | None = None, *, fresh_data: bool = False) -> MigrationPlan:
        """The plan that leads everything from a run's cluster to serverless, saved at the endpoint."""
        if fresh_data:
            raise _only_in_words("A cut-over with fresh data", "cut over with fresh data")
        return self._make_plan("cut_over", migration_id)

    def plan_decommission(
        self,
        cluster_id: str,
        quiet_days: int | None = None,
        snapshot_retention_days: int | None = None,
        region: str | None = None,
    ) -> MigrationPlan:
        """SettingsError: the end of a cluster is planned in words there."""
        raise _only_in_words("The end of a cluster", f"decommission {cluster_id}")

    def _make_plan(self, kind: str, migration_id: str | None) -> MigrationPlan:
        name = self._run_meant(migration_id)
        session = self._session_of_run(name)
        asked = {"session": session, "kind": kind, "migration_id": name}
        plan = require_plan(self._http.ask_for(ApprovalRequired, "POST", PLANS, asked))
        self._remembered.remember(session, plan_digest=plan.digest)
        return plan

    def report(self, migration_id: str | None = None) -> tuple[KeptReport, str]:
        """The page of a run, which the endpoint keeps."""
        name = self._run_meant(migration_id)
        answer = self._http.ask_for(ReportAnswer, "GET", self._of_run(name, "/report"))
        return KeptReport(f"report {name} of the endpoint", ""), answer.markdown

    def steps_done(self, digest: str) -> tuple[str, ...]:
        """What the last run started from this machine has behind it, if it was of that plan and stopped."""
        try:
            run = self.status()
        except MigrationNotFound:  # the endpoint has forgotten it; a plan is shown all the same
            return ()
        stopped = run is not None and run.plan_digest == digest and run.state == "stopped or running"
        return run.steps_done if run is not None and stopped else ()

    def stopped_run(self, migration_id: str | None = None) -> MigrationStatus:
        """A run that stopped; without an id the only one of this session."""
        if migration_id:
            return self._status_of(migration_id)
        answer = self._http.ask_for(MigrationsAnswer, "GET", self._of_session(MIGRATIONS))
        return only_stopped([run for run in answer.migrations if run.stopped_because])

    def _run_meant(self, migration_id: str | None) -> str:
        name = migration_id or self._remembered.newest_run()
        if not name:
            raise MigrationNotFound("No migration has been started from this machine at this endpoint.")
        return name

    def _session_of_run(self, migration_id: str) -> str:
        return self._remembered.session_of(migration_id=migration_id) or self._session

    def _of_run(self, migration_id: str, what: str = "") -> str:
        """The address of a run, or of something of it."""
        return f"{MIGRATIONS}/{quote(migration_id, safe='')}{what}?session={self._session_of_run(migration_id)}"

    def _of_session(self, path: str, **asked: str | None) -> str:
        """The address of something of this session."""
        return f"{path}?{urlencode({'session': self._session} | {k: v for k, v in asked.items() if v})}"

    # --- plans ---------------------------------------------------------------------------------------

    def checklist(self, name: str | None = None) -> tuple[MigrationPlan, tuple[str, ...]]:
        """A plan of the endpoint, and what of its checklist is done; that is kept on this machine."""
        run = self.status(name) if name is None or "-" in name else None
        digest = run.plan_digest if run is not None else name
        plan = self.plan(digest) if digest else self.newest_plan()
        if plan is None:
            raise PlanNotFound("No plan was made from this machine yet.", hint="Ask for a change; it is planned first.")
        return plan, self._store.ticks(plan.digest)

    def tick(self, code: str, name: str | None = None, *, is_done: bool = True) -> MigrationPlan:
        """Mark what is done, or is not after all, on this machine."""
        plan, done = self.checklist(name)
        self._store.save_ticks(tick(plan, done, code, is_done=is_done))
        return plan

    def listen(self, listener: Listener) -> None:
        """From now on tell progress to this listener."""
        self._listener = listener

    def plan(self, digest: str) -> MigrationPlan:
        """A plan saved at the endpoint."""
        return require_plan(self._waiting(digest))

    def _waiting(self, digest: str) -> ApprovalRequired:
        session = self._remembered.session_of(plan_digest=digest) or self._session
        return self._http.ask_for(ApprovalRequired, "GET", f"{PLANS}/{digest}?session={session}")

    def newest_plan(self) -> MigrationPlan | None:
        """The plan that was last made from this machine."""
        digest = self._remembered.newest_plan()
        return self.plan(digest) if digest else None

    def apply(self, digest: str, consent: Consent | None = None) -> Outcome:
        """Approve the plan at the endpoint, in the caller's signed name, and watch its run to the end."""
        return self._watch_to_end(*self._accept(digest, consent))

    def apply_each(self, digests: Sequence[str], consent: Consent | None = None, at_once: int = 0) -> tuple[Ended, ...]:
        """Approve several plans, each of which becomes a durable run of its own, and watch them to their ends."""
        plans = [self.plan(digest) for digest in digests]
        begun = side_by_side([partial(self._accept, plan.digest, consent) for plan in plans], 1)
        ends = [each if isinstance(each, RedshiftMigrateError) else self._end_of(*each) for each in begun]
        return tuple(end_of(plan, end) for plan, end in zip(plans, ends, strict=True))

    def _end_of(self, plan: MigrationPlan, migration_id: str | None) -> Outcome | RedshiftMigrateError:
        try:
            return self._watch_to_end(plan, migration_id)
        except RedshiftMigrateError as error:
            return error

    def _accept(self, digest: str, consent: Consent | None) -> tuple[MigrationPlan, str | None]:
        if self._read_only:
            raise SettingsError("This program was started with --read-only, so nothing can be changed.")
        waiting = self._waiting(digest)
        plan = require_plan(waiting)
        if consent is not None:
            require_shown(self._store, plan, consent)
            require_name(plan, consent)
        session = self._remembered.session_of(plan_digest=digest) or self._session
        approver = self._connect(waiting.approve_at) if waiting.approve_at else self._http
        typed = {"typed": consent.typed} if consent is not None and consent.typed else {}
        answer = approver.ask("POST", APPROVALS, {"session": session, "digest": plan.digest, **typed})
        migration_id = answer.get("migration_id")
        if not migration_id:
            return plan, None
        self._remembered.remember(session, migration_id=str(migration_id))
        return plan, str(migration_id)

    def _watch_to_end(self, plan: MigrationPlan, migration_id: str | None) -> Outcome:
        if migration_id is None:
            return Outcome(status="unchanged", plan=plan)
        done = self._watch(migration_id, plan)
        return Outcome(status="applied", plan=plan, migration_id=done.migration_id, observed=done.observed)

    def note_shown(self, plan: MigrationPlan, shown_to: str, channel: Channel) -> None:
        """Our rendering of the plan reached somebody here."""
        note_shown(self._store, self._clock, plan, shown_to, channel)

    def was_shown(self, digest: str) -> bool:
        """True if somebody here has seen the plan of exactly that digest."""
        return self._store.showing(digest) is not None

    def status(self, migration_id: str | None = None) -> MigrationStatus | None:
        """How far a run is; the last one started from this machine by default."""
        name = migration_id or self._remembered.newest_run()
        return self._status_of(name) if name else None

    def _status_of(self, migration_id: str) -> MigrationStatus:
        answer = self._migration(migration_id)
        return MigrationStatus.model_validate(answer.model_dump(exclude={"observed"}))

    def _watch(self, migration_id: str, plan: MigrationPlan) -> MigrationAnswer:
        pause, started = POLL_FIRST_S, time.monotonic()
        while True:
            answer = self._migration(migration_id)
            if answer.state == "finished":
                return answer
            if answer.stopped_because or answer.state == "failed and put back":
                raise _tell_failure(answer)
            self._tell(answer, plan, time.monotonic() - started)
            self._sleep(pause)
            pause = min(pause * 1.5, POLL_LONGEST_S)

    def _migration(self, migration_id: str) -> MigrationAnswer:
        return self._http.ask_for(MigrationAnswer, "GET", self._of_run(migration_id))

    def _tell(self, answer: MigrationAnswer, plan: MigrationPlan, elapsed_s: float) -> None:
        step_id = answer.steps_left[0] if answer.steps_left else ""
        self._listener(
            Progress(
                migration_id=answer.migration_id,
                step_id=step_id,
                step_number=min(len(answer.steps_done) + 1, len(plan.steps)),
                steps_total=len(plan.steps),
                message=plan.step(step_id).summary if step_id else "ending",
                elapsed_s=elapsed_s,
            )
        )


def _only_in_words(what: str, example: str) -> SettingsError:
    return SettingsError(
        f"{what} is not answered to a command over --endpoint.", hint=f"Ask the agent there in words: {example}"
    )


def require_plan(waiting: ApprovalRequired) -> MigrationPlan:
    """The plan, if it is the one that its digest names: what is shown is what would be approved."""
    if waiting.plan.digest != waiting.plan_digest:
        raise JournalMismatch(
            "The endpoint sent a plan that its digest does not belong to. Nothing was approved.",
            hint="Endpoint and program may be of different versions; or somebody stands between them.",
        )
    return waiting.plan


def _tell_failure(answer: MigrationAnswer) -> ApplyError:
    cause = RedshiftMigrateError(answer.stopped_because or answer.last_event)
    return ApplyError(
        f"Migration {answer.migration_id} stopped: {cause.message}",
        hint=f"When that is mended, approve the plan again to go on: /approve {answer.plan_digest[:12]}",
        step_id=answer.steps_left[0] if answer.steps_left else "",
        cause=cause,
        done=answer.steps_done,
        not_done=answer.steps_left,
        migration_id=answer.migration_id,
    )
