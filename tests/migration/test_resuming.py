"""A run that stopped goes on from its journal, or is refused when the journal cannot be trusted."""

from __future__ import annotations

import json
import resource
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

import redshift_migrate
from redshift_migrate.aws.door import Aws
from redshift_migrate.aws.session import region_catalog
from redshift_migrate.clock import Clock
from redshift_migrate.errors import (
    ApplyError,
    ApprovalRequired,
    JournalMismatch,
    MigrationNotFound,
    RedshiftMigrateError,
    StateConflict,
    StateNotWritten,
)
from redshift_migrate.migration.executor import Progress
from redshift_migrate.migration.service import MigrationService
from redshift_migrate.models.plan import FORMAT
from redshift_migrate.models.request import UndoMigration
from redshift_migrate.state.store import FileStore
from redshift_simulator import SimulatedAccount
from tests.support.migrating import REGION, approved, approved_run, request_for, resumed

SMALL = request_for("dev-sandbox")
MADE = Counter(["CreateClusterSnapshot", "CreateNamespace", "CreateWorkgroup", "RestoreFromSnapshot"])


def stopped_run(service: MigrationService, account: SimulatedAccount, at: str = "CreateWorkgroup") -> str:
    """A migration that stopped at that call because the credentials had expired; its id."""
    account.faults.add(f"redshift-serverless:{at}", kind="expired")
    with pytest.raises(ApplyError) as stopped:
        approved_run(service, SMALL)
    return str(stopped.value.data["migration_id"])


def applied(account: SimulatedAccount) -> Counter[str]:
    """How often each changing call was carried out."""
    return Counter(call.operation for call in account.writes() if call.outcome == "ok")


def journal_file(folder: Path, migration_id: str) -> Path:
    return folder / "migrations" / f"{migration_id}.jsonl"


def test_expired_credentials_stop_the_run_and_say_how_to_go_on(
    service: MigrationService, account: SimulatedAccount
) -> None:
    account.faults.add("redshift-serverless:CreateWorkgroup", kind="expired")

    with pytest.raises(ApplyError) as stopped:
        approved_run(service, SMALL)

    error = stopped.value
    assert error.data["done"] == ["data.snapshot", "namespace.create"]
    assert error.data["not_done"] == ["workgroup.create", "data.restore"]
    assert error.data["cause"]["code"] == "CredentialsProblem"
    assert "credentials" in error.message
    assert f"resume migration {error.data['migration_id']}" in error.hint
    assert applied(account) == Counter(["CreateClusterSnapshot", "CreateNamespace"])


def test_with_new_credentials_it_goes_on_and_makes_nothing_twice(
    service: MigrationService, account: SimulatedAccount
) -> None:
    migration_id = stopped_run(service, account)

    outcome = resumed(service, migration_id)

    assert outcome.status == "applied"
    assert applied(account) == MADE
    assert service.prepare(SMALL).is_empty
    assert service.resume(migration_id).status == "unchanged"


def test_a_resume_needs_an_approval_of_its_own(service: MigrationService, account: SimulatedAccount) -> None:
    migration_id = stopped_run(service, account)
    before = applied(account)

    with pytest.raises(ApprovalRequired):
        service.resume(migration_id)

    assert applied(account) == before


def test_of_two_that_resume_at_once_the_second_is_told(
    service: MigrationService, account: SimulatedAccount, door: Aws, clock: Clock, tmp_path: Path
) -> None:
    migration_id = stopped_run(service, account)
    refused: list[StateConflict] = []

    def second(_: Progress) -> None:
        if not refused:
            other = MigrationService(aws=door, regions=region_catalog(), store=FileStore(tmp_path), clock=clock)
            with pytest.raises(StateConflict) as told:
                resumed(other, migration_id)
            refused.append(told.value)

    service.listen(second)
    resumed(service, migration_id)

    assert f"Another process is working on {migration_id}" in refused[0].message
    assert applied(account) == MADE


def test_a_torn_last_line_never_counted(service: MigrationService, account: SimulatedAccount, tmp_path: Path) -> None:
    migration_id = stopped_run(service, account)
    with journal_file(tmp_path, migration_id).open("a") as journal:
        journal.write('{"kind":"entry","at":"2026-12-01T1')

    assert service.status(migration_id) is not None
    resumed(service, migration_id)

    assert applied(account) == MADE
    lines = journal_file(tmp_path, migration_id).read_text().splitlines()
    assert all(json.loads(line)["kind"] for line in lines)


@pytest.mark.parametrize("line", [0, 1, 3])
def test_a_damaged_line_before_the_last_is_fatal(
    service: MigrationService, account: SimulatedAccount, tmp_path: Path, line: int
) -> None:
    migration_id = stopped_run(service, account)
    file = journal_file(tmp_path, migration_id)
    lines = file.read_bytes().splitlines(keepends=True)
    file.write_bytes(b"".join([*lines[:line], lines[line][:20] + b"\n", *lines[line + 1 :]]))
    before = applied(account)

    with pytest.raises(JournalMismatch, match="is damaged, so nothing is done"):
        service.resume(migration_id)

    assert applied(account) == before


