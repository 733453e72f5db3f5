"""What the routes call: the agent and the services, by owner. Loaded in the background, because it is heavy."""

from __future__ import annotations

import asyncio
import contextlib
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

from redshift_migrate.agent.approver import Decision
from redshift_migrate.agent.conversation import Conversation, Model, create_agent
from redshift_migrate.agent.events import Answer, ToolResult, TurnEvent, TurnFailed, Usage
from redshift_migrate.agent.meanwhile import Meanwhile
from redshift_migrate.agent.restoring import usable_history
from redshift_migrate.aws.door import Aws
from redshift_migrate.clock import Clock
from redshift_migrate.endpoint.health import Health
from redshift_migrate.endpoint.wire import APPROVALS, ApprovalRequired, ClustersAnswer, MigrationAnswer, PlanAsked
from redshift_migrate.errors import PlanNotShown, SettingsError
from redshift_migrate.migration.approvals import note_shown
from redshift_migrate.migration.running import Accepted
from redshift_migrate.migration.service import MigrationService
from redshift_migrate.migration.status import migration_status
from redshift_migrate.models.approval import Consent
from redshift_migrate.models.base import sha256_hex
from redshift_migrate.models.listing import ALL_REGIONS
from redshift_migrate.models.place import Place
from redshift_migrate.models.plan import MigrationPlan
from redshift_migrate.models.regions import RegionCatalog
from redshift_migrate.state.audit import AuditedAws, Trail
from redshift_migrate.state.keeper import Keeper, SessionLease
from redshift_migrate.state.owner import Owner, Principal
from redshift_migrate.state.quota import Quota
from redshift_migrate.telemetry import tool_called

Answered = TypeVar("Answered")

MOST_KEPT = 200
"""Conversations kept in memory between turns; the least recently used goes first, and is read again when needed."""


class Runner(Protocol):
    """Who carries out accepted plans, away from the request that approved them."""

    def start(self, owner: Owner, accepted: Accepted) -> None:
        """Begin; returns at once. Starting the same run twice starts it once."""

    def stop(self, within_s: float) -> None:
        """Let what runs here come to the end of its step, but wait no longer than that."""


@dataclass
class WaitingPlans:
    """The approver of a conversation over HTTP: nobody is there to ask, so every plan waits."""

    plans: list[MigrationPlan] = field(default_factory=list)

    async def decide(self, plan: MigrationPlan) -> Decision:
        """Not now: a request of its own approves."""
        self.plans.append(plan)
        return Decision(approved=None, channel="endpoint")


@dataclass
class _Kept:
    """A conversation in memory, good as long as nobody else has saved a turn of it."""

    conversation: Conversation
    waiting: WaitingPlans
    trail: Trail
    turns: int
    may_change: bool


@dataclass
class Parts:
    """What a backend is made of."""

    aws: Aws
    regions: RegionCatalog
    keeper: Keeper
    runner: Runner | None
    """Without one approvals are not taken here."""
    new_model: Callable[[], Model] | None
    """Without one there is nobody to talk to here."""
    default_region: str | None
    read_only: bool = False
    simulated: bool = False
    model: str = ""
    """Its name, for callers who ask."""
    approve_at: str = ""
    """The address that takes approvals, where it is another one."""
    quota: Quota | None = None
    clock: Clock = field(default_factory=Clock)


