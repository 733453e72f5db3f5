"""What is uploaded, unpacked and run as Lambda runs it: the endpoint behind its adapter, the worker with its orders."""

from __future__ import annotations

import fcntl
import http.server
import json
import os
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aws_durable_execution_sdk_python_testing
import httpx
import pytest

from redshift_migrate.aws.own_parts import SessionBucket
from redshift_migrate.aws.state_table import StateTable
from redshift_migrate.clock import Clock
from redshift_migrate.state.cloud import CloudKeeper
from redshift_migrate.state.owner import Owner
from redshift_simulator import SimulatedAccount, SimulatedAws
from tests.deployment.policies import ROOT
from tests.endpoint.conftest import MIGRATE_ROLE, MIGRATOR, READER
from tests.support.own_parts import BUCKET, REGION, TABLE, own_parts
from tests.support.patience import PATIENCE_S, until
from tests.support.web_adapter import event, request_of

ASK = "configure snapshot copy for namespace my-namespace to us-west-2 with 7 day retention"
WORKER = f"arn:aws:lambda:{REGION}:123456789012:function:worker:live"
TURNS = 4
SESSIONS = 24
"""Of each of 50 sessions; tests/endpoint has the same with 20 turns, without the processes in between."""
DRIVE = """
import json, sys
from aws_durable_execution_sdk_python_testing import DurableFunctionTestRunner
from redshift_migrate.worker import handler
assert handler.__file__.startswith(sys.argv[1]), handler.__file__
with DurableFunctionTestRunner(handler.handler) as runner:
    print(runner.run(input=sys.argv[2]).result)
"""


def runtime() -> tuple[str, str]:
    """The interpreter of the function's runtime where this machine has it, else our own; and its version."""
    for command in ("python3.13", sys.executable):
        path = shutil.which(command)
        told = subprocess.run([path, "--version"], capture_output=True, text=True, check=False) if path else None
        if path and told is not None and told.returncode == 0:
            return path, ".".join(told.stdout.split()[1].split(".")[:2])
    raise AssertionError("there is no Python")


@pytest.fixture(scope="session")
def artefact() -> Path:
    """The folder that `sam build` would make; made by the same script, and only when what it is made of has changed."""
    folder = ROOT / "build" / f"function-{runtime()[1]}"
    folder.parent.mkdir(exist_ok=True)
    this_run = os.environ.get("PYTEST_XDIST_TESTRUNUID", str(os.getpid()))
    with (folder.parent / "built-for").open("a+") as marker:
        fcntl.flock(marker, fcntl.LOCK_EX)  # one worker of this run builds, the others wait and use it
        marker.seek(0)
        if marker.read() != this_run:
            subprocess.run([ROOT / "scripts" / "utils" / "build_function", folder, runtime()[1]], check=True)
            marker.truncate(0)
            marker.write(this_run)
    return folder


class Orders(http.server.BaseHTTPRequestHandler):
    """Lambda's Invoke, as far as an order needs it."""

    taken: list[tuple[str, str, str]]

    def do_POST(self) -> None:  # the name is set by http.server
        body = self.rfile.read(int(self.headers["content-length"])).decode()
        name = self.headers.get("x-amz-durable-execution-name", "")
        self.taken.append((self.path, f"{self.headers.get('x-amz-invocation-type')} {name}", body))
        self.send_response(202)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        """Nothing is printed."""


@dataclass
class Deployed:
    """The artefact at work."""

    url: str
    environment: dict[str, str]
    folder: Path
    log: Path
    tools: Path
    """Where the SDK's test runner is; it is no part of what is deployed."""
    orders: list[tuple[str, str, str]]
    approver_url: str

    def send(self, method: str, path: str, *, to: str = "", **options: Any) -> httpx.Response:
        """One event, for the endpoint unless another is named."""
        with httpx.Client(timeout=PATIENCE_S) as client:
            return client.send(request_of(event(method, path, **options), to or self.url))

    def ask(self, prompt: str, *, who: str = MIGRATOR, session: str = "s1", **options: Any) -> httpx.Response:
        """One prompt."""
        body = json.dumps({"prompt": prompt, "session": session})
        return self.send("POST", "/invocations", who=who, body=body, **options)

    def work(self) -> dict[str, Any]:
        """Let the artefact's worker carry the last order out, under the SDK's test runner."""
        run = subprocess.run(
            [runtime()[0], "-c", DRIVE, str(self.folder), self.orders[-1][2]],
            cwd=self.folder,
            env={**self.environment, "PYTHONPATH": f"{self.folder}:{self.tools}"},
            capture_output=True,
            text=True,
            timeout=PATIENCE_S,
            check=False,
        )
        assert run.returncode == 0, run.stderr
        result: dict[str, Any] = json.loads(run.stdout)
        return result


