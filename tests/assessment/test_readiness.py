"""How ready a cluster is: by the rules and codes of a plan, from what a quick look tells."""

from __future__ import annotations

from typing import Any

import pytest

from redshift_migrate.assessment.readiness import assess, failed_controls
from redshift_migrate.migration.service import MigrationService
from redshift_migrate.models.base import Unknown
from redshift_migrate.models.choices import migration_choices
from redshift_migrate.models.cluster import ClusterSummary, Parameter, ProvisionedClusterConfig
from redshift_migrate.translators.all import translate
from tests.support.fleets import cluster


def summary(of: ProvisionedClusterConfig) -> ClusterSummary:
    return ClusterSummary(cluster_id=of.cluster_id, region=of.region, status=of.status)


DENIED = Unknown(needs_action="redshift:DescribeClusterParameters", reason="it is not allowed")
SSL = (Parameter(name="require_ssl", value="true", source="user"),)


@pytest.mark.parametrize(
    ("members", "readiness", "first"),
    [
        ({}, "ready", None),
        ({"parameters": SSL}, "ready", None),
        ({"status": "paused"}, "blocked", "cluster-status"),
        ({"status": "resizing", "is_resizing": True, "node_type": "dc2.large"}, "blocked", "cluster-status"),
        ({"node_type": "dc2.large"}, "decide", "dc2-nodes"),
        ({"publicly_accessible": True, "node_type": "dc2.large"}, "decide", "dc2-nodes"),
        ({"hsm_status": "active"}, "blocked", "hsm"),
        ({"parameter_group_name": "default.redshift-1.0"}, "decide", "require-ssl"),
        ({"parameters": DENIED}, "unknown", None),
    ],
)
def test_what_a_cluster_is_decides_how_ready_it_is(members: dict[str, Any], readiness: str, first: str | None) -> None:
    given = cluster(**members)
    found = assess(summary(given), given)
    assert (found.readiness, found.codes[0] if found.codes else None) == (readiness, first)
    assert found.not_known == ((DENIED.needs_action,) if readiness == "unknown" else ())


def test_a_name_that_no_namespace_can_have_blocks_it_and_stops_nobody_else() -> None:
    given = cluster("x" * 64)
    assert assess(summary(given), given).readiness == "blocked"


def test_whatever_is_said_in_short_a_plan_says_too(service: MigrationService) -> None:
    """The codes of a quick look are among those of the whole cluster's plan."""
    for each in service.fleet("us-east-2").members:
        whole = service.cluster(each.cluster.cluster_id)
        planned = {finding.code for finding in translate(whole, migration_choices(whole.cluster_id)).findings}
        assert set(each.codes) <= planned


def test_what_was_not_asked_for_says_nothing(service: MigrationService) -> None:
    """A grant whose key was not looked up would block the copy; that is for the plan to say, which looks it up."""
    found = {each.cluster.cluster_id: each for each in service.fleet("us-east-2").members}
    assert found["prod-db-1"].readiness == "decide"


@pytest.mark.parametrize(
    ("members", "failed"),
    [
        ({"enhanced_vpc_routing": False}, ".1"),
        ({"publicly_accessible": True}, ".3"),
        ({"kms_key_id": "AWS_OWNED_KMS_KEY"}, ".4"),
        ({"master_username": "awsuser"}, ".5"),
        ({"db_name": "dev"}, ".7"),
    ],
)
def test_controls_that_the_settings_would_fail(members: dict[str, Any], failed: str) -> None:
    good: dict[str, Any] = {
        "enhanced_vpc_routing": True,
        "publicly_accessible": False,
        "kms_key_id": "arn:aws:kms:us-east-1:123456789012:key/1",
        "master_username": "sales_admin",
        "db_name": "sales",
    }
    assert failed_controls(cluster(**good)) == ()
    assert failed_controls(cluster(**good | members)) == (f"RedshiftServerless{failed}",)
