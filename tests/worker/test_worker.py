"""The durable worker against the executor of one machine: the same account, the same journal, whatever goes wrong."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from aws_durable_execution_sdk_python import DurableContext, durable_execution
from aws_durable_execution_sdk_python.exceptions import InvocationError

from redshift_migrate.aws.client import AwsClient
from redshift_migrate.aws.door import Answer, Aws, Door
from redshift_migrate.aws.session import PinnedSession, region_catalog
from redshift_migrate.aws.state_table import StateTable
from redshift_migrate.clock import Clock as ProductClock
from redshift_migrate.migration.running import Accepted, carry_out, journal_header
from redshift_migrate.migration.service import MigrationService
from redshift_migrate.models.approval import VALID_FOR, Approval, Consent
from redshift_migrate.models.choices import migration_choices
from redshift_migrate.models.journal import Journal
from redshift_migrate.models.plan import Call
from redshift_migrate.models.request import (
    ConfigureSnapshotCopy,
    CutOverMigration,
    MigrateCluster,
    PlanRequest,
    SetWorkgroupTrack,
    UndoMigration,
)
from redshift_migrate.models.source import RUN_TAG
from redshift_migrate.state.owner import Order, Owner
from redshift_migrate.state.store import FileStore, Store
from redshift_migrate.state.table import TableStore
from redshift_migrate.worker.running import WorkerParts, run, worker
from redshift_simulator import Clock, SimulatedAccount, SimulatedAws, demo
from redshift_simulator.account import DURATIONS_S
from tests.support.durable import durable_runner
from tests.support.own_parts import REGION, own_parts
from tests.support.patience import PATIENCE_S
from tests.support.scheduled import keep_only
from tests.support.switching import CLUSTER, QUERIES, end_of, everybody_left, leads_to

ANA = Owner(principal="arn:aws:iam::123456789012:user/ana", session="s1")
COPY = ConfigureSnapshotCopy(
    region=REGION, namespace_name="my-namespace", destination_region="us-west-2", retention_period_days=7
)
ELSEWHERE = COPY.model_copy(update={"destination_region": "eu-west-1"})
MIGRATE = MigrateCluster(region=REGION, choices=migration_choices("prod-db-1"))
TRACK = SetWorkgroupTrack(region=REGION, workgroup_name="my-workgroup", track_name="trailing")
INSTANT = dict.fromkeys(DURATIONS_S, 0.05)
"""The account's time is the wall clock here, and nothing takes long on it."""


class World:
    """An account, and all that is needed to change it on either way."""

    def __init__(self, folder: Path) -> None:
        self.account = SimulatedAccount(clock=Clock.real(), durations=INSTANT)
        demo.seed(self.account)
        self.server = SimulatedAws(self.account).start()
        self.clock = ProductClock(sleep=lambda _: None)
        self.aws = AwsClient(PinnedSession(self.server.endpoint_url, REGION), read_timeout_s=PATIENCE_S)
        self.files = FileStore(folder)
        self.table: StateTable
        self.table, self.bucket = own_parts(self.server)
        self.rows = TableStore(self.table, ANA.key, self.clock)

    def accepted(self, store: Store, request: PlanRequest) -> Accepted:
        """A plan of that request, approved and written down."""
        service = MigrationService(
            aws=self.aws, regions=region_catalog(), store=store, clock=self.clock, default_region=REGION
        )
        plan = service.prepare(request)
        service.note_shown(plan, ANA.principal, "endpoint")
        consent = Consent(approved_by=ANA.principal, channel="endpoint", typed=plan.must_type)
        return service.accept(plan.digest, consent)

    def run_here(self, accepted: Accepted) -> Journal:
        """Carried out on this machine."""
        assert accepted.migration_id is not None
        with self.files.open_journal(accepted.migration_id) as writer:
            carry_out(self.aws, self.files, self.clock, writer)
            return writer.read()

    def run_durably(self, accepted: Accepted, handler: Any = None) -> tuple[dict[str, Any], list[str], Journal]:
        """Carried out by the SDK's test runner: its result, its operations, and the journal in the table."""
        assert accepted.migration_id is not None
        order = Order(group=ANA.key, session=ANA.session, migration_id=accepted.migration_id, lines=accepted.lines)
        parts = WorkerParts(aws=self.aws, table=self.table, clock=self.clock)
        with durable_runner(handler or worker(lambda _: parts)) as runner:
            ended = runner.run(input=order.model_dump_json(), execution_name=order.execution_name)
        assert ended.status.value == "SUCCEEDED", ended.error
        names = [str(operation.name) for operation in ended.get_all_operations()]
        return json.loads(ended.result or "null"), names, self.rows.journal(accepted.migration_id)

    def settings(self) -> Any:
        """What the account holds of what is changed here, without the ids, times and runs that differ by nature."""
        time.sleep(2 * min(INSTANT.values()))  # what was begun last is over by then
        self.account.settle()
        tables = self.account.state["regions"][REGION]
        return {
            name: sorted(
                json.dumps(_lasting(row), sort_keys=True, default=str) for row in tables.get(name, {}).values()
            )
            for name in (
                "namespaces",
                "workgroups",
                "usage_limits",
                "snapshot_copy_configurations",
                "scheduled_actions",
            )
        }