@pytest.fixture
def parts(aws: SimulatedAws) -> tuple[StateTable, SessionBucket]:
    """The deployment's own table and bucket."""
    return own_parts(aws)


@pytest.fixture
def deployed(artefact: Path, aws: SimulatedAws, parts: Any, tmp_path: Path) -> Iterator[Deployed]:
    """The endpoint of the artefact, on the simulated account."""
    assert parts
    taken: list[tuple[str, str, str]] = []
    invoked = http.server.ThreadingHTTPServer(("127.0.0.1", 0), type("Taken", (Orders,), {"taken": taken}))
    threading.Thread(target=invoked.serve_forever, daemon=True).start()
    environment = {
        "PATH": os.environ["PATH"],
        "AWS_REGION": REGION,
        "AWS_ACCESS_KEY_ID": "ASIASIMULATED000001",
        "AWS_SECRET_ACCESS_KEY": "simulated",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_ENDPOINT_URL": aws.endpoint_url,
        "AWS_ENDPOINT_URL_LAMBDA": f"http://127.0.0.1:{invoked.server_port}",
        "REDSHIFT_AGENT_TABLE": TABLE,
        "REDSHIFT_AGENT_BUCKET": BUCKET,
        "REDSHIFT_AGENT_MIGRATE_PRINCIPALS": MIGRATE_ROLE,
        "REDSHIFT_AGENT_ADDRESS": "127.0.0.1:0",
        "PYTHONPYCACHEPREFIX": str(artefact.parent / "bytecode"),  # none beside what is deployed
    }
    log, tools = tmp_path / "log", tmp_path / "tools"
    tools.mkdir()
    package = Path(aws_durable_execution_sdk_python_testing.__file__).parent
    (tools / package.name).symlink_to(package)
    try:
        with _started(
            artefact, {**environment, "REDSHIFT_AGENT_WORKER": WORKER}, tmp_path / "approver-log"
        ) as approver:
            talks = {"REDSHIFT_AGENT_MODEL": "offline", "REDSHIFT_AGENT_APPROVER_URL": f"{approver}/"}
            with _started(artefact, {**environment, **talks}, log) as url:
                yield Deployed(url, environment, artefact, log, tools, taken, approver)
    finally:
        invoked.shutdown()
        invoked.server_close()


@contextmanager
def _started(artefact: Path, environment: dict[str, str], log: Path) -> Iterator[str]:
    """One of the two functions behind a URL, as its own process; where it answers."""
    command = [runtime()[0], "-m", "redshift_migrate.endpoint.deployed"]
    with log.open("w") as errors, subprocess.Popen(command, cwd=artefact, env=environment, stderr=errors) as process:
        try:
            yield _listening(process, log)
        finally:
            process.terminate()
            process.wait(timeout=PATIENCE_S)


def _listening(process: subprocess.Popen[bytes], log: Path) -> str:
    said = re.compile(r"Listening on (http://\S+)")
    until(lambda: said.search(log.read_text()) or process.poll() is not None, "that it listens or has ended")
    found = said.search(log.read_text())
    assert found, log.read_text()
    return found[1]


