"""./chat --endpoint against ./chat --serve: the real program on both sides, with pipes and a port between them."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from redshift_migrate.endpoint.client import http
from tests.support.patience import PATIENCE_S
from tests.support.programs import Program, run_program

ROOT = Path(__file__).parents[2]
ASK = "configure snapshot copy for namespace my-namespace to us-west-2 with 7 day retention"


def be_patient() -> None:
    """A server that shares its cores is long silent."""
    http.CONNECT_S = http.SILENT_S = PATIENCE_S


@dataclass(frozen=True)
class Served:
    """A server on this machine."""

    url: str
    environment: dict[str, str]

    def chat(self, *arguments: str, lines: str = "") -> subprocess.CompletedProcess[str]:
        """One run of the client."""
        options = ("--endpoint", self.url, *arguments)
        return run_program(*options, stdin=lines.encode(), environ=self.environment, before=be_patient)


def environment(folder: Path, **more: str) -> dict[str, str]:
    """Nothing of the person who runs the tests."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "REDSHIFT_"))}
    return {
        **kept,
        "PYTHONPATH": str(ROOT / "src"),
        "REDSHIFT_AGENT_STATE": str(folder),
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        **more,
    }


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    """The demo, served."""
    own = environment(tmp_path)
    program = Program("--demo", "--serve", "127.0.0.1:0", environ=own)
    with open(program.stderr, encoding="utf-8") as said, open(program.stdout, "rb"), open(program.stdin, "wb"):
        found = re.search(r"http://\S+", said.readline())
        assert found is not None
        yield Served(found[0], own)
        program.interrupt()
        assert program.wait() == 130


def objects(run: subprocess.CompletedProcess[str]) -> list[dict[str, Any]]:
    """The lines of --json."""
    return [json.loads(line) for line in run.stdout.splitlines()]


def test_a_change_waits_then_is_approved_from_another_process(served: Served) -> None:
    asked = served.chat(ASK)
    assert asked.returncode == 3, asked.stderr
    digest = re.search(r"[0-9a-f]{12,64}", asked.stdout)
    assert digest is not None

    approved = served.chat("/approve", digest[0][:12])
    assert approved.returncode == 0, approved.stdout + approved.stderr
    assert "Applied" in approved.stdout

    status = served.chat("/status")
    assert status.returncode == 0
    assert "finished" in status.stdout
    settings = served.chat("show the serverless settings of namespace my-namespace")
    assert "us-west-2" in settings.stdout


def test_yes_and_scripts_work_as_they_do_here(served: Served) -> None:
    events = objects(served.chat("--json", "--yes", lines=f"# a comment\n\n{ASK}\n{ASK}\n"))

    kinds = [event["kind"] if "kind" in event else event["type"] for event in events]
    answers = [event["text"] for event in events if event.get("kind", event.get("type")) == "answer"]
    assert kinds.count("prompt") == 2
    assert "plan" in kinds
    assert "done, and read back from AWS" in answers[0]
    assert len(answers) == 2


def test_a_session_goes_on(served: Served) -> None:
    served.chat("--session", "mine", "list clusters")
    assert served.chat("--session", "mine", "/plan").returncode == 0


def test_the_commands_answer_for_the_endpoint(served: Served) -> None:
    """Each command that needs no model, over the wire, in the order in which a person would use them."""
    served.chat("--session", "mine", "--yes", ASK)
    told = {
        line: served.chat("--session", "mine", line)
        for line in (
            "/clusters prod",
            "/verify",
            "/report",
            "/resume",
            "/cutover",
            "/region",
            "/permissions read",
            "/undo",
        )
    }
    assert {line: run.returncode for line, run in told.items()} == {
        **dict.fromkeys(told, 0),
        "/resume": 1,
        "/cutover": 1,
    }, {line: run.stdout + run.stderr for line, run in told.items()}
    assert "prod-db-1" in told["/clusters prod"].stdout
    assert "Provisioned clusters in us-east-2" in told["/clusters prod"].stdout
    assert "Everything is as it was asked for." in told["/verify"].stdout
    assert "| state | finished |" in told["/report"].stdout
    assert "No run has stopped" in told["/resume"].stderr
    assert "us-east-2" in told["/region"].stdout
    assert "123456789012" in told["/permissions read"].stdout

    digest = re.search(r"/approve ([0-9a-f]{12})", told["/undo"].stdout)
    assert digest is not None
    undone = served.chat("--session", "mine", "/approve", digest[1])
    assert undone.returncode == 0, undone.stderr
    assert "Applied: Undo migration" in undone.stdout
    drifted = served.chat("/region us-west-2")
    assert "only its deployment can change that" in drifted.stdout + drifted.stderr


