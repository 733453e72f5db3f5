"""/check, /connections and /snapshots, as they are typed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from redshift_migrate.migration.service import MigrationService
from redshift_migrate.settings import Settings
from redshift_migrate.terminal.commands import answer
from redshift_migrate.terminal.desk import Desk
from redshift_migrate.terminal.plain import render_text
from redshift_migrate.terminal.shown import has_problem
from redshift_simulator import SimulatedAccount
from tests.support.migrating import approved_run, request_for
from tests.terminal.played import PlayedProgram


@pytest.fixture
def desk(service: MigrationService, tmp_path: Path) -> Desk:
    return Desk(PlayedProgram(service, tmp_path, Settings(model="offline")), "terminal")


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("/check", "No migration has been started"),
        ("/check counts", "No migration has been started"),
        ("/check counts many", "Nothing was asked"),
        ("/check 1 2", "Nothing was asked"),
        ("/connections prod-db-1", "without SSL"),
        ("/connections workgroup my-workgroup", "Nobody connected"),
        ("/connections", "Nothing was asked"),
        ("/connections no-such", "There is no cluster"),
        ("/snapshots prod-db-1", "data=rs:prod-db-1"),
        ("/snapshots namespace my-namespace", "There are none"),
        ("/snapshots", "Nothing was asked"),
    ],
)
def test_what_is_typed_is_answered(desk: Desk, line: str, says: str) -> None:
    assert says in render_text(answer(desk, line))


def test_the_data_of_a_run_is_checked_and_told_with_its_status(
    desk: Desk, service: MigrationService, account: SimulatedAccount
) -> None:
    approved_run(service, request_for("dev-sandbox"))
    assert "Data, compared" not in render_text(answer(desk, "/status"))
    checked = answer(desk, "/check")
    assert not has_problem(checked)
    assert "2 equal" in render_text(checked)
    assert "is the same, by estimated rows" in render_text(answer(desk, "/status"))

    told = render_text(answer(desk, "/check counts"))
    assert "Nothing was counted yet" in told
    agreed = re.search(r"\(/check counts (\d+)\)", " ".join(told.split()))
    assert agreed is not None
    assert "Counted, as agreed" in render_text(answer(desk, f"/check counts {agreed[1]}"))
    run = str(service.status().migration_id)  # type: ignore[union-attr]
    assert "every row and value compared" in render_text(answer(desk, f"/check {run} values 99999"))
    assert "every row and value compared" in render_text(answer(desk, "/status"))

    account.faults.add("redshift-data:BatchExecuteStatement", kind="denied", times=None)
    unread = answer(desk, "/check")
    assert has_problem(unread)
    assert "Nothing is known about it" in render_text(unread)
    assert "Nothing is known about it" in render_text(answer(desk, "/status"))
