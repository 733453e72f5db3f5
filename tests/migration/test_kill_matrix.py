"""Killed before and after every call of a whole migration, and inside journal writes: resumed, it ends the same."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from redshift_migrate.aws.client import AwsClient
from redshift_migrate.aws.session import region_catalog
from redshift_migrate.clock import Clock as ProductClock
from redshift_migrate.migration.service import MigrationService
from redshift_migrate.models.choices import migration_choices
from redshift_migrate.models.request import MigrateCluster
from redshift_migrate.state.store import FileStore
from redshift_simulator import Clock, SimulatedAccount, SimulatedAws, demo
from tests.support.driver import KILLED, QuickSession, approve, begin_or_go_on, run_until_killed
from tests.support.moments import WatchedAccount, watched
from tests.support.patience import PATIENCE_S

REGION = "us-east-2"
REQUEST = MigrateCluster(region=REGION, choices=migration_choices("prod-db-1"))
CHUNKS = 24
DURATIONS = {"restore.unseen": 1.5, "restore": 4.0} | dict.fromkeys(
    ("namespace.create", "workgroup.create", "workgroup.modify", "namespace.modify", "cluster_snapshot.create"), 1.5
)
"""Every state is seen at least once, and no wait takes many reads: each of them is a moment to be killed at."""


def made(account: SimulatedAccount) -> dict[str, Any]:
    """What is in the account, without the ids and times that differ from run to run."""
    return {
        f"{region}/{kind}": Counter(_stripped(resource) for resource in resources.values())
        for region, kinds in account.state["regions"].items()
        for kind, resources in kinds.items()
        if isinstance(resources, dict)
    }


def _stripped(resource: Any) -> str:
    names = (
        "Time",
        "Date",
        "Id",
        "Arn",
        "_until",
        "At",
        "Secret",
        "pending",
        "Endpoint",
        "_after",
        "_since",
        "_client_token",
    )
    if not isinstance(resource, dict):
        return str(resource)
    kept = {key: value for key, value in sorted(resource.items()) if not any(part in key for part in names)}
    return str({key: _stripped(value) if isinstance(value, dict) else value for key, value in kept.items()})


class Runs:
    """An account that is served all the time, and what an undisturbed run on it left at each of its moments."""

    def __init__(self, folder: Path) -> None:
        self.account = WatchedAccount(clock=Clock.manual(), durations=DURATIONS)
        demo.seed(self.account)
        self.aws = SimulatedAws(self.account).start()
        self._door = AwsClient(QuickSession(self.aws.endpoint_url, REGION), read_timeout_s=PATIENCE_S)
        self._before, self._approved = self.account.snapshot(), folder / "approved"
        approve(self.service(self._approved), REQUEST)
        shutil.copytree(self._approved, folder / "clean")
        self.account.calls.clear()
        with watched(self.account, folder / "clean") as self.watch:
            begin_or_go_on(self.service(folder / "clean"), REQUEST)
        self.calls = [call.operation for call in self.account.calls]
        self.made = made(self.account)

    def service(self, folder: Path) -> MigrationService:
        """A process that comes later; its waits move the account's time."""
        return MigrationService(
            aws=self._door,
            regions=region_catalog(),
            store=FileStore(folder),
            clock=ProductClock(monotonic_s=self.account.clock.now, sleep=self.account.clock.advance),
            default_region=REGION,
        )

    def begin_anew(self, folder: Path) -> None:
        """The account as it was, and a folder in which the plan is approved."""
        self.account.restore(self._before)
        self.account.clock.offset_s = 0
        shutil.copytree(self._approved, folder)

    def go_on(self, folder: Path) -> None:
        """What a person does after a crash: approve again, then go on; the account must be as after the clean run."""
        service = self.service(folder)
        if not service.migration_ids():
            approve(service, REQUEST)
        begin_or_go_on(service, REQUEST)
        assert made(self.account) == self.made


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Runs]:
    """Made once: every case begins with what the clean run left at some moment."""
    runs = Runs(tmp_path_factory.mktemp("runs"))
    yield runs
    runs.aws.stop()


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_killed_at_any_moment_it_ends_as_the_clean_run(tmp_path: Path, runs: Runs, chunk: int) -> None:
    """Before and after every call that changed something or was written down, and in the middle of every line."""
    for number, moment in enumerate(runs.watch.moments[chunk::CHUNKS]):
        folder = tmp_path / str(number)
        moment.bring_back(runs.account, folder)
        try:
            runs.go_on(folder)
        except Exception as error:
            error.add_note(f"killed {moment.name}")
            raise


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
