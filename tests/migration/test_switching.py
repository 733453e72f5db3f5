"""The whole cut-over: what leads to the cluster is led to serverless, and back, and nothing is left in between."""

from __future__ import annotations

from typing import Any

import pytest

from redshift_migrate.aws.client import WIRE_ATTEMPTS
from redshift_migrate.errors import ApplyError, PlanBlocked
from redshift_migrate.migration.service import MigrationService
from redshift_migrate.models.base import moment_text
from redshift_migrate.models.plan import MigrationPlan
from redshift_migrate.models.request import CutOverMigration, UndoMigration
from redshift_simulator import SimulatedAccount
from tests.support.migrating import REGION, approved, approved_run, request_for, resumed
from tests.support.scheduled import sides
from tests.support.switching import CLUSTER, DOMAIN, QUERIES, actions_on, cut_over, leads_to, moved

ITSELF = "IAM:demo"
"""Who asks through the Data API, which is seen as well."""
OLD, NEW = (True, False), (False, True)


def plan_of(service: MigrationService, migration_id: str) -> MigrationPlan:
    return service.prepare(CutOverMigration(region=REGION, migration_id=migration_id))


def levels(plan: MigrationPlan, code: str) -> list[str]:
    return [each.level for each in plan.findings if each.code == code]


def test_one_plan_leads_all_to_serverless_and_undoing_it_leads_all_back(
    service: MigrationService, account: SimulatedAccount
) -> None:
    migration_id = moved(service, account)
    assert (leads_to(account), actions_on(account)) == (OLD, {"ACTIVE"})

    switched = cut_over(service, migration_id)

    assert (leads_to(account), actions_on(account)) == (NEW, {"DISABLED"})
    assert sides(account, CLUSTER) == dict.fromkeys(QUERIES, NEW)
    assert plan_of(service, migration_id).is_empty

    approved_run(service, UndoMigration(region=REGION, migration_id=switched))

    assert (leads_to(account), actions_on(account)) == (OLD, {"ACTIVE"})
    assert sides(account, CLUSTER) == dict.fromkeys(QUERIES, OLD)

    cut_over(service, migration_id)  # and once more

    assert (leads_to(account), actions_on(account)) == (NEW, {"DISABLED"})


def rows_on_serverless(account: SimulatedAccount) -> int:
    databases = account.table(REGION, "namespaces")[CLUSTER]["_contents"]["databases"]
    return int(next(each["rows"] for each in databases["dev"]["tables"] if each["table"] == "orders"))


def fresh(migration_id: str) -> CutOverMigration:
    return CutOverMigration(region=REGION, migration_id=migration_id, fresh_data=True)


def test_with_fresh_data_what_was_written_meanwhile_is_there_too(
    service: MigrationService, account: SimulatedAccount
) -> None:
    migration_id = moved(service, account)
    before = rows_on_serverless(account)
    account.clock.advance(10 * 3_600)

    plan = service.prepare(fresh(migration_id))
    outcome = approved_run(service, fresh(migration_id))

    ids = [step.id for step in plan.steps]
    off, on = (f"cut_over.{each}.rule.default/{QUERIES[0]}" for each in ("off", "on"))
    new_on = next(each for each in ids if each.startswith("cut_over.on."))
    assert ids.index(off) < ids.index("data.snapshot") < ids.index("data.restore") < ids.index(new_on)
    assert on
    assert "fresh data" in plan.title
    assert any("is replaced" in step.destroys for step in plan.steps)
    assert levels(plan, "data-check") == ["warning"]
    assert rows_on_serverless(account) >= before + 10 * 60 * 90
    assert (leads_to(account), actions_on(account)) == (NEW, {"DISABLED"})
    assert sides(account, CLUSTER) == dict.fromkeys(QUERIES, NEW)

    found = service.check_data(migration_id)
    assert found.status == "equal"
    assert found.snapshot_at is not None
    assert found.snapshot_at > outcome_began(service, migration_id)
    verified = service.verify_run(str(outcome.migration_id))
    assert verified is not None
    assert verified.drift == ()

    approved_run(service, UndoMigration(region=REGION, migration_id=str(outcome.migration_id)))
    assert (leads_to(account), actions_on(account)) == (OLD, {"ACTIVE"})
    assert rows_on_serverless(account) >= before + 10 * 60 * 90  # what was restored stays


