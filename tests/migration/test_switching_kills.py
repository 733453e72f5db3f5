"""Killed at any moment of a cut-over, of its way back, of a pause and of a deletion: gone on with, it ends the same."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from redshift_migrate.models.request import CutOverMigration, PlanRequest, UndoMigration
from redshift_simulator import SimulatedAccount
from redshift_simulator.exchange import is_mutating
from tests.support.migrating import approved_run
from tests.support.moments import REGION, Runs, made
from tests.support.switching import DAY_S, cut_over, end_of, everybody_left, moved

CHUNKS = 3
MADE_AGAIN = "RestoreFromSnapshot"
"""Nothing shows that a namespace was restored once more: killed before its answer is written down, it is made again."""


def switch(runs: Runs, folder: Path) -> PlanRequest:
    """The cluster is moved, its cut-over is to be run."""
    return CutOverMigration(region=REGION, migration_id=moved(runs.service(folder), runs.account))


def switch_with_fresh_data(runs: Runs, folder: Path) -> PlanRequest:
    """The same, with a last snapshot that is restored over what is there."""
    return CutOverMigration(region=REGION, migration_id=moved(runs.service(folder), runs.account), fresh_data=True)


def way_back(runs: Runs, folder: Path) -> PlanRequest:
    """It was cut over, that is to be undone."""
    service = runs.service(folder)
    return UndoMigration(region=REGION, migration_id=cut_over(service, moved(service, runs.account)))


def pause(runs: Runs, folder: Path) -> PlanRequest:
    """Nobody needs it any more, it is to be paused."""
    service = runs.service(folder)
    cut_over(service, moved(service, runs.account))
    everybody_left(runs.account)
    return end_of()


def delete(runs: Runs, folder: Path) -> PlanRequest:
    """The quiet days have passed, it is to be deleted."""
    request = pause(runs, folder)
    approved_run(runs.service(folder), request)
    runs.account.clock.advance(8 * DAY_S)
    return request


STORIES: dict[str, Callable[[Runs, Path], PlanRequest]] = {
    "cut over": switch,
    "cut over with fresh data": switch_with_fresh_data,
    "roll back": way_back,
    "pause": pause,
    "delete": delete,
}


def made_however_often(account: SimulatedAccount) -> dict[str, Any]:
    """What is in the account, where the same snapshot may have been restored once more."""
    for namespace in account.table(REGION, "namespaces").values():
        namespace["_restored_from"] = list(dict.fromkeys(namespace.get("_restored_from", [])))
    return made(account)


@pytest.fixture(scope="module", params=STORIES)
def runs(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Runs]:
    """The undisturbed run of one story."""
    compared = made_however_often if request.param == "cut over with fresh data" else made
    runs = Runs(tmp_path_factory.mktemp("runs"), STORIES[request.param], at_account_time=True, made=compared)
    yield runs
    runs.aws.stop()


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_killed_at_any_moment_it_ends_as_the_clean_run(tmp_path: Path, runs: Runs, chunk: int) -> None:
    assert len(runs.watch.moments) > 2 * CHUNKS
    runs.go_on_from_all(tmp_path, chunk, CHUNKS)


def changes(operations: Sequence[str]) -> list[str]:
    """Those that change something; a question to a database is none."""
    return [each for each in operations if is_mutating(each) and each != "BatchExecuteStatement"]


def test_nothing_is_done_twice(tmp_path: Path, runs: Runs) -> None:
    """Killed after any call, the run makes what is left, each change once."""
    for number, moment in enumerate(runs.watch.moments):
        if moment.name.startswith("after call"):
            moment.bring_back(runs.account, tmp_path / str(number))
            runs.account.calls.clear()
            runs.go_on(tmp_path / str(number))
            left = changes(runs.calls[int(moment.name.split()[2]) :])
            made = changes([call.operation for call in runs.account.calls])
            if runs.calls[int(moment.name.split()[2]) - 1] == MADE_AGAIN and made != left:
                made.remove(MADE_AGAIN)
            assert made == left, moment.name
