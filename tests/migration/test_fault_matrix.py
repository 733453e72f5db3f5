"""Every operation of a whole migration meets every fault: the end is right, or the stop is clean and can be mended.

Faults come at the first call of each operation. Where a fault stops the run, it is mended and the run resumed, so that
one migration meets the faults of all operations, one after the other.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Sequence

import pytest
from botocore.retries.quota import RetryQuota

from redshift_migrate.aws.client import WIRE_ATTEMPTS
from redshift_migrate.clock import Clock as ProductClock
from redshift_migrate.errors import ApplyError, AwsError, Unreachable
from redshift_migrate.migration.executor import Progress
from redshift_migrate.migration.service import MigrationService
from redshift_migrate.models.plan import MigrationPlan
from redshift_migrate.permissions import OPERATIONS, policy_of
from redshift_simulator import Clock, SimulatedAccount, demo
from redshift_simulator.account import DURATIONS_S
from redshift_simulator.exchange import RecordedCall, is_mutating
from redshift_simulator.faults import FaultKind
from redshift_simulator.neighbours.automation import state_machine_of
from redshift_simulator.neighbours.iam import iam_role
from redshift_simulator.redshift.endpoints import endpoint_of
from tests.support.migrating import REGION, approved, request_for, resumed

ONE_OFF: tuple[FaultKind, ...] = ("throttle", "500", "reset", "hang", "lost_reply")
"""Faults that botocore repeats by itself, so that one of them stops nothing."""
REFUSED: tuple[FaultKind, ...] = ("denied", "expired")
TRUE_WORDS = {
    "throttle": "throttled",
    "500": "failed inside",
    "reset": "got no answer",
    "hang": "got no answer",
    "lost_reply": "got no answer",
    "denied": "may not",
    "expired": "does not accept the credentials",
}
NOT_PLANNED = {
    "sts:GetCallerIdentity",  # asked once a process
    "iam:GetPolicy",  # no role of this cluster has a managed policy that would have to be read
    "iam:GetPolicyVersion",
    "redshift-serverless:ListSnapshots",
    # What a target has that is there already; this one is made.
    *(f"redshift-serverless:List{each}" for each in ("EndpointAccess", "ScheduledActions", "TagsForResource")),
    *(f"redshift-serverless:List{each}" for each in ("SnapshotCopyConfigurations", "UsageLimits")),
    *(f"redshift-serverless:Get{each}" for each in ("EndpointAccess", "ScheduledAction", "UsageLimit", "Workgroup")),
}
"""Reads that this plan does not need."""
NOT_RUN = {
    # What is there already is changed by these; this target is made.
    *(f"redshift-serverless:Update{each}" for each in ("EndpointAccess", "ScheduledAction", "UsageLimit", "Workgroup")),
    "redshift-serverless:UpdateSnapshotCopyConfiguration",
    "redshift-serverless:DeleteSnapshotCopyConfiguration",
    "redshift-serverless:TagResource",
    "redshift-serverless:UntagResource",
    "redshift:PutResourcePolicy",
}
"""Changes that this run does not make."""
RUN_READS = (
    "redshift:DescribeClusterSnapshots",
    "redshift-serverless:GetNamespace",
    "redshift-serverless:GetWorkgroup",
    "redshift-serverless:ListUsageLimits",
    "redshift-serverless:ListSnapshotCopyConfigurations",
    "redshift-serverless:GetScheduledAction",
    "redshift-serverless:GetEndpointAccess",
    "events:DescribeRule",
    "events:ListTargetsByRule",
    "scheduler:GetSchedule",
)
"""What tells whether a change is made already."""
RUN_OPERATIONS = (
    *RUN_READS,
    *(name for name in OPERATIONS if policy_of(name) == "migrate" and name not in NOT_RUN),
)
PLAN_OPERATIONS = tuple(
    name
    for name, operation in OPERATIONS.items()
    if not operation.writes and policy_of(name) not in ("fleet", "data") and name not in NOT_PLANNED
)
ONLY_NAMED = {
    "events:ListRules",
    "lambda:ListFunctions",
    "pipes:ListPipes",
    "states:ListStateMachines",
    "states:DescribeStateMachine",
    "glue:GetConnections",
}
"""Reads of what acts on the cluster from elsewhere: no step comes of it, and what could not be read is told."""
READERS = dict.fromkeys(
    ("events:ListEventBuses", "scheduler:ListSchedules", "scheduler:GetSchedule", "events:ListTargetsByRule"), 2
)
"""Reads that two parts of an extraction make side by side."""
REQUEST = request_for("prod-db-1", also=["snapshots"])
MADE = {
    "cluster_snapshots": 1,
    "namespaces": 1,
    "workgroups": 1,
    "serverless_usage_limits": 2,
    "snapshot_copy_configurations": 1,
    "serverless_scheduled_actions": 1,
    "serverless_endpoints": 1,
    "event_rules": 5,
    "schedules": 4,
}


@pytest.fixture
def account() -> SimulatedAccount:
    """A cluster whose migration needs every kind of step, and a restore that changes more than it says."""
    account = SimulatedAccount(
        clock=Clock.manual(),
        durations={**dict.fromkeys(DURATIONS_S, 1.5), "restore": 4.0, "snapshot_copy.modify": 0.0},
    )
    demo.seed(account)
    scheduler = iam_role(account, "SnapshotScheduler", "scheduler.redshift.amazonaws.com")
    cluster = account.table(REGION, "clusters")["prod-db-1"]
    cluster["IamRoles"].append({"IamRoleArn": scheduler, "ApplyStatus": "in-sync"})
    endpoint_of(account, REGION, "prod-from-bi", "prod-db-1", ["subnet-0a1b2c3d4e5f60718"], ["sg-0a1b2c3d4e5f60718"])
    state_machine_of(account, REGION, "etl", {"States": {"a": {"Parameters": {"ClusterIdentifier": "prod-db-1"}}}})
    account.settings["restore_also_changes"] = {"logExports": []}
    return account


@pytest.fixture(autouse=True)
def _fresh_allowance_of_retries(monkeypatch: pytest.MonkeyPatch) -> None:
    """As with new clients for every test."""
    monkeypatch.setattr(RetryQuota, "acquire", lambda *_: True)


def new_resources(account: SimulatedAccount, before: Counter[str]) -> dict[str, int]:
    return dict(kinds(account) - before)


def kinds(account: SimulatedAccount) -> Counter[str]:
    """How many resources of each kind there are."""
    tables = account.state["regions"][REGION]
    return Counter({kind: len(table) for kind, table in tables.items()})


def when_the_run_begins(service: MigrationService, do: Callable[[], None]) -> None:
    """After the plan was made again and compared, just before the first step."""
    waiting = [do]

    def listener(_: Progress) -> None:
        if waiting:
            waiting.pop()()

    service.listen(listener)


def wire_calls(calls: Sequence[RecordedCall], operation: str) -> int:
    """How often the most repeated call of the operation went over the wire, in one attempt."""
    same = Counter(json.dumps(call.parameters, sort_keys=True) for call in calls if call.name == operation)
    return max(same.values(), default=0)


def test_the_matrix_has_every_operation(service: MigrationService, account: SimulatedAccount) -> None:
    before = kinds(account)
    planned: list[int] = []
    approved(service, REQUEST)
    when_the_run_begins(service, lambda: planned.append(len(account.calls)))

    service.run(REQUEST)

    reads, run = account.calls[: planned[0]], account.calls[planned[0] :]
    assert {call.name for call in reads} - {"sts:GetCallerIdentity"} == set(PLAN_OPERATIONS)
    assert {call.name for call in run} == set(RUN_OPERATIONS)
    assert new_resources(account, before) == MADE


@pytest.mark.parametrize("nth", [1, 3])
@pytest.mark.parametrize("kind", ONE_OFF)
def test_a_fault_that_passes_changes_nothing_about_the_end(
    service: MigrationService, account: SimulatedAccount, kind: FaultKind, nth: int
) -> None:
    before = kinds(account)
    approved(service, REQUEST)
    when_the_run_begins(service, lambda: add(account, RUN_OPERATIONS, kind, nth=nth))

    outcome = service.run(REQUEST)

    assert outcome.status == "applied"
    assert new_resources(account, before) == MADE
    assert service.prepare(REQUEST).is_empty


def add(account: SimulatedAccount, operations: Sequence[str], kind: FaultKind, nth: int = 1) -> None:
    for operation in operations:
        account.faults.add(operation, kind=kind, nth=nth)


def add_lasting(account: SimulatedAccount, operations: Sequence[str], kind: FaultKind) -> None:
    for operation in operations:
        account.faults.add(operation, kind=kind, times=None)


class Sick:
    """A migration on an account where the operations fail for good, each until it has failed once."""

    def __init__(self, service: MigrationService, account: SimulatedAccount, kind: FaultKind) -> None:
        self._service, self._account, self._kind = service, account, kind
        self._failing = list(RUN_OPERATIONS)
        self.stops: list[str] = []
        self._called: dict[str, None] = {}

    def run_to_the_end(self) -> None:
        """Begin, then mend what failed and go on until nothing fails any more."""
        approved(self._service, REQUEST)
        when_the_run_begins(self._service, self._infect)
        error = stop_of(lambda: self._service.run(REQUEST))
        while error is not None:
            self._check(error)
            self._called |= dict.fromkeys(call.name for call in self._account.calls)
            self._failing.remove(self.stops[-1])
            error = self._resumed(str(error.data["migration_id"]))
        assert self.stops == [name for name in self._called if name in self.stops], "each as soon as it was called"

    def _infect(self) -> None:
        self._account.faults.clear()
        self._account.calls.clear()
        add_lasting(self._account, self._failing, self._kind)

    def _resumed(self, migration_id: str) -> ApplyError | None:
        self._infect()
        return stop_of(lambda: resumed(self._service, migration_id))

    def _check(self, error: ApplyError) -> None:
        """It stopped at once, was not obstinate, and said the truth."""
        assert isinstance(error.cause, AwsError)
        operation, calls = error.cause.operation, self._account.calls
        first = [call.name for call in calls].index(operation)
        status = self._service.status(error.data["migration_id"])
        self.stops.append(operation)

        assert operation in error.message
        assert TRUE_WORDS[self._kind] in error.message
        assert f"resume migration {error.data['migration_id']}" in error.hint
        assert wire_calls(calls, operation) <= (1 if self._kind in REFUSED else WIRE_ATTEMPTS)
        assert [call.name for call in calls[first:] if call.mutates and call.name != operation] == []
        assert status is not None
        assert operation in (status.stopped_because or "")


def stop_of(attempt: Callable[[], object]) -> ApplyError | None:
    """The error with which the run stopped, None when it came to its end."""
    try:
        attempt()
    except ApplyError as error:
        return error
    return None


@pytest.mark.parametrize("kind", [*ONE_OFF, *REFUSED])
def test_a_fault_that_lasts_stops_cleanly_and_is_gone_on_from(
    service: MigrationService, account: SimulatedAccount, kind: FaultKind
) -> None:
    before = kinds(account)
    sick = Sick(service, account, kind)

    sick.run_to_the_end()

    # A change whose reply is lost was made all the same; the run sees that and goes on. An update shows its value only
    # when it is over, so there it stops.
    seen = {name for name in RUN_OPERATIONS if is_mutating(name.partition(":")[2]) and "Update" not in name}
    assert sorted(sick.stops) == sorted(set(RUN_OPERATIONS) - (seen if kind == "lost_reply" else set()))
    assert new_resources(account, before) == MADE
    account.faults.clear()
    assert service.prepare(REQUEST).is_empty


@pytest.mark.parametrize("kind", ONE_OFF)
def test_a_plan_is_the_same_whatever_passed_while_it_was_made(
    service: MigrationService, account: SimulatedAccount, kind: FaultKind
) -> None:
    undisturbed = service.prepare(REQUEST)
    add(account, PLAN_OPERATIONS, kind)

    assert service.prepare(REQUEST).digest == undisturbed.digest


@pytest.mark.parametrize("kind", ["throttle", "500", "reset", "lost_reply", "expired"])
def test_no_plan_is_made_on_half_the_facts(
    service: MigrationService, account: SimulatedAccount, kind: FaultKind
) -> None:
    """Every read fails for good, each until it has failed once. Only IAM's own simulation is not needed for a plan."""
    undisturbed = service.prepare(REQUEST)
    failing = list(PLAN_OPERATIONS)
    while True:
        account.faults.clear()
        account.calls.clear()
        add_lasting(account, failing, kind)
        made = plan_or_error(service)
        if isinstance(made, MigrationPlan):
            break
        assert TRUE_WORDS[kind] in made.message
        attempts = READERS.get(made.operation, 1) * (1 if kind in REFUSED else WIRE_ATTEMPTS)
        assert wire_calls(account.calls, made.operation) <= attempts
        failing.remove(made.operation)

    account.faults.clear()
    assert "iam:SimulatePrincipalPolicy" in failing
    left_out = set(failing) - {"iam:SimulatePrincipalPolicy"}
    assert left_out <= ONLY_NAMED
    assert not left_out or any("unknown" in finding.message for finding in made.findings)
    assert account.writes() == []
    assert service.prepare(REQUEST).digest == undisturbed.digest


