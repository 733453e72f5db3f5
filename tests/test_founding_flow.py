"""The founding flow through the real `./chat` process: with the demo account, and with Bedrock on a loopback server."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from redshift_simulator import SimulatedAccount, SimulatedAws
from tests.support.fake_bedrock import ConverseRequest, FakeBedrock, Step, Text, Tool
from tests.support.programs import run_program

ROOT = Path(__file__).resolve().parent.parent
CONFIGURE = "Configure snapshot copy for namespace my-namespace to us-west-2 with 7 day retention"
UPDATE = "Update snapshot copy for namespace my-namespace to 30 day retention"
GET = "Get maintenance and snapshot settings for prod-db-1 in us-east-2"


def chat(
    *arguments: str, lines: str = "", state: Path, environ: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """What `./chat` runs."""
    more = {"PYTHONPATH": str(ROOT / "src"), "REDSHIFT_AGENT_STATE": str(state), "AWS_EC2_METADATA_DISABLED": "true"}
    return run_program(*arguments, stdin=lines.encode(), environ={**os.environ, **more, **(environ or {})})


def demo_writes(state: Path) -> str:
    """The demo account's copy configurations, as its state file holds them."""
    return json.dumps(json.loads((state / "demo" / "account.json").read_text()), sort_keys=True)


def test_the_founding_example_is_read_from_the_demo_account(tmp_path: Path) -> None:
    done = chat("--demo", lines=f"{GET}\n", state=tmp_path)

    assert done.returncode == 0
    for value in ("current", "sun:05:00-sun:05:30", "us-west-2", "7 days", "30 days", "my-kms-grant"):
        assert value in done.stdout
    assert "simulated" in done.stderr.lower()
    assert "Traceback" not in done.stderr


def test_the_demo_account_is_changed_only_after_approval_and_remembers_it(tmp_path: Path) -> None:
    waiting = chat("--demo", lines=f"{CONFIGURE}\n", state=tmp_path)
    digest = next(
        word for line in waiting.stdout.splitlines() if line.startswith("Digest:") for word in line.split()[1:]
    )
    untouched = demo_writes(tmp_path)
    applied = chat("--demo", "--yes", lines=f"{CONFIGURE}\n", state=tmp_path)
    again = chat("--demo", "--yes", lines=f"{CONFIGURE}\n", state=tmp_path)
    updated = chat("--demo", "--yes", lines=f"{UPDATE}\n", state=tmp_path)

    assert (waiting.returncode, applied.returncode, again.returncode, updated.returncode) == (3, 0, 0, 0)
    assert "destinationRegion" not in untouched
    assert len(digest) == 64
    assert "7 days" in applied.stdout
    assert "nchanged" in again.stdout
    assert "30 days" in updated.stdout


@pytest.mark.parametrize("way", ["--approve", "script line before", "script line after", "slash command"])
def test_one_plan_is_approved_in_every_way_that_is_promised(tmp_path: Path, way: str) -> None:
    waiting = chat("--demo", "--json", CONFIGURE, state=tmp_path)
    plan = next(event for event in map(json.loads, waiting.stdout.splitlines()) if event["kind"] == "plan")
    prefix = plan["plan_digest"][:12]
    runs = {
        "--approve": lambda: chat("--demo", "--approve", prefix, CONFIGURE, state=tmp_path),
        "script line before": lambda: chat("--demo", lines=f"approve {prefix}\n{CONFIGURE}\n", state=tmp_path),
        "script line after": lambda: chat("--demo", lines=f"{CONFIGURE}\napprove {prefix}\n", state=tmp_path),
        "slash command": lambda: chat("--demo", f"/approve {prefix}", state=tmp_path),
    }

    approved = runs[way]()
    again = chat("--demo", CONFIGURE, state=tmp_path)

    assert waiting.returncode == 3
    assert approved.returncode == 0, approved.stderr
    assert "us-west-2" in approved.stdout
    assert again.returncode == 0
    assert "nchanged" in again.stdout


@pytest.mark.parametrize("words", [["yes"], ["ok thanks", "approved", "I approve the plan", "--yes", "y"]])
def test_words_in_chat_never_approve(tmp_path: Path, words: list[str]) -> None:
    done = chat("--demo", lines="\n".join([CONFIGURE, *words, ""]), state=tmp_path)

    assert done.returncode in (1, 3)
    assert "destinationRegion" not in demo_writes(tmp_path)


def bedrock_environment(bedrock: FakeBedrock, aws: SimulatedAws) -> dict[str, str]:
    """A machine on which AWS is the simulated account and Bedrock is the loopback server."""
    return {
        **bedrock.environ,
        "AWS_ENDPOINT_URL": aws.endpoint_url,
        "AWS_REGION": "us-east-2",
        "AWS_CONFIG_FILE": "/dev/null",
        "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
    }


def calling(*calls: Tool) -> Any:
    """A script that makes these calls in one message, then quotes what the tools answered."""

    def script(request: ConverseRequest, _: int) -> list[Step]:
        return [Text(json.dumps(request.tool_results)[:6000])] if request.tool_results else list(calls)

    return script


def test_the_same_prompts_work_through_bedrock(tmp_path: Path, account: SimulatedAccount, aws: SimulatedAws) -> None:
    copy = {"namespace_name": "my-namespace", "destination_region": "us-west-2", "retention_period_days": 7}
    read = (
        Tool("get_cluster_maintenance_settings", {"cluster_id": "prod-db-1", "region": "us-east-2"}),
        Tool("get_cluster_snapshot_copy_settings", {"cluster_id": "prod-db-1", "region": "us-east-2"}),
    )
    with FakeBedrock(calling(*read)) as bedrock:
        done = chat(lines=f"{GET}\n", state=tmp_path, environ=bedrock_environment(bedrock, aws))
        cache_points = json.dumps(bedrock.requests[0].body).count("cachePoint")
    assert done.returncode == 0, done.stderr
    assert "my-kms-grant" in done.stdout
    assert cache_points >= 2
    assert account.writes() == []

    with FakeBedrock(calling(Tool("configure_serverless_snapshot_copy", copy))) as bedrock:
        environ = bedrock_environment(bedrock, aws)
        waiting = chat(lines=f"{CONFIGURE}\n", state=tmp_path, environ=environ)
        written_unasked = len(account.writes())
        applied = chat("--yes", lines=f"{CONFIGURE}\n", state=tmp_path, environ=environ)
        again = chat("--yes", lines=f"{CONFIGURE}\n", state=tmp_path, environ=environ)

    assert (waiting.returncode, written_unasked) == (3, 0)
    assert (applied.returncode, again.returncode) == (0, 0)
    assert [call.operation for call in account.writes()] == ["CreateSnapshotCopyConfiguration"]


def test_without_aws_credentials_the_error_says_what_to_do(tmp_path: Path) -> None:
    nothing = {
        "AWS_ACCESS_KEY_ID": "",
        "AWS_SECRET_ACCESS_KEY": "",
        "AWS_CONFIG_FILE": "/dev/null",
        "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
    }
    done = chat("--model", "offline", "--region", "us-east-2", "list clusters", state=tmp_path, environ=nothing)

    assert done.returncode == 1
    assert "credentials" in done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr
