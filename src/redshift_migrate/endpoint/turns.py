"""Turns under way: each comes to its end and is saved, whoever listens; and what is asked beside them."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Callable
from typing import TYPE_CHECKING, Any, TypeVar

from redshift_migrate.agent.events import Answer, ToolResult, TurnFailed, Usage
from redshift_migrate.endpoint.admission import Admission
from redshift_migrate.endpoint.health import Health
from redshift_migrate.endpoint.loading import Loading
from redshift_migrate.endpoint.wire import ApprovalRequired, InvocationAnswer, Problem, ToolUsed, TurnEnded, encode
from redshift_migrate.errors import RedshiftMigrateError
from redshift_migrate.state.owner import Owner, Principal

if TYPE_CHECKING:
    from redshift_migrate.endpoint.backend import Backend

LOG = logging.getLogger(__name__)
Answered = TypeVar("Answered")

MOST_TURNS = 256
MOST_REQUESTS = 64
"""Under way at once beside the turns; of both a caller may have half."""
SETTLE_S = 20.0
"""How long a server that is told to stop waits for what is under way."""
KEEP_ALIVE_S = 15.0
"""How long a stream is silent before it says that it is still there."""
_NO_TURN = b": the turn goes on\n\n"


class Endpoint:
    """What the routes share."""

    def __init__(self, load: Callable[[Health], Backend], health: Health) -> None:
        self.health = health
        self._turns_admitted = Admission("turns", MOST_TURNS, MOST_TURNS // 2)
        self._rest_admitted = Admission("requests", MOST_REQUESTS, MOST_REQUESTS // 2)
        self.loading: Loading[Backend] = Loading(lambda: load(self.health))
        self._turns: set[asyncio.Task[None]] = set()

    async def backend(self) -> Backend:
        """The backend, once it is loaded. What kept it from loading is raised."""
        return await self.loading.value()

    def run_turn(self, owner: Owner, principal: Principal, prompt: str, request_id: str) -> Turn:
        """A turn of its own: it comes to its end and is saved, whatever becomes of the one who listens."""
        turn, held = Turn(owner, request_id), contextlib.ExitStack()
        held.enter_context(self._turns_admitted.admit(principal.arn))
        task = asyncio.ensure_future(turn.drive(self, principal, prompt))
        self._turns.add(task)
        task.add_done_callback(self._turns.discard)
        task.add_done_callback(lambda _: held.close())
        return turn

    async def ask(self, principal: Principal, question: Callable[[Backend], Answered]) -> Answered:
        """What the backend answers, asked in a thread; turns that wait hold nobody up here."""
        with self._rest_admitted.admit(principal.arn):
            backend = await self.backend()
            return await asyncio.to_thread(question, backend)

    async def settle(self) -> None:
        """Let the turns come to their end and each run to the end of its step, but not for ever."""
        backend = self.loading.if_made()
        runs = [asyncio.ensure_future(asyncio.to_thread(backend.stop, SETTLE_S))] if backend is not None else []
        if under_way := [*self._turns, *runs]:
            await asyncio.wait(under_way, timeout=SETTLE_S)


class Turn:
    """The events of one turn, from whoever drives it to whoever listens."""

    def __init__(self, owner: Owner, request_id: str) -> None:
        self._owner, self._request_id = owner, request_id
        self._events: asyncio.Queue[Any] = asyncio.Queue()
        self.gone = asyncio.Event()

    async def drive(self, endpoint: Endpoint, principal: Principal, prompt: str) -> None:
        """Put every event; last None."""
        begun = False
        try:
            backend = await endpoint.backend()
            async for event in backend.turn(self._owner, principal, prompt, self.gone, self._request_id):
                self._events.put_nowait(event)
                begun = True
        except Exception as error:  # a border: an answer of its own, or, when one has begun, how that ends
            LOG.warning("turn failed | error=<%s>", type(error).__name__, exc_info=not _is_ours(error))
            self._events.put_nowait(_tell_failure(error) if begun else error)
        self._events.put_nowait(None)

    async def first(self) -> Any:
        """The first event; what kept the turn from beginning is raised, so that it can be an answer of its own."""
        return await self._next(None)

    async def rest(self, first: Any) -> AsyncIterator[Any]:
        """All events, the first included, and then how the turn ended. None: nothing has happened for a while."""
        status: Any = "answered"
        event = first
        while event is not None:
            yield event
            status = "approval_required" if isinstance(event, ApprovalRequired) else status
            status = "failed" if isinstance(event, TurnFailed) else status
            while (event := await self._next(KEEP_ALIVE_S)) is _SILENCE:
                yield None
        yield TurnEnded(session=self._owner.session, status=status, request_id=self._request_id)

    async def _next(self, timeout_s: float | None) -> Any:
        try:
            event = await asyncio.wait_for(self._events.get(), timeout_s)
        except TimeoutError:
            return _SILENCE
        if isinstance(event, Exception):
            raise event
        return event


_SILENCE = object()


async def stream(turn: Turn, first: Any) -> AsyncIterator[bytes]:
    """The events of a turn as they come, as server-sent events."""
    try:
        async for event in turn.rest(first):
            yield _NO_TURN if event is None else encode(event)
    finally:
        turn.gone.set()


def whole(owner: Owner, events: list[Any]) -> InvocationAnswer:
    """The events of a turn as one answer."""
    ended: TurnEnded = events[-1]
    answer = InvocationAnswer(session=owner.session, request_id=ended.request_id, status=ended.status)
    for event in events:
        match event:
            case Answer():
                answer.answer = event.text
            case ApprovalRequired():
                answer.approval_required = event
            case ToolResult():
                answer.tools.append(ToolUsed(name=event.name, ok=event.ok, duration_s=event.duration_s))
            case Usage():
                answer.usage = event.as_json()
            case TurnFailed():
                answer.error = Problem(
                    code=event.code, message=event.message, hint=event.hint, request_id=ended.request_id
                )
            case _:
                continue
    return answer


def _is_ours(error: Exception) -> bool:
    return isinstance(error, RedshiftMigrateError)


def _tell_failure(error: Exception) -> TurnFailed:
    if isinstance(error, RedshiftMigrateError):
        return TurnFailed(code=error.code, message=error.message, hint=error.hint)
    return TurnFailed(code="Bug", message="The server failed in a way it should not; details are in its log.")
