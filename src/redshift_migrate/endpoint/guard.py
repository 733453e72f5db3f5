"""The first thing every request meets: where it was sent, who asks, its size, its form. What fails goes no further."""

from __future__ import annotations

import asyncio
import logging
import time
import uuid
from collections.abc import Collection
from urllib.parse import urlsplit

from pydantic_core import from_json
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from redshift_migrate.endpoint.identity import IdentityProvider
from redshift_migrate.endpoint.problems import problem_response
from redshift_migrate.endpoint.wire import LARGEST_BODY, PING
from redshift_migrate.state.owner import Principal

LOG = logging.getLogger(__name__)
REQUEST_ID = "request_id"
PRINCIPAL = "principal"
BODY_S = 30.0
"""How long the body of a request may take."""


class Refused(Exception):
    """The request is not passed on."""

    def __init__(self, status: int, code: str, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.status, self.code, self.message, self.hint = status, code, message, hint


class Guard:
    """ASGI middleware. Where it is told by which names it goes, a web page in a browser cannot get in either."""

    def __init__(self, app: ASGIApp, *, identity: IdentityProvider, names: Collection[str]) -> None:
        self._app, self._identity, self._names = app, identity, names

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started, answered = time.perf_counter(), _Answered(send)
        request_id = scope.setdefault("state", {})[REQUEST_ID] = uuid.uuid4().hex
        answered.request_id = request_id
        try:
            if self._names:
                _refuse_browsers(Headers(scope=scope), self._names)
            if scope["path"] != PING:
                scope["state"][PRINCIPAL] = self._require_principal(Headers(scope=scope))
            if scope["method"] == "POST":
                receive = _again(await _timely_body(scope, receive), receive)
            await self._app(scope, receive, answered)
        except Refused as refused:
            response = problem_response(
                refused.status, refused.code, refused.message, hint=refused.hint, request_id=request_id
            )
            await response(scope, receive, answered)
        except Exception as error:  # the border: nothing of an accident goes out but its request id
            LOG.exception("request failed | error=<%s>", type(error).__name__)
            if not answered.status:
                response = problem_response(
                    500, "Bug", "The server failed in a way it should not.", request_id=request_id
                )
                await response(scope, receive, answered)
        finally:
            LOG.info(
                "request",
                extra={
                    "event": "request",
                    "request_id": request_id,
                    "method": scope["method"],
                    "route": getattr(scope.get("route"), "path", "-"),
                    "status": answered.status,
                    "duration_s": round(time.perf_counter() - started, 4),
                },
            )

    def _require_principal(self, headers: Headers) -> Principal:
        principal = self._identity(headers)
        if principal is None:
            raise Refused(
                401,
                "NotAuthenticated",
                "Nobody vouches for who you are. Nothing was done.",
                "Sign the request; for a server on this machine send the token that it named when it started.",
            )
        return principal


class _Answered:
    """Sends, and remembers the status; puts the request's id on the answer."""

    def __init__(self, send: Send) -> None:
        self._send, self.status, self.request_id = send, 0, ""

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            message["headers"] = [
                *message.get("headers", ()),
                (b"x-request-id", self.request_id.encode()),
                (b"x-content-type-options", b"nosniff"),
                (b"cache-control", b"no-store"),
            ]
        await self._send(message)


async def _timely_body(scope: Scope, receive: Receive) -> bytes:
    try:
        async with asyncio.timeout(BODY_S):
            return await _body(scope, receive)
    except TimeoutError as error:
        raise Refused(408, "TooSlow", f"The body did not arrive within {BODY_S:.0f} s. Nothing was done.") from error


async def _body(scope: Scope, receive: Receive) -> bytes:
    """The whole body, which is JSON and not too large. Refused otherwise, without reading on."""
    headers = dict(scope["headers"])
    if headers.get(b"content-type", b"").split(b";")[0].strip().lower() != b"application/json":
        raise Refused(415, "UnsupportedMediaType", "The body must be JSON (Content-Type: application/json).")
    length = headers.get(b"content-length", b"0")
    if not length.isdigit() or int(length) > LARGEST_BODY:
        raise _too_large()
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Refused(400, "Disconnected", "The request ended before its body did.")
        body += message.get("body", b"")
        if len(body) > LARGEST_BODY:
            raise _too_large()
        if not message.get("more_body"):
            break
    try:
        document = from_json(bytes(body), allow_inf_nan=False)
    except ValueError as error:  # too deep is one of them: the parser has a limit and no stack to overflow
        raise Refused(400, "MalformedJson", "The body is not JSON that can be read.") from error
    if not isinstance(document, dict):
        raise Refused(400, "MalformedJson", "The body must be a JSON object.")
    return bytes(body)


def _too_large() -> Refused:
    return Refused(413, "BodyTooLarge", f"A request may have {LARGEST_BODY:,} bytes and no more.")


def _again(body: bytes, receive: Receive) -> Receive:
    """Hands the body over once more; after it comes what the server has to say, such as that the client is gone."""
    pending: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive_again() -> Message:
        return pending.pop() if pending else await receive()

    return receive_again


def _refuse_browsers(headers: Headers, names: Collection[str]) -> None:
    """A page can send requests to loopback, by its own name (rebinding) or as itself (Origin); nobody else does."""
    if _host_of(f"//{headers.get('host', '')}") not in names:
        raise Refused(421, "WrongHost", "This server answers on loopback only.", "Ask for http://127.0.0.1:PORT.")
    origin = headers.get("origin")
    if origin is not None and _host_of(origin) not in names:
        raise Refused(403, "ForeignOrigin", "A web page may not talk to this server.")


def _host_of(address: str) -> str | None:
    """The host of an address, in lower case and without brackets; None for anything else than host and port."""
    try:
        parts = urlsplit(address)
        parts.port  # noqa: B018  # raises for what is no port
    except ValueError:
        return None
    return None if parts.username is not None or parts.path or parts.query else parts.hostname
