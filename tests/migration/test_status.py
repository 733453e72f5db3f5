"""How far a run is: the step, since when, what it waits for, and what comes next."""

from __future__ import annotations

from pathlib import Path

import pytest

from redshift_migrate.errors import ApplyError
from redshift_migrate.migration.executor import Progress
from redshift_migrate.migration.service import MigrationService
from redshift_migrate.migration.status import MigrationStatus
from redshift_simulator import SimulatedAccount
from tests.support.migrating import approved_run, request_for, resumed

SMALL = request_for("dev-sandbox")


def test_while_it_runs_it_tells_the_step_what_it_waits_for_and_what_comes_next(service: MigrationService) -> None:
    seen: list[MigrationStatus] = []

    def look(progress: Progress) -> None:
        status = service.status()
        assert status is not None
        if progress.step_id == "workgroup.create" and status.waiting_for and progress.elapsed_s > 30:
            seen.append(status)

    service.listen(look)
    approved_run(service, SMALL)

    status = seen[0]
    assert status.state == "stopped or running"
    assert (len(status.steps_done), status.steps_total) == (2, 4)
    assert status.now is not None
    assert status.now.startswith("Create workgroup dev-sandbox")
    assert status.waiting_for == "workgroup dev-sandbox to be AVAILABLE"
    assert status.next is not None
    assert status.next.startswith("Restore snapshot")
    assert status.step_elapsed_s is not None
    assert status.elapsed_s is not None
    assert 30 < status.step_elapsed_s < status.elapsed_s


def test_stopped_it_tells_why_and_how_to_go_on(service: MigrationService, account: SimulatedAccount) -> None:
    account.faults.add("redshift-serverless:CreateWorkgroup", kind="denied")
    with pytest.raises(ApplyError) as stopped:
        approved_run(service, SMALL)
    first = service.status()
    account.clock.advance(86_400)  # seen the next morning

    status = service.status(stopped.value.data["migration_id"])

    assert status == first  # a stopped clock
    assert status is not None
    assert status.now is not None
    assert status.now.startswith("Create workgroup dev-sandbox")
    assert status.waiting_for is None
    assert "may not redshift-serverless:CreateWorkgroup" in (status.stopped_because or "")
    assert status.next == f"resume migration {status.migration_id}"


def test_finished_it_tells_how_long_it_took(service: MigrationService, account: SimulatedAccount) -> None:
    outcome = approved_run(service, SMALL)
    account.clock.advance(86_400)

    status = service.status()

    assert status is not None
    assert (status.migration_id, status.state) == (outcome.migration_id, "finished")
    assert (status.now, status.waiting_for, status.next, status.stopped_because) == (None, None, None, None)
    assert len(status.steps_done) == status.steps_total == 4
    assert 600 < (status.elapsed_s or 0) < 3600


def test_resumed_the_step_is_counted_from_the_resume(service: MigrationService, account: SimulatedAccount) -> None:
    account.faults.add("redshift-serverless:CreateWorkgroup", kind="denied")
    with pytest.raises(ApplyError) as stopped:
        approved_run(service, SMALL)
    account.clock.advance(86_400)
    seen: list[int] = []

    def look(progress: Progress) -> None:
        status = service.status()
        if status is not None and progress.step_id == "workgroup.create" and status.step_elapsed_s is not None:
            seen.append(status.step_elapsed_s)

    service.listen(look)
    resumed(service, stopped.value.data["migration_id"])

    assert 0 < max(seen) < 3600


def test_its_report_is_there_while_it_runs_and_never_older_than_its_journal(service: MigrationService) -> None:
    """Whoever reads "finished" reads the report next; and a process may be killed before it writes one."""
    seen: list[str] = []
    service.listen(lambda _: seen.append(service.report()[1]))

    outcome = approved_run(service, SMALL)

    kept, whole = service.report(outcome.migration_id)
    assert "| state | finished |" in whole
    assert "| state | finished |" not in seen[0]
    for page in map(Path, kept):
        page.unlink()
    assert service.report(outcome.migration_id)[1] == whole
    Path(kept.markdown).write_text(seen[0])
    assert service.report(outcome.migration_id)[1] == whole
    assert Path(kept.html).is_file()


def test_without_a_run_there_is_no_status(service: MigrationService) -> None:
    assert service.status() is None
