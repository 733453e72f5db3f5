"""What is said when a plan has been applied."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
from rich.console import Console

from redshift_facts import texts
from redshift_migrate.agent.results import run_result
from redshift_migrate.migration.running import Outcome
from redshift_migrate.migration.service import MigrationService
from redshift_migrate.models.catalogue import GROUPS
from redshift_migrate.models.finding import Subject
from redshift_migrate.models.parameters import is_limit
from redshift_migrate.models.plan import Call, Check, MigrationPlan, Reading, Step, Wish
from redshift_migrate.models.request import RemoveSnapshotCopy
from redshift_migrate.settings import Settings
from redshift_migrate.terminal.approving import approve_command, outcome_shown, outcome_table
from redshift_migrate.terminal.plain import render_text
from redshift_migrate.terminal.screen import Screen
from redshift_simulator import SimulatedAccount
from redshift_simulator.faults import FaultKind
from tests.support.earlier import earlier_run
from tests.support.migrating import request_for, undone

CALL = Call(service="redshift-serverless", region="us-east-2", operation="GetNamespace")
READING = Reading(name="namespace", region="us-east-2")


def applied(*, undo: Call | None) -> Outcome:
    no_undo = "" if undo else "An undo is not undone."
    step = Step(
        id="one",
        subject=Subject.TAGS,
        summary="Do it",
        call=CALL,
        check=Check(reading=READING, after={"x": None}),
        undo=undo,
        no_undo=no_undo,
    )
    plan = MigrationPlan(
        account_id="123456789012",
        partition="aws",
        region="us-east-2",
        title="Do it",
        request=RemoveSnapshotCopy(region="us-east-2", namespace_name="my-namespace"),
        wish=Wish(title="Do it"),
        steps=(step,),
    )
    return Outcome(status="applied", plan=plan, migration_id="m-1", report="/state/reports/m-1.md")


@pytest.mark.parametrize("undo", [CALL, None])
def test_a_way_back_is_named_only_where_there_is_one(undo: Call | None) -> None:
    said = render_text(outcome_table(applied(undo=undo)))

    assert ("it can be taken back with: undo migration m-1" in said) is (undo is not None)
    assert "Migration m-1" in said


def test_what_aws_answers_is_told_in_words(service: MigrationService) -> None:
    done = earlier_run(service, request_for("prod-db-1", also=["snapshots", "wlm"]))
    back = undone(service, done)

    told = {row[0]: row[1] for row in (*outcome_table(done).rows, *outcome_table(back).rows)}

    assert told["Copy snapshots of namespace prod-db-1 to us-west-2, kept 30 days"].startswith(
        "copy destination: us-west-2; copy retention: 30 days"
    )
    assert "base capacity: 16 RPU; maximum capacity: 32 RPU" in " ".join(told.values())
    assert [text for text in told.values() if re.search(r"[{\[]\"", text)] == []
    named = re.findall(r"(?:^|; )([a-z]+_[a-z_]+): ", " ; ".join(told.values()))
    assert [name for name in named if not is_limit(name) and name not in texts("workgroup.accepted")] == []


def test_a_long_run_is_told_in_a_few_lines_with_what_is_left(service: MigrationService) -> None:
    """The same headings that the plan had, without what the approval decided; then what people do next."""
    done = earlier_run(service, request_for("prod-db-1"))
    said = render_text(outcome_shown(done))

    assert "24 steps are done; 24 of 24 read back from AWS as planned." in said
    assert "Create namespace" not in said
    headings = [heading for heading in GROUPS.values() if f"\n{heading}\n" in said]
    assert headings == ["Do by hand, before", "Do by hand, at the cut-over", "Do by hand, after"]
    assert "Next  verify the migration (/verify); check the data (/check); cut over (/cutover); to go back" in said
    assert len(said.splitlines()) <= 40


def test_a_short_run_is_told_step_by_step(service: MigrationService) -> None:
    said = render_text(outcome_shown(applied(undo=CALL)))
    assert "Do it" in said
    assert "Next" not in said


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        ("throttle", "it was sent 2 times before AWS answered"),
        ("lost_reply", "a first answer that was lost; a look showed that it is done"),
    ],
)
def test_what_did_not_go_at_the_first_try_is_told(
    service: MigrationService, account: SimulatedAccount, kind: FaultKind, told: str
) -> None:
    account.faults.add("redshift-serverless:CreateSnapshotCopyConfiguration", kind=kind)
    existing = {"namespace_name": "my-namespace", "workgroup_name": "my-workgroup"}

    outcome = earlier_run(service, request_for("prod-db-1", only=["snapshot_copy"], **existing))

    (note,) = outcome.notes
    assert note.endswith(told)
    assert note in render_text(outcome_shown(outcome))
    assert run_result(outcome)["notes"] == [note]
    assert outcome.report is not None
    assert told in Path(outcome.report).read_text(encoding="utf-8")


def test_the_report_has_a_line_of_its_own_in_a_pipe_and_on_a_screen() -> None:
    table = outcome_table(applied(undo=CALL))
    stream = io.StringIO()
    Screen(Console(file=stream, width=100, color_system=None)).show(table)

    for said in (render_text(table), stream.getvalue()):
        assert "Report: /state/reports/m-1.md" in [line.strip() for line in said.splitlines()]


def test_the_command_that_approves_names_the_same_account_once() -> None:
    plan = applied(undo=CALL).plan
    settings = Settings(profile="audit", endpoint="https://agent.example.com")

    command = approve_command(plan, settings)

    assert command == f"./chat --profile audit --endpoint https://agent.example.com /approve {plan.digest[:12]}"
