"""A conversation with the agent of an endpoint: the same events, the same person asked about every plan."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Sequence
from typing import Any

from redshift_migrate.agent.approver import Approver
from redshift_migrate.agent.events import Answer, TurnEvent, TurnFailed
from redshift_migrate.endpoint.client.http import HttpClient, Stream
from redshift_migrate.endpoint.client.remembered import Remembered
from redshift_migrate.endpoint.client.service import RemoteService, require_plan
from redshift_migrate.endpoint.wire import INVOCATIONS, ApprovalRequired, TurnEnded, decode
from redshift_migrate.errors import RedshiftMigrateError
from redshift_migrate.models.approval import Consent
from redshift_migrate.models.base import canonical_json
from redshift_migrate.models.plan import MigrationPlan
from redshift_migrate.text import visible

_CUT = TurnFailed(
    code="Unreachable",
    message="The endpoint ended its answer in the middle.",
    hint="Ask again; what was approved goes on without you.",
)


class RemoteTalk:
    """Turns of one session at an endpoint, one after the other."""

    def __init__(
        self, http: HttpClient, service: RemoteService, remembered: Remembered, session: str, approver: Approver
    ) -> None:
        self._http, self._service, self._remembered = http, service, remembered
        self._session, self._approver = session, approver
        self._stream: Stream | None = None
        self._cancelled = threading.Event()
        self.notice = ""

    @property
    def history(self) -> Sequence[Any]:
        """Kept at the endpoint."""
        return ()

    def cancel(self) -> None:
        """End the turn that runs."""
        self._cancelled.set()
        if self._stream is not None:
            self._stream.stop()

    def close(self) -> None:
        """Nothing is held between turns."""

    async def turn(self, prompt: str) -> AsyncIterator[TurnEvent]:
        """One prompt and all that follows. The last event is an Answer or a TurnFailed."""
        self._cancelled.clear()
        answer: Answer | TurnFailed = _CUT
        plans: list[MigrationPlan] = []
        async for event in self._events(prompt):
            if isinstance(event, Answer | TurnFailed):
                answer = event
            elif isinstance(event, ApprovalRequired):
                plans += self._require_plans(event)
            elif not isinstance(event, TurnEnded):
                yield event
        if self._cancelled.is_set():
            answer, plans = TurnFailed(code="cancelled", message="Stopped. What was approved goes on."), []
        for plan in {plan.digest: plan for plan in plans}.values():
            answer = await self._decide(plan, answer)
        yield answer

    def _require_plans(self, waiting: ApprovalRequired) -> list[MigrationPlan]:
        plan = require_plan(waiting)
        self._remembered.remember(self._session, plan_digest=plan.digest)
        return [plan]

    async def _decide(self, plan: MigrationPlan, answer: Answer | TurnFailed) -> Answer | TurnFailed:
        """Ask the person. An approved plan is carried out, and what came of it joins the answer."""
        decision = await self._approver.decide(plan)
        seen_by = decision.shown_to or decision.approved_by
        if seen_by:
            self._service.note_shown(plan, seen_by, decision.channel)
        if not decision.approved:
            return answer
        consent = Consent(approved_by=decision.approved_by, channel=decision.channel, typed=decision.typed)
        try:
            outcome = await asyncio.to_thread(self._service.apply, plan.digest, consent)
        except RedshiftMigrateError as error:
            return TurnFailed(code=error.code, message=error.message, hint=error.hint)
        if outcome.status == "unchanged":
            return Answer(text=f"{plan.title}: it already is so; nothing was called.")
        lines = [f"{step.summary}: {canonical_json(outcome.observed.get(step.id))}" for step in plan.steps]
        said = "\n".join(f"- {visible(line)}" for line in lines)
        return Answer(
            text=f"{plan.title}: done, and read back from AWS.\n{said}\n\nMigration {outcome.migration_id}; "
            f"it can be taken back with: undo migration {outcome.migration_id}"
        )

    async def _events(self, prompt: str) -> AsyncIterator[TurnEvent | ApprovalRequired | TurnEnded]:
        """The endpoint's events, read in a thread."""
        loop, queue = asyncio.get_running_loop(), asyncio.Queue[Any]()

        def read() -> None:
            try:
                body = {"prompt": prompt, "session": self._session}
                with self._http.stream(INVOCATIONS, body) as self._stream:
                    for event in decode(self._stream.lines()):
                        loop.call_soon_threadsafe(queue.put_nowait, event)
            except RedshiftMigrateError as error:
                failed = TurnFailed(code=error.code, message=error.message, hint=error.hint)
                loop.call_soon_threadsafe(queue.put_nowait, failed)
            except ValueError:
                loop.call_soon_threadsafe(queue.put_nowait, _CUT)
            finally:
                self._stream = None
                loop.call_soon_threadsafe(queue.put_nowait, None)

        reading = asyncio.ensure_future(asyncio.to_thread(read))
        try:
            while (event := await queue.get()) is not None:
                yield event
        finally:
            if self._stream is not None:
                self._stream.stop()
            await reading
