"""The simulated account on a port of this machine."""

from __future__ import annotations

import logging
import selectors
import socket
import socketserver
import struct
import sys
import threading
from collections.abc import Iterator
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, HTTPServer
from types import TracebackType
from typing import Any

from redshift_simulator import control
from redshift_simulator.account import SimulatedAccount
from redshift_simulator.dispatch import answer
from redshift_simulator.exchange import NoReply, Reply, Request

logger = logging.getLogger(__name__)

LONGEST_LINE = 65_536
HANG_S = 600.0  # longer than any client waits for a reply
RESET_ON_CLOSE = struct.pack("ii", 1, 0)  # SO_LINGER with no time: closing sends a reset


class SimulatedAws:
    """Serves one account on 127.0.0.1; all services on one endpoint."""

    def __init__(self, account: SimulatedAccount, port: int = 0) -> None:
        self.account = account
        self._port = port
        self._server: _Server | None = None
        self._thread: threading.Thread | None = None

    @property
    def endpoint_url(self) -> str:
        """What AWS_ENDPOINT_URL has to be."""
        assert self._server is not None, "the server has not been started"
        return f"http://127.0.0.1:{self._server.server_port}"

    def start(self) -> SimulatedAws:
        self._server = _Server(self.account, self._port)
        self._thread = threading.Thread(target=self._server.serve, name="simulated-aws", daemon=True)
        self._thread.start()
        return self

    def stop(self) -> None:
        """Stop serving; open connections end, a request that hangs ends too."""
        if self._server is None or self._thread is None:
            return
        self._server.stopping.set()
        self._server.wake()
        self._thread.join()
        self._server.end_connections()
        self._server.server_close()
        self._server = self._thread = None

    def __enter__(self) -> SimulatedAws:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


class _Server(socketserver.ThreadingMixIn, HTTPServer):
    daemon_threads = True
    request_queue_size = 128
    timeout = 0  # `handle_request` is called when there is one

    def __init__(self, account: SimulatedAccount, port: int) -> None:
        self.account = account
        self.stopping = threading.Event()
        self.open_connections: dict[threading.Thread, socket.socket] = {}
        self.to_reset: set[socket.socket] = set()
        self._woken, self._waker = socket.socketpair()
        super().__init__(("127.0.0.1", port), _Handler)

    def serve(self) -> None:
        """Accept connections until somebody wakes it; `serve_forever` would look for that from time to time only."""
        with selectors.DefaultSelector() as selector:
            for each in (self, self._woken):
                selector.register(each, selectors.EVENT_READ)
            while self._woken not in {key.fileobj for key, _ in selector.select()}:
                self.handle_request()

    def wake(self) -> None:
        """End `serve`."""
        self._waker.send(b"x")

    def server_close(self) -> None:
        super().server_close()
        self._woken.close()
        self._waker.close()

    def server_bind(self) -> None:
        # HTTPServer would look up the name of this host, which can take seconds and needs the network.
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = "127.0.0.1", self.server_address[1]

    def shutdown_request(self, request: Any) -> None:
        if request in self.to_reset:
            self.to_reset.discard(request)
            self.close_request(request)  # without the polite shutdown that would come before the reset
        else:
            super().shutdown_request(request)

    def end_connections(self) -> None:
        """Wake the threads that wait for a next request, and wait for all of them."""
        open_connections = dict(self.open_connections)
        for connection in open_connections.values():
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue  # already gone, which is what was wanted
        for thread in open_connections:
            thread.join(timeout=5)

    def handle_error(self, request: Any, client_address: Any) -> None:
        error = sys.exc_info()[1]
        if not isinstance(error, ConnectionError):  # clients give up, or are killed on purpose
            logger.error("client=<%s>, error=<%r> | request failed", client_address, error)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # with the one write below: 25 times as many calls a second
    server: _Server

    def setup(self) -> None:
        super().setup()
        self.server.open_connections[threading.current_thread()] = self.connection

    def finish(self) -> None:
        super().finish()
        self.server.open_connections.pop(threading.current_thread(), None)

    def handle_one_request(self) -> None:
        """One request of a client of AWS. http.server reads the headers as those of a mail, which takes most of it."""
        words = self.rfile.readline(LONGEST_LINE).decode("latin-1").split()
        if len(words) != 3:
            self.close_connection = True
            return
        self.command, path, version = words
        headers = dict(self._headers())
        self.close_connection = version == "HTTP/1.0" or headers.get("connection", "").lower() == "close"
        if headers.get("expect", "").lower() == "100-continue":
            self.wfile.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        body = self.rfile.read(int(headers.get("content-length") or 0))
        self._serve(Request(self.command, path, headers, body))

    def _headers(self) -> Iterator[tuple[str, str]]:
        while (line := self.rfile.readline(LONGEST_LINE)).strip():
            name, _, value = line.decode("latin-1").partition(":")
            yield name.strip().lower(), value.strip()

    def _serve(self, request: Request) -> None:
        if request.path.startswith(control.PREFIX):
            reply: Reply | NoReply = control.answer(self.server.account, request)
        else:
            reply = answer(self.server.account, request)
        self._send(reply) if isinstance(reply, Reply) else self._drop(reply)

    def _send(self, reply: Reply) -> None:
        """Headers and body in one write: two small ones cost a round of delayed acknowledgement."""
        lines = [
            f"HTTP/1.1 {reply.status} {HTTPStatus(reply.status).phrase}",
            *(f"{name}: {value}" for name, value in reply.headers.items()),
            f"Content-Length: {len(reply.body)}",
            f"Date: {self.date_time_string()}",
        ]
        head = "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n"
        self.wfile.write(head if self.command == "HEAD" else head + reply.body)

    def _drop(self, no_reply: NoReply) -> None:
        if no_reply.how == "hang":
            self.server.stopping.wait(HANG_S)
        if no_reply.how == "reset":
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_ON_CLOSE)
            self.server.to_reset.add(self.connection)
        self.close_connection = True

    def log_message(self, format: str, *args: Any) -> None:
        logger.debug(format, *args)
