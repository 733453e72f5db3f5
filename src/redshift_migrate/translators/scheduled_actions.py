"""Pause, resume and resize on a schedule: the first two are no longer needed, the third has to be made anew."""

from __future__ import annotations

from redshift_migrate.models.base import Unknown
from redshift_migrate.models.cluster import ProvisionedClusterConfig, ScheduledAction
from redshift_migrate.models.finding import Subject
from redshift_migrate.translators.capacity import GIB_PER_NODE, GIB_PER_RPU, rounded_up
from redshift_migrate.translators.translation import About, Translation

RESIZE = "ResizeCluster"

about = About(Subject.CAPACITY)


def translate_scheduled_actions(cluster: ProvisionedClusterConfig) -> Translation:
    """Findings alone. Source: Management Guide, "Billing for Amazon Redshift Serverless"."""
    actions = cluster.scheduled_actions
    if isinstance(actions, Unknown):
        consequence = "One that resumes the cluster would wake it after the move."
        return Translation(findings=(about.unknown("warning", "scheduled actions", actions, consequence),))
    if not actions:
        return Translation()
    findings = [
        about.warning("scheduled action", becomes_of_action(each, cluster), _say(each), _after(each))
        for each in actions
    ]
    names = ", ".join(each.name for each in actions)
    message = (
        f"The cut-over plan switches {names} off (by hand: aws redshift modify-scheduled-action --no-enable); until "
        "then the old cluster is resumed and billed again."
    )
    return Translation(
        changes=tuple(about.row("scheduled action", _say(each), _after(each), "not carried") for each in actions),
        findings=(*findings, about.warning("scheduled actions", message, names, "to be switched off")),
    )


def becomes_of_action(action: ScheduledAction, cluster: ProvisionedClusterConfig) -> str:
    """What a pause, resume or resize on a schedule is on serverless, wherever the schedule lives."""
    if action.action != RESIZE:
        return (
            f"{action.name} ({_say(action)}) is not needed: an idle workgroup bills no compute, by the second and at "
            "least a minute at a time. Health checks of connection pools count as use and keep it awake."
        )
    rpu = _resized_rpu(action, cluster)
    return (
        f"{action.name} ({_say(action)}) can become an EventBridge Scheduler schedule that calls UpdateWorkgroup "
        f"with baseCapacity{f'={rpu}' if rpu else ''} (target arn:{cluster.partition}:scheduler:::aws-sdk:"
        "redshiftserverless:updateWorkgroup; try it, it is not documented by name). It is not made: a change of base "
        "capacity can cancel running queries, and serverless scales by itself."
    )


def _resized_rpu(action: ScheduledAction, cluster: ProvisionedClusterConfig) -> int | None:
    """The base capacity for the size that the action asks for, as far as it says one."""
    gib = GIB_PER_NODE.get(action.node_type or cluster.node_type or "")
    nodes = action.number_of_nodes or cluster.number_of_nodes
    return rounded_up(nodes * gib / GIB_PER_RPU, cluster.region) if gib and nodes and nodes > 0 else None


def _after(action: ScheduledAction) -> str:
    return "offered" if action.action == RESIZE else "not needed"


def _say(action: ScheduledAction) -> str:
    size = (
        f" to {action.number_of_nodes or '?'} x {action.node_type or 'the same nodes'}"
        if action.action == RESIZE
        else ""
    )
    span = f" from {action.starts_at or 'now'} to {action.ends_at}" if action.ends_at or action.starts_at else ""
    role = f" as {action.iam_role_arn}" if action.iam_role_arn else ""
    return f"{action.action}{size} {action.schedule}{span}{role} {action.state or ''} {action.detail}".strip()
