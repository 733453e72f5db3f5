"""The two laws on the simulated account: apply and plan again: empty; fail anywhere, go on: same end, nothing twice."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from redshift_migrate.errors import ApplyError, ApprovalRequired, PlanNotFound, RedshiftMigrateError, StalePlan
from redshift_migrate.migration.running import Outcome
from redshift_migrate.migration.service import MigrationService
from redshift_migrate.models.request import (
    ConfigureSnapshotCopy,
    PlanRequest,
    RemoveSnapshotCopy,
    SetWorkgroupTrack,
    UndoMigration,
    UpdateSnapshotCopy,
)
from redshift_simulator import SimulatedAccount
from redshift_simulator.faults import FaultKind

REGION = "us-east-2"
CONFIGURE = ConfigureSnapshotCopy(
    region=REGION, namespace_name="my-namespace", destination_region="us-west-2", retention_period_days=7
)
CONFIGURE_GRANT = CONFIGURE.model_copy(update={"snapshot_copy_grant_name": "my-kms-grant"})
ELSEWHERE = CONFIGURE.model_copy(update={"destination_region": "eu-west-1"})
UPDATE = UpdateSnapshotCopy(region=REGION, namespace_name="my-namespace", retention_period_days=30)
FOREVER = UPDATE.model_copy(update={"retention_period_days": None})
REMOVE = RemoveSnapshotCopy(region=REGION, namespace_name="my-namespace")
TRAILING = SetWorkgroupTrack(region=REGION, workgroup_name="my-workgroup", track_name="trailing")

Change = Callable[[MigrationService], Any]


def approved_run(service: MigrationService, request: PlanRequest) -> Outcome:
    """Prepare, approve as a person would, run."""
    plan = service.prepare(request)
    if not plan.is_empty:
        service.approve(plan.digest, approved_by="tester", channel="program")
    return service.run(request)


def copies(account: SimulatedAccount) -> list[dict[str, Any]]:
    """The copy configurations of the namespace, as the account holds them."""
    return [
        {key: copy[key] for key in ("destinationRegion", "snapshotRetentionPeriod")}
        for copy in account.table(REGION, "snapshot_copy_configurations").values()
        if copy["namespaceName"] == "my-namespace"
    ]


def tracks(account: SimulatedAccount) -> tuple[Any, Any]:
    workgroup = account.table(REGION, "workgroups")["my-workgroup"]
    return workgroup.get("trackName"), workgroup.get("pendingTrackName")


CASES = [
    pytest.param((), CONFIGURE, id="create"),
    pytest.param((), CONFIGURE_GRANT, id="create-with-grant"),
    pytest.param((CONFIGURE,), UPDATE, id="update"),
    pytest.param((CONFIGURE,), FOREVER, id="update-to-forever"),
    pytest.param((CONFIGURE,), ELSEWHERE, id="replace"),
    pytest.param((CONFIGURE,), REMOVE, id="remove"),
    pytest.param((), TRAILING, id="track"),
]


@pytest.mark.parametrize(("first", "request_"), CASES)
def test_after_applying_the_next_plan_is_empty(
    service: MigrationService, account: SimulatedAccount, first: tuple[PlanRequest, ...], request_: PlanRequest
) -> None:
    for earlier in first:
        approved_run(service, earlier)

    outcome = approved_run(service, request_)
    written = len(account.writes())

    assert outcome.status == "applied"
    assert service.prepare(request_).is_empty
    assert service.run(request_).status == "unchanged"
    assert len(account.writes()) == written


@pytest.mark.parametrize(("first", "request_"), CASES)
def test_an_undo_brings_the_account_back_to_what_it_was(
    service: MigrationService, account: SimulatedAccount, first: tuple[PlanRequest, ...], request_: PlanRequest
) -> None:
    for earlier in first:
        approved_run(service, earlier)
    before = copies(account), tracks(account)[1] or tracks(account)[0]
    outcome = approved_run(service, request_)
    assert outcome.migration_id is not None

    approved_run(service, UndoMigration(region=REGION, migration_id=outcome.migration_id))

    assert (copies(account), tracks(account)[1] or tracks(account)[0]) == before


TRANSIENT: tuple[FaultKind, ...] = ("throttle", "500", "reset", "hang", "lost_reply")


@pytest.mark.parametrize("kind", TRANSIENT)
@pytest.mark.parametrize(("first", "request_"), CASES)
def test_one_fault_on_any_call_changes_nothing_about_the_end(
    service: MigrationService,
    account: SimulatedAccount,
    first: tuple[PlanRequest, ...],
    request_: PlanRequest,
    kind: FaultKind,
) -> None:
    """Every write of the flow meets the fault once; botocore repeats it and the read-back settles what happened."""
    for earlier in first:
        approved_run(service, earlier)
    plan = service.prepare(request_)
    service.approve(plan.digest, approved_by="tester", channel="program")
    for step in plan.steps:
        account.faults.add(operation=step.call.name, kind=kind)

    outcome = service.run(request_)

    assert outcome.status == "applied"
    for step in plan.steps:
        assert outcome.observed[step.id] == step.check.after
    assert len(copies(account)) <= 1
    assert service.prepare(request_).is_empty


@pytest.mark.parametrize("kind", ["throttle", "500", "denied", "expired"])
@pytest.mark.parametrize(("first", "request_"), CASES)
def test_a_lasting_fault_stops_cleanly_and_can_be_gone_on_from(
    service: MigrationService,
    account: SimulatedAccount,
    first: tuple[PlanRequest, ...],
    request_: PlanRequest,
    kind: FaultKind,
) -> None:
    for earlier in first:
        approved_run(service, earlier)
    before = copies(account), tracks(account)
    plan = service.prepare(request_)
    service.approve(plan.digest, approved_by="tester", channel="program")
    failing = plan.steps[-1].call.name
    # As many faults as botocore makes attempts: the call fails for good, the next one of that name does not.
    account.faults.add(operation=failing, kind=kind, times=4 if kind in TRANSIENT else 1)

    with pytest.raises(ApplyError) as stopped:
        service.run(request_)

    wire_calls = [
        call for call in account.calls if f"{call.service}:{call.operation}" == failing and call.outcome != "ok"
    ]
    assert 1 <= len(wire_calls) <= 4
    assert (copies(account), tracks(account)) == before, "a failed replacement puts the old configuration back"
    assert stopped.value.step_id == plan.steps[-1].id
    account.faults.clear()
    if len(plan.steps) > 1:
        with pytest.raises(PlanNotFound, match="put back"):
            service.resume(stopped.value.data["migration_id"])
        assert approved_run(service, request_).status == "applied"
    else:
        service.approve(plan.digest, approved_by="tester", channel="program")
        assert service.resume(stopped.value.data["migration_id"]).status == "applied"
    assert service.prepare(request_).is_empty


def test_a_put_back_that_fails_too_is_said_and_can_be_gone_on_from(
    service: MigrationService, account: SimulatedAccount
) -> None:
    approved_run(service, CONFIGURE)
    plan = service.prepare(ELSEWHERE)
    service.approve(plan.digest, approved_by="tester", channel="program")
    account.faults.add(operation="redshift-serverless:CreateSnapshotCopyConfiguration", kind="denied", times=None)

    with pytest.raises(ApplyError, match="could not be put back") as stopped:
        service.run(ELSEWHERE)

    assert copies(account) == []
    account.faults.clear()
    service.approve(plan.digest, approved_by="tester", channel="program")
    service.resume(stopped.value.data["migration_id"])
    assert copies(account) == [{"destinationRegion": "eu-west-1", "snapshotRetentionPeriod": 7}]


@pytest.mark.parametrize("kind", ["denied", "expired", "throttle"])
def test_a_read_that_fails_makes_no_plan_and_no_write(
    service: MigrationService, account: SimulatedAccount, kind: FaultKind
) -> None:
    account.faults.add(operation="redshift-serverless:ListSnapshotCopyConfigurations", kind=kind, times=1000)

    with pytest.raises(RedshiftMigrateError):
        service.prepare(CONFIGURE)

    assert account.writes() == []


def test_a_create_whose_reply_is_lost_ends_as_one_configuration(
    service: MigrationService, account: SimulatedAccount
) -> None:
    account.faults.add(operation="redshift-serverless:CreateSnapshotCopyConfiguration", kind="lost_reply")

    outcome = approved_run(service, CONFIGURE)

    assert outcome.observed["snapshot_copy.create"] == {
        "destination_region": "us-west-2",
        "snapshot_retention_period_days": 7,
        "destination_kms_key_id": "AWS_OWNED_KMS_KEY",
    }
    assert copies(account) == [{"destinationRegion": "us-west-2", "snapshotRetentionPeriod": 7}]


def test_somebody_elses_configuration_is_not_taken_for_ours(
    service: MigrationService, account: SimulatedAccount
) -> None:
    """Between approval and the call another configuration appears: the run stops, nothing is claimed."""
    plan = service.prepare(CONFIGURE)
    service.approve(plan.digest, approved_by="tester", channel="program")
    approved_run(service, ELSEWHERE)

    with pytest.raises(StalePlan):
        service.apply(plan.digest)

    assert copies(account) == [{"destinationRegion": "eu-west-1", "snapshotRetentionPeriod": 7}]


def test_without_a_stored_approval_nothing_is_written(service: MigrationService, account: SimulatedAccount) -> None:
    plan = service.prepare(CONFIGURE)

    attempts: tuple[Change, ...] = (lambda service: service.run(CONFIGURE), lambda service: service.apply(plan.digest))
    for attempt in attempts:
        with pytest.raises(ApprovalRequired):
            attempt(service)

    assert account.writes() == []


def test_an_approval_is_spent_by_one_run(service: MigrationService, account: SimulatedAccount) -> None:
    approved_run(service, CONFIGURE)
    approved_run(service, REMOVE)

    with pytest.raises(ApprovalRequired):
        service.run(CONFIGURE)

    assert copies(account) == []


def test_an_approval_expires(service: MigrationService, account: SimulatedAccount) -> None:
    plan = service.prepare(CONFIGURE)
    service.approve(plan.digest, approved_by="tester", channel="program")
    account.clock.advance(3601)

    with pytest.raises(ApprovalRequired):
        service.run(CONFIGURE)

    assert account.writes() == []


def test_an_approval_of_one_plan_does_not_cover_another(service: MigrationService, account: SimulatedAccount) -> None:
    plan = service.prepare(CONFIGURE)
    service.approve(plan.digest, approved_by="tester", channel="program")

    with pytest.raises(ApprovalRequired):
        service.run(CONFIGURE.model_copy(update={"retention_period_days": 8}))

    assert account.writes() == []
