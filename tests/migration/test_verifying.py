"""Verified any day: nothing when all is as asked for, exactly the difference when it is not."""

from __future__ import annotations

from typing import Any

import pytest

from redshift_migrate.errors import ClusterNotFound
from redshift_migrate.migration.service import MigrationService
from redshift_migrate.models.request import (
    ConfigureSnapshotCopy,
    CutOverScheduledQueries,
    PlanRequest,
    RemoveSnapshotCopy,
    SetWorkgroupTrack,
    UpdateSnapshotCopy,
)
from redshift_migrate.models.verification import Verification
from redshift_simulator import SimulatedAccount
from redshift_simulator.account import change
from tests.support.earlier import earlier_run
from tests.support.migrating import REGION, request_for, undone

PROD = request_for("prod-db-1")


def told(found: Verification) -> list[tuple[str, Any, Any]]:
    return [(drift.step_id, drift.asked, drift.found) for drift in found.drift]


def verified(service: MigrationService, migration_id: str | None) -> Verification:
    """That run, verified."""
    found = service.verify_run(str(migration_id))
    assert found is not None
    return found


@pytest.mark.parametrize("cluster_id", ["prod-db-1", "sales-shared", "crm-pending"])
def test_after_a_migration_there_is_no_difference_and_nothing_is_written(
    service: MigrationService, account: SimulatedAccount, cluster_id: str
) -> None:
    request = request_for(cluster_id)
    outcome = earlier_run(service, request)
    written = len(account.writes())

    found = service.verify(request)

    assert found.drift == ()
    assert found.plan_digest is None
    assert found.migration_id == outcome.migration_id
    assert found.against == "the cluster as it is now"
    assert len(account.writes()) == written


WORKGROUP, NAMESPACE = ("workgroups", "prod-db-1"), ("namespaces", "prod-db-1")
BY_HAND = [
    pytest.param(*WORKGROUP, {"baseCapacity": 64}, "capacity.base", id="base capacity"),
    pytest.param(*WORKGROUP, {"maxCapacity": 512}, "capacity.max", id="max capacity"),
    pytest.param(*WORKGROUP, {"publiclyAccessible": True}, "network.publicly_accessible", id="public"),
    pytest.param(*WORKGROUP, {"securityGroupIds": ["sg-0"]}, "network.security_groups", id="security groups"),
    pytest.param(*WORKGROUP, {"pendingTrackName": "trailing"}, "maintenance.track", id="track"),
    pytest.param(*WORKGROUP, {"_tags": []}, "tags.workgroup.add", id="tags"),
    pytest.param(*NAMESPACE, {"logExports": ["userlog"]}, "logging.log_exports", id="log exports"),
    pytest.param(*NAMESPACE, {"iamRoles": [], "defaultIamRoleArn": None}, "identity.iam_roles", id="roles"),
    pytest.param(*NAMESPACE, {"kmsKeyId": "AWS_OWNED_KMS_KEY"}, "encryption.kms_key", id="key"),
]


@pytest.mark.parametrize(("kind", "name", "changes", "step_id"), BY_HAND)
def test_what_somebody_changed_is_named_and_nothing_else(
    service: MigrationService,
    account: SimulatedAccount,
    kind: str,
    name: str,
    changes: dict[str, Any],
    step_id: str,
) -> None:
    earlier_run(service, PROD)
    change(account.table(REGION, kind)[name], changes)

    found = service.verify(PROD)

    assert {drift.step_id for drift in found.drift} == {step_id}
    assert all(drift.asked != drift.found for drift in found.drift)
    assert [drift.setting for drift in found.drift if "_" in drift.setting] == []
    assert found.plan_digest is not None
    (step,) = service.plan(found.plan_digest).steps
    assert {step.summary} == {drift.summary for drift in found.drift}


def test_what_belongs_to_it_is_compared_too(service: MigrationService, account: SimulatedAccount) -> None:
    earlier_run(service, PROD)
    (copy,) = account.table(REGION, "snapshot_copy_configurations").values()
    copy["snapshotRetentionPeriod"] = 3
    limits = account.table(REGION, "serverless_usage_limits")
    del limits[next(key for key, limit in limits.items() if limit["usageType"] == "serverless-compute")]
    del account.table(REGION, "schedules")["reports/morning-report-prod-db-1"]

    assert list(dict.fromkeys(drift.step_id for drift in service.verify(PROD).drift)) == [
        "usage_limits.create.serverless-compute-daily-log-16",
        "snapshot_copy.update",
        "scheduled_queries.schedule.reports/morning-report-prod-db-1",
    ]


