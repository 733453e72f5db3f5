"""The real ./chat with pipes: the founding flow, exit codes, and streams that are closed or break."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from redshift_simulator import SimulatedAccount
from tests.support.fake_bedrock import FakeBedrock, HttpError, Script, Text, fake_bedrock
from tests.support.patience import PATIENCE_S, until
from tests.terminal.chatting import CHAT, environment, run

__all__ = ["fake_bedrock"]  # a fixture

READ = b"Get maintenance and snapshot settings for prod-db-1 in us-east-2\n"
CONFIGURE = "Configure snapshot copy for namespace my-namespace to us-west-2 with 7 day retention"
UPDATE = "Update snapshot copy for namespace my-namespace to 30 day retention"
AT_AWS = ("--model", "offline", "--region", "us-east-2")


def test_the_founding_example_is_read(tmp_path: Path) -> None:
    ran = run(tmp_path, "--demo", stdin=READ)

    assert ran.code == 0
    for value in ("current", "sun:05:00-sun:05:30", "us-west-2", "7 days", "30 days", "my-kms-grant"):
        assert value in ran.out
    assert "Simulated AWS account" in ran.err
    assert "Simulated" not in ran.out


def test_a_change_waits_then_is_made_once_and_then_is_unchanged(
    tmp_path: Path, aws_env: dict[str, str], account: SimulatedAccount
) -> None:
    waits = run(tmp_path, *AT_AWS, CONFIGURE, more=aws_env)
    assert (waits.code, account.writes()) == (3, [])

    digest = re.search(r"/approve ([0-9a-f]{12})", waits.out)
    assert digest is not None
    approved = run(tmp_path, *AT_AWS, "/approve", digest[1], more=aws_env)
    assert (approved.code, len(account.writes())) == (0, 1)
    assert "copy destination: us-west-2" in approved.out

    again = run(tmp_path, *AT_AWS, "--yes", stdin=f"{CONFIGURE}\n{UPDATE}".encode(), more=aws_env)
    assert again.code == 0
    assert [call.operation for call in account.writes()][1:] == ["UpdateSnapshotCopyConfiguration"]


def test_the_demo_names_the_command_that_approves_in_the_demo(tmp_path: Path) -> None:
    ran = run(tmp_path, "--demo", CONFIGURE)

    assert ran.code == 3
    assert "  ./chat --demo /approve " in ran.out


def test_json_lines_are_pure_and_stderr_is_silent(tmp_path: Path, aws_env: dict[str, str]) -> None:
    ran = run(tmp_path, *AT_AWS, "--json", "list clusters", more=aws_env)

    kinds = [json.loads(line)["kind"] for line in ran.out.splitlines()]
    assert kinds == ["prompt", "tool_call", "tool_result", "usage", "answer"]
    assert ran.err == ""


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["--nonsense"], 2),
        (["--model", "nonsense", "hello"], 2),
        (["--model", "offline", "--profile", "not-there", "/clusters"], 1),
        (["--session", "../../etc", "--demo", "hello"], 2),
        (["/nonsense"], 1),
        (["/help"], 0),
        (["--version"], 0),
    ],
)
def test_exit_codes(tmp_path: Path, arguments: list[str], code: int) -> None:
    ran = run(tmp_path, *arguments)

    assert ran.code == code
    assert "Traceback" not in ran.err


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_closed_streams_are_survived(tmp_path: Path, closed: str) -> None:
    done = subprocess.run(
        ["sh", "-c", f"exec {CHAT} /help {closed}"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        env=environment(tmp_path),
        timeout=PATIENCE_S,
        check=False,
    )

    assert done.returncode == 0
    assert "Traceback" not in done.stderr


def test_without_any_input_nothing_is_done(tmp_path: Path) -> None:
    done = subprocess.run(
        ["sh", "-c", f"exec {CHAT} --demo <&-"],
        capture_output=True,
        env=environment(tmp_path),
        timeout=PATIENCE_S,
        check=False,
    )

    assert (done.returncode, done.stdout) == (0, b"")


def test_a_reader_that_leaves_early_is_not_an_error(tmp_path: Path) -> None:
    done = subprocess.run(
        ["sh", "-c", f"yes /help | head -2000 | {CHAT} | head -1"],
        capture_output=True,
        text=True,
        env=environment(tmp_path),
        timeout=PATIENCE_S,
        check=False,
    )

    assert done.stdout.startswith("command")
    assert done.stderr == ""


def lists(account: SimulatedAccount) -> list[str]:
    """The calls that list clusters."""
    return [call.operation for call in account.calls if call.operation == "DescribeClusters"]


@pytest.mark.parametrize("line", ["/help", "/clusters", "list clusters"])
def test_an_interrupt_ends_it_with_130(
    tmp_path: Path, aws_env: dict[str, str], account: SimulatedAccount, line: str
) -> None:
    account.faults.add("redshift:DescribeClusters", kind="hang", times=None)
    with subprocess.Popen(
        [CHAT, *AT_AWS], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment(tmp_path, aws_env)
    ) as chat:
        assert chat.stdin is not None
        assert chat.stdout is not None
        chat.stdin.write(f"{line}\n".encode())
        chat.stdin.flush()
        if line == "/help":
            chat.stdout.readline()  # from now on it waits for input
        else:
            until(lambda: lists(account))
        os.kill(chat.pid, signal.SIGINT)

        assert chat.wait(PATIENCE_S) == 130
        assert len(lists(account)) == (line != "/help")  # it did not wait for an answer: it would have asked again


@pytest.mark.parametrize(
    ("step", "says"),
    [
        (HttpError(403, "AccessDeniedException"), "this identity may not use it"),
        (HttpError(400, "ValidationException", "Input is too long for requested model."), "longer than this model"),
        (HttpError(404, "ResourceNotFoundException"), "There is no such model"),
    ],
)
def test_a_model_that_refuses_is_told_with_the_next_step(
    tmp_path: Path, fake_bedrock: Callable[[Script], FakeBedrock], step: HttpError, says: str
) -> None:
    bedrock = fake_bedrock(lambda request, n: [step] if n == 0 else [Text("Here I am.")])
    ran = run(tmp_path, stdin=b"hello\nand now?\n", more=bedrock.environ)

    assert ran.code == 1
    assert says in ran.err
    assert ran.out == "  Here I am.\n"


def test_a_fresh_demo_knows_nothing_of_the_one_before(tmp_path: Path) -> None:
    assert run(tmp_path, "--demo", CONFIGURE).code == 3
    assert "Copy snapshots" in run(tmp_path, "--demo", "/plan").out

    fresh = run(tmp_path, "--demo", "--fresh", "/plan")

    assert "No plan has been saved yet." in fresh.out
    refused = run(tmp_path, "--fresh", "/plan")
    assert refused.code == 2
    assert "--demo" in refused.err


def test_quiet_leaves_out_progress_and_no_error(tmp_path: Path) -> None:
    asked = run(tmp_path, "--demo", "--quiet", "list clusters")
    assert (asked.code, asked.err) == (0, "")
    assert "prod-db-1" in asked.out
    assert "There is no command /nothing" in run(tmp_path, "--demo", "--quiet", "/nothing").err


def test_a_line_that_was_not_understood_is_a_failure_and_the_next_still_runs(tmp_path: Path) -> None:
    ran = run(tmp_path, "--demo", stdin=b"blargh the flux\nlist clusters\n")

    assert ran.code == 1
    assert "I did not understand this" in ran.out
    assert "prod-db-1" in ran.out
