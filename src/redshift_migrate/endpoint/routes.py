"""The routes: who asks, what for, and which question of the backend that is."""

from __future__ import annotations

import uuid
from typing import Annotated, Any, NamedTuple

from fastapi import FastAPI, Query, Request, Response
from starlette.responses import JSONResponse, StreamingResponse

from redshift_migrate.endpoint.guard import PRINCIPAL, REQUEST_ID, Refused
from redshift_migrate.endpoint.identity import AGENTCORE_SESSION
from redshift_migrate.endpoint.turns import Endpoint, stream, whole
from redshift_migrate.endpoint.wire import (
    APPROVALS,
    CLUSTERS,
    INVOCATIONS,
    MIGRATIONS,
    NAMESPACES,
    PING,
    PLANS,
    SESSION_NAME,
    WHOAMI,
    ApprovalAnswer,
    ApprovalGiven,
    ApprovalRequired,
    ClustersAnswer,
    Digest,
    Invocation,
    InvocationAnswer,
    MigrationAnswer,
    MigrationId,
    MigrationsAnswer,
    NamespacesAnswer,
    PingAnswer,
    PlaceAnswer,
    PlanAsked,
    ProblemAnswer,
    ReportAnswer,
    SessionName,
    VerificationAnswer,
)
from redshift_migrate.state.owner import Owner, Principal

_ANSWERS: dict[int | str, dict[str, Any]] = {
    code: {"model": ProblemAnswer} for code in (400, 401, 403, 404, 408, 409, 413, 415, 422, 429, 503)
}


MOST_RUNS = 20
"""Runs of a session that are listed, the newest first."""

_Session = Annotated[SessionName, Query()]


class Caller(NamedTuple):
    """Who asks, in which session, in which request."""

    owner: Owner
    principal: Principal
    request_id: str


def add_routes(app: FastAPI, endpoint: Endpoint) -> None:
    """All of them."""
    _add_talk(app, endpoint)
    _add_consent(app, endpoint)
    _add_plans(app, endpoint)
    _add_runs(app, endpoint)
    _add_account(app, endpoint)


def _add_talk(app: FastAPI, endpoint: Endpoint) -> None:
    @app.get(PING)
    async def ping() -> PingAnswer:
        """Whether the server is there, and whether it is at work."""
        return PingAnswer(**endpoint.health.answer())

    @app.post(INVOCATIONS, response_model=InvocationAnswer, responses=_ANSWERS)
    async def invocations(request: Request, body: Invocation) -> Response:
        """One prompt. `Accept: text/event-stream` streams what happens as server-sent events; else one JSON answer.

        Nothing is changed here: a change that is asked for comes back as `approval_required`.
        """
        caller = _caller(request, _session(request, body.session))
        turn = endpoint.run_turn(caller.owner, caller.principal, body.prompt, caller.request_id)
        first = await turn.first()
        if "text/event-stream" in request.headers.get("accept", ""):
            return StreamingResponse(stream(turn, first), media_type="text/event-stream")
        events = [event async for event in turn.rest(first) if event is not None]
        return JSONResponse(whole(caller.owner, events).model_dump(mode="json"))


def _add_consent(app: FastAPI, endpoint: Endpoint) -> None:
    @app.post(APPROVALS, status_code=202, responses=_ANSWERS)
    async def approvals(request: Request, body: ApprovalGiven, response: Response) -> ApprovalAnswer:
        """A person's consent to one plan of the session. It is carried out at once, away from this request."""
        caller = _caller(request, body.session)
        if not caller.principal.may_change:
            raise Refused(
                403,
                "NotAllowed",
                "You may look and plan here, but not change anything. Nothing was approved.",
                "Whoever deployed this decides by MigratePrincipals who may.",
            )
        accepted = await endpoint.ask(
            caller.principal,
            lambda backend: backend.approve(*caller, body.digest, body.typed),
        )
        response.status_code = 202 if accepted.migration_id else 200
        return ApprovalAnswer(
            status="accepted" if accepted.migration_id else "unchanged",
            plan_digest=accepted.plan.digest,
            migration_id=accepted.migration_id,
            approved_by=caller.principal.arn,
            session=caller.owner.session,
        )


def _add_plans(app: FastAPI, endpoint: Endpoint) -> None:
    @app.post(PLANS, responses=_ANSWERS)
    async def make_plan(request: Request, body: PlanAsked) -> ApprovalRequired:
        """The plan that takes a run of the session back, or cuts it over. Changes nothing."""
        caller = _caller(request, body.session)
        return await endpoint.ask(caller.principal, lambda backend: backend.make_plan(*caller, body))

    @app.get(f"{PLANS}/{{digest}}", responses=_ANSWERS)
    async def plan(request: Request, digest: Digest, session: _Session) -> ApprovalRequired:
        """A saved plan of the session, whole."""
        caller = _caller(request, session)
        return await endpoint.ask(
            caller.principal, lambda backend: backend.plan(caller.owner, caller.principal, digest)
        )


def _add_runs(app: FastAPI, endpoint: Endpoint) -> None:
    @app.get(MIGRATIONS, responses=_ANSWERS)
    async def migrations(request: Request, session: _Session) -> MigrationsAnswer:
        """How far the newest runs of the session are."""
        caller = _caller(request, session)
        found = await endpoint.ask(
            caller.principal, lambda backend: backend.look(*caller, lambda service: service.runs(MOST_RUNS))
        )
        return MigrationsAnswer(migrations=found)

    @app.get(f"{MIGRATIONS}/{{migration_id}}", responses=_ANSWERS)
    async def migration(request: Request, migration_id: MigrationId, session: _Session) -> MigrationAnswer:
        """How far a run of the session is."""
        caller = _caller(request, session)
        return await endpoint.ask(
            caller.principal, lambda backend: backend.migration(caller.owner, caller.principal, migration_id)
        )

    @app.get(f"{MIGRATIONS}/{{migration_id}}/verification", responses=_ANSWERS)
    async def verification(request: Request, migration_id: MigrationId, session: _Session) -> VerificationAnswer:
        """Whether what a run asked for is still so, read from AWS now."""
        caller = _caller(request, session)
        found = await endpoint.ask(
            caller.principal,
            lambda backend: backend.look(*caller, lambda service: service.verify_run(migration_id)),
        )
        return VerificationAnswer(verification=found)

    @app.get(f"{MIGRATIONS}/{{migration_id}}/report", responses=_ANSWERS)
    async def report(request: Request, migration_id: MigrationId, session: _Session) -> ReportAnswer:
        """The page of a run, as Markdown."""
        caller = _caller(request, session)
        _, text = await endpoint.ask(
            caller.principal, lambda backend: backend.look(*caller, lambda service: service.report(migration_id))
        )
        return ReportAnswer(migration_id=migration_id, markdown=text)


def _add_account(app: FastAPI, endpoint: Endpoint) -> None:
    @app.get(WHOAMI, responses=_ANSWERS)
    async def whoami(request: Request, session: _Session) -> PlaceAnswer:
        """Who asks, and what this endpoint works on: account, region, model, simulated or not, read-only or not."""
        caller = _caller(request, session)
        place = await endpoint.ask(caller.principal, lambda backend: backend.place(*caller))
        return PlaceAnswer(caller=caller.principal.arn, **place.as_json())

    @app.get(CLUSTERS, responses=_ANSWERS)
    async def clusters(
        request: Request, session: _Session, region: str | None = None, name_contains: str | None = None
    ) -> ClustersAnswer:
        """Provisioned clusters of a region."""
        caller = _caller(request, session)
        return await endpoint.ask(caller.principal, lambda backend: backend.clusters(*caller, region, name_contains))

    @app.get(NAMESPACES, responses=_ANSWERS)
    async def namespaces(request: Request, session: _Session, region: str | None = None) -> NamespacesAnswer:
        """Names of serverless namespaces of a region."""
        caller = _caller(request, session)
        found = await endpoint.ask(
            caller.principal, lambda backend: backend.look(*caller, lambda service: service.namespace_names(region))
        )
        return NamespacesAnswer(namespaces=found)


def _caller(request: Request, session: str) -> Caller:
    """Who asks; the guard has let nobody else in."""
    principal: Principal = getattr(request.state, PRINCIPAL)
    return Caller(Owner(principal=principal.arn, session=session), principal, request_id(request))


def _session(request: Request, named: str | None) -> str:
    """The session of the body, or of AgentCore's header, or a new one."""
    header = request.headers.get(AGENTCORE_SESSION)
    if named and header and named != header:
        raise Refused(400, "TwoSessions", "Body and header name different sessions.")
    session = named or header or uuid.uuid4().hex
    if not SESSION_NAME.fullmatch(session):
        raise Refused(400, "BadSession", "A session is named with up to 128 letters, digits, dots and dashes.")
    return session


def request_id(request: Request) -> str:
    """The name under which the request is found in the logs."""
    return str(getattr(request.state, REQUEST_ID, ""))