def _lasting(value: Any) -> Any:
    if isinstance(value, dict):
        # Rows too: how many a snapshot holds depends on the second in which it was taken.
        passing = ("id", "arn", "date", "time", "passwordsecretarn", "endpoint", "address", "pending", "rows")
        return {key: _lasting(item) for key, item in value.items() if not key.lower().endswith(passing)}
    if isinstance(value, list):
        return [_lasting(item) for item in value if not (isinstance(item, dict) and item.get("key") == RUN_TAG)]
    return value


@pytest.fixture
def world(tmp_path: Path) -> Iterator[Callable[[], World]]:
    """New worlds."""
    made: list[World] = []

    def make() -> World:
        made.append(World(tmp_path / str(len(made))))
        return made[-1]

    yield make
    for each in made:
        each.server.stop()
        assert each.account.defects == []


def lines(journal: Journal) -> list[tuple[Any, ...]]:
    """What a journal says, without when and under which request id."""
    return [(entry.event, entry.step_id, entry.message, entry.outputs.keys()) for entry in journal.entries]


def redshift_writes(world: World) -> list[str]:
    """The changes of the account, our own table and bucket aside, each with how it ended."""
    writes = (call for call in world.account.writes() if call.service.startswith("redshift"))
    return [f"{call.name} {call.outcome}" for call in writes]


@pytest.mark.parametrize("request_", [COPY, TRACK, MIGRATE], ids=["copy", "track", "whole migration"])
def test_the_worker_does_what_the_executor_here_does(world: Callable[[], World], request_: PlanRequest) -> None:
    here, there = world(), world()

    written_here = here.run_here(here.accepted(here.files, request_))
    result, _, written_there = there.run_durably(there.accepted(there.rows, request_))

    assert result["state"] == "finished"
    assert lines(written_there) == lines(written_here)
    assert there.settings() == here.settings()
    assert redshift_writes(there) == redshift_writes(here)


@pytest.mark.parametrize("kind", ["throttle", "500", "reset", "lost_reply"])
def test_faults_change_nothing_about_the_end(world: Callable[[], World], kind: Any) -> None:
    here, there = world(), world()
    for each in (here, there):
        each.account.faults.add(operation="redshift-serverless:CreateSnapshotCopyConfiguration", kind=kind)
        each.account.faults.add(operation="redshift-serverless:ListSnapshotCopyConfigurations", kind=kind, nth=3)

    here.run_here(here.accepted(here.files, COPY))
    result, _, _ = there.run_durably(there.accepted(there.rows, COPY))

    assert result["state"] == "finished"
    assert there.settings() == here.settings()
    assert redshift_writes(there) == redshift_writes(here)


