"""A server that cannot be starved: by those who say nothing, who are slow, who ask much, or whom nobody knows."""

from __future__ import annotations

import asyncio
import json
import random
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.types import Message

from redshift_migrate.aws.client import AwsClient
from redshift_migrate.aws.door import Answer, MeteredAws
from redshift_migrate.aws.session import open_session
from redshift_migrate.clock import Clock
from redshift_migrate.endpoint import connections, guard
from redshift_migrate.endpoint.admission import Admission
from redshift_migrate.endpoint.early import Early
from redshift_migrate.endpoint.guard import Refused
from redshift_migrate.endpoint.serving import is_loopback
from redshift_migrate.models.plan import Call
from redshift_migrate.state.keeper import FileKeeper
from redshift_simulator import SimulatedAccount
from tests.endpoint.conftest import COPY, MIGRATOR, READER, Server, ask, obeying, signed_by
from tests.endpoint.test_client import ROOT, environment
from tests.support.patience import PATIENCE_S
from tests.support.scripted_model import ScriptedModel

HALF_OPEN = 1_000
BODIES = 1_500
LIST = "list_clusters {}"


class Process:
    """A real server on the demo."""

    def __init__(self, folder: Path) -> None:
        command = [sys.executable, "-P", "redshift_agent.py", "--demo", "--serve", "127.0.0.1:0"]
        self.popen = subprocess.Popen(
            command, cwd=ROOT, env=environment(folder), stderr=subprocess.PIPE, text=True, encoding="utf-8"
        )
        assert self.popen.stderr is not None
        found = re.search(r":(\d+)$", self.popen.stderr.readline())
        assert found is not None
        self.port = int(found[1])
        self.token = (folder / f"endpoint-{self.port}.token").read_text()

    def ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        """One request of its user."""
        headers = {"Authorization": f"Bearer {self.token}"}
        url = f"http://127.0.0.1:{self.port}{path}"
        answer: dict[str, Any] = httpx.request(method, url, headers=headers, json=body, timeout=PATIENCE_S).json()
        return answer

    def end(self, number: signal.Signals) -> int:
        """How it ends when it is told to."""
        self.popen.send_signal(number)
        code = self.popen.wait(timeout=PATIENCE_S)
        assert self.popen.stderr is not None
        self.popen.stderr.close()
        return code


def is_well(server: Process) -> bool:
    """True if it answers, which it refuses to whoever comes while it is full."""
    try:
        return "status" in server.ask("GET", "/ping")
    except httpx.HTTPError:
        return False


def is_refused(one: socket.socket) -> bool:
    """True if the server said at once that it is full."""
    try:
        return b" 503 " in one.recv(100)
    except OSError:
        return False


def wait_for(holds: Callable[[], bool]) -> None:
    until = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < until
        time.sleep(0.05)


# --- connections ------------------------------------------------------------------------------------------


def test_a_thousand_who_connect_and_say_nothing_end_nothing(tmp_path: Path) -> None:
    server = Process(tmp_path)
    silent = []
    for number in range(HALF_OPEN):
        one = socket.create_connection(("127.0.0.1", server.port), timeout=PATIENCE_S)
        if number % 2:
            one.sendall(b"POST /invocations HTTP/1.1\r\nHost: 127.0.0.1\r\n")
        silent.append(one)
    assert any(is_refused(one) for one in silent[-10:])
    assert server.popen.poll() is None
    for one in silent:
        one.close()
    wait_for(lambda: is_well(server))
    assert server.ask("GET", "/plans/00000000?session=s")["error"]["code"] == "PlanNotFound"
    assert server.end(signal.SIGINT) == 130


@pytest.mark.parametrize("begun", [b"", b"GET /ping HTTP/1.1\r\nHost: x\r\n"])
def test_who_does_not_come_to_the_point_is_not_waited_for(monkeypatch: pytest.MonkeyPatch, begun: bytes) -> None:
    monkeypatch.setattr(connections, "HEAD_S", 0.05)

    async def talk() -> bytes:
        server = await listening()
        port = server.sockets[0].getsockname()[1]
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(begun)
        said = await asyncio.wait_for(reader.read(), PATIENCE_S)
        writer.close()
        server.close()
        return said

    assert asyncio.run(talk()) == b""


async def listening() -> asyncio.Server:
    """A server of bounded connections before an app that nobody reaches."""
    import uvicorn
    from uvicorn.server import ServerState

    async def app(scope: Any, receive: Any, send: Any) -> None:
        raise AssertionError(scope, receive, send)

    config = uvicorn.Config(app, log_config=None)
    config.load()
    state, loop = ServerState(), asyncio.get_running_loop()
    return await loop.create_server(lambda: connections.BoundedConnection(config, state, {}), "127.0.0.1", 0)


