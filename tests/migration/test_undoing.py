"""Undo takes back what its run made, and nothing that others made, changed or need by now."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from redshift_migrate.aws.client import AwsClient
from redshift_migrate.aws.door import Aws
from redshift_migrate.aws.session import PinnedSession, region_catalog
from redshift_migrate.clock import Clock
from redshift_migrate.errors import ApplyError, JournalMismatch, PlanBlocked
from redshift_migrate.migration.running import Outcome
from redshift_migrate.migration.service import MigrationService
from redshift_migrate.models.plan import Call
from redshift_migrate.models.request import UndoMigration
from redshift_migrate.state.store import FileStore
from redshift_simulator import SimulatedAccount, SimulatedAws
from tests.support.earlier import earlier_run
from tests.support.migrating import REGION, approved_run, request_for, resumed, step_ids, undone

KEPT = {"cluster_snapshots", "serverless_snapshots"}
SMALL = request_for("dev-sandbox")
ROLE = "arn:aws:iam::123456789012:role/RedshiftLoadRole"


def tables(account: SimulatedAccount) -> dict[str, Any]:
    """Everything in the region but the snapshots, which an undo leaves as ways back."""
    kinds = account.state["regions"][REGION]
    return {kind: dict(table) for kind, table in kinds.items() if kind not in KEPT and table}


def request_of(outcome: Outcome) -> UndoMigration:
    assert outcome.migration_id is not None
    return UndoMigration(region=REGION, migration_id=outcome.migration_id)


def blockers(service: MigrationService, outcome: Outcome) -> list[str]:
    return [finding.message for finding in service.prepare(request_of(outcome)).blockers]


@pytest.mark.parametrize("cluster_id", ["prod-db-1", "sales-shared"])
def test_everything_but_the_snapshots_is_as_before(
    service: MigrationService, account: SimulatedAccount, cluster_id: str
) -> None:
    before = tables(account)
    outcome = earlier_run(service, request_for(cluster_id))
    namespace_id = account.table(REGION, "namespaces")[cluster_id]["namespaceId"]

    back = undone(service, outcome)

    assert tables(account) == before
    assert list(account.table(REGION, "serverless_snapshots")) == [f"{cluster_id}-before-undo-{namespace_id}"]
    assert [finding.setting for finding in back.plan.findings] == ["data.snapshot"]
    assert service.prepare(request_of(outcome)).is_empty


@pytest.mark.parametrize("data", ["snapshot", "none"])
def test_migrating_again_and_undoing_again_works(
    service: MigrationService, account: SimulatedAccount, data: str
) -> None:
    before = tables(account)
    request = request_for("dev-sandbox", data=data)

    for _ in range(2):
        outcome = approved_run(service, request)
        assert service.prepare(request).is_empty
        undone(service, outcome)

    assert tables(account) == before
    assert len(account.table(REGION, "serverless_snapshots")) == 2


def test_settings_of_a_namespace_that_was_there_are_put_back_as_far_as_aws_knows_a_way(
    service: MigrationService, account: SimulatedAccount
) -> None:
    before = tables(account)
    existing = {"namespace_name": "my-namespace", "workgroup_name": "my-workgroup"}
    request = request_for("prod-db-1", exclude=["encryption"], **existing)  # the road of no return

    undone(service, earlier_run(service, request))

    assert tables(account) == before
    assert account.table(REGION, "serverless_snapshots") == {}


def test_what_has_no_way_back_is_said(service: MigrationService) -> None:
    existing = {"namespace_name": "my-namespace", "workgroup_name": "my-workgroup"}
    outcome = earlier_run(service, request_for("prod-db-1", only=["parameters", "encryption", "tags"], **existing))

    plan = service.prepare(request_of(outcome))

    assert step_ids(plan) == ["undo.tags.workgroup.add", "undo.tags.namespace.add", "undo.parameters.config"]
    assert [finding.setting for finding in plan.findings] == ["encryption.kms_key"]


def test_a_namespace_that_lost_its_mark_is_not_taken_for_the_runs_own(
    service: MigrationService, account: SimulatedAccount
) -> None:
    outcome = earlier_run(service, SMALL)
    account.table(REGION, "namespaces")["dev-sandbox"]["_tags"] = []

    with pytest.raises(PlanBlocked, match="mark of this run"):
        undone(service, outcome)

    assert "dev-sandbox" in account.table(REGION, "workgroups")


def test_a_namespace_of_the_same_name_made_by_somebody_else_is_left(
    service: MigrationService, account: SimulatedAccount
) -> None:
    outcome = earlier_run(service, SMALL)
    for kind in ("workgroups", "namespaces"):
        del account.table(REGION, kind)["dev-sandbox"]
    earlier_run(service, request_for("dev-sandbox", data="none"))

    assert service.prepare(request_of(outcome)).is_empty


def test_what_was_changed_since_stops_the_undo(service: MigrationService, account: SimulatedAccount) -> None:
    outcome = earlier_run(service, request_for("audit-forever"))
    (copy,) = account.table(REGION, "snapshot_copy_configurations").values()
    copy["snapshotRetentionPeriod"] = 99

    with pytest.raises(PlanBlocked, match="changed since") as refused:
        undone(service, outcome)

    assert "99" in refused.value.message
    assert "audit-forever" in account.table(REGION, "workgroups")


def test_a_copy_that_was_switched_on_stops_the_undo(service: MigrationService, door: Aws) -> None:
    outcome = earlier_run(service, request_for("prod-db-1"))
    name = {"Name": "QS2-nightly-sales-rollup-prod-db-1", "EventBusName": "default"}
    door.call(Call(service="events", region=REGION, operation="EnableRule", parameters=name))

    assert any("QS2-nightly-sales-rollup-prod-db-1" in message for message in blockers(service, outcome))


def of_others(arn: str) -> dict[str, tuple[Call, ...]]:
    """What colleagues may have hung on the workgroup or the namespace."""

    def call(service: str, operation: str, **parameters: Any) -> Call:
        return Call(service=service, region=REGION, operation=operation, parameters=parameters)

    target = {"Id": "1", "Arn": arn, "RoleArn": ROLE, "RedshiftDataParameters": {"Database": "dev", "Sql": "SELECT 1"}}
    snapshot = {"namespaceName": "dev-sandbox", "snapshotNamePrefix": "weekly"}
    return {
        "VPC endpoint reports": (
            call(
                "redshift-serverless",
                "CreateEndpointAccess",
                endpointName="reports",
                workgroupName="dev-sandbox",
                subnetIds=["subnet-0a1b2c3d4e5f60718"],
            ),
        ),
        "EventBridge rule theirs (bus default)": (
            call("events", "PutRule", Name="theirs", EventBusName="default", ScheduleExpression="rate(1 day)"),
            call("events", "PutTargets", Rule="theirs", EventBusName="default", Targets=[target]),
        ),
        "Schedule theirs (group default)": (
            call(
                "scheduler",
                "CreateSchedule",
                Name="theirs",
                GroupName="default",
                ScheduleExpression="rate(1 day)",
                FlexibleTimeWindow={"Mode": "OFF"},
                Target={
                    "Arn": "arn:aws:scheduler:::aws-sdk:redshiftdata:executeStatement",
                    "RoleArn": ROLE,
                    "Input": '{"WorkgroupName": "dev-sandbox", "Database": "dev", "Sql": "SELECT 1"}',
                },
            ),
        ),
        "Scheduled action weekly": (
            call(
                "redshift-serverless",
                "CreateScheduledAction",
                scheduledActionName="weekly",
                namespaceName="dev-sandbox",
                roleArn=ROLE,
                schedule={"cron": "(0 3 ? * SUN *)"},
                targetAction={"createSnapshot": snapshot},
            ),
        ),
        "The snapshot copy to us-west-2": (
            call(
                "redshift-serverless",
                "CreateSnapshotCopyConfiguration",
                namespaceName="dev-sandbox",
                destinationRegion="us-west-2",
            ),
        ),
    }


@pytest.mark.parametrize("what", of_others(""))
def test_what_others_need_is_not_deleted(
    service: MigrationService, account: SimulatedAccount, door: Aws, what: str
) -> None:
    outcome = earlier_run(service, SMALL)
    for call in of_others(account.table(REGION, "workgroups")["dev-sandbox"]["workgroupArn"])[what]:
        door.call(call)

    (message,) = blockers(service, outcome)

    assert message.startswith(f"{what} needs ")
    with pytest.raises(PlanBlocked):
        undone(service, outcome)
    assert "dev-sandbox" in account.table(REGION, "workgroups")


def test_that_it_may_not_look_for_what_others_need_is_said(
    service: MigrationService, account: SimulatedAccount
) -> None:
    outcome = earlier_run(service, SMALL)
    account.faults.add("events:ListEventBuses", kind="denied", times=None)

    findings = service.prepare(request_of(outcome)).findings

    assert [finding.level for finding in findings if finding.setting == "dependents"] == ["warning"]
    assert any("events:ListEventBuses" in finding.message for finding in findings)


def test_what_a_stopped_run_made_is_taken_back_too(service: MigrationService, account: SimulatedAccount) -> None:
    before = tables(account)
    account.faults.add("redshift-serverless:RestoreFromSnapshot", kind="denied")
    with pytest.raises(ApplyError) as stopped:
        approved_run(service, SMALL)

    migration_id = stopped.value.data["migration_id"]
    earlier_run(service, UndoMigration(region=REGION, migration_id=migration_id))

    assert tables(account) == before


def test_an_undo_that_stops_is_gone_on_with(service: MigrationService, account: SimulatedAccount) -> None:
    before = tables(account)
    outcome = earlier_run(service, SMALL)
    account.faults.add("redshift-serverless:DeleteNamespace", kind="expired")

    with pytest.raises(ApplyError) as stopped:
        undone(service, outcome)
    assert "dev-sandbox" not in account.table(REGION, "workgroups")
    resumed(service, stopped.value.data["migration_id"])

    assert tables(account) == before
    assert len(account.table(REGION, "serverless_snapshots")) == 1


def test_a_run_of_another_account_is_not_undone_here(
    service: MigrationService, account: SimulatedAccount, clock: Clock, tmp_path: Path
) -> None:
    outcome = earlier_run(service, SMALL)
    other = SimulatedAccount(account_id="999999999999", clock=account.clock)

    with SimulatedAws(other) as aws:
        elsewhere = MigrationService(
            aws=AwsClient(PinnedSession(aws.endpoint_url, REGION)),
            regions=region_catalog(),
            store=FileStore(tmp_path),
            clock=clock,
            default_region=REGION,
        )
        with pytest.raises(JournalMismatch, match="belongs to account 123456789012"):
            elsewhere.prepare(request_of(outcome))
