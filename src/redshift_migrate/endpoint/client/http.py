"""Requests to an endpoint: signed, bounded in time, and streamed line by line until somebody has had enough."""

from __future__ import annotations

import contextlib
import http.client
import json
import socket
import ssl
import threading
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeVar
from urllib.parse import urlsplit

from pydantic import BaseModel, ValidationError

from redshift_migrate.errors import (
    ApprovalRequired,
    MigrationNotFound,
    PlanBlocked,
    PlanNotFound,
    PlanNotShown,
    RedshiftMigrateError,
    SessionBusy,
    SettingsError,
    StalePlan,
    StateConflict,
    Unreachable,
)
from redshift_migrate.text import visible, visible_values

Answered = TypeVar("Answered", bound=BaseModel)

Sign = Callable[[str, str, Mapping[str, str], bytes], dict[str, str]]
"""Method, URL, headers and body → the headers to send."""

LOOPBACK = ("127.0.0.1", "localhost", "::1")
CONNECT_S = 10.0
SILENT_S = 60.0
"""How long nothing may be heard: a stream that waits says so every few seconds."""
LONGEST_LINE = 4 * 1024 * 1024

_KNOWN: dict[str, type[RedshiftMigrateError]] = {
    kind.__name__: kind
    for kind in (
        ApprovalRequired,
        MigrationNotFound,
        PlanBlocked,
        PlanNotFound,
        PlanNotShown,
        SessionBusy,
        SettingsError,
        StalePlan,
    )
}


class HttpClient:
    """One endpoint. Every request has a connection of its own: they are rare, and signatures are per request."""

    def __init__(self, url: str, sign: Sign) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.username:
            raise SettingsError(f"--endpoint {url!r} is no URL of an agent.", hint="Write it as https://HOST[:PORT].")
        if parts.scheme == "http" and parts.hostname not in LOOPBACK:
            raise SettingsError(
                f"--endpoint {url!r} is not encrypted, and plans and credentials would be readable on the way.",
                hint="Use https; http is for this machine only.",
            )
        self.url, self._parts, self._sign = url.rstrip("/"), parts, sign

    def ask(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """The JSON answer. Raises our own errors for what is not a success."""
        with self._send(method, path, body, "application/json") as (reply, _):
            return _document(reply)

    def ask_for(self, kind: type[Answered], method: str, path: str, body: Mapping[str, Any] | None = None) -> Answered:
        """The answer as that value. Unreachable for one of another shape."""
        try:
            return kind.model_validate(self.ask(method, path, body))
        except ValidationError as error:
            raise Unreachable(
                f"The endpoint {self._parts.netloc} answers in a way that this version does not know.",
                hint="Endpoint and program may be of different versions; use the same.",
            ) from error

    @contextlib.contextmanager
    def stream(self, path: str, body: Mapping[str, Any]) -> Iterator[Stream]:
        """The lines of a stream of events."""
        with self._send("POST", path, body, "text/event-stream") as (reply, connected):
            yield Stream(reply, connected)

    @contextlib.contextmanager
    def _send(
        self, method: str, path: str, body: Mapping[str, Any] | None, accept: str
    ) -> Iterator[tuple[http.client.HTTPResponse, socket.socket]]:
        data = json.dumps(body).encode() if body is not None else b""
        headers = {"Accept": accept, "Host": self._parts.netloc}
        if body is not None:
            headers["Content-Type"] = "application/json"
        connection = self._connection()
        try:
            connection.connect()
            connected: socket.socket = connection.sock
            connected.settimeout(SILENT_S)
            signed = self._sign(method, self.url + path, headers, data)
            connection.request(method, self._parts.path.rstrip("/") + path, data or None, signed)
            reply = connection.getresponse()
            if reply.status >= 300:
                raise _read_error(reply)
            yield reply, connected
        except (OSError, http.client.HTTPException) as error:
            raise Unreachable(
                f"The endpoint {self._parts.netloc} gave no answer: {visible(str(error) or type(error).__name__, 200)}",
                hint="Look whether it is there (GET /ping), and ask again; what was approved goes on without you.",
            ) from error
        finally:
            connection.close()

    def _connection(self) -> http.client.HTTPConnection:
        host, port = str(self._parts.hostname), self._parts.port
        if self._parts.scheme == "http":
            return http.client.HTTPConnection(host, port or 80, timeout=CONNECT_S)
        trust = ssl.create_default_context()
        proxy = None if urllib.request.proxy_bypass(host) else urllib.request.getproxies().get("https")
        if not proxy:
            return http.client.HTTPSConnection(host, port or 443, timeout=CONNECT_S, context=trust)
        through = urlsplit(proxy if "://" in proxy else f"http://{proxy}")
        connection = http.client.HTTPSConnection(
            str(through.hostname), through.port or 8080, timeout=CONNECT_S, context=trust
        )
        connection.set_tunnel(host, port or 443)
        return connection


def with_scheme(url: str) -> str:
    """An address as people write it: https where no scheme is said, http on this machine."""
    if "://" in url or not url:
        return url
    return f"{'http' if urlsplit(f'//{url}').hostname in LOOPBACK else 'https'}://{url}"


class Stream:
    """Lines as they come. `stop` ends them from any thread."""

    def __init__(self, reply: http.client.HTTPResponse, connected: socket.socket) -> None:
        self._reply, self._connected = reply, connected
        self._stopped = threading.Event()

    def stop(self) -> None:
        """No more lines are wanted."""
        self._stopped.set()
        with contextlib.suppress(OSError):  # it may have ended by itself
            self._connected.shutdown(socket.SHUT_RDWR)

    def lines(self) -> Iterator[str]:
        """Every line without its end."""
        while True:
            try:
                line = self._reply.readline(LONGEST_LINE)
            except (OSError, http.client.HTTPException):
                if self._stopped.is_set():
                    return
                raise
            if not line or self._stopped.is_set():
                return
            yield line.decode("utf-8", "replace").rstrip("\r\n")


def _document(reply: http.client.HTTPResponse) -> dict[str, Any]:
    try:
        document = json.loads(reply.read())
    except ValueError as error:
        raise Unreachable("The endpoint answered with something that is not JSON.") from error
    if not isinstance(document, dict):
        raise Unreachable("The endpoint answered with something that is not a JSON object.")
    return document


def _read_error(reply: http.client.HTTPResponse) -> RedshiftMigrateError:
    """The error that the endpoint, or what stands before it, answered with."""
    try:
        error = json.loads(reply.read(64 * 1024))["error"]
        code, message, hint = str(error["code"]), str(error["message"]), str(error.get("hint", ""))
    except (ValueError, KeyError, TypeError):
        code, message, hint = "", f"The endpoint answered {reply.status} {visible(reply.reason, 100)}.", ""
        if reply.status == 403:
            hint = "Your role needs the policy that the deployment names as InvokePolicyArn."
        error = {}
    kind = _KNOWN.get(code, StateConflict if reply.status == 409 else RedshiftMigrateError)
    facts = {name: value for name, value in error.items() if name in ("plan_digest", "moved", "findings")}
    return kind(visible(message), hint=visible(hint), **visible_values(facts))
