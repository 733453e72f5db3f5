"""The ASGI app: its routes over a backend that loads while /ping already answers."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Callable, Collection
from typing import TYPE_CHECKING

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

import redshift_migrate
from redshift_migrate.endpoint.guard import Guard, Refused
from redshift_migrate.endpoint.health import Health
from redshift_migrate.endpoint.identity import IdentityProvider
from redshift_migrate.endpoint.problems import error_response, problem_response, tell_fault
from redshift_migrate.endpoint.routes import add_routes, request_id
from redshift_migrate.endpoint.turns import Endpoint
from redshift_migrate.errors import RedshiftMigrateError

if TYPE_CHECKING:
    from redshift_migrate.endpoint.backend import Backend


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
    add_routes(app, endpoint)
    _add_borders(app)
    app.add_middleware(Guard, identity=identity, names=names)
    return app


def _add_borders(app: FastAPI) -> None:
    @app.exception_handler(Refused)
    async def answer_error(request: Request, error: Refused) -> Response:
        return problem_response(
            error.status, error.code, error.message, hint=error.hint, request_id=request_id(request)
        )

    @app.exception_handler(RedshiftMigrateError)
    async def ours(request: Request, error: RedshiftMigrateError) -> Response:
        return error_response(error, request_id(request))

    @app.exception_handler(RequestValidationError)
    async def invalid(request: Request, error: RequestValidationError) -> Response:
        """Which member is wrong and why; never what it was, which may be anything."""
        where = "; ".join(tell_fault(one) for one in error.errors()[:5])
        return problem_response(
            422, "InvalidRequest", f"The request cannot be used: {where[:500]}.", request_id=request_id(request)
        )

    @app.exception_handler(HTTPException)
    async def framework(request: Request, error: HTTPException) -> Response:
        code, said = {
            404: ("NotFound", "There is nothing here."),
            405: ("MethodNotAllowed", "What is here does not answer this method."),
        }.get(error.status_code, ("BadRequest", "The request cannot be read."))
        return problem_response(error.status_code, code, said, request_id=request_id(request))
