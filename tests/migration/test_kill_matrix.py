"""Killed before and after every call of a whole migration, and inside journal writes: resumed, it ends the same."""

from __future__ import annotations

import shutil
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from redshift_migrate.models.choices import migration_choices
from redshift_migrate.models.request import MigrateCluster
from redshift_simulator import Clock, SimulatedAccount, SimulatedAws, demo
from tests.support.driver import KILLED, approve, run_until_killed, service_at

REGION = "us-east-2"
REQUEST = MigrateCluster(region=REGION, choices=migration_choices("prod-db-1"))
CHUNKS = 18
SHORT_S = dict.fromkeys(
    ("namespace.create", "workgroup.create", "workgroup.modify", "namespace.modify", "cluster_snapshot.create"), 1.5
)
"""Every state is seen at least once, and no wait takes many reads: each of them is a point to be killed at."""


def new_account() -> SimulatedAccount:
    account = SimulatedAccount(clock=Clock.manual(), durations={**SHORT_S, "restore.unseen": 1.5, "restore": 4.0})
    demo.seed(account)
    return account


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


@dataclass(frozen=True)
class Clean:
    """An undisturbed run: the account after it, its calls (numbered from 1), and the folder with its approved plan."""

    state: dict[str, Any]
    calls: int
    writes: tuple[int, ...]
    approved: Path

    def points(self, kind: str) -> list[int]:
        """Where to kill. After every call from the first write on, and after every twentieth read before it.

        Before a read the account is as it was after the call that went before, so "before" is tried at the writes.
        """
        if kind == "kill_before":
            return list(self.writes)
        return [*range(1, self.writes[0], 20), *range(self.writes[0], self.calls + 1)]


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Clean:
    """Every case begins on an equal account, so the plan and its approval are made once and copied."""
    account, approved, folder = new_account(), tmp_path_factory.mktemp("approved"), tmp_path_factory.mktemp("clean")
    with SimulatedAws(account) as aws:
        approve(service_at(aws.endpoint_url, approved, REGION), REQUEST)
        shutil.copytree(approved, folder, dirs_exist_ok=True)
        account.calls.clear()
        assert run_until_killed(account, aws, folder, REQUEST) == 0
    written = tuple(number for number, call in enumerate(account.calls, 1) if call in account.writes())
    return Clean(made(account), len(account.calls), written, approved)


def kill_and_resume(folder: Path, clean: Clean, kind: Any, nth: int) -> None:
    account = new_account()
    shutil.copytree(clean.approved, folder)
    with SimulatedAws(account) as aws:
        first = run_until_killed(
            account,
            aws,
            folder,
            REQUEST,
            add_faults=lambda account, pid: account.faults.add(kind=kind, nth=nth, pid=pid),
        )
        assert first == KILLED
        go_on(account, aws, folder, clean)


def go_on(account: SimulatedAccount, aws: SimulatedAws, folder: Path, clean: Clean) -> None:
    """What a person does after a crash: approve again, then go on; the account must be as after the clean run."""
    service = service_at(aws.endpoint_url, folder, REGION)
    if not service.migration_ids():
        approve(service, REQUEST)
    assert run_until_killed(account, aws, folder, REQUEST) == 0
    assert made(account) == clean.state


@pytest.mark.parametrize("kind", ["kill_before", "kill_after"])
@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_killed_at_any_call_it_ends_as_the_clean_run(tmp_path: Path, clean: Clean, kind: str, chunk: int) -> None:
    for nth in clean.points(kind)[chunk::CHUNKS]:
        kill_and_resume(tmp_path / f"{kind}-{nth}", clean, kind, nth)


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_killed_inside_a_journal_write_it_ends_as_the_clean_run(tmp_path: Path, clean: Clean, chunk: int) -> None:
    """Half a line is on disk. The test goes on until a run has no such write any more."""
    for number in range(chunk + 1, 200, CHUNKS):
        account = new_account()
        folder = tmp_path / str(number)
        shutil.copytree(clean.approved, folder)
        with SimulatedAws(account) as aws:
            first = run_until_killed(account, aws, folder, REQUEST, die_in_journal_write=number)
            if first == 0:
                assert number > 20, "a whole migration writes more lines than that"
                return
            assert first == KILLED
            go_on(account, aws, folder, clean)


def test_without_the_probe_the_matrix_would_notice(tmp_path: Path, clean: Clean) -> None:
    """The negative control: a run that acts without looking makes things twice, or stops where the real one goes on."""
    account = new_account()
    shutil.copytree(clean.approved, tmp_path, dirs_exist_ok=True)
    with SimulatedAws(account) as aws:
        fault = "redshift-serverless:CreateUsageLimit"
        first = run_until_killed(
            account,
            aws,
            tmp_path,
            REQUEST,
            add_faults=lambda account, pid: account.faults.add(fault, kind="kill_after", nth=1, pid=pid),
        )
        assert first == KILLED
        assert (
            run_until_killed(account, aws, tmp_path, REQUEST, without_probe=True) != 0 or made(account) != clean.state
        )
