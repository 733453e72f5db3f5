"""Event subscriptions and reserved nodes: AWS lists both for the whole region."""

from __future__ import annotations

from typing import Any

from redshift_simulator.account import SimulatedAccount
from redshift_simulator.errors import SimulatedError
from redshift_simulator.redshift.listing import has_tags, listed
from redshift_simulator.registry import Parameters, operation

SUBSCRIPTIONS, RESERVED_NODES = "event_subscriptions", "reserved_nodes"
ONE_YEAR_S = 31_536_000


@operation("redshift", "DescribeEventSubscriptions")
def describe_event_subscriptions(account: SimulatedAccount, region: str, parameters: Parameters) -> dict[str, Any]:
    name = parameters.get("SubscriptionName")
    if name is not None and name not in account.table(region, SUBSCRIPTIONS):
        raise SimulatedError("SubscriptionNotFound", f"Subscription {name} not found.", 404)
    found = [
        dict(subscription)
        for key, subscription in sorted(account.table(region, SUBSCRIPTIONS).items())
        if name in (None, key) and has_tags(subscription["Tags"], parameters)
    ]
    return listed(account, parameters, "EventSubscriptionsList", found)


@operation("redshift", "DescribeReservedNodes")
def describe_reserved_nodes(account: SimulatedAccount, region: str, parameters: Parameters) -> dict[str, Any]:
    name = parameters.get("ReservedNodeId")
    if name is not None and name not in account.table(region, RESERVED_NODES):
        raise SimulatedError("ReservedNodeNotFound", f"Reserved node {name} not found.", 404)
    nodes = sorted(account.table(region, RESERVED_NODES).items())
    return listed(account, parameters, "ReservedNodes", [dict(node) for key, node in nodes if name in (None, key)])


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