def outcome_began(service: MigrationService, migration_id: str) -> str:
    """The end of the migration itself."""
    return moment_text(service.journal(migration_id).entries[-1].at)


def test_a_cluster_that_is_not_available_gives_no_fresh_data(
    service: MigrationService, account: SimulatedAccount
) -> None:
    migration_id = moved(service, account)
    account.table(REGION, "clusters")[CLUSTER]["ClusterStatus"] = "modifying"
    with pytest.raises(PlanBlocked, match="no snapshot can be taken"):
        service.prepare(fresh(migration_id))


def test_a_restore_whose_answer_was_lost_is_made_again_and_nothing_else_is(
    service: MigrationService, account: SimulatedAccount
) -> None:
    migration_id = moved(service, account)
    account.clock.advance(10 * 3_600)
    approved(service, fresh(migration_id))
    account.faults.add("redshift-serverless:RestoreFromSnapshot", kind="lost_reply", times=WIRE_ATTEMPTS)
    with pytest.raises(ApplyError) as stopped:
        service.run(fresh(migration_id))
    assert stopped.value.data["step_id"] == "data.restore"
    assert leads_to(account) == OLD  # clients are where they were
    account.faults.clear()
    before = [call.operation for call in account.writes()]

    resumed(service, str(stopped.value.data["migration_id"]))

    assert leads_to(account) == NEW
    made = [call.operation for call in account.writes()][len(before) :]
    assert made.count("RestoreFromSnapshot") == 1
    assert "CreateClusterSnapshot" not in made


def test_who_was_left_behind_is_seen_on_the_cluster_and_who_arrived_on_the_workgroup(
    service: MigrationService, account: SimulatedAccount
) -> None:
    cut_over(service, moved(service, account))
    account.clock.advance(3_600)

    arrived = {each.application for each in service.connections(workgroup_name=CLUSTER) if each.user != ITSELF}
    lately = {each.application: each.last for each in service.connections(cluster_id=CLUSTER) if each.user != ITSELF}

    assert arrived == {"Tableau", "airflow"}
    assert max(lately, key=lambda name: lately[name]) == "excel"  # by the cluster's own address
    assert lately["Tableau"] < lately["excel"]


def test_the_domain_is_given_back_where_the_workgroup_does_not_take_it(
    service: MigrationService, account: SimulatedAccount
) -> None:
    migration_id = moved(service, account)
    account.faults.add("redshift-serverless:CreateCustomDomainAssociation", kind="denied", times=None)

    with pytest.raises(ApplyError, match="was put back as it was") as stopped:
        cut_over(service, migration_id)

    assert leads_to(account) == OLD
    assert stopped.value.data["put_back"]["step_id"] == "cut_over.domain.cluster"


def test_a_name_that_somebody_moved_meanwhile_is_left_alone(
    service: MigrationService, account: SimulatedAccount
) -> None:
    migration_id = moved(service, account)
    plan = approved(service, CutOverMigration(region=REGION, migration_id=migration_id))
    del account.table(REGION, "clusters")[CLUSTER]["CustomDomainName"]

    with pytest.raises(Exception, match=r"moved|not as it was") as refused:
        service.apply(plan.digest)

    assert getattr(refused.value, "code", "") in ("StalePlan", "ApplyError")
    assert leads_to(account) == (False, False)


def test_without_a_custom_domain_the_host_name_is_left_to_people(
    service: MigrationService, account: SimulatedAccount
) -> None:
    cluster = account.table(REGION, "clusters")[CLUSTER]
    for member in ("CustomDomainName", "CustomDomainCertificateArn"):
        del cluster[member]
    plan = plan_of(service, moved(service, account))

    assert not any("domain" in step.id for step in plan.steps)
    assert levels(plan, "host-name") == ["warning"]
    assert levels(plan, "dns-entry") == []


# --- what the data says ----------------------------------------------------------------------------------


