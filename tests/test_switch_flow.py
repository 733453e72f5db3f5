"""From the move to the end of the cluster in plain words, through the real `./chat`: one session, one account."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from redshift_simulator import Clock, SimulatedAccount, demo
from redshift_simulator.account import DURATIONS_S
from tests.support.switching import CLUSTER, actions_on, everybody_left, keep_only_what_can_run, leads_to
from tests.terminal.chatting import run

AT_AWS = ("--model", "offline", "--region", "us-east-2", "--session", "switch")
NEW = (False, True)


@pytest.fixture
def account() -> SimulatedAccount:
    """On the wall clock, as the processes are; nothing takes long on it."""
    account = SimulatedAccount(clock=Clock.real(), durations=dict.fromkeys(DURATIONS_S, 0.0))
    demo.seed(account)
    return account


def test_move_check_switch_roll_back_switch_and_end(
    tmp_path: Path, aws_env: dict[str, str], account: SimulatedAccount
) -> None:
    keep_only_what_can_run(account)

    def say(*lines: str, code: int = 0) -> str:
        said = run(tmp_path, *AT_AWS, "--yes", stdin="\n".join((*lines, "")).encode(), more=aws_env)
        assert said.code == code, said.err
        return said.out

    before = say("migrate prod-db-1", "check the data", "who connects to prod-db-1", "cut over")
    after = say("who connects to prod-db-1", "roll back the cut-over", "cut over", "decommission prod-db-1", code=1)

    assert "1 table was written to since the snapshot" in before
    assert "excel" in before
    assert "Left behind" not in before
    assert "Left behind: bi_user by excel" in after
    assert "1 of them still came after the cut-over" in after
    assert (before + after).count("all 8 steps are done") == 3  # there, back, and there again
    assert "end-of-the-cluster-connections" in after
    assert (leads_to(account), actions_on(account)) == (NEW, {"DISABLED"})

    everybody_left(account)
    waits = say("decommission prod-db-1", code=3)  # no --yes is its name
    digest = re.search(r"/approve ([0-9a-f]{12}) CLUSTER", waits)
    assert digest is not None
    wrong = run(tmp_path, *AT_AWS, "/approve", digest[1], "prod-db-2", more=aws_env)
    assert (wrong.code, account.table("us-east-2", "clusters")[CLUSTER]["ClusterStatus"]) == (1, "available")
    assert "nothing was changed" in wrong.err
    right = run(tmp_path, *AT_AWS, "/approve", digest[1], "prod-db-1", more=aws_env)
    assert right.code == 0, right.err
    assert account.table("us-east-2", "clusters")[CLUSTER]["ClusterStatus"] == "paused"

    early = say("decommission prod-db-1", code=1)
    assert "end-of-the-cluster-quiet-days" in early

    let_days_pass(tmp_path, 8)
    last = say("decommission prod-db-1", code=3)
    assert "Delete cluster prod-db-1, keep snapshot" in last
    digest = re.search(r"/approve ([0-9a-f]{12}) CLUSTER", last)
    assert digest is not None
    ended = run(tmp_path, *AT_AWS, "/approve", digest[1], "prod-db-1", more=aws_env)
    assert ended.code == 0, ended.err
    assert CLUSTER not in account.table("us-east-2", "clusters")
    assert any("-final-" in name for name in account.table("us-east-2", "cluster_snapshots"))


def let_days_pass(state: Path, days: int) -> None:
    """As if all that was written down had happened so long before: the processes go by the clock of the machine."""

    def earlier(match: re.Match[str]) -> str:
        moment = datetime.fromisoformat(match[2]) - timedelta(days=days)
        return f"{match[1]}{moment.isoformat().replace('+00:00', 'Z')}"

    for journal in state.rglob("*.jsonl"):
        if "audit" not in journal.name:
            text = re.sub(r'("at": ?")([0-9T:.Z+-]+)', earlier, journal.read_text(encoding="utf-8"))
            journal.write_text(text, encoding="utf-8")