def test_a_change_of_the_cluster_since_is_a_difference(service: MigrationService, account: SimulatedAccount) -> None:
    earlier_run(service, PROD)
    account.table(REGION, "clusters")["prod-db-1"]["Endpoint"]["Port"] = 5440

    assert told(service.verify(PROD)) == [("network.port", "5440", "5439")]


def test_a_paused_cluster_is_still_compared_with(service: MigrationService, account: SimulatedAccount) -> None:
    earlier_run(service, PROD)
    account.table(REGION, "clusters")["prod-db-1"]["ClusterStatus"] = "paused"

    found = service.verify(PROD)

    assert found.drift == ()
    assert [finding for finding in found.findings if finding.level == "blocker"] == []


def test_the_choices_of_the_run_count_and_not_the_defaults(service: MigrationService) -> None:
    earlier_run(service, request_for("prod-db-1", exclude=["scheduled_queries", "tags"]))

    assert service.verify(PROD).drift == ()


def test_without_a_run_here_the_data_is_not_asked_for(service: MigrationService) -> None:
    """Somebody else, or another machine, migrated: only settings can be compared."""
    found = service.verify(request_for("prod-db-1", namespace_name="my-namespace", workgroup_name="my-workgroup"))

    assert found.migration_id is None
    assert "capacity.base" in [drift.step_id for drift in found.drift]
    assert not any(drift.step_id.startswith("data.") for drift in found.drift)


@pytest.mark.parametrize(
    ("choices", "compared", "apart"),
    [
        ({}, "the settings", "not compared yet"),
        ({"exclude": ["tags"]}, "without what was left out as chosen (tags)", "not compared yet"),
        ({"only": ["tags"], "namespace_name": "my-namespace", "workgroup_name": "my-workgroup"}, "only tags", "else"),
    ],
)
def test_what_is_compared_and_what_is_not_is_said(
    service: MigrationService, choices: dict[str, Any], compared: str, apart: str
) -> None:
    request = request_for("prod-db-1", **choices)

    earlier_run(service, request)

    said = service.verify(request).coverage
    assert compared in said.partition("Data, apart:")[0]
    assert apart in said.partition("Data, apart:")[2]


def test_a_namespace_that_only_settings_were_asked_of_is_missed_when_it_is_gone(
    service: MigrationService, account: SimulatedAccount
) -> None:
    existing = {"namespace_name": "my-namespace", "workgroup_name": "my-workgroup"}
    request = request_for("prod-db-1", only=["tags"], **existing)
    earlier_run(service, request)
    del account.table(REGION, "workgroups")["my-workgroup"]
    del account.table(REGION, "namespaces")["my-namespace"]

    assert "my-namespace is not there" in str(service.verify(request).drift[0].found)


def test_after_an_undo_everything_is_missing(service: MigrationService) -> None:
    outcome = earlier_run(service, request_for("dev-sandbox"))
    undone(service, outcome)

    found = [drift.step_id for drift in service.verify(request_for("dev-sandbox")).drift]

    assert found == ["data.snapshot", "namespace.create", "workgroup.create", "data.restore"]


def test_when_the_cluster_is_gone_it_is_compared_with_what_was_written_down(
    service: MigrationService, account: SimulatedAccount
) -> None:
    outcome = earlier_run(service, PROD)
    del account.table(REGION, "clusters")["prod-db-1"]
    for name in [name for name in account.table(REGION, "cluster_snapshots") if not name.startswith("rs:")]:
        del account.table(REGION, "cluster_snapshots")[name]  # its owner did not need it any more

    same = service.verify(PROD)
    account.table(REGION, "workgroups")["prod-db-1"]["baseCapacity"] = 64
    changed = service.verify(PROD)

    assert same.against == "what the migration wrote down; the cluster is gone"
    assert same.migration_id == outcome.migration_id
    assert told(same) == []
    assert told(changed) == [("capacity.base", "16 RPU", "64 RPU")]
    assert changed.plan_digest is None  # there is no cluster any more of which to ask it again


def test_a_cut_over_is_no_difference(service: MigrationService, account: SimulatedAccount) -> None:
    outcome = earlier_run(service, PROD)
    assert outcome.migration_id is not None
    earlier_run(service, CutOverScheduledQueries(region=REGION, migration_id=outcome.migration_id))

    with_cluster = service.verify(PROD)
    del account.table(REGION, "clusters")["prod-db-1"]

    assert told(with_cluster) == []
    assert told(service.verify(PROD)) == []


