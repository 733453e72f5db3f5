"""The scripted mode: what is written where, what is approved by whom, and which exit code tells it."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

from redshift_migrate.migration.service import MigrationService
from redshift_migrate.settings import Settings
from redshift_migrate.terminal.lines import read_lines
from redshift_migrate.terminal.scripted import ScriptedRun
from redshift_migrate.terminal.streams import Output
from redshift_simulator import SimulatedAccount
from tests.terminal.played import PlayedProgram, Reply

CONFIGURE: Reply = (
    "configure_serverless_snapshot_copy",
    {"namespace_name": "my-namespace", "destination_region": "us-west-2", "retention_period_days": 7},
)
TOO_LONG: Reply = ("update_serverless_snapshot_copy", {"namespace_name": "my-namespace", "retention_period_days": 9999})


class Ran:
    """One run in memory."""

    def __init__(self, service: MigrationService, state: Path, script: str, settings: Settings, *replies: Reply):
        out, err = io.StringIO(), io.StringIO()
        run = ScriptedRun(PlayedProgram(service, state, settings, *replies), Output(out), Output(err))
        self.code = run.main(read_lines(io.BytesIO(script.encode())))
        self.out, self.err = out.getvalue(), err.getvalue()

    @property
    def events(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.out.splitlines()]


def digest_in(text: str) -> str:
    return text.split("Digest: ")[1][:64]


def test_answers_go_to_stdout_and_tool_lines_to_stderr(service: MigrationService, tmp_path: Path) -> None:
    ran = Ran(service, tmp_path, "which clusters?", Settings(), ("list_clusters", {}), "Seven.")

    assert (ran.code, ran.out) == (0, "  Seven.\n")
    assert "list_clusters: ok" in ran.err


def test_a_change_without_approval_prints_the_plan_and_exits_3(
    service: MigrationService, account: SimulatedAccount, tmp_path: Path
) -> None:
    ran = Ran(service, tmp_path, "copy it", Settings(), CONFIGURE, "It waits.")

    assert ran.code == 3
    assert "copy retention    -               -    7 days" in ran.out
    assert f"./chat /approve {digest_in(ran.out)[:12]}" in ran.out
    assert account.writes() == []


def test_yes_approves_every_plan_of_the_run(
    service: MigrationService, account: SimulatedAccount, tmp_path: Path
) -> None:
    ran = Ran(service, tmp_path, "copy it", Settings(yes=True), CONFIGURE, "Done.")

    assert (ran.code, ran.out) == (0, "  Done.\n")
    assert len(account.writes()) == 1


def test_an_approve_line_applies_the_saved_plan_and_reports_what_aws_says(
    service: MigrationService, account: SimulatedAccount, tmp_path: Path
) -> None:
    first = Ran(service, tmp_path, "copy it", Settings(), CONFIGURE, "It waits.")
    second = Ran(service, tmp_path, f"approve {digest_in(first.out)[:8]}", Settings())

    assert second.code == 0
    assert "Applied: Copy snapshots of namespace my-namespace" in second.out
    assert "copyretention:7days" in "".join(second.out.split())
    assert len(account.writes()) == 1


def test_an_approve_line_before_its_plan_approves_it_once(
    service: MigrationService, account: SimulatedAccount, tmp_path: Path
) -> None:
    digest = digest_in(Ran(service, tmp_path / "one", "copy it", Settings(), CONFIGURE, "It waits.").out)
    for plan in tmp_path.rglob("plans/*.json"):
        plan.unlink()

    ran = Ran(service, tmp_path, f"approve {digest}\ncopy it", Settings(), CONFIGURE, "Done.")

    assert ran.code == 0
    assert len(account.writes()) == 1


def test_the_same_line_that_asks_can_be_approved_by_a_later_one(service: MigrationService, tmp_path: Path) -> None:
    digest = digest_in(Ran(service, tmp_path, "copy it", Settings(), CONFIGURE, "It waits.").out)

    ran = Ran(service, tmp_path, f"copy it\napprove {digest[:10]}", Settings(), CONFIGURE, "It waits.")

    assert ran.code == 0


def test_words_that_sound_like_consent_approve_nothing(
    service: MigrationService, account: SimulatedAccount, tmp_path: Path
) -> None:
    ran = Ran(service, tmp_path, "copy it\nok thanks, yes", Settings(), CONFIGURE, "It waits.", CONFIGURE, "Waits.")

    assert ran.code == 3
    assert account.writes() == []


def test_approve_with_something_else_than_a_digest_is_a_failure(service: MigrationService, tmp_path: Path) -> None:
    ran = Ran(service, tmp_path, "approve it", Settings())

    assert ran.code == 1
    assert "'it' is not a plan digest" in ran.err


def test_a_tool_that_failed_last_makes_the_turn_fail_and_wins_over_a_plan_that_waits(
    service: MigrationService, tmp_path: Path
) -> None:
    ran = Ran(service, tmp_path, "copy it\nnow longer", Settings(), CONFIGURE, "It waits.", TOO_LONG, "No.")

    assert ran.code == 1


def test_a_tool_that_was_called_again_with_success_does_not_fail_the_turn(
    service: MigrationService, tmp_path: Path
) -> None:
    wrong: Reply = ("get_cluster_maintenance_settings", {"cluster_id": "prod-db"})
    right: Reply = ("get_cluster_maintenance_settings", {"cluster_id": "prod-db-1"})

    assert Ran(service, tmp_path, "settings", Settings(), wrong, right, "Here.").code == 0


def test_a_model_that_fails_is_told_and_the_next_line_still_runs(service: MigrationService, tmp_path: Path) -> None:
    ran = Ran(service, tmp_path, "one\ntwo", Settings(), RuntimeError("boom"), "Two.")

    assert ran.code == 1
    assert ran.out == "  Two.\n"
    assert "boom" in ran.err


def test_unknown_commands_are_not_sent_to_the_model(service: MigrationService, tmp_path: Path) -> None:
    ran = Ran(service, tmp_path, "/clutsers", Settings())

    assert ran.code == 1
    assert "Did you mean /clusters?" in ran.err


def test_json_lines_tell_the_whole_run(service: MigrationService, tmp_path: Path) -> None:
    ran = Ran(service, tmp_path, "copy it\n/clusters prod\n/no", Settings(json=True), CONFIGURE, "It waits.")

    kinds = [event["kind"] for event in ran.events]
    assert kinds[:6] == ["prompt", "tool_call", "plan", "tool_result", "usage", "answer"]
    assert kinds[6:] == ["prompt", "answer", "prompt", "error"]
    assert ran.events[2]["approved"] is False
    assert ran.events[7]["result"]["rows"][0]["cluster"] == "prod-db-1"
    assert ran.err == ""


def test_hostile_text_of_a_model_cannot_reach_the_terminal(service: MigrationService, tmp_path: Path) -> None:
    ran = Ran(service, tmp_path, "hello", Settings(), "a\x1b]52;c;eHg=\x07b\u202ec\x9bd")

    assert ran.out == "  a\\u{1b}]52;c;eHg=\\u{7}b\\u{202e}c\\u{9b}d\n"
