"""Whatever AWS answers within its own model, reading it gives a value or one of our errors."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from redshift_migrate.aws.client import AwsClient
from redshift_migrate.aws.session import open_session
from redshift_migrate.errors import RedshiftMigrateError
from redshift_migrate.extractors import (
    automation,
    capacity,
    endpoints,
    identity,
    logging,
    monitoring,
    network,
    parameters,
    sharing,
    snapshots,
    usage_limits,
)
from redshift_migrate.extractors.mentions import Mentions
from redshift_migrate.extractors.provisioned import parse_cluster
from redshift_migrate.extractors.source import Source
from redshift_migrate.models.cluster import ProvisionedClusterConfig
from tests.extractors.shapes import replies
from tests.support.examples import examples

CLUSTER = {"ClusterIdentifier": "c", "ClusterParameterGroups": [{"ParameterGroupName": "g"}]}
MENTIONS = Mentions("c", "us-east-1", "123456789012")
GROUP = {"ParameterGroupName": "g", "ParameterApplyStatus": "pending-reboot"}


def items(reply: dict[str, Any]) -> list[dict[str, Any]]:
    """The one list of a reply."""
    return next((value for value in reply.values() if isinstance(value, list)), [])


READERS: list[tuple[str, str, Callable[[dict[str, Any]], Any]]] = [
    ("redshift", "DescribeReservedNodes", lambda reply: capacity.parse_reserved_nodes(items(reply))),
    ("redshift", "DescribeClusterSnapshots", lambda reply: capacity.parse_stored_mb(items(reply))),
    ("redshift", "DescribeScheduledActions", lambda reply: capacity.parse_scheduled_actions(items(reply))),
    ("redshift", "DescribeClusterSubnetGroups", lambda reply: network.parse_subnets(items(reply), [])),
    ("redshift", "DescribeClusterParameters", lambda reply: parameters.parse_parameters(items(reply), GROUP)),
    ("redshift", "DescribeLoggingStatus", logging.parse_logging),
    ("redshift", "DescribeUsageLimits", lambda reply: usage_limits.parse_usage_limits(items(reply))),
    ("redshift", "DescribeSnapshotSchedules", lambda reply: snapshots.parse_snapshot_schedules(items(reply), "c")),
    ("redshift", "DescribeEndpointAccess", lambda reply: endpoints.parse_endpoint_access(items(reply))),
    ("redshift", "DescribeEndpointAuthorization", lambda reply: endpoints.parse_endpoint_authorizations(items(reply))),
    ("redshift", "DescribeDataSharesForProducer", lambda reply: sharing.parse_data_shares(items(reply), "outbound")),
    ("redshift", "DescribeDataSharesForConsumer", lambda reply: sharing.parse_data_shares(items(reply), "inbound")),
    ("redshift", "DescribeInboundIntegrations", lambda reply: sharing.parse_integrations(items(reply), "")),
    ("redshift", "DescribeIntegrations", lambda reply: sharing.parse_integrations(items(reply), "")),
    ("redshift", "DescribePartners", lambda reply: sharing.parse_partners(items(reply))),
    ("redshift", "GetResourcePolicy", sharing.parse_resource_policy),
    (
        "redshift",
        "DescribeEventSubscriptions",
        lambda reply: monitoring.parse_event_subscriptions(items(reply), CLUSTER),
    ),
    ("events", "ListRules", lambda reply: [automation.parse_rule(rule, [], MENTIONS, "") for rule in items(reply)]),
    ("events", "ListTargetsByRule", lambda reply: automation.parse_rule({}, items(reply), MENTIONS, "")),
    ("glue", "GetConnections", lambda reply: automation.parse_connections(items(reply), MENTIONS)),
    ("lambda", "ListFunctions", lambda reply: automation.parse_functions(items(reply), MENTIONS)),
    ("pipes", "ListPipes", lambda reply: automation.parse_pipes(items(reply), MENTIONS)),
    ("scheduler", "GetSchedule", lambda reply: automation.parse_schedule(reply, MENTIONS)),
    ("stepfunctions", "DescribeStateMachine", lambda reply: automation.parse_state_machine(reply, MENTIONS)),
    ("cloudwatch", "DescribeAlarms", lambda reply: monitoring.parse_alarms(items(reply), "c")),
]


@pytest.mark.parametrize(("service", "operation", "read"), READERS, ids=[reader[1] for reader in READERS])
@given(data=st.data())
@examples(40)
def test_a_reply_is_read_or_refused_in_our_words(
    service: str, operation: str, read: Callable[[dict[str, Any]], Any], data: st.DataObject
) -> None:
    reply = data.draw(replies(service, operation))

    with suppress(RedshiftMigrateError):
        read(reply)


@given(groups=replies("redshift", "DescribeClusterSubnetGroups"), details=replies("ec2", "DescribeSubnets"))
@examples(40)
def test_subnets_join_whatever_ec2_says(groups: dict[str, Any], details: dict[str, Any]) -> None:
    with suppress(RedshiftMigrateError):
        network.parse_subnets(items(groups), items(details))


@given(reply=replies("redshift", "DescribeClusters"))
@examples(100)
def test_any_cluster_is_a_configuration_or_our_error(reply: dict[str, Any]) -> None:
    for cluster in reply.get("Clusters", []):
        source = Source(DOOR, "c", "us-east-2", account_id="123456789012", partition="aws", cluster=cluster)
        with suppress(RedshiftMigrateError):
            config = parse_cluster(source, {})
            assert ProvisionedClusterConfig.model_validate(json.loads(json.dumps(config.as_json()))) == config


any_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=10),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["Statement", "Effect", "Principal", "Service", "Action", "Condition", "x"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(document=any_json | any_json.map(json.dumps) | st.text(max_size=30))
def test_any_trust_policy_is_read_or_refused_in_our_words(document: Any) -> None:
    with suppress(RedshiftMigrateError):
        statements = identity.parse_trust_policy(document)
        identity.parse_trusted_services(statements)
        identity.trust_conditions(statements)


DOOR = AwsClient(open_session(region="us-east-2")[0])