def test_a_change_from_the_first_word_to_the_read_back(deployed: Deployed, account: SimulatedAccount) -> None:
    asked = deployed.ask(ASK)
    assert asked.status_code == 200, asked.text + deployed.log.read_text()
    waiting = asked.json()["approval_required"]
    refused = deployed.ask(f"apply plan {waiting['plan_digest']}")
    assert refused.json()["status"] == "approval_required"
    assert [call for call in account.writes() if call.service.startswith("redshift")] == []

    consent = json.dumps({"session": "s1", "digest": waiting["plan_digest"]})
    assert waiting["approve_at"] == deployed.approver_url
    elsewhere = deployed.send("POST", "/approvals", who=MIGRATOR, body=consent)
    assert elsewhere.status_code == 400
    assert deployed.approver_url in elsewhere.json()["error"]["hint"]
    assert deployed.orders == []
    approver = deployed.approver_url
    assert deployed.send("POST", "/approvals", to=approver, who=READER, body=consent).status_code == 403
    hello = json.dumps({"prompt": "hello", "session": "s1"})
    assert deployed.send("POST", "/invocations", to=approver, who=MIGRATOR, body=hello).status_code == 400
    approved = deployed.send("POST", "/approvals", to=approver, who=MIGRATOR, body=consent)
    assert approved.status_code == 202
    run = approved.json()["migration_id"]
    path, how, order = deployed.orders[-1]
    assert "worker" in path
    assert how.startswith("Event ")
    assert run in how
    assert json.loads(order)["migration_id"] == run

    before = deployed.send("GET", f"/migrations/{run}", who=MIGRATOR, query="session=s1").json()
    assert before["state"] == "stopped or running"
    assert deployed.work()["state"] == "finished"
    after = deployed.send("GET", f"/migrations/{run}", who=MIGRATOR, query="session=s1").json()
    assert after["state"] == "finished"
    assert after["approved_by"] == f"{MIGRATOR} (endpoint)"
    writes = [call.operation for call in account.writes() if call.service.startswith("redshift")]
    assert writes == ["CreateSnapshotCopyConfiguration"]


def test_the_stream_comes_through(deployed: Deployed) -> None:
    reply = deployed.ask("list clusters", headers={"accept": "text/event-stream"})

    assert reply.headers["content-type"].startswith("text/event-stream")
    assert reply.text.rstrip().splitlines()[-2] == "event: end"
    assert "prod-db-1" in reply.text


def test_nobody_gets_in_by_saying_who_they_are(deployed: Deployed) -> None:
    claimed = json.dumps({"authorizer": {"iam": {"userArn": MIGRATOR}}})

    assert deployed.ask("hello", who="").status_code == 401
    assert deployed.ask("hello", who="", headers={"x-amzn-request-context": claimed}).status_code == 401
    other = deployed.send("GET", f"/plans/{'0' * 64}", who=READER, query="session=s1")
    assert other.status_code == 404


def test_sessions_never_cross(deployed: Deployed, parts: tuple[StateTable, SessionBucket]) -> None:
    """Many sessions, ten at a time, each with a word of its own; what is answered and what is kept is theirs alone."""
    owners = [
        Owner(principal=f"arn:aws:sts::123456789012:assumed-role/Migrators/person{number}", session=f"s{number % 3}")
        for number in range(SESSIONS)
    ]
    canaries = {owner.key: f"canary{number:03}x" for number, owner in enumerate(owners)}

    def talk(owner: Owner) -> str:
        said = ""
        for turn in range(TURNS):
            reply = deployed.ask(f"{canaries[owner.key]} turn {turn}", who=owner.principal, session=owner.session)
            assert reply.status_code == 200, reply.text
            said += reply.text
        return said

    with ThreadPoolExecutor(10) as pool:
        transcripts = list(pool.map(talk, owners))

    keeper = CloudKeeper(*parts, Clock())
    for owner, said in zip(owners, transcripts, strict=True):
        with keeper.lease(owner) as lease:
            kept = json.dumps(lease.history())
            assert lease.turns == TURNS
        foreign = [canary for key, canary in canaries.items() if key != owner.key]
        assert canaries[owner.key] in kept
        assert not any(canary in kept or canary in said for canary in foreign)


def test_bad_bodies_are_refused_without_a_trace(deployed: Deployed) -> None:
    for body, status in (("{", 400), ("[" * 60_000, 400), ('{"prompt": 1}', 422), ("x" * 200_000, 413)):
        reply = deployed.send("POST", "/invocations", who=MIGRATOR, body=body)
        assert reply.status_code == status
        assert "Traceback" not in reply.text

    def logged() -> set[int]:
        lines = [json.loads(line) for line in deployed.log.read_text().splitlines() if line.startswith("{")]
        return {line["status"] for line in lines if line.get("event") == "request"}

    until(lambda: logged() >= {400, 413, 422})  # a request is logged after it was answered
    assert "Traceback" not in deployed.log.read_text()


def test_it_is_small_enough_and_holds_nothing_that_it_does_not_need(artefact: Path) -> None:
    size = sum(file.stat().st_size for file in artefact.rglob("*") if file.is_file())

    assert size < 120_000_000  # Lambda takes 250 MB with its layers
    assert not (artefact / "redshift_migrate" / "simulated").exists()
    assert not (artefact / "moto").exists()
    assert os.access(artefact / "run.sh", os.X_OK)
