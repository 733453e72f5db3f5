"""The end of a cluster: refused while anybody or anything needs it, or that is not known; then paused, then deleted."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from redshift_migrate.errors import ApplyError, NameNotTyped
from redshift_migrate.migration.service import MigrationService
from redshift_migrate.models.approval import Consent
from redshift_migrate.models.plan import MigrationPlan
from redshift_migrate.models.request import DecommissionCluster, UndoMigration
from redshift_simulator import SimulatedAccount
from redshift_simulator.redshift.sharing import data_share_of
from tests.support.migrating import REGION, approved_run
from tests.support.switching import CLUSTER, DAY_S, cut_over, end_of, everybody_left, moved


def blocked_by(plan: MigrationPlan) -> set[str]:
    """The codes of what forbids it."""
    return {each.code.removeprefix("end-of-the-cluster-") for each in plan.blockers}


def status(account: SimulatedAccount) -> str | None:
    cluster = account.table(REGION, "clusters").get(CLUSTER)
    return str(cluster["ClusterStatus"]) if cluster else None


@pytest.fixture
def left(service: MigrationService, account: SimulatedAccount) -> str:
    """The cluster was cut over, and nobody connects to it any more. The id of the cut-over."""
    switched = cut_over(service, moved(service, account))
    everybody_left(account)
    return switched


def test_a_cluster_that_was_never_moved_is_needed(service: MigrationService) -> None:
    assert {"migration", "connections", "schedules", "custom-domain"} <= blocked_by(service.prepare(end_of()))


def test_it_is_paused_deleted_after_the_quiet_days_and_its_last_snapshot_is_kept(
    service: MigrationService, account: SimulatedAccount, left: str
) -> None:
    request = end_of(snapshot_retention_days=90)
    paused = approved_run(service, request)

    assert status(account) == "paused"
    assert blocked_by(service.prepare(request)) == {"quiet-days"}
    account.clock.advance(6 * DAY_S)
    assert blocked_by(service.prepare(request)) == {"quiet-days"}
    account.clock.advance(1.1 * DAY_S)
    deleted = approved_run(service, request)

    assert status(account) is None
    (name,) = [each for each in account.table(REGION, "cluster_snapshots") if "-final-" in each]
    assert account.table(REGION, "cluster_snapshots")[name]["ManualSnapshotRetentionPeriod"] == 90
    assert [step.id for step in (*paused.plan.steps, *deleted.plan.steps)] == [
        "decommission.pause",
        "decommission.delete",
    ]


def test_whoever_misses_it_has_it_back(service: MigrationService, account: SimulatedAccount, left: str) -> None:
    paused = approved_run(service, end_of()).migration_id
    approved_run(service, UndoMigration(region=REGION, migration_id=str(paused)))

    assert status(account) == "available"
    account.clock.advance(30 * DAY_S)
    assert "Pause" in service.prepare(end_of()).title  # the quiet days begin anew


def test_another_cluster_of_its_name_is_not_deleted(
    service: MigrationService, account: SimulatedAccount, left: str
) -> None:
    approved_run(service, end_of())
    account.clock.advance(8 * DAY_S)
    plan = service.prepare(end_of())
    service.approve(plan.digest, approved_by="tester", channel="program", typed=CLUSTER)
    account.table(REGION, "clusters")[CLUSTER]["ClusterNamespaceArn"] += "-another"

    with pytest.raises(Exception, match=r"moved|No migration|not as it was"):
        service.apply(plan.digest)

    assert status(account) == "paused"


# --- what forbids it -------------------------------------------------------------------------------------


def somebody_connects(account: SimulatedAccount) -> None:
    everybody_left(account, days_ago=6.9)


def others_read_its_share(account: SimulatedAccount) -> None:
    arn = account.table(REGION, "clusters")[CLUSTER]["ClusterNamespaceArn"]
    data_share_of(account, REGION, arn, "sales_share", "999988887777")


def an_action_is_on_again(account: SimulatedAccount) -> None:
    next(iter(account.table(REGION, "cluster_scheduled_actions").values()))["State"] = "ACTIVE"


def it_is_being_resized(account: SimulatedAccount) -> None:
    account.table(REGION, "clusters")[CLUSTER]["ClusterStatus"] = "resizing"


def somebody_else_paused_it(account: SimulatedAccount) -> None:
    account.table(REGION, "clusters")[CLUSTER]["ClusterStatus"] = "paused"


def denies(operation: str) -> Callable[[SimulatedAccount], object]:
    return lambda account: account.faults.add(operation, kind="denied", times=None)


FORBIDS: dict[str, tuple[Callable[[SimulatedAccount], object], str]] = {
    "a client of the last days": (somebody_connects, "connections"),
    "a datashare that others read": (others_read_its_share, "datashares"),
    "a scheduled action": (an_action_is_on_again, "schedules"),
    "a resize": (it_is_being_resized, "status"),
    "a pause by somebody else": (somebody_else_paused_it, "quiet-days"),
    "connections that may not be asked for": (denies("redshift-data:BatchExecuteStatement"), "connections"),
    "datashares that may not be read": (denies("redshift:DescribeDataSharesForProducer"), "datashares"),
    "actions that may not be read": (denies("redshift:DescribeScheduledActions"), "scheduled-actions"),
    "queries that may not be read": (denies("events:ListRuleNamesByTarget"), "scheduled-queries"),
}


@pytest.mark.parametrize("what", FORBIDS)
def test_what_is_needed_or_not_known_forbids_it(
    service: MigrationService, account: SimulatedAccount, left: str, what: str
) -> None:
    assert blocked_by(service.prepare(end_of())) == set()
    make, code = FORBIDS[what]
    make(account)

    plan = service.prepare(end_of())

    assert code in blocked_by(plan)
    assert all(each.message.rstrip().endswith(".") for each in plan.blockers)


def test_data_that_nobody_compared_or_that_is_missing_forbids_it(
    service: MigrationService, account: SimulatedAccount
) -> None:
    migration_id = moved(service, account, checked=False)
    cut_over(service, migration_id)
    everybody_left(account)
    assert blocked_by(service.prepare(end_of())) == {"data-check"}

    account.table(REGION, "namespaces")[CLUSTER]["_contents"]["databases"].pop("archive")
    service.check_data(migration_id)
    plan = service.prepare(end_of())

    assert blocked_by(plan) == {"data-check"}
    assert "archive" in plan.blockers[0].message


def test_rolling_back_the_cut_over_makes_it_needed_again(
    service: MigrationService, account: SimulatedAccount, left: str
) -> None:
    approved_run(service, UndoMigration(region=REGION, migration_id=left))

    assert {"schedules", "custom-domain", "connections"} <= blocked_by(service.prepare(end_of()))


def test_its_own_questions_are_no_clients(service: MigrationService, account: SimulatedAccount, left: str) -> None:
    service.connections(cluster_id=CLUSTER)

    assert blocked_by(service.prepare(end_of())) == set()
    assert "IAM:demo" in {each.user for each in service.connections(cluster_id=CLUSTER)}


# --- the name --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("typed", ["", "yes", "prod-db-2", "PROD-DB-1"])
def test_only_its_name_approves_it(service: MigrationService, account: SimulatedAccount, left: str, typed: str) -> None:
    plan = service.prepare(end_of())
    service.note_shown(plan, "ana", "terminal")
    consent = Consent(approved_by="ana", channel="terminal", typed=typed)

    for approve in (lambda: service.apply(plan.digest, consent), lambda: service.accept(plan.digest, consent)):
        with pytest.raises(NameNotTyped, match="nothing was changed"):
            approve()

    assert (status(account), service.is_approved(plan)) == ("available", False)


@pytest.mark.parametrize("days", [0, 366, -1])
def test_quiet_days_that_cannot_be_are_refused_in_our_words(service: MigrationService, days: int) -> None:
    with pytest.raises(Exception, match="quiet days are 1 to 365"):
        service.plan_decommission(CLUSTER, quiet_days=days)


def test_a_pause_that_aws_refuses_changes_nothing(
    service: MigrationService, account: SimulatedAccount, left: str
) -> None:
    account.table(REGION, "clusters")[CLUSTER]["AutomatedSnapshotRetentionPeriod"] = 0

    with pytest.raises(ApplyError, match=r"PauseCluster|paused"):
        approved_run(service, end_of())

    assert status(account) == "available"


def test_requests_are_read_back_from_their_plans(service: MigrationService, left: str) -> None:
    plan = service.prepare(end_of(quiet_days=14, snapshot_retention_days=30))
    kept: Any = service.plan(plan.digest).request

    assert kept == DecommissionCluster(region=REGION, cluster_id=CLUSTER, quiet_days=14, snapshot_retention_days=30)
