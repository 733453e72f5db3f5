"""The chat on a pseudo-terminal, as a person meets it."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from redshift_simulator import SimulatedAccount
from tests.support.fake_bedrock import FakeBedrock, Script, Text, fake_bedrock
from tests.support.patience import until
from tests.terminal.chatting import COLOUR, PROMPT, Terminal

__all__ = ["fake_bedrock"]  # a fixture

CONFIGURE = "Configure snapshot copy for namespace my-namespace to us-west-2 with 7 day retention"
QUESTION = "Apply this plan? [y/N/d=details]"
AT_AWS = ("--model", "offline", "--region", "us-east-2")


def writes(account: SimulatedAccount) -> list[str]:
    return [call.operation for call in account.writes()]


def asked_of_aws(account: SimulatedAccount) -> list[str]:
    """What became of each call that asks for one cluster."""
    about_one = [call for call in account.calls if call.parameters.get("ClusterIdentifier")]
    return [call.outcome for call in about_one if call.operation == "DescribeClusters"]


@pytest.fixture
def at_aws(aws_env: dict[str, str]) -> dict[str, str]:
    """The environment that leads ./chat to the test's simulated account."""
    return aws_env


def test_a_plan_is_shown_as_a_table_and_applied_after_y(
    tmp_path: Path, at_aws: dict[str, str], account: SimulatedAccount
) -> None:
    with Terminal(tmp_path, *AT_AWS, more=at_aws) as chat:
        chat.enter(CONFIGURE)
        chat.expect("copy retention")
        chat.expect("7 days")
        chat.expect(QUESTION)
        chat.enter("d")
        chat.expect("aws redshift-serverless create-snapshot-copy-configuration")
        chat.expect(QUESTION)
        assert writes(account) == []
        chat.enter("y")
        chat.expect("success")

        assert chat.leave() == 0
        assert writes(account) == ["CreateSnapshotCopyConfiguration"]


@pytest.mark.parametrize("answer", ["n\r", "\r", "ok thanks\r", "\x03", "\x04"])
def test_anything_but_yes_leaves_the_account_alone(
    tmp_path: Path, at_aws: dict[str, str], account: SimulatedAccount, answer: str
) -> None:
    with Terminal(tmp_path, *AT_AWS, more=at_aws) as chat:
        chat.enter(CONFIGURE)
        chat.expect(QUESTION)
        chat.type(answer)
        chat.expect("not approved")

        assert chat.leave() == 0
        assert writes(account) == []


def test_what_was_typed_before_the_question_does_not_answer_it(
    tmp_path: Path, at_aws: dict[str, str], account: SimulatedAccount
) -> None:
    with Terminal(tmp_path, *AT_AWS, more=at_aws) as chat:
        chat.type(f"{CONFIGURE}\ry\ry\r")
        chat.expect(QUESTION)
        chat.enter("")
        chat.expect("not approved")

        assert writes(account) == []


def test_answers_stream_as_markdown_and_ctrl_c_ends_them_at_once(
    tmp_path: Path, at_aws: dict[str, str], fake_bedrock: Callable[[Script], FakeBedrock]
) -> None:
    bedrock = fake_bedrock(lambda request, n: [Text("**First** part. " + "and more " * 2000, pause_s=0.02)])
    with Terminal(tmp_path, "--region", "us-east-2", more={**at_aws, **bedrock.environ}) as chat:
        chat.enter("tell me a long story")
        chat.expect("First part.")
        chat.type("\x03")

        chat.expect("Stopped.")
        until(lambda: bedrock.disconnects == 1)
        assert bedrock.completed == 0
        bedrock.script = lambda request, n: [Text("Short.")]
        chat.enter("and now?")
        chat.expect("Short.")
        assert chat.leave() == 0