def test_data_that_nobody_compared_is_a_warning_and_an_old_comparison_is_none(
    service: MigrationService, account: SimulatedAccount
) -> None:
    first = moved(service, account)
    account.clock.advance(60)
    second = approved_run(service, request_for(CLUSTER, namespace_name="anew")).migration_id
    assert second

    warned = [each.message for each in plan_of(service, second).findings if each.code == "data-check"]
    assert "was not looked at" in warned[0]
    assert "written to after the snapshot" in next(
        each.message for each in plan_of(service, first).findings if each.code == "data-check"
    )


def test_data_that_is_missing_stops_the_cut_over(service: MigrationService, account: SimulatedAccount) -> None:
    migration_id = moved(service, account, checked=False)
    tables = account.table(REGION, "namespaces")[CLUSTER]["_contents"]["databases"]["dev"]["tables"]
    tables[:] = [each for each in tables if each["table"] != "customers"]
    service.check_data(migration_id)

    plan = plan_of(service, migration_id)

    assert [each.code for each in plan.blockers] == ["data-check"]
    assert "dev.sales.customers (missing)" in plan.blockers[0].message
    with pytest.raises(PlanBlocked):
        service.approve(plan.digest, approved_by="tester", channel="program")


def test_actions_that_may_not_be_read_stop_it_before_it_is_planned(
    service: MigrationService, account: SimulatedAccount
) -> None:
    migration_id = moved(service, account)
    account.faults.add("redshift:DescribeScheduledActions", kind="denied", times=None)

    with pytest.raises(PlanBlocked, match="may resume the cluster"):
        plan_of(service, migration_id)


def test_a_workgroup_whose_bill_nothing_caps_is_told(service: MigrationService, account: SimulatedAccount) -> None:
    migration_id = moved(service, account)
    assert levels(plan_of(service, migration_id), "usage-limits-at-the-cut-over") == []

    account.table(REGION, "serverless_usage_limits").clear()

    assert levels(plan_of(service, migration_id), "usage-limits-at-the-cut-over") == ["warning"]


# --- undoing the migration under it ----------------------------------------------------------------------


def test_a_migration_is_not_undone_under_its_cut_over(service: MigrationService, account: SimulatedAccount) -> None:
    migration_id = moved(service, account)
    switched = cut_over(service, migration_id)

    with pytest.raises(PlanBlocked, match=switched) as refused:
        service.plan_undo(migration_id)

    assert "with its cut-over" in (refused.value.hint or "")
    approved_run(service, UndoMigration(region=REGION, migration_id=switched))
    assert service.plan_undo(migration_id).blockers == ()


def test_both_are_undone_in_one_plan_if_that_is_asked_for(service: MigrationService, account: SimulatedAccount) -> None:
    before = kept(account)
    migration_id = moved(service, account)
    cut_over(service, migration_id)

    undo = UndoMigration(region=REGION, migration_id=migration_id, with_cut_over=True)
    plan = approved(service, undo)
    service.run(undo)

    assert plan.blockers == ()
    assert [step.id.startswith("undo.cut_over") for step in plan.steps] == sorted(
        [step.id.startswith("undo.cut_over") for step in plan.steps], reverse=True
    )
    assert (leads_to(account), actions_on(account)) == (OLD, {"ACTIVE"})
    assert sides(account, CLUSTER) == dict.fromkeys(QUERIES, (True, False))
    assert kept(account) == before
    assert service.prepare(undo).is_empty


def kept(account: SimulatedAccount) -> dict[str, Any]:
    """What is there of what a migration makes."""
    kinds = ("namespaces", "workgroups", "serverless_usage_limits", "serverless_custom_domains")
    return {kind: sorted(account.table(REGION, kind)) for kind in kinds}


def test_a_cut_over_cannot_be_rolled_back_once_the_cluster_is_gone(
    service: MigrationService, account: SimulatedAccount
) -> None:
    switched = cut_over(service, moved(service, account))
    del account.table(REGION, "clusters")[CLUSTER]

    plan = service.prepare(UndoMigration(region=REGION, migration_id=switched))

    assert plan.blockers
    assert any(DOMAIN in each.message for each in plan.blockers)