def test_a_whole_migration_survives_faults_of_every_kind(world: Callable[[], World]) -> None:
    """Every change of the plan meets one fault, each kind in turn; the end is that of a run without any."""
    here, there = world(), world()
    here.run_here(here.accepted(here.files, MIGRATE))
    accepted = there.accepted(there.rows, MIGRATE)
    kinds: list[Any] = ["lost_reply", "throttle", "500", "reset"]
    changes = dict.fromkeys(step.call.name for step in accepted.plan.steps)
    for number, name in enumerate(changes):
        there.account.faults.add(operation=name, kind=kinds[number % len(kinds)])

    result, operations, written = there.run_durably(accepted)

    assert result["state"] == "finished"
    assert written.is_finished
    assert there.settings() == here.settings()
    assert len(operations) < 3_000  # an execution has a limit of operations


def test_a_denied_step_stops_the_run_and_approving_again_goes_on(world: Callable[[], World]) -> None:
    there = world()
    there.account.faults.add(operation="redshift-serverless:CreateSnapshotCopyConfiguration", kind="denied")
    first = there.accepted(there.rows, COPY)

    result, _, written = there.run_durably(first)
    assert (result["state"], result["code"]) == ("stopped", "ApplyError")
    assert written.entries[-1].event == "failed"

    again = there.accepted(there.rows, COPY)
    assert again.migration_id == first.migration_id
    result, _, written = there.run_durably(again)
    assert result["state"] == "finished"
    assert written.is_finished
    assert len([line for line in redshift_writes(there) if line.endswith(" ok")]) == 1


def report(world: World, accepted: Accepted) -> str:
    """The run's page in the table."""
    kept = world.table.get(ANA.key, f"report#{accepted.migration_id}")
    assert kept is not None
    return kept.body


def test_every_run_leaves_its_report_however_it_ended(world: Callable[[], World]) -> None:
    there = world()
    there.account.faults.add(operation="redshift-serverless:CreateSnapshotCopyConfiguration", kind="denied")
    accepted = there.accepted(there.rows, COPY)

    there.run_durably(accepted)
    stopped = report(there, accepted)
    there.run_durably(there.accepted(there.rows, COPY))

    assert "| state | stopped: " in stopped
    assert "| state | finished |" in report(there, accepted)


def test_waits_suspend_the_execution_and_replays_call_nothing_again(world: Callable[[], World]) -> None:
    here, there = world(), world()
    for each in (here, there):
        each.account.durations["workgroup.modify"] = 1.5

    here.run_here(here.accepted(here.files, TRACK))
    result, operations, written = there.run_durably(there.accepted(there.rows, TRACK))

    assert result["state"] == "finished"
    assert operations.count("wait") >= 2
    assert there.settings() == here.settings()
    assert redshift_writes(there) == ["redshift-serverless:UpdateWorkgroup ok"]
    numbered = [entry.event for entry in written.entries]
    assert numbered == ["intent", "acted", "waiting", "waiting", "done", "finished"]


class Died(BaseException):
    """The process is gone: nothing catches it."""


class MortalAws(Door):
    """A door behind which the process dies once, just before or just after a change was made."""

    def __init__(self, door: Aws, moment: str) -> None:
        super().__init__()
        self._door, self._moment = door, moment

    def validate(self, call: Call) -> None:
        self._door.validate(call)

    def ask(self, call: Call) -> Answer:
        moment, self._moment = self._moment, self._moment if call.operation.startswith(("List", "Get")) else ""
        if moment == "before" and not self._moment:
            raise Died
        answer = self._door.ask(call)
        if moment == "after" and not self._moment:
            raise Died
        return answer


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_process_that_dies_around_a_change_is_followed_by_one_that_looks_first(
    world: Callable[[], World], moment: str
) -> None:
    there = world()
    parts = WorkerParts(aws=MortalAws(there.aws, moment), table=there.table, clock=there.clock)

    @durable_execution
    def handler(event: Any, context: DurableContext) -> dict[str, Any]:
        try:
            return run(Order.model_validate(event), parts, context)
        except Died as died:
            raise InvocationError("as Lambda sees a process that is gone") from died

    result, _, written = there.run_durably(there.accepted(there.rows, COPY), handler)

    assert result["state"] == "finished"
    assert written.is_finished
    assert redshift_writes(there) == ["redshift-serverless:CreateSnapshotCopyConfiguration ok"]


