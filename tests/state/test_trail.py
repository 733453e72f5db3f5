"""The trail holds exactly the calls that the account counted: each operation, each page, from every thread."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from redshift_agent import Program
from redshift_migrate.aws.client import AwsClient
from redshift_migrate.aws.session import open_session, region_catalog
from redshift_migrate.clock import Clock
from redshift_migrate.extractors.provisioned import extract_cluster
from redshift_migrate.migration.service import MigrationService
from redshift_migrate.models.approval import Consent
from redshift_migrate.models.choices import migration_choices
from redshift_migrate.models.request import MigrateCluster
from redshift_migrate.settings import Settings
from redshift_migrate.state.audit import AuditedAws, AuditLog, AuditRecord, Trail, faults, local_trail
from redshift_migrate.state.owner import Owner
from redshift_migrate.state.shelf import FolderShelf, Shelf
from redshift_migrate.state.store import FileStore
from redshift_migrate.state.table import TableShelf
from redshift_simulator import SimulatedAccount, demo
from tests.endpoint.conftest import COPY, MIGRATOR, Server, approve, ask
from tests.endpoint.conftest import server as server  # the fixture
from tests.worker.test_worker import ANA, World
from tests.worker.test_worker import COPY as COPY_REQUEST
from tests.worker.test_worker import world as world  # the fixture

REGION = demo.HOME_REGION
MIGRATE = MigrateCluster(region=REGION, choices=migration_choices("prod-db-1"))


def kept(shelf: Shelf) -> list[str]:
    """The lines of the chain on a shelf."""
    return AuditLog(shelf, Clock()).lines()


def records(lines: list[str]) -> list[AuditRecord]:
    """The chain, which must be whole."""
    assert faults(lines) == []
    return [AuditRecord.model_validate_json(line) for line in lines]


def recorded(lines: list[str]) -> Counter[str]:
    """How often each operation is on the trail; every call with an id of its own."""
    calls: list[Any] = []
    for record in records(lines):
        details = json.loads(record.model_dump_json())["details"]
        calls += details["calls"] if record.event == "read" else [details] if record.event == "called" else []
    ids = [call["aws_request_id"] for call in calls]
    assert all(ids)
    assert len(set(ids)) == len(ids)
    return Counter(call["operation"] for call in calls)


def counted(account: SimulatedAccount) -> Counter[str]:
    """How often each operation was asked of the account, our own table and bucket aside."""
    own = ("dynamodb", "s3")
    return Counter(call.name for call in account.calls if call.service not in own)


@pytest.mark.parametrize("page_size", [None, 1], ids=["whole", "page by page"])
def test_an_extraction(
    aws_env: dict[str, str], account: SimulatedAccount, tmp_path: Path, page_size: int | None
) -> None:
    assert aws_env
    account.page_size = page_size
    shelf = FolderShelf(tmp_path)
    door = AuditedAws(AwsClient(open_session(region=REGION)[0]), local_trail(shelf, Clock(), ""))

    extract_cluster(door, "prod-db-1", REGION)

    assert counted(account).total() > 20
    assert recorded(kept(shelf)) == counted(account)


def test_a_chat_of_this_machine(aws_env: dict[str, str], account: SimulatedAccount, tmp_path: Path) -> None:
    """The composition root leaves the chain that the endpoint leaves: planned, approved, and every call."""
    assert aws_env
    program = Program(Settings(model="offline", region=REGION, state=str(tmp_path)))

    program.service.cluster("prod-db-1")
    plan = program.service.prepare(COPY_REQUEST)
    program.service.note_shown(plan, "tester", "terminal")
    program.service.apply(plan.digest, Consent(approved_by="tester", channel="terminal"))

    assert recorded(kept(FolderShelf(tmp_path))) == counted(account)
    chain = records(kept(FolderShelf(tmp_path)))
    events = [record.event for record in chain]
    order = [
        events.index(each) for each in ("read", "planned", "approved", "begun", "run:intent", "called", "run:done")
    ]
    assert order == sorted(order)
    assert events[-1] == "run:finished"
    assert {record.who for record in chain} == {chain[0].who}
    assert chain[0].who.startswith("local:")


def test_a_plan_and_a_run_over_http(server: Server, account: SimulatedAccount) -> None:
    """Two turns of one session, so that a conversation kept in memory goes on, and each turn has its own request."""

    async def talk(client: Any) -> None:
        await ask(client, 'get_cluster_config {"cluster_id": "prod-db-1"}')
        asked = await ask(client, "configure_serverless_snapshot_copy " + json.dumps(COPY))
        await approve(client, asked.json()["approval_required"]["plan_digest"])
        await ask(client, 'plan_migration {"cluster_id": "prod-db-1"}')

    server.run(talk)
    assert server.runner is not None
    server.runner.wait()

    lines = server.keeper.audit(Owner(principal=MIGRATOR, session="s1")).lines()
    assert counted(account).total() > 100
    assert recorded(lines) == counted(account)
    asked = {record.request_id for record in records(lines) if record.event == "asked"}
    assert len(asked) == 3
    assert asked <= {record.request_id for record in records(lines) if record.event == "read"}


def test_a_run_of_the_worker(world: Callable[[], World]) -> None:
    there = world()
    accepted = there.accepted(there.rows, MIGRATE)
    there.account.calls.clear()

    result, _, _ = there.run_durably(accepted)

    assert result["state"] == "finished"
    assert recorded(kept(TableShelf(there.table, ANA.key, there.clock))) == counted(there.account)


def test_a_read_that_cannot_be_written_down_is_written_later(
    aws_env: dict[str, str], account: SimulatedAccount, tmp_path: Path
) -> None:
    """Looking goes on while the log cannot be written; what changes something is recorded after all that was read."""
    assert aws_env
    broken = tmp_path / "state"
    broken.write_text("a file where the folder should be")
    shelf = FolderShelf(broken)
    trail = Trail(AuditLog(shelf, Clock()), "ana", "", "r1", gathered=1)
    service = MigrationService(
        aws=AuditedAws(AwsClient(open_session(region=REGION)[0]), trail),
        regions=region_catalog(),
        store=FileStore(tmp_path),
        default_region=REGION,
    )

    service.clusters()
    broken.unlink()
    trail.record("approved")

    assert recorded(kept(shelf)) == counted(account)
    assert [record.event for record in records(kept(shelf))] == ["read", "approved"]
