"""/fleet, /cost and approvals of several plans, as they are typed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from redshift_migrate.migration.service import MigrationService
from redshift_migrate.settings import Settings
from redshift_migrate.terminal.commands import answer
from redshift_migrate.terminal.desk import Desk
from redshift_migrate.terminal.plain import render_text
from redshift_migrate.terminal.shown import Problem, Several, has_problem
from redshift_simulator import SimulatedAccount
from tests.terminal.played import PlayedProgram

REGION = "us-east-2"


@pytest.fixture
def desk(service: MigrationService, tmp_path: Path) -> Desk:
    return Desk(PlayedProgram(service, tmp_path, Settings(model="offline")), "terminal")


def text(desk: Desk, line: str) -> str:
    return render_text(answer(desk, line))


@pytest.mark.parametrize(
    ("line", "says"),
    [
        (f"/fleet in {REGION}", "13 clusters in 1 regions"),
        (f"/fleet in {REGION}", "[#####---------------] 3"),
        (f"/fleet readiness=blocked in {REGION}", "payroll-hsm"),
        (f"/fleet node_type!=dc2 status=paused in {REGION}", "archive-paused"),
        (f"/fleet waves in {REGION}", "old nodes, us-east-2"),
        (f"/fleet plan 1 in {REGION}", "planned"),
        ("/fleet wave 1", "There is no such wave"),
        ("/fleet colour=blue", "no filter"),
        ("/fleet wave one", "no number of a wave"),
        ("/fleet nonsense", "Nothing was looked at"),
        (f"/fleet in {REGION} --out", "13 clusters"),
        ("/cost prod-db-1", "2 x ra3.4xlarge in us-east-2"),
        ("/cost prod-db-1 dev-sandbox", "1 x dc2.large"),
        ("/cost prod-db-2 in us-east-1", "prod-db-2"),
        ("/cost no-such", "There is no cluster"),
        ("/cost", "No tokens have been used"),
    ],
)
def test_what_is_typed_is_answered(desk: Desk, line: str, says: str) -> None:
    assert says in text(desk, line)


def test_a_wave_is_looked_at_planned_and_followed(desk: Desk, service: MigrationService) -> None:
    answer(desk, f"/fleet waves node_type=dc2.large in {REGION}")
    assert "not planned" in text(desk, "/fleet wave 1")
    planned = text(desk, "/fleet plan 1")
    digests = list(service.plan_fleet(wave=1).digests.values())
    assert all(digest[:12] in planned for digest in digests)
    for digest in digests:
        answer(desk, f"/plan {digest}")
        desk.note_shown(service.plan(digest))
    done = answer(desk, f"/approve {digests[0][:12]}, {digests[1][:12]}")
    assert not has_problem(done)
    assert "2 of 2 plans are carried out" in render_text(done)
    followed = text(desk, "/fleet wave 1")
    assert followed.count("finished") == 2
    assert "to run several" not in followed


def test_of_several_plans_none_begins_while_one_was_not_shown(
    desk: Desk, service: MigrationService, account: SimulatedAccount
) -> None:
    answer(desk, f"/fleet plan 1 node_type=dc2.large in {REGION}")
    seen, unseen = service.plan_fleet(wave=1).digests.values()
    desk.note_shown(service.plan(seen))
    shown = answer(desk, f"/approve {seen} {unseen}")
    assert isinstance(shown, Problem)
    assert unseen[:12] in shown.message
    assert seen[:12] not in shown.message
    assert account.writes() == []


def test_one_of_several_that_fails_is_a_problem_beside_the_rest(
    desk: Desk, service: MigrationService, account: SimulatedAccount
) -> None:
    answer(desk, f"/fleet plan 1 node_type=dc2.large in {REGION}")
    digests = list(service.plan_fleet(wave=1).digests.values())
    for digest in digests:
        desk.note_shown(service.plan(digest))
    account.faults.add("redshift-serverless:CreateNamespace", kind="denied", times=1)
    shown = answer(desk, f"/approve {' '.join(digests)}")
    assert isinstance(shown, Several)
    assert has_problem(shown)
    assert "1 of 2 plans are carried out" in render_text(shown)


@pytest.mark.parametrize("words", ["all", "the newest", "0123abcd all"])
def test_no_word_approves_more_than_it_names(desk: Desk, words: str, account: SimulatedAccount) -> None:
    assert has_problem(answer(desk, f"/approve {words}"))
    assert account.writes() == []


@pytest.mark.parametrize("ending", ["csv", "json", "html"])
def test_the_whole_fleet_goes_into_a_file_that_was_not_there(desk: Desk, tmp_path: Path, ending: str) -> None:
    file = tmp_path / f"fleet.{ending}"
    assert "13 clusters are in" in text(desk, f"/fleet in {REGION} --out {file}")
    written = file.read_text(encoding="utf-8")
    assert "prod-db-1" in written
    if ending == "json":
        assert len(json.loads(written)["clusters"]) == 13
    assert "cannot be written" in text(desk, f"/fleet in {REGION} --out {file}")
    assert file.read_text(encoding="utf-8") == written


def test_a_file_of_another_kind_is_refused(desk: Desk, tmp_path: Path) -> None:
    assert "ends in .csv, .json or .html" in text(desk, f"/fleet in {REGION} --out {tmp_path / 'fleet.xls'}")
    assert not (tmp_path / "fleet.xls").exists()
