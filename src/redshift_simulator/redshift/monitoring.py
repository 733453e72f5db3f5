"""Audit logging of clusters; event subscriptions and reserved nodes, which AWS lists for the whole region."""

from __future__ import annotations

from typing import Any

from redshift_simulator.account import SimulatedAccount
from redshift_simulator.redshift.clusters import find_cluster
from redshift_simulator.redshift.listing import PAGES, check_known, with_tags
from redshift_simulator.registry import Parameters, operation

LOGGING = "cluster_logging"
SUBSCRIPTIONS, RESERVED_NODES = "event_subscriptions", "reserved_nodes"
ONE_YEAR_S = 31_536_000


@operation("redshift", "DescribeLoggingStatus")
def describe_logging_status(account: SimulatedAccount, region: str, parameters: Parameters) -> dict[str, Any]:
    cluster = find_cluster(account, region, parameters["ClusterIdentifier"])
    return dict(account.table(region, LOGGING).get(cluster["ClusterIdentifier"], {"LoggingEnabled": False}))


def s3_logging_of(account: SimulatedAccount, region: str, cluster: str, bucket: str, prefix: str) -> None:
    """Logs of a cluster in a bucket."""
    account.table(region, LOGGING)[cluster] = {
        "LoggingEnabled": True,
        "LogDestinationType": "s3",
        "BucketName": bucket,
        "S3KeyPrefix": prefix,
        "LastSuccessfulDeliveryTime": account.clock.now(),
    }


def cloudwatch_logging_of(account: SimulatedAccount, region: str, cluster: str, exports: list[str]) -> None:
    """Logs of a cluster in CloudWatch."""
    account.table(region, LOGGING)[cluster] = {
        "LoggingEnabled": True,
        "LogDestinationType": "cloudwatch",
        "LogExports": exports,
    }


@operation("redshift", "DescribeEventSubscriptions")
def describe_event_subscriptions(account: SimulatedAccount, region: str, parameters: Parameters) -> dict[str, Any]:
    name = parameters.get("SubscriptionName")
    check_known(account, region, SUBSCRIPTIONS, name, "SubscriptionNotFound", "Subscription")
    asked = {"CustSubscriptionId": name} if name is not None else {}
    found = with_tags(account.select(region, SUBSCRIPTIONS, asked, "CustSubscriptionId"), parameters)
    return PAGES.page(account, parameters, "EventSubscriptionsList", found)


@operation("redshift", "DescribeReservedNodes")
def describe_reserved_nodes(account: SimulatedAccount, region: str, parameters: Parameters) -> dict[str, Any]:
    name = parameters.get("ReservedNodeId")
    check_known(account, region, RESERVED_NODES, name, "ReservedNodeNotFound", "Reserved node")
    found = account.select(region, RESERVED_NODES, parameters, "ReservedNodeId")
    return PAGES.page(account, parameters, "ReservedNodes", found)


def event_subscription_of(
    account: SimulatedAccount, region: str, name: str, topic: str, *, source_type: str | None, sources: list[str]
) -> None:
    """A subscription to events of these sources, of every source of the kind when there are none."""
    subscription = {
        "CustomerAwsId": account.account_id,
        "CustSubscriptionId": name,
        "SnsTopicArn": topic,
        "Status": "active",
        "SourceIdsList": sources,
        "EventCategoriesList": ["management", "monitoring"],
        "Severity": "INFO",
        "Enabled": True,
        "Tags": [],
    }
    subscription |= {"SourceType": source_type} if source_type else {}
    account.table(region, SUBSCRIPTIONS)[name] = subscription


def reserved_node_of(account: SimulatedAccount, region: str, name: str, node_type: str, count: int) -> None:
    """A reservation for one year from three months ago."""
    account.table(region, RESERVED_NODES)[name] = {
        "ReservedNodeId": name,
        "NodeType": node_type,
        "StartTime": account.clock.now() - ONE_YEAR_S / 4,
        "Duration": ONE_YEAR_S,
        "NodeCount": count,
        "State": "active",
        "OfferingType": "No Upfront",
        "CurrencyCode": "USD",
    }