def test_a_body_that_does_not_arrive_is_not_waited_for(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard, "BODY_S", 0.05)
    sent: list[Message] = []

    async def talk() -> None:
        app = server.app()
        headers = [(b"content-type", b"application/json"), (b"content-length", b"100")]
        headers += [(name.encode(), value.encode()) for name, value in signed_by(MIGRATOR).items()]
        scope = {"type": "http", "method": "POST", "path": "/invocations", "headers": headers, "query_string": b""}

        async def receive() -> Message:
            await asyncio.sleep(PATIENCE_S)
            raise AssertionError

        async def send(message: Message) -> None:
            sent.append(message)

        await app(scope, receive, send)

    asyncio.run(talk())
    assert sent[0]["status"] == 408


# --- who asks comes first ---------------------------------------------------------------------------------


def test_a_stranger_learns_nothing_but_that_they_are_one(server: Server) -> None:
    async def talk(client: httpx.AsyncClient) -> tuple[set[int], int]:
        asked = [
            client.get("/openapi.json"),
            client.get("/docs"),
            client.get("/nothing"),
            client.put("/invocations"),
            client.get("/plans/UPPER"),
            client.post("/invocations", json={"prompt": 1, "nonsense": 2}),
            client.post("/invocations", content=b"\xff" * 10),
            client.post("/approvals", content=b"x" * 10_000_000, headers={"content-type": "application/json"}),
        ]
        replies = [await each for each in asked]
        return {reply.status_code for reply in replies}, (
            await client.get("/openapi.json", headers=signed_by(READER))
        ).status_code

    assert server.run(talk) == ({401}, 200)


@pytest.mark.parametrize(
    ("host", "origin", "status"),
    [
        ("127.0.0.1:8080", None, 404),
        ("LOCALHOST:8080", None, 404),
        ("[::1]:8080", None, 404),
        ("127.0.0.1", "http://[::1]:3000", 404),
        ("127.0.0.1.evil.example", None, 421),
        ("evil.example/127.0.0.1", None, 421),
        ("evil.example:80@127.0.0.1", None, 421),
        ("127.0.0.1:port", None, 421),
        ("[::1", None, 421),
        ("", None, 421),
        ("127.0.0.1", "https://127.0.0.1@evil.example", 403),
        ("127.0.0.1", "https://evil.example://127.0.0.1", 403),
        ("127.0.0.1", "null", 403),
        ("127.0.0.1", "", 403),
    ],
)
def test_host_and_origin_are_parsed(server: Server, host: str, origin: str | None, status: int) -> None:
    async def talk(client: httpx.AsyncClient) -> int:
        headers = signed_by(MIGRATOR) | {"host": host} | ({"origin": origin} if origin is not None else {})
        return (await client.get("/nothing", headers=headers)).status_code

    assert server.run(talk, server.app(loopback=True)) == status


def test_what_only_this_machine_can_reach() -> None:
    named = ("localhost", "LOCALHOST", "127.0.0.1", "127.8.8.8", "::1")
    assert all(map(is_loopback, named))
    assert not any(map(is_loopback, ("127.evil.example", "10.0.0.1", "::2", "")))


# --- turns that wait --------------------------------------------------------------------------------------


class SilentAws(AwsClient):
    """AWS that does not answer one operation until it is told to."""

    def __init__(self) -> None:
        super().__init__(open_session(region="us-east-2")[0], read_timeout_s=PATIENCE_S)
        self.may_answer = threading.Event()

    def ask(self, call: Call) -> Answer:
        if call.operation == "DescribeClusters":
            assert self.may_answer.wait(PATIENCE_S)
        return super().ask(call)


@asynccontextmanager
async def started(server: Server) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the app as it is served: behind what answers early, with its threads."""
    early = Early(lambda _: server.app())
    said: asyncio.Queue[Message] = asyncio.Queue()
    ready = asyncio.Event()

    async def send(message: Message) -> None:
        if message["type"] == "lifespan.startup.complete":
            ready.set()

    living = asyncio.ensure_future(early({"type": "lifespan"}, said.get, send))
    said.put_nowait({"type": "lifespan.startup"})
    await ready.wait()
    transport = httpx.ASGITransport(app=early)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8080", timeout=PATIENCE_S) as client:
        yield client
    said.put_nowait({"type": "lifespan.shutdown"})
    await living


def test_turns_that_wait_for_aws_hold_nobody_else_up(aws_env: dict[str, str], clock: Clock, tmp_path: Path) -> None:
    assert aws_env
    aws = SilentAws()
    server = Server(MeteredAws(aws), FileKeeper(tmp_path), clock, obedient)

    async def talk() -> list[int]:
        async with started(server) as client:
            plan = (await ask(client, f"configure_serverless_snapshot_copy {json.dumps(COPY)}")).json()
            digest = plan["approval_required"]["plan_digest"]
            waiting = [asyncio.ensure_future(ask(client, LIST, session=f"w{number}")) for number in range(24)]
            await asyncio.sleep(0)
            read = await client.get(f"/plans/{digest}?session=s1", headers=signed_by(MIGRATOR))
            talked = await ask(client, "hello", who=READER)
            pinged = await client.get("/ping")
            assert not any(each.done() for each in waiting)
            aws.may_answer.set()
            ended = {reply.status_code for reply in await asyncio.gather(*waiting)}
            return [read.status_code, talked.status_code, pinged.status_code, *ended]

    assert asyncio.run(talk()) == [200, 200, 200, 200]


def obedient() -> ScriptedModel:
    return ScriptedModel(obeying)


def test_a_caller_has_half_of_the_places_and_everybody_has_all() -> None:
    places = Admission("turns", 4, 2)
    with places.admit("ana"), places.admit("ana"):
        with pytest.raises(Refused) as of_ana, places.admit("ana"):
            pass
        with places.admit("bob"), places.admit("bob"), pytest.raises(Refused) as of_all, places.admit("eve"):
            pass
        with places.admit("eve"):
            pass
    assert (of_ana.value.status, of_all.value.status) == (429, 503)
    with places.admit("ana"), places.admit("ana"):
        pass


# --- the end ----------------------------------------------------------------------------------------------


def test_a_server_that_is_told_to_end_lets_the_step_end_and_another_goes_on(tmp_path: Path) -> None:
    first = Process(tmp_path)
    asked = first.ask("POST", "/invocations", {"prompt": "migrate dev-sandbox to serverless", "session": "s"})
    digest = asked["approval_required"]["plan_digest"]
    approval = {"session": "s", "digest": digest}
    run = f"/migrations/{first.ask('POST', '/approvals', approval)['migration_id']}?session=s"
    wait_for(lambda: bool(first.ask("GET", run)["steps_done"]))
    assert first.end(signal.SIGTERM) == -signal.SIGTERM

    second = Process(tmp_path)
    stopped = second.ask("GET", run)
    assert stopped["stopped_because"] == "The server was stopped."
    assert stopped["steps_done"]
    assert stopped["steps_left"]
    assert second.ask("POST", "/approvals", approval)["status"] == "accepted"
    wait_for(lambda: second.ask("GET", run)["state"] == "finished")
    assert second.end(signal.SIGINT) == 130


# --- nonsense ---------------------------------------------------------------------------------------------


def nonsense(source: random.Random) -> tuple[str, str, dict[str, str], bytes]:
    """Method, path, headers and body of a request that somebody hostile or broken sends."""
    method = source.choice(["POST", "POST", "POST", "GET", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH"])
    path = source.choice(
        ["/invocations", "/approvals", "/plans/", "/migrations/", "/ping", "/openapi.json", "/%00", "//"]
    )
    path += source.choice(["", "", "0" * 64, "..%2f..", "?session=s1", "?session=" + "x" * 300, "%ff%fe"])
    value: Any = source.choice([None, 1, "", "x" * 500, [], {}, True, -1e308, "\u202e", "\ud800", {"a": {"b": []}}])
    body: Any = {source.choice(["prompt", "session", "digest", "x"]): value for _ in range(source.randrange(4))}
    whole = json.dumps(body).encode()
    raw = source.choice(
        [
            whole,
            whole,
            whole[: len(whole) // 2],
            b"[" * 5_000,
            bytes(source.randbytes(40)),
            whole.decode().encode("utf-16"),
            b"",
        ]
    )
    headers = {
        "content-type": source.choice(["application/json", "application/json; charset=utf-16", "text/plain", ""])
    }
    headers |= source.choice(
        [
            {},
            {"transfer-encoding": "identity"},
            {"content-encoding": "gzip"},
            {"x-amzn-request-context": "{"},
            {"x-http-method-override": "GET"},
            {"accept": "text/event-stream"},
            {"expect": "200-ok"},
        ]
    )
    return method, path, headers, raw


def test_nonsense_is_answered_in_our_own_words(server: Server, account: SimulatedAccount) -> None:
    source = random.Random(20261126)

    async def talk(client: httpx.AsyncClient) -> None:
        for number in range(BODIES):
            method, path, more, body = nonsense(source)
            who = signed_by(MIGRATOR) if number % 3 else {}
            reply = await client.request(method, path, headers=who | more, content=body)
            assert reply.status_code < 500, (method, path, more, body)
            if reply.status_code >= 400 and method != "HEAD":
                assert {"code", "message"} <= set(reply.json()["error"]), reply.text
        assert (await ask(client, "hello")).json()["answer"] == "You said: hello"

    server.run(talk)
    assert account.writes() == []
