"""The ASGI app: five routes over a backend that loads while /ping already answers."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import uuid
from collections.abc import AsyncIterator, Callable, Collection
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

from fastapi import FastAPI, Query, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, StreamingResponse

import redshift_migrate
from redshift_migrate.agent.events import Answer, ToolResult, TurnFailed, Usage
from redshift_migrate.endpoint.admission import Admission
from redshift_migrate.endpoint.guard import PRINCIPAL, REQUEST_ID, Guard, Refused
from redshift_migrate.endpoint.health import Health
from redshift_migrate.endpoint.identity import AGENTCORE_SESSION, IdentityProvider
from redshift_migrate.endpoint.loading import Loading
from redshift_migrate.endpoint.problems import error_response, problem_response
from redshift_migrate.endpoint.wire import (
    APPROVALS,
    INVOCATIONS,
    MIGRATIONS,
    PING,
    PLANS,
    SESSION_NAME,
    ApprovalAnswer,
    ApprovalGiven,
    ApprovalRequired,
    Digest,
    Invocation,
    InvocationAnswer,
    MigrationAnswer,
    MigrationId,
    PingAnswer,
    Problem,
    ProblemAnswer,
    SessionName,
    ToolUsed,
    TurnEnded,
    encode,
)
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
_ANSWERS: dict[int | str, dict[str, Any]] = {
    code: {"model": ProblemAnswer} for code in (400, 401, 403, 404, 408, 409, 413, 415, 422, 429, 503)
}


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

    def run_turn(self, owner: Owner, principal: Principal, prompt: str, request_id: str) -> _Turn:
        """A turn of its own: it comes to its end and is saved, whatever becomes of the one who listens."""
        turn, held = _Turn(owner, request_id), contextlib.ExitStack()
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


class _Turn:
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


def create_app(
    identity: IdentityProvider,
    load: Callable[[Health], Backend],
    *,
    names: Collection[str] = (),
    health: Health | None = None,
) -> FastAPI:
    """The app. `load` makes the backend, in a thread of its own, as soon as the app is started or first asked.

    `names` are the hosts by which it goes where a browser could reach it; without any it is not looked at.
    """
    endpoint = Endpoint(load, health or Health())

    @contextlib.asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        endpoint.loading.start()
        yield
        await endpoint.settle()

    app = FastAPI(
        title="Redshift to Redshift Serverless",
        summary="Ask in words, see the plan, approve it on its own route, watch it being carried out.",
        version=redshift_migrate.__version__,
        lifespan=lifespan,
        docs_url=None,  # its page would be loaded from elsewhere
        redoc_url=None,
    )
    app.state.endpoint = endpoint
    _add_routes(app, endpoint)
    _add_borders(app)
    app.add_middleware(Guard, identity=identity, names=names)
    return app


def _add_routes(app: FastAPI, endpoint: Endpoint) -> None:
    @app.get(PING)
    async def ping() -> PingAnswer:
        """Whether the server is there, and whether it is at work."""
        return PingAnswer(**endpoint.health.answer())

    @app.post(INVOCATIONS, response_model=InvocationAnswer, responses=_ANSWERS)
    async def invocations(request: Request, body: Invocation) -> Response:
        """One prompt. `Accept: text/event-stream` streams what happens as server-sent events; else one JSON answer.

        Nothing is changed here: a change that is asked for comes back as `approval_required`.
        """
        principal = _principal(request)
        owner = Owner(principal=principal.arn, session=_session(request, body.session))
        turn = endpoint.run_turn(owner, principal, body.prompt, _request_id(request))
        first = await turn.first()
        if "text/event-stream" in request.headers.get("accept", ""):
            return StreamingResponse(_stream(turn, first), media_type="text/event-stream")
        events = [event async for event in turn.rest(first) if event is not None]
        return JSONResponse(_whole(owner, events).model_dump(mode="json"))

    @app.post(APPROVALS, status_code=202, responses=_ANSWERS)
    async def approvals(request: Request, body: ApprovalGiven, response: Response) -> ApprovalAnswer:
        """A person's consent to one plan of the session. It is carried out at once, away from this request."""
        principal = _principal(request)
        if not principal.may_change:
            raise Refused(
                403,
                "NotAllowed",
                "You may look and plan here, but not change anything. Nothing was approved.",
                "Whoever deployed this decides by MigratePrincipals who may.",
            )
        owner, request_id = Owner(principal=principal.arn, session=body.session), _request_id(request)
        accepted = await endpoint.ask(
            principal, lambda backend: backend.approve(owner, principal, body.digest, request_id)
        )
        response.status_code = 202 if accepted.migration_id else 200
        return ApprovalAnswer(
            status="accepted" if accepted.migration_id else "unchanged",
            plan_digest=accepted.plan.digest,
            migration_id=accepted.migration_id,
            approved_by=principal.arn,
            session=owner.session,
        )

    @app.get(f"{PLANS}/{{digest}}", responses=_ANSWERS)
    async def plan(request: Request, digest: Digest, session: Annotated[SessionName, Query()]) -> ApprovalRequired:
        """A saved plan of the session, whole."""
        principal = _principal(request)
        owner = Owner(principal=principal.arn, session=session)
        return await endpoint.ask(principal, lambda backend: backend.plan(owner, principal, digest))

    @app.get(f"{MIGRATIONS}/{{migration_id}}", responses=_ANSWERS)
    async def migration(
        request: Request, migration_id: MigrationId, session: Annotated[SessionName, Query()]
    ) -> MigrationAnswer:
        """How far a run of the session is."""
        principal = _principal(request)
        owner = Owner(principal=principal.arn, session=session)
        return await endpoint.ask(principal, lambda backend: backend.migration(owner, principal, migration_id))


