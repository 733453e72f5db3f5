"""A read that is denied leaves exactly one thing unknown, and everything else is read."""

from __future__ import annotations

from typing import Any

import pytest

from redshift_migrate.aws.door import Aws
from redshift_migrate.errors import AccessDenied
from redshift_migrate.extractors.provisioned import extract_cluster
from redshift_migrate.models.base import Unknown
from redshift_simulator import SimulatedAccount
from tests.extractors.conftest import HOME, SETTINGS

MEMBERS = {
    "cloudwatch:DescribeAlarms": "alarms",
    "ec2:DescribeSubnets": "subnets",
    "iam:GetRole": "iam_roles",
    "redshift:DescribeClusterParameters": "parameters",
    "redshift:DescribeClusterSnapshots": "stored_mb",
    "redshift:DescribeClusterSubnetGroups": "subnets",
    "redshift:DescribeDataSharesForConsumer": "data_shares",
    "redshift:DescribeDataSharesForProducer": "data_shares",
    "redshift:DescribeEndpointAccess": "endpoint_access",
    "redshift:DescribeEndpointAuthorization": "endpoint_authorizations",
    "redshift:DescribeEventSubscriptions": "event_subscriptions",
    "redshift:DescribeInboundIntegrations": "integrations",
    "redshift:DescribeIntegrations": "integrations",
    "redshift:DescribeLoggingStatus": "logging",
    "redshift:DescribePartners": "partners",
    "redshift:DescribeReservedNodes": "reserved_nodes",
    "redshift:DescribeScheduledActions": "scheduled_actions",
    "redshift:DescribeSnapshotCopyGrants": "snapshot_copy_config",
    "redshift:DescribeSnapshotSchedules": "snapshot_schedules",
    "redshift:DescribeUsageLimits": "usage_limits",
    "redshift:GetResourcePolicy": "resource_policy",
}
"""Every call of an extraction after the first → the member that it fills."""


def test_every_call_of_an_extraction_is_denied_below(door: Aws, account: SimulatedAccount) -> None:
    extract_cluster(door, "prod-db-1", HOME, SETTINGS)

    assert {call.name for call in account.calls} - {"redshift:DescribeClusters"} == set(MEMBERS)


@pytest.mark.parametrize("operation", sorted(MEMBERS))
def test_a_denied_read_is_unknown_and_the_rest_is_read(door: Aws, account: SimulatedAccount, operation: str) -> None:
    member = MEMBERS[operation]
    whole = extract_cluster(door, "prod-db-1", HOME, SETTINGS).model_dump()
    account.faults.add(operation, kind="denied", times=None)
    cluster = extract_cluster(door, "prod-db-1", HOME, SETTINGS)
    read = cluster.model_dump()

    assert {name for name in whole if whole[name] != read[name]} == {member}
    unknowns = list(unknown_in(getattr(cluster, member)))
    assert unknowns
    assert {unknown.needs_action for unknown in unknowns} == {operation}
    assert all("may not" in unknown.reason for unknown in unknowns)


def unknown_in(value: Any) -> list[Unknown]:
    """Every Unknown in a value."""
    if isinstance(value, Unknown):
        return [value]
    if isinstance(value, tuple):
        return [unknown for item in value for unknown in unknown_in(item)]
    fields = type(value).model_fields if hasattr(type(value), "model_fields") else {}
    return [unknown for name in fields for unknown in unknown_in(getattr(value, name))]


def test_without_the_cluster_itself_there_is_nothing(door: Aws, account: SimulatedAccount) -> None:
    account.faults.add("redshift:DescribeClusters", kind="denied")
    with pytest.raises(AccessDenied) as caught:
        extract_cluster(door, "prod-db-1", HOME, SETTINGS)

    assert caught.value.data["action"] == "redshift:DescribeClusters"
    assert len(account.calls) == 1
