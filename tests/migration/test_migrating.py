"""A whole migration on the simulated account: what is made, what is left alone, and what is refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from redshift_migrate.clock import Clock
from redshift_migrate.errors import (
    ApprovalRequired,
    ClusterNotFound,
    NamespaceNotFound,
    PlanBlocked,
    RedshiftMigrateError,
    SettingsError,
    StalePlan,
    TargetError,
)
from redshift_migrate.migration.service import MigrationService
from redshift_migrate.models.approval import Approval
from redshift_migrate.models.finding import Subject
from redshift_migrate.models.request import ConfigureSnapshotCopy, PlanRequest
from redshift_migrate.state.store import FileStore
from redshift_simulator import SimulatedAccount, demo
from redshift_simulator.redshift.snapshots import snapshot_of
from redshift_simulator.serverless.namespaces import namespace_of
from tests.support.migrating import REGION, approved, approved_run, request_for, step_ids

MOVABLE = [
    (REGION, "prod-db-1"),
    (REGION, "analytics-trailing"),
    (REGION, "dev-sandbox"),
    (REGION, "finance-encrypted"),
    (REGION, "audit-forever"),
    (REGION, "preview-lab"),
    (REGION, "reports-dc2"),
    (REGION, "crm-pending"),
    (REGION, "sales-shared"),
    ("us-east-1", "prod-db-2"),
    ("us-east-1", "marketing-reports"),
]
BLOCKED = {
    "archive-paused": "is paused",
    "orders-resizing": "is resizing",
    "payroll-hsm": "hardware security module",
    "staging-single-subnet": "needs 3 subnets",
}


def resources(account: SimulatedAccount) -> dict[tuple[str, str, str], Any]:
    """Everything in the account, by region, kind and name."""
    regions = json.loads(account.snapshot())["regions"]
    return {
        (region, kind, name): resource
        for region, kinds in regions.items()
        for kind, table in kinds.items()
        for name, resource in table.items()
    }


def made_kinds(account: SimulatedAccount, before: dict[tuple[str, str, str], Any]) -> set[str]:
    return {kind for region, kind, name in resources(account).keys() - before.keys()}


def test_every_cluster_of_the_demo_is_tried() -> None:
    account = SimulatedAccount()
    demo.seed(account)
    there = {(region, name) for region in account.state["regions"] for name in account.table(region, "clusters")}

    assert there == {*MOVABLE, *((REGION, name) for name in BLOCKED)}


@pytest.mark.parametrize(("region", "cluster_id"), MOVABLE)
def test_after_applying_the_plan_is_empty_and_what_was_there_is_as_it_was(
    service: MigrationService, account: SimulatedAccount, region: str, cluster_id: str
) -> None:
    request = request_for(cluster_id, region=region)
    before = resources(account)

    outcome = approved_run(service, request)
    after = resources(account)
    written = len(account.writes())

    assert outcome.status == "applied"
    assert service.prepare(request).is_empty
    assert service.run(request).status == "unchanged"
    assert len(account.writes()) == written
    assert {key: after.get(key) for key in before} == before
    assert {call.name for call in account.writes() if call.service == "redshift"} == {"redshift:CreateClusterSnapshot"}
    assert after[(region, "namespaces", cluster_id)]["_restored_from"]


@pytest.mark.parametrize("cluster_id", BLOCKED)
def test_a_blocker_cannot_be_approved_and_nothing_is_applied(
    service: MigrationService, account: SimulatedAccount, clock: Clock, tmp_path: Path, cluster_id: str
) -> None:
    request = request_for(cluster_id)
    plan = service.prepare(request)
    before = resources(account)

    with pytest.raises(PlanBlocked) as refused:
        service.approve(plan.digest, approved_by="tester", channel="program")

    now = clock.now()
    forged = Approval(
        plan_digest=plan.digest,
        approved_by="nobody",
        channel="program",
        approved_at=now,
        expires_at=now + timedelta(hours=1),
    )
    FileStore(tmp_path).save_approval(forged)
    attempts: tuple[Callable[[], object], ...] = (lambda: service.run(request), lambda: service.apply(plan.digest))
    for attempt in attempts:
        with pytest.raises(PlanBlocked):
            attempt()
    assert BLOCKED[cluster_id] in refused.value.message
    assert account.writes() == []
    assert resources(account) == before


def test_a_paused_cluster_names_its_newest_snapshots_with_their_age(
    service: MigrationService, account: SimulatedAccount, clock: Clock
) -> None:
    cluster = account.table(REGION, "clusters")["archive-paused"]
    for days in (40, 2, 1, 9):
        taken_at = (clock.now() - timedelta(days=days, hours=1)).timestamp()
        snapshot_of(account, REGION, f"of-{days}-days", cluster)["SnapshotCreateTime"] = taken_at

    (blocker,) = service.prepare(request_for("archive-paused")).blockers

    assert "of-1-days (1 day old), of-2-days (2 days old), of-9-days (9 days old)." in blocker.message
    assert "of-40-days" not in blocker.message


COPY = ConfigureSnapshotCopy(region=REGION, namespace_name="my-namespace", destination_region="us-west-2")


def test_copies_kept_for_ever_name_their_storage_and_a_change_names_the_copies_made_before(
    service: MigrationService,
) -> None:
    def told(request: PlanRequest) -> dict[str, str]:
        return {each.setting: each.message for each in approved(service, request).findings}

    endless = told(COPY)
    service.run(COPY)
    limited = told(COPY.model_copy(update={"retention_period_days": 7}))

    assert "billed there until somebody deletes it" in endless["storage of copies"]
    assert "copies made before" not in endless
    assert "storage of copies" not in limited
    assert "unknown: expect each to keep the one it had (kept indefinitely)" in limited["copies made before"]


def test_without_data_no_snapshot_is_taken_and_none_restored(
    service: MigrationService, account: SimulatedAccount
) -> None:
    request = request_for("archive-paused", data="none")

    approved_run(service, request)

    assert service.prepare(request).is_empty
    assert {call.operation for call in account.writes()} == {"CreateNamespace", "CreateWorkgroup"}


def test_an_existing_snapshot_is_restored_and_none_is_taken(
    service: MigrationService, account: SimulatedAccount
) -> None:
    cluster = account.table(REGION, "clusters")["archive-paused"]
    snapshot_of(account, REGION, "before-the-pause", cluster)
    request = request_for("archive-paused", data="before-the-pause")

    approved_run(service, request)

    assert service.prepare(request).is_empty
    assert "CreateClusterSnapshot" not in [call.operation for call in account.writes()]
    namespace = account.table(REGION, "namespaces")["archive-paused"]
    assert namespace["_restored_from"] == ["before-the-pause"]


def test_an_existing_namespace_gets_one_setting_a_call_and_keeps_its_databases(
    service: MigrationService, account: SimulatedAccount
) -> None:
    request = request_for("prod-db-1", namespace_name="my-namespace", workgroup_name="my-workgroup")
    databases = account.table(REGION, "namespaces")["my-namespace"]["_databases"]

    outcome = approved_run(service, request)

    updates = [call for call in account.writes() if call.operation in ("UpdateNamespace", "UpdateWorkgroup")]
    settings = [next(iter(call.parameters.keys() - {"namespaceName", "workgroupName"})) for call in updates]
    assert all(len(call.parameters) == 2 for call in updates)
    assert all(call.outcome == "ok" for call in account.writes())
    assert settings.index("maxCapacity") > settings.index("baseCapacity")  # the base shrinks
    assert not {"CreateClusterSnapshot", "RestoreFromSnapshot"} & {call.operation for call in account.writes()}
    assert account.table(REGION, "namespaces")["my-namespace"]["_databases"] == databases
    assert "no data is moved" in " ".join(finding.message for finding in outcome.plan.findings)
    assert [row.action for row in outcome.plan.changes if row.subject == Subject.DATA] == ["unchanged"]
    assert service.prepare(request).is_empty


def test_only_what_is_included_is_planned(service: MigrationService, account: SimulatedAccount) -> None:
    existing = {"namespace_name": "my-namespace", "workgroup_name": "my-workgroup"}
    request = request_for("prod-db-1", only=["snapshot_copy", "tags"], **existing)

    outcome = approved_run(service, request)

    assert step_ids(outcome.plan) == ["tags.namespace.add", "tags.workgroup.add", "snapshot_copy.create"]
    assert {finding.subject for finding in outcome.plan.findings if finding.level == "blocker"} == set()
    assert service.prepare(request).is_empty
    assert account.table(REGION, "workgroups")["my-workgroup"]["baseCapacity"] == 32


def test_only_makes_nothing_that_is_not_there(service: MigrationService, account: SimulatedAccount) -> None:
    with pytest.raises(NamespaceNotFound, match="only settings") as refused:
        service.prepare(request_for("prod-db-1", only=["snapshot_copy", "tags"]))

    assert "Namespace prod-db-1 is not there" in refused.value.message
    assert "without only" in refused.value.hint
    assert account.writes() == []


@pytest.mark.parametrize("named", ["namespace", "data"])
def test_only_makes_the_least_where_that_is_named(service: MigrationService, named: str) -> None:
    plan = service.prepare(request_for("prod-db-1", only=[named]))

    assert {"namespace.create", "workgroup.create"} <= set(step_ids(plan))
    assert "nothing caps its bill" in " ".join(finding.message for finding in plan.findings)
    assert "touch nothing else" in plan.title


def test_the_largest_capacity_is_the_one_asked_for(service: MigrationService) -> None:
    plan = service.prepare(request_for("prod-db-1", max_capacity_rpu=2048))

    assert plan.step("workgroup.create").call.parameters["maxCapacity"] == 2048
    with pytest.raises(SettingsError, match="cannot be: the base capacity is"):
        service.prepare(request_for("prod-db-1", max_capacity_rpu=4))


def test_what_is_excluded_is_not_made(service: MigrationService, account: SimulatedAccount) -> None:
    before = resources(account)
    request = request_for("prod-db-1", exclude=["scheduled_queries", "snapshot copy", "usage-limits", "data"])

    approved_run(service, request)

    assert made_kinds(account, before) == {"namespaces", "workgroups"}
    assert service.prepare(request).is_empty


WRONG = [
    pytest.param({"cluster_id": "prod-db-7"}, ClusterNotFound, "prod-db-1", id="cluster"),
    pytest.param({"cluster_id": "prod-db-1", "region": "us-esat-2"}, SettingsError, "us-east-2", id="region"),
    pytest.param({"cluster_id": "prod-db-1", "data": "yesterday"}, SettingsError, "snapshot", id="snapshot"),
    pytest.param(
        {"cluster_id": "prod-db-1", "workgroup_name": "my-workgroup"}, TargetError, "my-namespace", id="workgroup taken"
    ),
    pytest.param(
        {"cluster_id": "prod-db-1", "namespace_name": "my-namespace", "workgroup_name": "another"},
        TargetError,
        "my-workgroup",
        id="second workgroup",
    ),
]


@pytest.mark.parametrize(("wrong", "error", "named"), WRONG)
def test_a_wrong_name_is_refused_and_the_right_one_named(
    service: MigrationService,
    account: SimulatedAccount,
    wrong: dict[str, str],
    error: type[RedshiftMigrateError],
    named: str,
) -> None:
    with pytest.raises(error) as refused:
        service.prepare(request_for(**wrong))

    assert named in f"{refused.value.message} {refused.value.hint}"
    assert account.writes() == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"namespace_name": "Prod_DB"},
        {"workgroup_name": "x"},
        {"also": ["fonts"]},
        {"only": ["fonts"]},
        {"exclude": ["fonts"]},
    ],
)
def test_a_name_or_subject_that_cannot_be_is_refused_before_anything_is_asked(wrong: dict[str, Any]) -> None:
    with pytest.raises(SettingsError):
        request_for("prod-db-1", **wrong)


CONTRADICTIONS: list[dict[str, Any]] = [
    {"also": ["tags"], "only": ["tags"]},
    {"also": ["wlm"], "exclude": ["WLM"]},
    {"only": ["usage limits"], "exclude": ["usage-limits"]},
    {"only": ["tags"], "max_capacity_rpu": 64},
    {"exclude": ["data"], "data": "snapshot"},
    {"only": ["tags"], "also": ["connections_without_ssl"]},
]


@pytest.mark.parametrize("said", CONTRADICTIONS, ids=str)
def test_wishes_that_contradict_each_other_are_refused_by_name(said: dict[str, Any]) -> None:
    with pytest.raises(SettingsError, match=r"contradict each other.*Nothing was changed"):
        request_for("prod-db-1", **said)


@pytest.mark.parametrize("of", ["also", "only", "exclude"])
def test_an_unknown_word_is_answered_with_the_known_ones(of: str) -> None:
    said: dict[str, Any] = {of: ["tagz"]}
    with pytest.raises(SettingsError) as refused:
        request_for("prod-db-1", **said)

    assert "Did you mean tags" in refused.value.hint
    assert all(subject.value in refused.value.hint for subject in Subject)
    assert ("connections_without_ssl" in refused.value.hint) is (of == "also")


def test_a_plan_is_refused_when_the_cluster_has_changed_since(
    service: MigrationService, account: SimulatedAccount
) -> None:
    plan = approved(service, request_for("prod-db-1"))
    cluster = account.table(REGION, "clusters")["prod-db-1"]
    cluster["NumberOfNodes"] = 4
    cluster["ClusterNodes"] = cluster.get("ClusterNodes", []) * 2

    with pytest.raises(StalePlan) as refused:
        service.apply(plan.digest)

    moved = refused.value.data["moved"]
    told = "base capacity: 2 x ra3.4xlarge -> 16 RPU when the plan was made, 4 x ra3.4xlarge -> 24 RPU now"
    assert told in moved
    assert service.prepare(plan.request).digest == refused.value.data["plan_digest"]
    assert not service.is_approved(plan)
    assert account.writes() == []


def test_a_plan_is_refused_when_somebody_made_the_namespace_since(
    service: MigrationService, account: SimulatedAccount
) -> None:
    plan = approved(service, request_for("prod-db-1"))
    namespace_of(account, REGION, "prod-db-1", {"adminUsername": "somebody"})

    with pytest.raises(StalePlan) as refused:
        service.apply(plan.digest)

    assert "no longer needed: Create namespace prod-db-1" in refused.value.data["moved"]
    assert account.writes() == []


def test_a_run_with_another_plan_than_the_approved_one_is_refused(
    service: MigrationService, account: SimulatedAccount
) -> None:
    request = request_for("prod-db-1")
    approved(service, request)
    account.table(REGION, "clusters")["prod-db-1"]["Tags"].append({"Key": "Late", "Value": "yes"})

    with pytest.raises(ApprovalRequired):
        service.run(request)

    assert account.writes() == []