def _add_borders(app: FastAPI) -> None:
    @app.exception_handler(Refused)
    async def answer_error(request: Request, error: Refused) -> Response:
        return problem_response(
            error.status, error.code, error.message, hint=error.hint, request_id=_request_id(request)
        )

    @app.exception_handler(RedshiftMigrateError)
    async def ours(request: Request, error: RedshiftMigrateError) -> Response:
        return error_response(error, _request_id(request))

    @app.exception_handler(RequestValidationError)
    async def invalid(request: Request, error: RequestValidationError) -> Response:
        """Which member is wrong and why; never what it was, which may be anything."""
        where = "; ".join(
            f"{'.'.join(str(part) for part in one['loc'][1:])}: {one['msg']}" for one in error.errors()[:5]
        )
        return problem_response(
            422, "InvalidRequest", f"The request cannot be used: {where[:500]}.", request_id=_request_id(request)
        )

    @app.exception_handler(HTTPException)
    async def framework(request: Request, error: HTTPException) -> Response:
        code, said = {
            404: ("NotFound", "There is nothing here."),
            405: ("MethodNotAllowed", "What is here does not answer this method."),
        }.get(error.status_code, ("BadRequest", "The request cannot be read."))
        return problem_response(error.status_code, code, said, request_id=_request_id(request))


async def _stream(turn: _Turn, first: Any) -> AsyncIterator[bytes]:
    try:
        async for event in turn.rest(first):
            yield _NO_TURN if event is None else encode(event)
    finally:
        turn.gone.set()


def _whole(owner: Owner, events: list[Any]) -> InvocationAnswer:
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


def _session(request: Request, named: str | None) -> str:
    """The session of the body, or of AgentCore's header, or a new one."""
    header = request.headers.get(AGENTCORE_SESSION)
    if named and header and named != header:
        raise Refused(400, "TwoSessions", "Body and header name different sessions.")
    session = named or header or uuid.uuid4().hex
    if not SESSION_NAME.fullmatch(session):
        raise Refused(400, "BadSession", "A session is named with up to 128 letters, digits, dots and dashes.")
    return session


def _principal(request: Request) -> Principal:
    """Who asks; the guard has let nobody else in."""
    principal: Principal = getattr(request.state, PRINCIPAL)
    return principal


def _request_id(request: Request) -> str:
    return str(getattr(request.state, REQUEST_ID, ""))