ALTERED = {
    "of another account": ('"account_id":"123456789012"', '"account_id":"210987654321"', "belongs to account 210987"),
    "of another version": (f'"{redshift_migrate.__version__}"', '"9.9.9"', "begun by version 9.9.9"),
    "of an earlier format": (
        f'"format":{FORMAT}',
        f'"format":{FORMAT - 1}',
        "by an earlier version of this program",
    ),
    "of a later format": (
        f'"format":{FORMAT}',
        f'"format":{FORMAT + 1}',
        "by a later version of this program",
    ),
    "with another plan": ('"dev-sandbox"', '"prod-db-1"', "plan in the journal .* was altered"),
}


@pytest.mark.parametrize("what", ALTERED)
def test_a_journal_that_is_not_the_runs_own_is_refused(
    service: MigrationService, account: SimulatedAccount, tmp_path: Path, what: str
) -> None:
    migration_id = stopped_run(service, account)
    old, new, said = ALTERED[what]
    file = journal_file(tmp_path, migration_id)
    header, rest = file.read_text().split("\n", 1)
    assert old in header
    file.write_text(header.replace(old, new, 1) + "\n" + rest)
    before = applied(account)

    with pytest.raises(JournalMismatch, match=said):
        service.resume(migration_id)

    assert applied(account) == before


def test_a_journal_that_cannot_be_read_does_not_stand_in_the_way_of_other_plans(
    service: MigrationService, tmp_path: Path
) -> None:
    approved_run(service, SMALL)
    (migration_id,) = service.migration_ids()
    journal_file(tmp_path, migration_id).write_text("no journal at all\n")

    plan = approved(service, request_for("audit-forever", data="none"))

    assert service.apply(plan.digest).status == "applied"


def test_approving_the_plan_of_a_stopped_run_goes_on_with_it(
    service: MigrationService, account: SimulatedAccount
) -> None:
    migration_id = stopped_run(service, account)
    digest = service.journal(migration_id).header.plan_digest
    service.approve(digest, approved_by="tester", channel="program")

    outcome = service.apply(digest)

    assert outcome.migration_id == migration_id
    assert applied(account) == MADE


def test_a_new_plan_for_what_stopped_half_way_says_so(service: MigrationService, account: SimulatedAccount) -> None:
    migration_id = stopped_run(service, account)

    first = service.prepare(SMALL).findings[0]
    approved_run(service, UndoMigration(region=REGION, migration_id=migration_id))

    assert (first.level, first.setting) == ("warning", "earlier run")
    assert f"resume migration {migration_id}" in first.message
    assert not any(finding.setting == "earlier run" for finding in service.prepare(SMALL).findings)


def test_an_unknown_run_is_refused_and_the_known_ones_named(
    service: MigrationService, account: SimulatedAccount
) -> None:
    migration_id = stopped_run(service, account)

    with pytest.raises(MigrationNotFound) as refused:
        service.resume("20200101-000000-abcdef")

    assert migration_id in refused.value.hint


@contextmanager
def files_end_at(size: int) -> Iterator[None]:
    """The disk is full as soon as a file has that many bytes."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.parametrize("room", [0, 100, 500, 1000, 2000])
def test_a_full_disk_stops_the_run_before_anything_is_done_unwritten(
    service: MigrationService, account: SimulatedAccount, tmp_path: Path, room: int
) -> None:
    migration_id = stopped_run(service, account)
    file = journal_file(tmp_path, migration_id)
    service.approve(service.journal(migration_id).header.plan_digest, approved_by="tester", channel="program")

    with files_end_at(file.stat().st_size + room), pytest.raises(RedshiftMigrateError) as stopped:
        service.resume(migration_id)
    resumed(service, migration_id)

    assert f"{file} could not be written: " in stopped.value.message
    if isinstance(stopped.value, ApplyError):
        assert f"resume migration {migration_id}" in stopped.value.hint
    else:
        assert isinstance(stopped.value, StateNotWritten)
    assert applied(account) == MADE
    assert service.prepare(SMALL).is_empty


def test_without_room_for_a_journal_nothing_is_begun(
    service: MigrationService, account: SimulatedAccount, tmp_path: Path
) -> None:
    plan = approved(service, SMALL)

    with files_end_at(1000), pytest.raises(StateNotWritten):
        service.run(SMALL)

    assert applied(account) == Counter()
    assert service.migration_ids() == ()
    assert [file.name for file in tmp_path.rglob(".*")] == []  # nothing half written is left behind
    service.approve(plan.digest, approved_by="tester", channel="program")
    assert service.run(SMALL).status == "applied"


def test_a_plan_that_cannot_be_saved_is_not_made(service: MigrationService, tmp_path: Path) -> None:
    (tmp_path / "plans").write_text("a file where the folder should be")

    with pytest.raises(StateNotWritten) as refused:
        service.prepare(SMALL)

    assert "REDSHIFT_AGENT_STATE" in refused.value.hint


def test_a_run_goes_on_in_its_own_region(service: MigrationService, account: SimulatedAccount) -> None:
    migration_id = stopped_run(service, account)
    service.region("us-west-2")  # what the user asked about in between

    assert resumed(service, migration_id).plan.region == REGION
