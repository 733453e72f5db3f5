"""Slash commands: one table, answered without a model."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from redshift_migrate.agent.events import ToolResult
from redshift_migrate.migration.service import MigrationService
from redshift_migrate.models.catalogue import GROUPS
from redshift_migrate.models.request import ConfigureSnapshotCopy
from redshift_migrate.settings import Settings
from redshift_migrate.terminal.commands import COMMANDS, answer, changes_the_account, split
from redshift_migrate.terminal.desk import Desk
from redshift_migrate.terminal.plain import render_text
from redshift_migrate.terminal.shown import Data, PlanShown, Several, Table, Words
from redshift_simulator import SimulatedAccount
from tests.support.migrating import request_for
from tests.terminal.chatting import ROOT
from tests.terminal.played import PlayedProgram

CONFIGURE = ConfigureSnapshotCopy(
    region="us-east-2", namespace_name="my-namespace", destination_region="us-west-2", retention_period_days=7
)


@pytest.fixture
def desk(service: MigrationService, tmp_path: Path) -> Desk:
    return Desk(PlayedProgram(service, tmp_path, Settings(model="offline")), "terminal")


def test_no_two_commands_share_a_name() -> None:
    """An alias that is a name already would hide it, and so would the same alias of two."""
    names = [name for command in COMMANDS.values() for name in (command.name, *command.aliases)]

    assert len(names) == len(set(names))
    assert [split(f"/{name}")[0] for name in ("quit", "?", "Q", "help")] == ["exit", "help", "exit", "help"]


def test_help_prints_the_table(desk: Desk) -> None:
    shown = answer(desk, "/help")

    assert isinstance(shown, Table)
    assert {row[0].split()[0] for row in shown.rows} == {f"/{name}" for name in COMMANDS}


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("/help tracks", "track"),
        ("/help no-such", "There is no help topic 'no-such'."),
        ("/h", "/clusters"),
        ("/clusters prod", "prod-db-1"),
        ("/clusters nothing-like-it", "There are none."),
        ("/plan", "No plan has been saved yet."),
        ("/plan 12345678", "No saved plan begins with 12345678"),
        ("/approve", "Which plan? Nothing was approved."),
        ("/approve it", "Which plan? Nothing was approved."),
        ("/status", "No migration has been started"),
        ("/verify", "there is nothing to verify"),
        ("/permissions", "redshift:DescribeClusters"),
        ("/permissions set_workgroup_track", "redshift-serverless:UpdateWorkgroup"),
        ("/permissions get_migration_help", "calls nothing at AWS"),
        ("/permissions read", "redshift:DescribeClusters"),
        ("/permissions cut_over", "events:DisableRule"),
        ("/permissions model", "needs no IAM policy"),
        ("/undo", "No migration has been started"),
        ("/cutover", "No migration has been started"),
        ("/resume", "No run has stopped"),
        ("/report", "No migration has been started"),
        ("/checklist", "No plan has been saved yet."),
        ("/checklist done", "Nothing was ticked."),
        ("/calls", "No plan has been saved yet."),
        ("/permissions nonsense", "neither a tool nor a plan's digest"),
        ("/session", "This chat is not kept"),
        ("/session ../x", "cannot be the name of a session"),
        ("/model", "Model: offline."),
        ("/model nonsense", "There is no model provider called 'nonsense'."),
        ("/region", "Region: us-east-2."),
        ("/region us-east-22", "There is no AWS region called 'us-east-22'."),
        ("/cost", "No tokens have been used."),
        ("/json", "No such tool call"),
        ("/json x", "Which tool call?"),
        ("/clutsers", "Did you mean /clusters?"),
        ("/", "There is no command /."),
    ],
)
def test_every_command_answers(desk: Desk, line: str, says: str) -> None:
    assert says in render_text(answer(desk, line))


def test_plan_and_approve_and_status_lead_through_a_change(desk: Desk, service: MigrationService) -> None:
    plan = service.prepare(CONFIGURE)
    shown = answer(desk, "/plan")
    assert isinstance(shown, PlanShown)
    assert shown.approve_with == f"/approve {plan.digest[:12]}"
    assert "CreateSnapshotCopyConfiguration" in render_text(answer(desk, f"/permissions {plan.digest[:8]}"))

    desk.note_shown(plan)
    assert "Applied:" in render_text(answer(desk, shown.approve_with))
    assert "finished" in render_text(answer(desk, "/status"))
    assert "Everything is as it was asked for." in render_text(answer(desk, "/verify"))
    assert "It already is so" in render_text(answer(desk, shown.approve_with))


def test_a_checklist_is_ticked_off_and_kept_with_the_run(desk: Desk, service: MigrationService) -> None:
    plan = service.prepare(request_for("prod-db-1"))
    desk.note_shown(plan)
    assert "Applied:" in render_text(answer(desk, f"/approve {plan.digest}"))
    run = service.migration_ids()[-1]
    before = render_text(answer(desk, "/checklist"))
    headings = [heading for heading in GROUPS.values() if f"\n{heading}\n" in before]
    assert headings[:3] == ["Decide", "Do by hand, before", "Do by hand, at the cut-over"]
    assert "[ ] host-name" in before

    ticked = render_text(answer(desk, "/checklist done host-name"))
    assert "[x] host-name" in ticked
    assert "1 of" in render_text(answer(desk, f"/status {run}"))
    report = render_text(answer(desk, "/report"))
    assert "- [x] Do by hand, at the cut-over: **host-name**" in report
    assert str(desk.program.state_folder) in report
    assert f"For a browser: {desk.program.state_folder / 'reports' / run}.html" in report
    assert "[ ] host-name" in render_text(answer(desk, f"/checklist {run} open host-name"))

    wrong = answer(desk, f"/checklist {plan.digest} done no-such-code")
    assert "Nothing was ticked." in render_text(wrong)
    assert "Nothing was ticked." in render_text(answer(desk, "/checklist done"))


def test_a_plan_is_written_as_a_page_of_its_own(desk: Desk, service: MigrationService, tmp_path: Path) -> None:
    plan = service.prepare(CONFIGURE)
    file = tmp_path / "my plan.html"

    assert f"Plan {plan.digest[:12]} is in {file}" in render_text(answer(desk, f"/plan --html {file}"))
    assert plan.digest in file.read_text(encoding="utf-8")
    assert file.stat().st_mode & 0o777 == 0o600
    assert not service.was_shown(plan.digest)  # somebody may open it or not
    for wrong in (f"/plan --html {file}", f"/plan --html {tmp_path / 'no' / 'folder.html'}", "/plan --html"):
        assert "Nothing was written." in render_text(answer(desk, wrong))


def test_the_one_run_that_stopped_needs_no_name(
    desk: Desk, service: MigrationService, account: SimulatedAccount
) -> None:
    assert "No run has stopped" in render_text(answer(desk, "/resume"))
    plan = service.prepare(request_for("dev-sandbox"))
    desk.note_shown(plan)
    account.faults.add("redshift-serverless:CreateWorkgroup", kind="denied", times=None)
    answer(desk, f"/approve {plan.digest}")
    account.faults.clear()

    shown = answer(desk, "/resume")
    assert isinstance(shown, Several)
    assert isinstance(shown.parts[0], PlanShown)
    assert "stopped at step" in render_text(shown)
    assert "Applied:" in render_text(answer(desk, shown.parts[0].approve_with))
    assert "nothing to go on with" in render_text(answer(desk, f"/resume {service.migration_ids()[-1]}"))


def test_what_a_run_made_is_taken_back_by_a_command(desk: Desk, service: MigrationService) -> None:
    plan = service.prepare(CONFIGURE)
    desk.note_shown(plan)
    answer(desk, f"/approve {plan.digest}")

    undo = answer(desk, "/undo")
    assert isinstance(undo, PlanShown)
    assert [step.call.operation for step in undo.plan.steps] == ["DeleteSnapshotCopyConfiguration"]
    desk.note_shown(undo.plan)
    assert "Applied:" in render_text(answer(desk, undo.approve_with))
    assert "nothing to cut over" in render_text(answer(desk, "/cutover"))


def test_calls_are_written_for_their_owner_alone_and_over_no_file(
    desk: Desk, service: MigrationService, tmp_path: Path
) -> None:
    plan = service.prepare(CONFIGURE)
    file = tmp_path / "calls.sh"

    assert "None of them was made" in render_text(answer(desk, f"/calls {plan.digest[:8]} {file}"))
    assert "create-snapshot-copy-configuration" in file.read_text()
    assert file.stat().st_mode & 0o777 == 0o600
    assert "cannot be written" in render_text(answer(desk, f"/calls {file}"))


@pytest.mark.parametrize("name", ["read", "migrate", "cut_over"])
def test_a_policy_fits_into_one_managed_policy(desk: Desk, name: str) -> None:
    shown = answer(desk, f"/permissions {name}")

    assert isinstance(shown, Data)
    assert len(json.dumps(shown.value, separators=(",", ":"))) <= 6144


def test_settings_are_changed_for_the_next_turn(desk: Desk) -> None:
    assert isinstance(answer(desk, "/region eu-west-1"), Words)
    assert isinstance(answer(desk, "/model ollama:qwen3:8b"), Words)
    assert isinstance(answer(desk, "/session tuesday"), Words)

    assert (desk.settings.region, desk.settings.model, desk.settings.session) == (
        "eu-west-1",
        "ollama:qwen3:8b",
        "tuesday",
    )


def test_json_shows_a_tool_call_by_number(desk: Desk) -> None:
    for number in range(60):
        desk.remember_call("list_clusters", {"n": number}).result = ToolResult(tool_use_id="x", name="x", ok=True)
    last, earlier, forgotten = answer(desk, "/json"), answer(desk, "/json 15"), answer(desk, "/json 3")

    assert isinstance(last, Data)
    assert last.value["arguments"] == {"n": 59}
    assert isinstance(earlier, Data)
    assert earlier.value["arguments"] == {"n": 14}
    assert isinstance(forgotten, Words)


def test_only_approve_may_not_be_cut_off() -> None:
    assert [name for name in COMMANDS if changes_the_account(f"/{name} x")] == ["approve"]


@pytest.mark.parametrize(
    ("module", "absent"),
    [
        ("redshift_migrate.terminal.interactive", ("pydantic", "rich", "strands", "boto3", "redshift_migrate.models")),
        ("redshift_migrate.settings", ("dataclasses", "shutil", "pydantic", "redshift_migrate.terminal")),
        ("redshift_migrate.terminal.scripted", ("rich", "prompt_toolkit", "strands", "boto3")),
    ],
)
def test_what_must_be_there_at_once_loads_nothing_heavy(module: str, absent: tuple[str, ...]) -> None:
    code = f"import sys, {module}; print(*set(sys.modules) & {set(absent)!r})"
    done = subprocess.run(
        [sys.executable, "-c", code], env={"PYTHONPATH": str(ROOT / "src")}, capture_output=True, text=True, check=False
    )

    assert (done.stdout, done.stderr) == ("\n", "")


def test_how_much_of_the_conversation_is_remembered_is_told(desk: Desk) -> None:
    assert "tokens of" not in render_text(answer(desk, "/session"))
    history = [{"role": "user", "content": [{"text": "x" * 4_000}]}, {"role": "assistant", "content": [{"text": "y"}]}]
    desk._talk = SimpleNamespace(history=history, close=lambda: None)
    for line in ("/session", "/cost"):
        assert "This conversation: 2 messages, about 1,0" in render_text(answer(desk, line))
