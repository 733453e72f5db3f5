"""Who watches the cluster: event subscriptions and CloudWatch alarms. AWS lists both for the whole account."""

from __future__ import annotations

from collections.abc import Iterator

from redshift_migrate.extractors.replies import Reply, read_or_unknown, require_text
from redshift_migrate.extractors.source import Members, Read, Source
from redshift_migrate.models.base import Unknown
from redshift_migrate.models.cluster import Alarm, EventSubscription

NAMESPACE = "AWS/Redshift"
MOST_A_PAGE = 100


def extract_event_subscriptions(source: Source) -> tuple[EventSubscription, ...] | Unknown:
    """The subscriptions that events of this cluster reach."""
    call = source.call("redshift", "DescribeEventSubscriptions")
    return read_or_unknown(
        call,
        lambda: parse_event_subscriptions(source.aws.pages(call, "EventSubscriptionsList"), source.cluster),
        absent=(),
        absent_codes={"SubscriptionNotFound"},
    )


def parse_event_subscriptions(subscriptions: list[Reply], cluster: Reply) -> tuple[EventSubscription, ...]:
    """Those of a reply that concern the cluster, by name."""
    found = (
        EventSubscription(
            name=require_text(subscription, "CustSubscriptionId", "DescribeEventSubscriptions"),
            sns_topic_arn=subscription.get("SnsTopicArn"),
            source_type=subscription.get("SourceType"),
            source_ids=tuple(subscription.get("SourceIdsList") or ()),
            event_categories=tuple(sorted(subscription.get("EventCategoriesList") or ())),
            severity=subscription.get("Severity"),
            enabled=subscription.get("Enabled") is not False,
        )
        for subscription in subscriptions
        if concerns(subscription, cluster)
    )
    return tuple(sorted(found, key=lambda subscription: subscription.name))


def concerns(subscription: Reply, cluster: Reply) -> bool:
    """Whether events of the cluster, its parameter group or its snapshots reach a subscription.

    Without source ids it is told of every source of its kind. A manual snapshot's id does not say whose it is.
    """
    ids = subscription.get("SourceIdsList") or []
    cluster_id = cluster.get("ClusterIdentifier") or ""
    if not ids or subscription.get("SourceType") in (None, "cluster"):
        return not ids or cluster_id in ids
    if subscription.get("SourceType") == "cluster-parameter-group":
        groups = cluster.get("ClusterParameterGroups") or ()
        return any(group.get("ParameterGroupName") in ids for group in groups)
    return any(name.startswith(f"rs:{cluster_id}-") for name in ids)


def extract_alarms(source: Source) -> tuple[Alarm, ...] | Unknown:
    """The alarms on metrics of this cluster. CloudWatch cannot search by dimension, so every alarm is looked at."""
    call = source.call("cloudwatch", "DescribeAlarms", AlarmTypes=["MetricAlarm"], MaxRecords=MOST_A_PAGE)
    return read_or_unknown(
        call,
        lambda: parse_alarms(source.aws.pages(call, "MetricAlarms"), source.cluster_id),
        absent=(),
    )


def parse_alarms(alarms: list[Reply], cluster_id: str) -> tuple[Alarm, ...]:
    """Those of a reply that watch the cluster, by name, with its metrics."""
    found = (
        Alarm(
            name=require_text(alarm, "AlarmName", "DescribeAlarms"),
            metric=", ".join(sorted(metrics)),
            arn=alarm.get("AlarmArn"),
        )
        for alarm in alarms
        if (metrics := set(_metrics_of(alarm, cluster_id)))
    )
    return tuple(sorted(found, key=lambda alarm: alarm.name))


def _metrics_of(alarm: Reply, cluster_id: str) -> Iterator[str]:
    """The names of the cluster's metrics that an alarm looks at, directly or in a formula."""
    in_formula = ((query.get("MetricStat") or {}).get("Metric") or {} for query in alarm.get("Metrics") or ())
    for metric in (alarm, *in_formula):
        dimensions = metric.get("Dimensions") or ()
        if metric.get("Namespace") == NAMESPACE and any(
            dimension.get("Name") == "ClusterIdentifier" and dimension.get("Value") == cluster_id
            for dimension in dimensions
        ):
            yield metric.get("MetricName") or "unnamed"


MEMBERS: Members = {
    "event_subscriptions": Read("redshift:DescribeEventSubscriptions", extract_event_subscriptions),
    "alarms": Read("cloudwatch:DescribeAlarms", extract_alarms),
}
