"""Killed at any call of a cut-over: never is a query on on both sides, and gone on with, or undone, it is on on one."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from redshift_migrate.errors import PlanError
from redshift_migrate.migration.service import MigrationService
from redshift_migrate.models.plan import MigrationPlan
from redshift_migrate.models.request import CutOverScheduledQueries, PlanRequest, UndoMigration
from redshift_simulator import SimulatedAws
from tests.support.driver import KILLED, run_until_killed, service_at
from tests.support.scheduled import MIGRATE, REGION, contents, keep_only, sides, watched_account

NAMES = ("QS2-nightly-sales-rollup", "hourly-maintenance", "morning-report")
"""A rule that is switched off, one that is left on for its other targets, and a schedule."""

CHUNKS = 6
OLD, NEW = (True, False), (False, True)


def run(service: MigrationService, request: PlanRequest) -> str:
    """Approve and run, or go on with the run that stopped; the id of the run."""
    for migration_id in service.migration_ids():
        header = service.journal(migration_id).header
        if header.plan.request == request and not service.journal(migration_id).is_finished:
            service.approve(header.plan_digest, approved_by="tester", channel="program")
            service.resume(migration_id)
            return migration_id
    if not approved(service, request).is_empty:
        return service.run(request).migration_id or ""
    return ""


def run_of(service: MigrationService, request: PlanRequest) -> str:
    """The id of the request's run."""
    return next(each for each in service.migration_ids() if service.journal(each).header.plan.request == request)


def approved(service: MigrationService, request: PlanRequest) -> MigrationPlan:
    """The request's plan, and a person's approval of it where there is something to do."""
    plan = service.prepare(request)
    if not plan.is_empty:
        service.approve(plan.digest, approved_by="tester", channel="program")
    return plan


def migrated(aws: SimulatedAws, folder: Path) -> tuple[MigrationService, CutOverScheduledQueries]:
    """The copies are made; what is left is the cut-over."""
    service = service_at(aws.endpoint_url, folder, REGION)
    return service, CutOverScheduledQueries(region=REGION, migration_id=run(service, MIGRATE))


class Begun:
    """An account that was migrated and whose cut-over is approved, to start from again and again."""

    def __init__(self, folder: Path) -> None:
        self.account, self.folder = watched_account(), folder / "begun"
        keep_only(self.account, *NAMES)
        self.aws = SimulatedAws(self.account).start()
        service, self.cut_over = migrated(self.aws, self.folder)
        approved(service, self.cut_over)
        self._before = self.account.snapshot()
        self.account.calls.clear()
        clean = folder / "clean"
        shutil.copytree(self.folder, clean)
        assert run_until_killed(self.account, self.aws, clean, self.cut_over) == 0
        assert sides(self.account) == dict.fromkeys(NAMES, NEW)
        operations = [call.operation for call in self.account.calls]
        self.points = range(operations.index("DisableRule"), len(operations) + 1)
        """Every call from the last one before the first change."""

    def killed(self, folder: Path, kind: Any, nth: int) -> None:
        """The cut-over, killed at its n-th call, in a folder of its own."""
        self.account.restore(self._before)
        self.account.twice.clear()
        shutil.copytree(self.folder, folder)

        def add(account: Any, pid: int) -> None:
            account.faults.add(kind=kind, nth=nth, pid=pid)

        assert run_until_killed(self.account, self.aws, folder, self.cut_over, add_faults=add) == KILLED

    def service(self, folder: Path) -> MigrationService:
        """A process that comes later."""
        return service_at(self.aws.endpoint_url, folder, REGION)


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Begun]:
    begun = Begun(tmp_path_factory.mktemp("cut-over"))
    yield begun
    begun.aws.stop()


@pytest.mark.parametrize("kind", ["kill_before", "kill_after"])
@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_killed_at_any_call_it_ends_on_one_side_and_is_never_on_both(
    tmp_path: Path, begun: Begun, kind: str, chunk: int
) -> None:
    """From each point once on to the end, and once back to the beginning."""
    for nth in begun.points[chunk::CHUNKS]:
        begun.killed(tmp_path / f"on-{nth}", kind, nth)
        shutil.copytree(tmp_path / f"on-{nth}", tmp_path / f"back-{nth}")
        stopped_at = begun.account.snapshot()
        service = begun.service(tmp_path / f"on-{nth}")
        if not all(old or new for old, new in sides(begun.account).values()):
            with pytest.raises(PlanError, match="stopped half way"):
                service.prepare(begun.cut_over)

        run(service, begun.cut_over)

        assert sides(begun.account) == dict.fromkeys(NAMES, NEW), nth

        begun.account.restore(stopped_at)
        service = begun.service(tmp_path / f"back-{nth}")
        run(service, UndoMigration(region=REGION, migration_id=run_of(service, begun.cut_over)))

        assert sides(begun.account) == dict.fromkeys(NAMES, OLD), nth
        assert begun.account.twice == [], nth


def test_after_a_resumed_cut_over_nothing_is_left_to_do(tmp_path: Path, begun: Begun) -> None:
    begun.killed(tmp_path / "resumed", "kill_after", begun.points[len(begun.points) // 2])
    service = begun.service(tmp_path / "resumed")
    run(service, begun.cut_over)

    assert service.prepare(begun.cut_over).is_empty
    assert service.prepare(MIGRATE).is_empty


def test_the_way_back_may_be_killed_too(tmp_path: Path) -> None:
    """At the first, a middle and the last change of an undo; gone on with, it ends where the cut-over began."""
    for kind in ("kill_before", "kill_after"):
        for nth, operation in ((1, "events:EnableRule"), (2, "scheduler:UpdateSchedule")):
            folder, account = tmp_path / f"{kind}-{operation}", watched_account()
            keep_only(account, *NAMES)
            with SimulatedAws(account) as aws:
                service, cut_over = migrated(aws, folder)
                before = contents(account)
                undo = UndoMigration(region=REGION, migration_id=run(service, cut_over))
                approved(service, undo)

                def add(account: Any, pid: int, kind: Any = kind, nth: int = nth, name: str = operation) -> None:
                    account.faults.add(name, kind=kind, nth=nth, pid=pid)

                assert run_until_killed(account, aws, folder, undo, add_faults=add) == KILLED
                run(service, undo)

                assert contents(account) == before
                assert account.twice == []