@pytest.mark.parametrize("chunk", range(4))
def test_a_denied_read_ends_the_planning_or_is_named_in_the_plan(
    service: MigrationService, account: SimulatedAccount, chunk: int
) -> None:
    for operation in PLAN_OPERATIONS[chunk::4]:
        if operation == "redshift-serverless:ListNamespaces":  # only counted against a quota; AWS itself says more
            continue
        account.faults.clear()
        add_lasting(account, [operation], "denied")

        made = plan_or_error(service)

        if isinstance(made, AwsError):
            assert made.data["action"] == operation
            assert operation in made.hint  # the statement that allows it
        else:
            assert any(f"needs {operation}" in finding.message for finding in made.findings), operation


@pytest.mark.parametrize(
    "operation", ["redshift:DescribeClusters", "iam:GetRole", "events:DescribeRule", "redshift-serverless:GetNamespace"]
)
def test_a_read_that_hangs_for_good_ends_the_planning(
    service: MigrationService, account: SimulatedAccount, operation: str
) -> None:
    add_lasting(account, [operation], "hang")

    with pytest.raises(Unreachable, match=operation):
        service.prepare(REQUEST)

    assert wire_calls(account.calls, operation) == WIRE_ATTEMPTS
    assert account.writes() == []


def plan_or_error(service: MigrationService) -> MigrationPlan | AwsError:
    try:
        return service.prepare(REQUEST)
    except AwsError as error:
        return error