@pytest.mark.parametrize("forged", ["calls", "request"])
def test_a_plan_that_its_request_does_not_give_is_not_carried_out(world: Callable[[], World], forged: str) -> None:
    """Whoever can write the table puts a plan, its approval and its journal there."""
    there = world()
    service = MigrationService(
        aws=there.aws, regions=region_catalog(), store=there.rows, clock=there.clock, default_region=REGION
    )
    plan = service.prepare(COPY)
    if forged == "calls":
        step = plan.steps[0]
        call = step.call.model_copy(update={"parameters": step.call.parameters | {"destinationRegion": "eu-west-1"}})
        plan = plan.model_copy(update={"steps": (step.model_copy(update={"call": call}), *plan.steps[1:])})
    else:
        plan = plan.model_copy(update={"request": TRACK})
    plan = type(plan).model_validate_json(plan.model_dump_json())
    at = there.clock.now()
    consent = Consent(approved_by=ANA.principal, channel="endpoint")
    approval = Approval(
        plan_digest=plan.digest, approved_at=at, expires_at=at + VALID_FOR, **consent.model_dump(exclude={"typed"})
    )
    with there.rows.start_journal(journal_header(plan, "20261201-120000-f0f0f0", approval, at)):
        pass

    result, _, journal = there.run_durably(Accepted(plan, "20261201-120000-f0f0f0"))

    assert result == {"migration_id": "20261201-120000-f0f0f0", "state": "stopped", "code": "StalePlan"}
    assert journal.entries[-1].event == "failed"
    assert "has other steps" in journal.entries[-1].message
    assert redshift_writes(there) == []


def test_an_order_of_somebody_else_is_not_carried_out(world: Callable[[], World]) -> None:
    there = world()
    accepted = there.accepted(there.rows, COPY)
    foreign = Order(group="f" * 64, session="s1", migration_id=str(accepted.migration_id), lines=0)
    parts = WorkerParts(aws=there.aws, table=there.table, clock=there.clock)

    with durable_runner(worker(lambda _: parts)) as runner:
        ended = runner.run(input=foreign.model_dump_json())

    assert json.loads(ended.result or "null") == {
        "migration_id": accepted.migration_id,
        "state": "stopped",
        "code": "MigrationNotFound",
    }
    assert redshift_writes(there) == []


def test_the_switch_and_the_end_of_a_cluster_are_durable_runs_too(world: Callable[[], World]) -> None:
    """Migrated, compared, cut over, rolled back, cut over again, paused and resumed: each an order to the worker."""
    there = world()
    keep_only(there.account, *QUERIES)

    def done(request: PlanRequest) -> str:
        accepted = there.accepted(there.rows, request)
        _, _, journal = there.run_durably(accepted)
        assert journal.is_finished
        return journal.migration_id

    moved = done(MIGRATE)
    service = MigrationService(
        aws=there.aws, regions=region_catalog(), store=there.rows, clock=there.clock, default_region=REGION
    )
    assert service.check_data(moved).status == "equal"
    switch = CutOverMigration(region=REGION, migration_id=moved)
    first = done(switch)
    assert leads_to(there.account) == (False, True)
    done(UndoMigration(region=REGION, migration_id=first))
    assert leads_to(there.account) == (True, False)
    done(switch)
    everybody_left(there.account)
    paused = done(end_of())
    assert there.account.table(REGION, "clusters")[CLUSTER]["ClusterStatus"] == "paused"
    done(UndoMigration(region=REGION, migration_id=paused))
    assert there.account.table(REGION, "clusters")[CLUSTER]["ClusterStatus"] == "available"
