"""The services next to Redshift (events, scheduler, kms, iam, ec2, …), answered by moto in this process.

moto keeps one state a process and makes up random ids. So that an account has its own state, and finds it again in
another process, every changing request is kept and done again where it is missing, each with its own random seed.
"""

from __future__ import annotations

import io
import threading
from typing import Any
from urllib.parse import unquote_to_bytes

import moto.backends
from moto.core.base_backend import BackendDict
from moto.moto_api._internal import mock_random
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.test import run_wsgi_app

from redshift_simulator.account import SimulatedAccount
from redshift_simulator.errors import SimulatedError
from redshift_simulator.exchange import Reply, Request, Scope, partition_of
from redshift_simulator.neighbours.log import Entry, entry_of, request_of
from redshift_simulator.wire.service import service_model

HOP_HEADERS = frozenset({"connection", "content-length", "date", "server", "transfer-encoding"})


class _Moto:
    """moto's one state, and which account's requests it has seen."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.dispatcher = DomainDispatcherApplication(create_backend_app)
        self.owner: SimulatedAccount | None = None
        self.done: list[Entry] = []

    def catch_up(self, account: SimulatedAccount) -> None:
        """Bring moto to where this account's log says that it is."""
        log = account.state["neighbour_requests"]
        if self.owner is not account or log[: len(self.done)] != self.done:
            BackendDict.reset()
            self.owner, self.done = account, []
        for entry in log[len(self.done) :]:
            request, scope = request_of(entry)
            self.call(account, request, scope, entry["seed"])
            self.done.append(entry)

    def call(self, account: SimulatedAccount, request: Request, scope: Scope, seed: str) -> Reply:
        self._wake(account, scope)
        mock_random.seed(seed)
        environ = _environ(account, request, scope)
        try:
            body, status, headers = run_wsgi_app(self.dispatcher.get_application(environ), environ)
        except NotImplementedError as error:
            raise SimulatedError("NotSimulated", f"The simulated account does not answer this: {error}", 501) from error
        kept = {name: value for name, value in headers.items() if name.lower() not in HOP_HEADERS}
        return Reply(int(status.split()[0]), kept, b"".join(body))

    def _wake(self, account: SimulatedAccount, scope: Scope) -> None:
        """Let the service of this region begin its life with ids that do not depend on what was asked before."""
        mock_random.seed(f"{scope.service}/{scope.region}")
        try:
            backends: Any = moto.backends.get_backend(_moto_name(scope.service))[account.account_id]  # type: ignore[call-overload]
        except (ImportError, KeyError) as error:
            raise SimulatedError("NotSimulated", f"There is no simulated service {scope.service!r}.", 501) from error
        for name in (scope.region, partition_of(scope.region)):
            if name in backends:
                backends[name]
                return


_moto = _Moto()


def _moto_name(signing_name: str) -> str:
    model = service_model(signing_name)
    return signing_name if model is None else str(model.service_name)


def forward(account: SimulatedAccount, request: Request, scope: Scope, *, mutates: bool) -> Reply:
    """Let moto answer, and remember the request if it changed something."""
    with _moto.lock:
        _moto.catch_up(account)
        log = account.state["neighbour_requests"]
        seed = f"{account.account_id}/{len(log)}"
        reply = _moto.call(account, request, scope, seed)
        if mutates and reply.status < 400:
            entry = entry_of(request, scope, seed)
            log.append(entry)
            _moto.done.append(entry)
        return reply


def _environ(account: SimulatedAccount, request: Request, scope: Scope) -> dict[str, Any]:
    """The WSGI form of a request; moto reads service and region from the signature's scope."""
    credential = f"{scope.access_key}/20260101/{scope.region}/{scope.service}/aws4_request"
    headers = {
        **request.headers,
        "authorization": f"AWS4-HMAC-SHA256 Credential={credential}, SignedHeaders=host, Signature=0",
        "x-moto-account-id": account.account_id,
    }
    path, _, query = request.target.partition("?")
    environ: dict[str, Any] = {
        "REQUEST_METHOD": request.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(path).decode("latin-1"),
        "RAW_URI": request.target,
        "REQUEST_URI": request.target,
        "QUERY_STRING": query,
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "CONTENT_TYPE": headers.get("content-type", ""),
        "CONTENT_LENGTH": str(len(request.body)),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(request.body),
        "wsgi.errors": io.StringIO(),
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    for name, value in headers.items():
        if name not in ("content-type", "content-length"):
            environ[f"HTTP_{name.upper().replace('-', '_')}"] = value
    return environ