def test_ctrl_c_during_a_tool_gives_the_prompt_back_and_the_chat_goes_on(
    tmp_path: Path, at_aws: dict[str, str], account: SimulatedAccount
) -> None:
    with Terminal(tmp_path, *AT_AWS, more=at_aws) as chat:
        chat.enter("/clusters")
        chat.expect("prod-db-1")
        # The names for completion are read after the first line; the fault is not for them.
        until(lambda: any(call.operation == "ListNamespaces" for call in account.calls))
        account.faults.add("redshift:DescribeClusters", kind="hang", times=1)
        chat.enter("get maintenance settings for prod-db-1")
        chat.expect("get_cluster_maintenance_settings")
        until(lambda: asked_of_aws(account)[-1:] == ["hang"])
        chat.type("\x03")

        chat.expect("Stopped.")
        chat.enter("/status")
        chat.expect("No migration has been started")
        chat.leave()
        assert asked_of_aws(account) == ["hang"]  # nobody waited until the tool asked again


def test_ctrl_c_during_a_change_lets_the_step_end_and_says_what_was_done(
    tmp_path: Path, at_aws: dict[str, str], account: SimulatedAccount
) -> None:
    with Terminal(tmp_path, *AT_AWS, more=at_aws) as chat:
        chat.enter("Put workgroup my-workgroup on the trailing track")
        chat.expect(QUESTION)
        chat.enter("y")
        chat.expect("waiting for")
        chat.type("\x03")
        chat.expect("Stopping after this step.")
        account.clock.advance(600)
        chat.expect("pending")
        chat.expect("Stopped. What was already done stays done.")
        chat.expect("set_workgroup_track: pending")

        assert writes(account) == ["UpdateWorkgroup"]


def test_ctrl_c_twice_during_a_change_stops_waiting_and_tells_how_to_go_on(
    tmp_path: Path, at_aws: dict[str, str], account: SimulatedAccount
) -> None:
    with Terminal(tmp_path, *AT_AWS, more=at_aws) as chat:
        chat.enter("Put workgroup my-workgroup on the trailing track")
        chat.expect(QUESTION)
        chat.enter("y")
        chat.expect("waiting for")
        chat.type("\x03")
        chat.expect("Stopping after this step.")
        chat.type("\x03")
        chat.expect("Stopping as soon as")
        chat.expect("Stopped. What was already done stays done.")
        chat.expect("resume migration ")
        chat.enter("/status")
        chat.expect("at step 1 of 1")

        assert writes(account) == ["UpdateWorkgroup"]


def test_tab_completes_the_name_of_a_cluster(tmp_path: Path, at_aws: dict[str, str], account: SimulatedAccount) -> None:
    with Terminal(tmp_path, *AT_AWS, more=at_aws) as chat:
        chat.enter("/clusters prod")
        chat.expect("prod-db-1")
        until(lambda: any(call.operation == "ListNamespaces" for call in account.calls))
        chat.type("get maintenance settings for finance")
        chat.press("\t", until="-encrypted")
        chat.type("\r")
        chat.expect("mon:01:30-mon:02:00")


def test_slash_commands_answer_while_the_agent_still_loads(tmp_path: Path) -> None:
    with Terminal(tmp_path, "--demo") as chat:
        chat.enter("/help")
        chat.expect("/clusters")
        chat.enter("/clutsers")
        chat.expect("Did you mean /clusters?")
        assert "getting ready" not in chat.screen


def test_pasted_lines_wait_for_enter_and_are_found_again_by_searching(tmp_path: Path) -> None:
    with Terminal(tmp_path, "--demo") as chat:
        chat.type("\x1b[200~list the\nclusters please\x1b[201~")
        chat.expect("clusters please")
        assert "getting ready" not in chat.screen
        chat.type("\r")
        chat.expect("prod-db-1")
        chat.expect(PROMPT)
        chat.press("\x07\x12please", until="list the")
        chat.type("\r\r")
        chat.expect("prod-db-1")


def test_the_toolbar_tells_where_one_is(tmp_path: Path) -> None:
    with Terminal(tmp_path, "--demo", "--read-only", "--session", "tuesday") as chat:
        chat.expect("SIMULATED | read-only | us-east-2 | offline | session tuesday")


def test_yes_at_the_start_approves_what_is_shown(
    tmp_path: Path, at_aws: dict[str, str], account: SimulatedAccount
) -> None:
    with Terminal(tmp_path, *AT_AWS, "--yes", more=at_aws) as chat:
        chat.enter(CONFIGURE)
        chat.expect("copy retention")
        chat.expect("with --yes")
        chat.expect("success")
        assert writes(account) == ["CreateSnapshotCopyConfiguration"]


