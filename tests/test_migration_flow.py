"""A whole migration through the real `./chat` process, against a simulated account that is a process of its own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ENVIRONMENT
from tests.support.patience import PATIENCE_S
from tests.test_founding_flow import ROOT, chat

OFFLINE = ("--model", "offline", "--region", "us-east-2")
MADE_ONCE = ("CreateClusterSnapshot", "CreateNamespace", "CreateWorkgroup", "RestoreFromSnapshot")
VERIFY = "verify the migration of prod-db-1 to namespace prod-db-1"


class Account:
    """The control door of the simulated account's process."""

    def __init__(self, endpoint_url: str) -> None:
        self.endpoint_url = endpoint_url

    def ask(self, path: str, document: Any = None) -> Any:
        body = None if document is None else json.dumps(document).encode()
        request = urllib.request.Request(f"{self.endpoint_url}/_simulated/{path}", data=body)  # noqa: S310
        with urllib.request.urlopen(request, timeout=PATIENCE_S) as reply:  # noqa: S310  # loopback, from the fixture
            return json.load(reply)

    def writes(self) -> list[str]:
        """The changing calls that were carried out, in order."""
        reads = ("Describe", "List", "Get", "Simulate")
        calls = [call for call in self.ask("calls")["calls"] if call["outcome"] == "ok"]
        return [call["operation"] for call in calls if not call["operation"].startswith(reads)]

    def set(self, kind: str, name: str, changes: dict[str, Any]) -> None:
        """What a colleague changes in the console."""
        where = {"region": "us-east-2", "kind": kind, "name": name}
        self.ask("set", {**where, "changes": changes})

    def table(self, kind: str) -> dict[str, Any]:
        """The resources of one kind in the home region."""
        found: dict[str, Any] = self.ask("state")["regions"]["us-east-2"].get(kind, {})
        return found


@pytest.fixture
def account() -> Iterator[Account]:
    """Its states last a third of those of the demo: each is seen at least once."""
    command = [sys.executable, "-m", "redshift_simulator", "--time-scale", "0.35", "--exit-with-stdin"]
    process = subprocess.Popen(
        command, cwd=ROOT / "src", stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    yield Account(process.stdout.readline().strip().removeprefix("endpoint="))
    process.communicate(timeout=PATIENCE_S)


class Chats:
    """One `./chat` process after the other, all with one state folder."""

    def __init__(self, folder: Path, account: Account) -> None:
        self._folder = folder
        self._environ = {**ENVIRONMENT, "AWS_ENDPOINT_URL": account.endpoint_url}

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """One process, to its end."""
        return chat(*OFFLINE, *arguments, state=self._folder, environ=self._environ)

    def killed(self, *arguments: str, when: Callable[[], bool]) -> int:
        """One process, killed without a warning as soon as that is so. Its exit code."""
        command = [sys.executable, "-P", str(ROOT / "redshift_agent.py"), *OFFLINE, *arguments]
        more = {"PYTHONPATH": str(ROOT / "src"), "REDSHIFT_AGENT_STATE": str(self._folder)}
        with (self._folder / "killed.txt").open("w") as output:
            process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, env=os.environ | self._environ | more
            )
            while process.poll() is None and not when():
                time.sleep(0.03)
            process.kill()
            return process.wait()

    def migrations(self) -> list[str]:
        """The ids of all runs, oldest first."""
        return sorted(file.stem for file in (self._folder / "migrations").glob("*.jsonl"))


def test_planned_applied_killed_resumed_verified_drifted_undone(tmp_path: Path, account: Account) -> None:
    chats = Chats(tmp_path, account)

    planned = chats.run("--json", "Migrate prod-db-1 to serverless")
    plan = next(event for event in map(json.loads, planned.stdout.splitlines()) if event["kind"] == "plan")
    assert planned.returncode == 3
    assert account.writes() == []

    killed = chats.killed("/approve", plan["plan_digest"][:12], when=lambda: "CreateWorkgroup" in account.writes())
    (migration_id,) = chats.migrations()
    assert killed == -signal.SIGKILL
    assert account.writes() == ["CreateClusterSnapshot", "CreateNamespace", "CreateWorkgroup"]

    status = chats.run("/status")
    assert status.returncode == 0
    assert "Create workgroup prod-db-1" in status.stdout
    assert "Restore snapshot" in status.stdout  # what comes next

    resumed = chats.run("--yes", f"resume migration {migration_id}")
    assert resumed.returncode == 0, resumed.stdout + resumed.stderr
    once = Counter(account.writes())
    assert {once[name] for name in MADE_ONCE} == {1}
    report = tmp_path / "reports" / f"{migration_id}.md"
    assert str(report) in resumed.stdout
    assert "finished" in report.read_text()

    verified = chats.run(VERIFY)
    assert verified.returncode == 0, verified.stdout + verified.stderr
    assert Counter(account.writes()) == once

    account.set("workgroups", "prod-db-1", {"baseCapacity": 64})
    drifted = chats.run("--json", VERIFY)
    events = [json.loads(line) for line in drifted.stdout.splitlines()]
    (found,) = [event["result"] for event in events if event["kind"] == "tool_result"]
    assert drifted.returncode == 1
    assert [drift["summary"] for drift in found["drift"]] == [
        "Set the base capacity of workgroup prod-db-1 to 16 RPU, not 64 RPU"
    ]

    undone = chats.run("--yes", f"undo migration {migration_id}")
    assert undone.returncode == 0, undone.stdout + undone.stderr
    assert list(account.table("namespaces")) == ["my-namespace"]
    assert list(account.table("workgroups")) == ["my-workgroup"]
    assert len(account.table("serverless_snapshots")) == 1
    assert not [name for kind in ("event_rules", "schedules") for name in account.table(kind) if "prod-db-1" in name]
    assert account.ask("defects")["defects"] == []
