"""What is said when a plan has been applied."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from redshift_migrate.migration.running import Outcome
from redshift_migrate.models.finding import Subject
from redshift_migrate.models.plan import Call, Check, MigrationPlan, Reading, Step, Wish
from redshift_migrate.models.request import RemoveSnapshotCopy
from redshift_migrate.settings import Settings
from redshift_migrate.terminal.approving import approve_command, outcome_table
from redshift_migrate.terminal.plain import render_text
from redshift_migrate.terminal.screen import Screen

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