def test_lines_go_on_after_a_backslash_and_after_alt_enter(tmp_path: Path) -> None:
    with Terminal(tmp_path, "--demo") as chat:
        chat.type("one\\\r")
        chat.type("two\x1b\rthree\r")
        chat.expect("offline model")
        chat.leave()

    history = (tmp_path / "demo" / "history").read_text()
    assert "+one\n+two\n+three\n" in history
    assert (tmp_path / "demo" / "history").stat().st_mode & 0o077 == 0


def test_ctrl_c_clears_the_line_and_twice_on_an_empty_one_leaves(tmp_path: Path) -> None:
    with Terminal(tmp_path, "--demo") as chat:
        chat.type("some words\x03")
        chat.expect(PROMPT)
        chat.type("\x03")
        chat.expect("Ctrl-C again")
        chat.expect(PROMPT)
        chat.type("\x03")

        assert chat.ended() == 130


def test_without_colour_nothing_is_coloured_and_nothing_moves(tmp_path: Path, at_aws: dict[str, str]) -> None:
    with Terminal(tmp_path, *AT_AWS, more={**at_aws, "NO_COLOR": "1"}) as chat:
        chat.enter("Get maintenance and snapshot settings for prod-db-1")
        chat.expect("my-kms-grant")
        chat.expect(PROMPT)

        assert not COLOUR.search(chat.raw)
        assert "thinking" not in chat.screen


def test_twenty_columns_are_enough_for_a_plan_and_its_question(
    tmp_path: Path, at_aws: dict[str, str], account: SimulatedAccount
) -> None:
    with Terminal(tmp_path, *AT_AWS, columns=20, more=at_aws) as chat:
        chat.enter(CONFIGURE)
        chat.expect("after: us-west-2")
        chat.expect("Apply this plan?")
        chat.enter("y")
        chat.expect("success")
        assert writes(account) == ["CreateSnapshotCopyConfiguration"]


def test_a_session_goes_on_after_kill_9_and_a_second_chat_is_told(tmp_path: Path, at_aws: dict[str, str]) -> None:
    kept = (*AT_AWS, "--session", "night-shift")
    with Terminal(tmp_path, *kept, more=at_aws) as chat:
        chat.enter("get maintenance settings for prod-db-1")
        chat.expect("sun:05:00-sun:05:30")
        chat.expect(PROMPT)
        with Terminal(tmp_path, *kept, more=at_aws) as second:
            second.enter("get maintenance settings for prod-db-1")
            second.expect("is open in another chat")
        os.kill(int(chat.child.pid or 0), signal.SIGKILL)

    stored = sorted(tmp_path.glob("sessions/session_night-shift/agents/*/messages/message_*.json"))
    assert len(stored) == 4
    assert json.loads(stored[-1].read_text())["message"]["role"] == "assistant"
    with Terminal(tmp_path, *kept, more=at_aws) as chat:
        chat.enter("and its snapshot copy")
        chat.expect("Session night-shift goes on after 4 messages.")
        chat.expect("my-kms-grant")
        chat.enter("/session")
        chat.expect("this one")


def test_what_is_longer_than_the_window_goes_through_the_pager(tmp_path: Path) -> None:
    """The plan's first view does not: the question about it has to stay in view."""
    paged = tmp_path / "paged.txt"
    with Terminal(tmp_path, "--demo", more={"PAGER": f"cat > {paged}"}) as chat:
        chat.enter("/clusters prod")
        chat.expect("prod-db-1")
        chat.enter("migrate prod-db-1")
        chat.expect(QUESTION)
        assert not paged.exists()
        chat.type("d\r")
        chat.expect("shown in the pager")
        chat.expect(QUESTION)
        assert "aws redshift create-cluster-snapshot" in paged.read_text()
        chat.type("n\r")
        chat.leave()


def test_without_colour_there_is_no_pager(tmp_path: Path) -> None:
    paged = tmp_path / "paged.txt"
    with Terminal(tmp_path, "--demo", more={"PAGER": f"cat > {paged}", "NO_COLOR": "1"}) as chat:
        chat.enter("/help")
        chat.expect("/checklist")
        chat.leave()
    assert not paged.exists()
