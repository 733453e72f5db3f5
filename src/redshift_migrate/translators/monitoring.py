"""Who watches the cluster: event subscriptions and alarms, which do not follow it."""

from __future__ import annotations

from redshift_migrate.models.base import Unknown
from redshift_migrate.models.choices import MigrationChoices
from redshift_migrate.models.cluster import EventSubscription, ProvisionedClusterConfig
from redshift_migrate.models.finding import Finding, Subject
from redshift_migrate.translators.translation import About, Translation, cite, count

CLUSTER_METRICS, SERVERLESS_METRICS = "AWS/Redshift", "AWS/Redshift-Serverless"
"""Source: Management Guide, "Monitoring Amazon Redshift Serverless"."""

about = About(Subject.MONITORING)


def translate_monitoring(cluster: ProvisionedClusterConfig, choices: MigrationChoices) -> Translation:
    """What must be made again so that somebody still hears of trouble."""
    subscriptions, alarms = cluster.event_subscriptions, cluster.alarms
    return Translation(
        changes=(
            about.row(
                "event subscriptions", _count(subscriptions, "event subscription"), "to be made anew", "not carried"
            ),
            about.row("alarms", _count(alarms, "alarm"), "to be made anew", "not carried"),
        ),
        findings=(*_subscriptions(cluster), *_alarms(cluster, choices)),
    )


def _count(things: tuple[object, ...] | Unknown, noun: str) -> str:
    return "unknown" if isinstance(things, Unknown) else count(len(things), noun)


def _subscriptions(cluster: ProvisionedClusterConfig) -> list[Finding]:
    subscriptions = cluster.event_subscriptions
    if isinstance(subscriptions, Unknown):
        consequence = "Whoever is told of events of the cluster is told nothing of the workgroup."
        return [about.unknown("warning", "event subscriptions", subscriptions, consequence)]
    return [_subscription(each) for each in subscriptions]


def _subscription(each: EventSubscription) -> Finding:
    of = cite(each.source_ids) or "every source"
    about_what = f"{each.source_type or 'all kinds'}: {of}; {cite(each.event_categories) or 'all categories'}"
    state = f", severity {each.severity or 'any'}{'' if each.enabled else ', switched off'}"
    message = (
        f"Subscription {each.name} ({about_what}{state}) sends no events of serverless. Make an EventBridge rule for "
        f"source aws.redshift-serverless with the same topic as its target: {each.sns_topic_arn or 'unknown topic'}."
    )
    return about.warning("event subscription", message, each.name, "an EventBridge rule, to be made")


def _alarms(cluster: ProvisionedClusterConfig, choices: MigrationChoices) -> list[Finding]:
    alarms = cluster.alarms
    if isinstance(alarms, Unknown):
        consequence = f"Alarms on {CLUSTER_METRICS} fall silent when the cluster is no longer used."
        return [about.unknown("warning", "alarms", alarms, consequence)]
    if not alarms:
        return []
    told = cite(f"{alarm.name} on {alarm.metric}{f' ({alarm.arn})' if alarm.arn else ''}" for alarm in alarms)
    message = (
        f"These alarms watch {CLUSTER_METRICS} and fall silent when the cluster is no longer used: {told}. Make them "
        f"again on {SERVERLESS_METRICS} with the dimension Workgroup={choices.workgroup_name} or "
        f"Namespace={choices.namespace_name}; metrics of nodes and disks have no equal there."
    )
    return [about.warning("alarms", message, count(len(alarms), "alarm"), "to be made anew")]
