"""Killed before and after every call of a whole migration, and inside journal writes: resumed, it ends the same."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from redshift_migrate.models.choices import migration_choices
from redshift_migrate.models.request import MigrateCluster
from redshift_simulator import SimulatedAccount
from tests.support.driver import KILLED, run_until_killed
from tests.support.moments import Runs, made

REGION = "us-east-2"
REQUEST = MigrateCluster(region=REGION, choices=migration_choices("prod-db-1"))
CHUNKS = 24


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Runs]:
    """Made once: every case begins with what the clean run left at some moment."""
    runs = Runs(tmp_path_factory.mktemp("runs"), lambda *_: REQUEST, at_account_time=False)
    yield runs
    runs.aws.stop()


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_killed_at_any_moment_it_ends_as_the_clean_run(tmp_path: Path, runs: Runs, chunk: int) -> None:
    """Before and after every call that changed something or was written down, and in the middle of every line."""
    runs.go_on_from_all(tmp_path, chunk, CHUNKS)


def test_every_change_and_every_line_is_among_the_moments(runs: Runs) -> None:
    names = [moment.name for moment in runs.watch.moments]
    changes = sum(operation.startswith(("Create", "Put", "Restore", "Update")) for operation in runs.calls)

    assert changes > 20
    assert sum(name.startswith("after call") for name in names) >= changes
    assert sum(name.startswith("in line") for name in names) >= 3 * changes  # intent, acted, done


@pytest.mark.parametrize("kind", ["kill_before", "kill_after"])
@pytest.mark.parametrize("operation", ["CreateNamespace", "RestoreFromSnapshot", "PutTargets"])
def test_a_killed_process_leaves_what_its_moment_holds(tmp_path: Path, runs: Runs, kind: Any, operation: str) -> None:
    """So that the moments may stand for processes that are killed, which some are here."""
    runs.begin_anew(tmp_path / "killed")
    service = runs.calls[: runs.calls.index(operation) + 1]
    prefix = "events" if operation == "PutTargets" else "redshift-serverless"

    def add(account: SimulatedAccount, pid: int) -> None:
        account.faults.add(f"{prefix}:{operation}", kind=kind, nth=1, pid=pid)

    assert run_until_killed(runs.account, runs.aws, tmp_path / "killed", REQUEST, add_faults=add) == KILLED
    left, lines = made(runs.account), events(tmp_path / "killed")

    moment = runs.watch.by_name[f"{kind.removeprefix('kill_')} call {len(service)}"]
    runs.go_on(tmp_path / "killed")
    moment.bring_back(runs.account, tmp_path / "moment")

    assert made(runs.account) == left
    assert events(tmp_path / "moment") == lines


def test_a_process_killed_inside_a_line_leaves_half_of_it(tmp_path: Path, runs: Runs) -> None:
    for number in (2, 40):
        folder = tmp_path / str(number)
        runs.begin_anew(folder)
        died = run_until_killed(runs.account, runs.aws, folder, REQUEST, die_in_journal_write=number)
        assert died == KILLED
        runs.go_on(folder)


def events(folder: Path) -> list[tuple[str, str]]:
    """What the one journal says, without times and ids."""
    (journal,) = (folder / "migrations").glob("*.jsonl")
    lines = [json.loads(line) for line in journal.read_text().splitlines()[1:]]
    return [(line["event"], line.get("step_id", "")) for line in lines]


def test_without_the_probe_the_matrix_would_notice(tmp_path: Path, runs: Runs) -> None:
    """The negative control: a run that acts without looking makes things twice, or stops where the real one goes on."""
    number = runs.calls.index("CreateUsageLimit") + 1
    runs.watch.by_name[f"after call {number}"].bring_back(runs.account, tmp_path)
    approve_again = run_until_killed(runs.account, runs.aws, tmp_path, REQUEST, without_probe=True)
    assert approve_again != 0 or made(runs.account) != runs.made
