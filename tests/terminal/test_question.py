"""The question whether a plan shall be applied: a closer look is no answer, and what destroys data takes a name."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from redshift_migrate.errors import ApplyError
from redshift_migrate.migration.service import MigrationService
from redshift_migrate.models.approval import Consent
from redshift_migrate.models.plan import MigrationPlan
from redshift_migrate.models.request import ConfigureSnapshotCopy, UndoMigration, UpdateSnapshotCopy
from redshift_migrate.planner.summary import data_lost
from redshift_migrate.settings import Settings
from redshift_migrate.terminal.desk import Desk
from redshift_migrate.terminal.plain import render_text
from redshift_migrate.terminal.question import hear, question
from redshift_migrate.terminal.screen import Screen
from redshift_migrate.terminal.shown import PlanShown
from redshift_migrate.terminal.turns import Turns
from redshift_simulator import SimulatedAccount
from tests.support.earlier import earlier_run
from tests.support.migrating import REGION, request_for
from tests.support.switching import CLUSTER, cut_over, end_of, everybody_left, moved
from tests.terminal.played import PlayedProgram, Reply
from tests.terminal.test_scripted import CONFIGURE

SMALL = request_for("dev-sandbox")
COPIED: dict[str, Any] = {"region": REGION, "namespace_name": "my-namespace"}


@pytest.fixture
def plan(service: MigrationService) -> MigrationPlan:
    return service.prepare(request_for("prod-db-1"))


class At:
    """A person at a terminal, who answers each question with the next of these lines."""

    def __init__(self, service: MigrationService, folder: Path, said: list[str], *replies: Reply) -> None:
        self.asked: list[str] = []
        self._said: Iterator[str] = iter(said)
        self._out = io.StringIO()
        self.desk = Desk(PlayedProgram(service, folder, Settings(), *replies), "terminal")
        self.turns = Turns(self.desk, Screen(Console(file=self._out, width=100)), self._answer)

    async def _answer(self, asked: str) -> str:
        self.asked.append(asked)
        return next(self._said)

    def types(self, line: str) -> str:
        """One line at the prompt; all that is shown of it."""
        self._out.truncate(self._out.seek(0))
        asyncio.run(self.turns.command(line) if line.startswith("/") else self.turns.turn(line))
        return self._out.getvalue()


def test_a_closer_look_is_no_answer(service: MigrationService, account: SimulatedAccount, tmp_path: Path) -> None:
    looks = [
        "d",
        "steps",
        "what is destination-key?",
        "/clusters prod",
        "/plan calls",
        "/nonsense",
        "why not tomorrow?",
    ]
    person = At(service, tmp_path, [*looks, "y"], CONFIGURE, "Done.")
    shown = person.types("copy it")

    assert len(person.asked) == len(looks) + 1
    assert set(person.asked) == {"Apply this plan? [y/N/d=details] "}
    for told in ("Digest: ", "Provisioned clusters in us-east-2", "There is no command /nonsense", "answers: say d"):
        assert told in shown
    assert [call.operation for call in account.writes()] == ["CreateSnapshotCopyConfiguration"]


def test_what_would_change_something_has_to_wait(
    service: MigrationService, account: SimulatedAccount, tmp_path: Path
) -> None:
    other = service.prepare(SMALL)
    person = At(service, tmp_path, [f"/approve {other.digest}", "/exit", "n"], CONFIGURE, "It waits.")
    assert person.types("copy it").count("Answer the question first") == 2
    assert account.writes() == []
    assert not person.desk.wants_to_leave


@pytest.mark.parametrize("said", ["", "n", "NO", "not now, after the weekend", "yes please", "yy", "ok"])
def test_all_but_a_plain_yes_is_no(plan: MigrationPlan, said: str) -> None:
    assert hear(plan, said).verdict == "no"


@pytest.mark.parametrize(
    ("said", "tells"),
    [
        ("steps", "Take snapshot"),
        ("what does role-trust mean?", "does not trust"),
        ("host-name", "redshift-serverless.amazonaws.com"),
        ("calls?", "aws redshift create-cluster-snapshot"),
    ],
)
def test_the_plan_answers_for_itself(plan: MigrationPlan, said: str, tells: str) -> None:
    heard = hear(plan, said)
    assert heard.verdict is None
    assert heard.shown is not None
    assert tells in render_text(heard.shown)


def test_a_no_with_a_reason_is_handed_on(plan: MigrationPlan) -> None:
    assert hear(plan, "make it 14 days in the calls").comment == "make it 14 days in the calls"


# --- what destroys data -----------------------------------------------------------------------------------


def destructive(service: MigrationService) -> tuple[MigrationPlan, str]:
    """The way back of a migration, which deletes the namespace that it made."""
    outcome = earlier_run(service, SMALL)
    undo = service.prepare(UndoMigration(region=REGION, migration_id=str(outcome.migration_id)))
    return undo, "dev-sandbox"


def test_it_is_a_headline_and_takes_the_name(service: MigrationService) -> None:
    undo, name = destructive(service)
    shown = render_text(PlanShown(undo))

    assert "Destroys data\n  dev-sandbox  Every database of namespace dev-sandbox" in shown
    assert question(undo).startswith(f"This destroys data. Type {name} ")
    assert hear(undo, "y").verdict is None
    assert hear(undo, name).verdict == "yes"
    assert hear(undo, f"{name} ").verdict == "no"
    assert hear(undo, "n").verdict == "no"


def test_approving_it_by_its_digest_asks_for_the_name_all_the_same(service: MigrationService, tmp_path: Path) -> None:
    undo, name = destructive(service)
    person = At(service, tmp_path, ["y", "n", name])
    person.desk.note_shown(undo)

    assert "Nothing was approved" in person.types(f"/approve {undo.digest[:12]}")
    assert "Applied: Undo migration" in person.types(f"/approve {undo.digest[:12]}")


def test_a_shorter_retention_destroys_copies_and_a_longer_one_nothing(service: MigrationService) -> None:
    earlier_run(service, ConfigureSnapshotCopy(**COPIED, destination_region="us-west-2", retention_period_days=30))

    shorter = service.prepare(UpdateSnapshotCopy(**COPIED, retention_period_days=7))
    assert [name for name, _ in data_lost(shorter)] == ["my-namespace"]
    assert data_lost(service.prepare(UpdateSnapshotCopy(**COPIED, retention_period_days=60))) == ()


# --- a run that stopped -----------------------------------------------------------------------------------


def test_what_is_done_is_marked_when_a_run_goes_on(
    service: MigrationService, account: SimulatedAccount, tmp_path: Path
) -> None:
    account.faults.add("redshift-serverless:CreateWorkgroup", kind="denied")
    plan = service.prepare(SMALL)
    person = At(service, tmp_path, ["y"])
    person.desk.note_shown(plan)
    with pytest.raises(ApplyError):
        service.apply(plan.digest, Consent(approved_by="tester", channel="program"))

    shown = person.types("/resume")
    assert "2 of 4 steps left" in shown
    assert shown.count("  done: ") == 2
    assert "1  done: Take snapshot" in shown
    assert "Applied:" in person.types(f"/approve {plan.digest[:12]}")
    assert "done: " not in person.types(f"/plan {plan.digest[:12]}")


@pytest.fixture
def end(service: MigrationService, account: SimulatedAccount) -> MigrationPlan:
    """The plan that pauses a cluster which nobody needs any more."""
    cut_over(service, moved(service, account))
    everybody_left(account)
    return service.prepare(end_of())


TAKES_ITS_NAME = "This cuts off whoever still needs it. Type prod-db-1 to apply the plan [prod-db-1/N/d=details] "


def test_the_end_of_a_cluster_takes_its_name_and_no_yes(
    service: MigrationService, account: SimulatedAccount, tmp_path: Path, end: MigrationPlan
) -> None:
    person = At(service, tmp_path, ["y", "yes", "prod-db-2", "prod-db-1"])

    first = person.types(f"/approve {end.digest[:12]}")  # the wrong name is a no

    assert account.table(REGION, "clusters")[CLUSTER]["ClusterStatus"] == "available"
    assert "A yes is not enough: prod-db-1 must be typed in full" in first
    person.types(f"/approve {end.digest[:12]}")
    assert account.table(REGION, "clusters")[CLUSTER]["ClusterStatus"] == "paused"
    assert person.asked == [TAKES_ITS_NAME] * 4


@pytest.mark.parametrize("behind", ["prod-db-1", "please"])
def test_a_name_behind_a_digest_goes_round_no_question(
    service: MigrationService, account: SimulatedAccount, tmp_path: Path, behind: str
) -> None:
    """A plan that destroys a namespace asks for its name; one typed behind the digest is refused, not passed over."""
    done = earlier_run(service, request_for("prod-db-1"))
    plan = service.prepare(UndoMigration(region=REGION, migration_id=str(done.migration_id)))
    service.note_shown(plan, "ana", "terminal")
    assert data_lost(plan)
    writes = len(account.writes())

    shown = At(service, tmp_path, []).types(f"/approve {plan.digest[:12]} {behind}")

    assert "this plan takes no name there" in " ".join(shown.split())
    assert len(account.writes()) == writes


def test_it_takes_its_name_in_a_conversation_too(
    service: MigrationService, account: SimulatedAccount, tmp_path: Path, end: MigrationPlan
) -> None:
    person = At(service, tmp_path, ["prod-db-1"], ("apply_plan", {"plan_digest": end.digest}), "Done.")

    person.types("apply it")

    assert account.table(REGION, "clusters")[CLUSTER]["ClusterStatus"] == "paused"
    assert person.asked == [TAKES_ITS_NAME]