COPY = ConfigureSnapshotCopy(
    region=REGION, namespace_name="my-namespace", destination_region="us-west-2", retention_period_days=7
)
RETAIN = UpdateSnapshotCopy(region=REGION, namespace_name="my-namespace", retention_period_days=30)
REMOVE = RemoveSnapshotCopy(region=REGION, namespace_name="my-namespace")
TRACK = SetWorkgroupTrack(region=REGION, workgroup_name="my-workgroup", track_name="trailing")
COPIES, WORKGROUPS = "snapshot_copy_configurations", "workgroups"
SMALL = [
    pytest.param((COPY,), COPIES, {"snapshotRetentionPeriod": 3}, ("copy retention", "7 days", "3 days"), id="copy"),
    pytest.param(
        (COPY, RETAIN), COPIES, {"snapshotRetentionPeriod": 3}, ("copy retention", "30 days", "3 days"), id="retention"
    ),
    pytest.param(
        (TRACK,),
        WORKGROUPS,
        {"pendingTrackName": "current", "trackName": "current"},
        ("maintenance track", "trailing", "current"),
        id="track",
    ),
]


@pytest.mark.parametrize(("requests", "kind", "changes", "drift"), SMALL)
def test_a_small_change_is_verified_like_a_whole_migration(
    service: MigrationService,
    account: SimulatedAccount,
    requests: tuple[PlanRequest, ...],
    kind: str,
    changes: dict[str, Any],
    drift: tuple[str, str, str],
) -> None:
    runs = [earlier_run(service, request).migration_id for request in requests]

    same = verified(service, runs[-1])
    for row in account.table(REGION, kind).values():
        change(row, changes)
    changed = verified(service, runs[-1])

    assert same.drift == ()
    assert same.against == "what was asked for"
    assert [(each.setting, each.asked, each.found) for each in changed.drift] == [drift]
    assert changed.plan_digest is not None
    assert service.plan(changed.plan_digest).request == requests[-1]


def test_a_removed_copy_that_somebody_made_again_is_named(service: MigrationService, account: SimulatedAccount) -> None:
    earlier_run(service, COPY)
    removed = earlier_run(service, REMOVE)
    earlier_run(service, COPY)

    found = verified(service, removed.migration_id)

    assert ("copy destination", None, "us-west-2") in [(each.setting, each.asked, each.found) for each in found.drift]


def test_a_track_that_aws_has_not_switched_yet_is_pending_and_not_done(service: MigrationService) -> None:
    outcome = earlier_run(service, TRACK)

    found = verified(service, outcome.migration_id)
    again = service.prepare(TRACK)

    assert found.drift == ()
    assert [(each.setting, each.asked, each.found) for each in found.pending] == [
        ("maintenance track", "trailing", "current")
    ]
    assert again.is_empty
    assert [(row.now, row.after, row.action) for row in again.changes] == [("current", "trailing", "pending")]


def test_an_undo_is_verified_too(service: MigrationService, account: SimulatedAccount) -> None:
    outcome = earlier_run(service, request_for("dev-sandbox"))
    back = undone(service, outcome)
    assert back.migration_id is not None

    gone = verified(service, back.migration_id)
    earlier_run(service, request_for("dev-sandbox"))  # a new one of that name is not the one that was taken back
    anew = verified(service, back.migration_id)

    assert gone.drift == anew.drift == ()


def test_a_copy_that_somebody_switched_off_after_the_cut_over_is_named(
    service: MigrationService, account: SimulatedAccount
) -> None:
    outcome = earlier_run(service, PROD)
    cut_over = earlier_run(service, CutOverScheduledQueries(region=REGION, migration_id=str(outcome.migration_id)))
    same = verified(service, cut_over.migration_id)
    account.table(REGION, "schedules")["reports/morning-report-prod-db-1"]["State"] = "DISABLED"

    found = verified(service, cut_over.migration_id)

    assert same.drift == ()
    assert [(each.setting, each.asked, each.found) for each in found.drift] == [
        ("schedule morning-report-prod-db-1: state", "ENABLED", "DISABLED")
    ]


def test_what_is_gone_altogether_is_said_in_one_line(service: MigrationService, account: SimulatedAccount) -> None:
    outcome = earlier_run(service, COPY)
    del account.table(REGION, "namespaces")["my-namespace"]

    (drift,) = verified(service, outcome.migration_id).drift

    assert (drift.setting, drift.asked) == ("namespace my-namespace", "there")


def test_without_cluster_and_journal_there_is_nothing_to_compare_with(service: MigrationService) -> None:
    with pytest.raises(ClusterNotFound):
        service.verify(request_for("never-there"))
