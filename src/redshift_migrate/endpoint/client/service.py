"""What the terminal's commands ask of the migration service, asked of an endpoint instead."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import NoReturn

from redshift_migrate.clock import Clock
from redshift_migrate.endpoint.client.http import HttpClient
from redshift_migrate.endpoint.client.remembered import Remembered
from redshift_migrate.endpoint.wire import APPROVALS, MIGRATIONS, PLANS, ApprovalRequired, MigrationAnswer
from redshift_migrate.errors import ApplyError, JournalMismatch, PlanNotFound, RedshiftMigrateError, SettingsError
from redshift_migrate.migration.approvals import note_shown, require_shown
from redshift_migrate.migration.executor import Listener, Progress, silent
from redshift_migrate.migration.running import Outcome
from redshift_migrate.migration.status import MigrationStatus
from redshift_migrate.migration.ticking import tick
from redshift_migrate.migration.verifying import Verification
from redshift_migrate.models.approval import Channel, Consent
from redshift_migrate.models.cluster import ClusterSummary
from redshift_migrate.models.journal import Journal
from redshift_migrate.models.plan import MigrationPlan
from redshift_migrate.models.regions import Identity
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

    @property
    def default_region(self) -> str | None:
        """The endpoint's own; it does not tell."""
        return None

    def region(self, region: str | None = None) -> str:
        """The endpoint's own; it does not tell."""
        _not_asked()

    def region_names(self) -> tuple[str, ...]:
        """Not asked of an endpoint."""
        _not_asked()

    def identity(self) -> Identity:
        """Not asked of an endpoint."""
        _not_asked()

    def clusters(self, region: str | None = None, name_contains: str | None = None) -> tuple[ClusterSummary, ...]:
        """Not asked of an endpoint."""
        _not_asked()

    def namespace_names(self, region: str | None = None) -> tuple[str, ...]:
        """Not asked of an endpoint."""
        _not_asked()

    def migration_ids(self) -> tuple[str, ...]:
        """Not asked of an endpoint."""
        _not_asked()

    def verify_run(self, migration_id: str | None = None) -> Verification | None:
        """Not asked of an endpoint."""
        _not_asked()

    def plan_undo(self, migration_id: str | None = None) -> MigrationPlan:
        """Not asked of an endpoint."""
        _not_asked()

    def plan_cut_over(self, migration_id: str | None = None) -> MigrationPlan:
        """Not asked of an endpoint."""
        _not_asked()

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

    def report(self, migration_id: str | None = None) -> tuple[KeptReport, str]:
        """Not asked of an endpoint."""
        _not_asked()

    def stopped_run(self, migration_id: str | None = None) -> Journal:
        """Not asked of an endpoint."""
        _not_asked()

    def listen(self, listener: Listener) -> None:
        """From now on tell progress to this listener."""
        self._listener = listener

    def plan(self, digest: str) -> MigrationPlan:
        """A plan saved at the endpoint."""
        return require_plan(self._waiting(digest))

    def _waiting(self, digest: str) -> ApprovalRequired:
        session = self._remembered.session_of(plan_digest=digest) or self._session
        return ApprovalRequired.model_validate(self._http.ask("GET", f"{PLANS}/{digest}?session={session}"))

    def newest_plan(self) -> MigrationPlan | None:
        """The plan that was last made from this machine."""
        digest = self._remembered.newest_plan()
        return self.plan(digest) if digest else None

    def apply(self, digest: str, consent: Consent | None = None) -> Outcome:
        """Approve the plan at the endpoint, in the caller's signed name, and watch its run to the end."""
        if self._read_only:
            raise SettingsError("This program was started with --read-only, so nothing can be changed.")
        waiting = self._waiting(digest)
        plan = require_plan(waiting)
        if consent is not None:
            require_shown(self._store, plan, consent)
        session = self._remembered.session_of(plan_digest=digest) or self._session
        approver = self._connect(waiting.approve_at) if waiting.approve_at else self._http
        answer = approver.ask("POST", APPROVALS, {"session": session, "digest": plan.digest})
        migration_id = answer.get("migration_id")
        if not migration_id:
            return Outcome(status="unchanged", plan=plan)
        self._remembered.remember(session, migration_id=str(migration_id))
        done = self._watch(session, str(migration_id), plan)
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
        if not name:
            return None
        session = self._remembered.session_of(migration_id=name) or self._session
        answer = self._migration(session, name)
        return MigrationStatus.model_validate(answer.model_dump(exclude={"observed"}))

    def _watch(self, session: str, migration_id: str, plan: MigrationPlan) -> MigrationAnswer:
        pause, started = POLL_FIRST_S, time.monotonic()
        while True:
            answer = self._migration(session, migration_id)
            if answer.state == "finished":
                return answer
            if answer.stopped_because or answer.state == "failed and put back":
                raise _tell_failure(answer)
            self._tell(answer, plan, time.monotonic() - started)
            self._sleep(pause)
            pause = min(pause * 1.5, POLL_LONGEST_S)

    def _migration(self, session: str, migration_id: str) -> MigrationAnswer:
        return MigrationAnswer.model_validate(self._http.ask("GET", f"{MIGRATIONS}/{migration_id}?session={session}"))

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


def _not_asked() -> NoReturn:
    raise SettingsError(
        "This is not asked of an endpoint directly.", hint="Ask in plain words: the agent there looks it up."
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