@pytest.mark.parametrize("kind", ["throttle", "500", "reset"])
def test_a_wait_outlives_a_read_that_fails_for_some_minutes(
    service: MigrationService, account: SimulatedAccount, clock: ProductClock, kind: FaultKind
) -> None:
    approved(service, REQUEST)
    sick_since: list[float] = []

    def listener(progress: Progress) -> None:
        if progress.step_id == "data.restore" and "waiting" in progress.message and not sick_since:
            sick_since.append(clock.monotonic_s())
            add_lasting(account, ["redshift-serverless:GetNamespace"], kind)
        elif sick_since and clock.monotonic_s() - sick_since[0] > 300:
            account.faults.clear()

    service.listen(listener)

    assert service.run(REQUEST).status == "applied"
    assert sick_since


def test_a_wait_ends_when_a_read_fails_for_too_long(service: MigrationService, account: SimulatedAccount) -> None:
    approved(service, REQUEST)

    def listener(progress: Progress) -> None:
        if progress.step_id == "workgroup.create" and "waiting" in progress.message:
            account.faults.clear()
            add_lasting(account, ["redshift-serverless:GetWorkgroup"], "throttle")

    service.listen(listener)
    stop = stop_of(lambda: service.run(REQUEST))
    account.faults.clear()
    service.listen(lambda _: None)

    assert stop is not None
    assert stop.data["step_id"] == "workgroup.create"
    assert resumed(service, str(stop.data["migration_id"])).status == "applied"
    assert service.prepare(REQUEST).is_empty