def test_a_run_that_the_endpoint_has_forgotten_keeps_no_plan_from_being_shown(served: Served, tmp_path: Path) -> None:
    served.chat("--yes", ASK)
    remembered = tmp_path / "endpoints.json"
    known = re.sub(r'"migration_id": "[^"]+"', '"migration_id": "20200101-000000-abcdef"', remembered.read_text())
    remembered.write_text(known)

    shown = served.chat("/plan")
    assert shown.returncode == 0, shown.stderr
    assert "Plan " in shown.stdout


def test_an_address_needs_no_scheme(served: Served) -> None:
    bare = Served(served.url.removeprefix("http://"), served.environment)
    assert "prod-db-1" in bare.chat("/clusters prod").stdout


def test_what_is_not_there_is_said_in_one_sentence(tmp_path: Path) -> None:
    nobody = Served("http://127.0.0.1:9", environment(tmp_path))
    run = nobody.chat("hello")
    assert run.returncode == 1
    assert "Traceback" not in run.stderr
    assert "no answer" in run.stdout + run.stderr

    for wrong in ("http://example.com", "ftp://127.0.0.1", "https://user@host.example"):
        refused = Served(wrong, environment(tmp_path)).chat("hello")
        assert refused.returncode == 2
        assert "Traceback" not in refused.stderr


def test_only_who_can_read_the_token_is_served(served: Served, tmp_path: Path) -> None:
    (file,) = tmp_path.glob("endpoint-*.token")
    assert file.stat().st_mode & 0o777 == 0o600
    assert len(file.read_text()) >= 32

    stranger = Served(served.url, environment(tmp_path / "another user"))
    refused = stranger.chat("list clusters")
    assert refused.returncode == 1
    assert "token" in refused.stdout + refused.stderr
    assert served.chat("list clusters").returncode == 0
    shown = environment(tmp_path / "a third", REDSHIFT_AGENT_TOKEN=file.read_text())
    assert Served(served.url, shown).chat("list clusters").returncode == 0


@pytest.mark.parametrize("token", ["", "short", "x" * 31])
def test_a_server_that_others_can_reach_wants_a_long_token(tmp_path: Path, token: str) -> None:
    command = [sys.executable, "-P", "redshift_agent.py", "--demo", "--serve", "0.0.0.0:0"]
    given = {"REDSHIFT_AGENT_TOKEN": token} if token else {}
    run = subprocess.run(
        command,
        cwd=ROOT,
        env=environment(tmp_path, **given),
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )
    assert run.returncode == 2
    assert "REDSHIFT_AGENT_TOKEN" in run.stderr
    assert "Nothing was started" in run.stderr


def test_several_plans_are_approved_and_run_there(served: Served) -> None:
    """Each becomes a run of its own at the endpoint; what only words can ask there says so."""
    asks = "set the track of workgroup my-workgroup to trailing"
    digests = []
    for request in (ASK, asks):
        asked = served.chat(request)
        assert asked.returncode == 3, asked.stderr
        found = re.search(r"Digest: ([0-9a-f]{64})", asked.stdout)
        assert found is not None
        digests.append(found[1])

    approved = served.chat("/approve", *digests)
    assert approved.returncode == 0, approved.stdout + approved.stderr
    assert "2 of 2 plans are carried out" in approved.stdout
    settings = served.chat("show the serverless settings of namespace my-namespace").stdout
    assert "us-west-2" in settings
    assert "trailing" in settings
    fleet = served.chat("/fleet")
    assert fleet.returncode == 1
    assert "Ask the agent there in words" in fleet.stdout + fleet.stderr
    assert served.chat("which clusters are blocked in us-east-2").stdout.count("payroll-hsm") == 1