class Backend:
    """Turns, approvals, plans and runs, each for one owner."""

    def __init__(self, parts: Parts, health: Health) -> None:
        self._parts, self._health = parts, health
        self._kept: OrderedDict[str, _Kept] = OrderedDict()

    async def turn(
        self, owner: Owner, principal: Principal, prompt: str, gone: asyncio.Event, request_id: str = ""
    ) -> AsyncIterator[TurnEvent | ApprovalRequired]:
        """One prompt and what follows. SessionBusy before the first event if another request is at it.

        When `gone` is set the turn is cancelled, and still comes to its end here.
        """
        with self._health.busy():
            async with _hold_lease(self._parts.keeper.lease(owner)) as lease:
                trail = self._trail(owner, principal, request_id)
                try:
                    if self._parts.quota is not None:
                        await asyncio.to_thread(self._parts.quota.begin_turn, principal.arn)
                    await asyncio.to_thread(trail.record, "asked", prompt_sha256=sha256_hex(prompt))
                    kept = await asyncio.to_thread(self._conversation, owner, principal, lease, trail)
                    with _watch(gone, kept.conversation.cancel):
                        async for event in kept.conversation.turn(prompt):
                            while kept.waiting.plans:
                                yield await asyncio.to_thread(self._show, owner, principal, kept.waiting.plans.pop(0))
                            if isinstance(event, ToolResult):
                                tool_called(event.name, ok=event.ok, duration_s=event.duration_s)
                            if isinstance(event, Usage) and self._parts.quota is not None:
                                used = event.input_tokens + event.output_tokens
                                await asyncio.to_thread(self._parts.quota.add_tokens, principal.arn, used)
                            if isinstance(event, Answer | TurnFailed):
                                await asyncio.to_thread(self._save, owner, kept, lease)
                            yield event
                finally:
                    await asyncio.to_thread(trail.close)

    def approve(self, owner: Owner, principal: Principal, request_id: str, digest: str, typed: str = "") -> Accepted:
        """Approve a plan of this owner and let it be carried out. PlanNotFound for anybody else's."""
        if self._parts.runner is None:
            raise SettingsError(
                "Approvals are not taken here. Nothing was approved.",
                hint=f"POST it to {self._parts.approve_at}{APPROVALS}.",
            )
        consent = Consent(approved_by=principal.arn, channel="endpoint", typed=typed)
        with (
            self._health.busy(),
            self._parts.keeper.lease(owner),
            closing(Trail(self._parts.keeper.audit(owner), principal.arn, owner.session, request_id)) as trail,
        ):
            service = self._service(owner, principal, trail)
            try:
                accepted = service.accept(digest, consent)
            except PlanNotShown as error:
                shown = self._show(owner, principal, service.plan(digest))
                error.data["approval_required"] = shown.model_dump(mode="json")
                raise
            if accepted.migration_id is not None:
                self._parts.runner.start(owner, accepted)
            return accepted

    def stop(self, within_s: float) -> None:
        """The server ends: no step is begun any more."""
        if self._parts.runner is not None:
            self._parts.runner.stop(within_s)

    def plan(self, owner: Owner, principal: Principal, digest: str) -> ApprovalRequired:
        """A saved plan of this owner. PlanNotFound otherwise."""
        return self._show(owner, principal, self._parts.keeper.store(owner).plan(digest))

    def look(
        self, owner: Owner, principal: Principal, request_id: str, question: Callable[[MigrationService], Answered]
    ) -> Answered:
        """What the service of this owner answers, without a model. It may read AWS and save a plan."""
        with (
            self._health.busy(),
            closing(Trail(self._parts.keeper.audit(owner), principal.arn, owner.session, request_id)) as trail,
        ):
            return question(self._service(owner, principal, trail))

    def make_plan(self, owner: Owner, principal: Principal, request_id: str, asked: PlanAsked) -> ApprovalRequired:
        """The plan about a run of this owner. MigrationNotFound for anybody else's."""

        def make(service: MigrationService) -> MigrationPlan:
            made = service.plan_undo if asked.kind == "undo" else service.plan_cut_over
            return made(asked.migration_id)

        return self._show(owner, principal, self.look(owner, principal, request_id, make))

    def place(self, owner: Owner, principal: Principal, request_id: str) -> Place:
        """What this endpoint works on, for this caller."""
        place = self.look(owner, principal, request_id, lambda service: service.place())
        return place.model_copy(update={"model": self._parts.model})

    def clusters(
        self, owner: Owner, principal: Principal, request_id: str, region: str | None, name_contains: str | None
    ) -> ClustersAnswer:
        """The clusters of a region, and which region that is."""

        def read(service: MigrationService) -> ClustersAnswer:
            if region == ALL_REGIONS:
                return ClustersAnswer(region=region, **dict(service.clusters_everywhere(name_contains)))
            return ClustersAnswer(region=service.region(region), clusters=service.clusters(region, name_contains))

        return self.look(owner, principal, request_id, read)

    def migration(self, owner: Owner, principal: Principal, migration_id: str) -> MigrationAnswer:
        """How far a run of this owner is. MigrationNotFound otherwise."""
        journal = self._parts.keeper.store(owner).journal(migration_id)
        status = migration_status(journal, (migration_id,), self._parts.clock.now())
        observed = {step_id: journal.read_back(step_id) for step_id in journal.done_steps()}
        return MigrationAnswer(**status.as_json(), observed=observed)

    def _show(self, owner: Owner, principal: Principal, plan: MigrationPlan) -> ApprovalRequired:
        """The plan as an answer to its owner, who has seen it from now on."""
        note_shown(self._parts.keeper.store(owner), self._parts.clock, plan, principal.arn, "endpoint")
        body = f'{{"session": "{owner.session}", "digest": "{plan.digest}"}}'
        return ApprovalRequired(
            plan_digest=plan.digest,
            title=plan.title,
            session=owner.session,
            plan=plan,
            approve=f"POST {self._parts.approve_at}{APPROVALS} {body}",
            approve_at=self._parts.approve_at,
        )

    def _service(self, owner: Owner, principal: Principal, trail: Trail) -> MigrationService:
        parts = self._parts
        return MigrationService(
            aws=AuditedAws(parts.aws, trail),
            regions=parts.regions,
            store=parts.keeper.store(owner, trail),
            clock=parts.clock,
            default_region=parts.default_region,
            read_only=parts.read_only or not principal.may_change,
            simulated=parts.simulated,
        )

    def _trail(self, owner: Owner, principal: Principal, request_id: str) -> Trail:
        """A conversation in memory has its door, and that door its trail: of one request after the other."""
        kept = self._kept.get(owner.key)
        if kept is None:
            return Trail(self._parts.keeper.audit(owner), principal.arn, owner.session, request_id)
        kept.trail.request_id = request_id
        return kept.trail

    def _conversation(self, owner: Owner, principal: Principal, lease: SessionLease, trail: Trail) -> _Kept:
        kept = self._kept.pop(owner.key, None)
        may_change = principal.may_change and not self._parts.read_only
        if kept is None or kept.turns != lease.turns or kept.may_change != may_change:
            waiting = WaitingPlans()
            service = self._service(owner, principal, trail)
            agent = create_agent(
                service,
                self._new_model(),
                approver=waiting if may_change else None,
                read_only=not may_change,
                history=usable_history(lease.history()),
            )
            kept = _Kept(Conversation(agent, Meanwhile(service)), waiting, trail, lease.turns, may_change)
        return kept

    def _new_model(self) -> Model:
        if self._parts.new_model is None:
            raise SettingsError(
                "Only approvals are taken here. Nothing was asked.", hint="Talk to the agent's own URL."
            )
        return self._parts.new_model()

    def _save(self, owner: Owner, kept: _Kept, lease: SessionLease) -> None:
        kept.turns = lease.save(kept.conversation.history)
        self._kept[owner.key] = kept
        while len(self._kept) > MOST_KEPT:
            self._kept.popitem(last=False)


@contextlib.asynccontextmanager
async def _hold_lease(manager: contextlib.AbstractContextManager[SessionLease]) -> AsyncIterator[SessionLease]:
    """The lease, taken and given back in threads: both may be a call over the network."""
    lease = await asyncio.to_thread(manager.__enter__)
    try:
        yield lease
    finally:
        await asyncio.to_thread(manager.__exit__, None, None, None)


@contextlib.contextmanager
def _watch(gone: asyncio.Event, cancel: Callable[[], None]) -> Iterator[None]:
    """Calls `cancel` when the client is gone."""

    async def watch() -> None:
        await gone.wait()
        cancel()

    task = asyncio.ensure_future(watch())
    try:
        yield
    finally:
        task.cancel()
