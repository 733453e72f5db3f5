"""Snapshots: recovery points replace the automated ones of a day; longer retention needs scheduled snapshots."""

from __future__ import annotations

import json
import re

from redshift_migrate.errors import SettingsError
from redshift_migrate.models.base import Unknown
from redshift_migrate.models.choices import MigrationChoices
from redshift_migrate.models.cluster import KEPT_INDEFINITELY, ProvisionedClusterConfig
from redshift_migrate.models.finding import Finding, Subject
from redshift_migrate.models.plan import SettingChange
from redshift_migrate.models.serverless import RETENTION_DAYS, ScheduledSnapshot
from redshift_migrate.translators.identity import trust_statement
from redshift_migrate.translators.schedules import serverless_schedule
from redshift_migrate.translators.scope import is_asked_for
from redshift_migrate.translators.snapshot_copy import say_days
from redshift_migrate.translators.translation import About, Translation, cite

SCHEDULER_PRINCIPAL = "scheduler.redshift.amazonaws.com"
"""Source: API reference, CreateScheduledAction.roleArn."""

RECOVERY_POINTS_KEPT_DAYS = 1
RECOVERY_POINTS_EVERY_MINUTES = 30
"""Source: Management Guide, "Snapshots and recovery points"."""

DEFAULT_DEFINITION = "rate(8 hours)"
"""How often a cluster without a schedule takes snapshots. Source: Management Guide, "Automated snapshots"."""

LONGEST_ACTION_NAME = 60

about = About(Subject.SNAPSHOTS)


def translate_snapshots(cluster: ProvisionedClusterConfig, choices: MigrationChoices) -> Translation:
    """Retention and schedules. Scheduled snapshots are wished only when snapshots are named.

    Source: Management Guide, "Scheduling a snapshot"; API reference, CreateScheduledAction.
    """
    schedules, findings = _schedules(cluster)
    offered = _propose(cluster, choices, schedules)
    role = _scheduler_role(cluster)
    wished = bool(offered) and role is not None and is_asked_for(Subject.SNAPSHOTS, choices)
    if offered:
        findings.append(_offer(cluster, choices, offered, role))
    return Translation(
        settings={"scheduled_snapshots": _with_role(offered, role)} if wished and role else {},
        changes=_rows(cluster, offered, wished),
        findings=(*_tell_automated(cluster), *_manual(cluster), *findings, _existing()),
    )


def scheduler_policy(cluster: ProvisionedClusterConfig) -> dict[str, object]:
    """What the role of a scheduled snapshot must be allowed."""
    place = f"arn:{cluster.partition}:redshift-serverless:{cluster.region}:{cluster.account_id}"
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Action": "redshift-serverless:CreateSnapshot",
                "Resource": [f"{place}:namespace/*", f"{place}:snapshot/*"],
            }
        ],
    }


def _schedules(cluster: ProvisionedClusterConfig) -> tuple[list[str], list[Finding]]:
    """The six-field schedules of all definitions, and what is to be said about them."""
    if isinstance(cluster.snapshot_schedules, Unknown):
        consequence = "Snapshots that it takes on a schedule are not continued on serverless."
        return [], [about.unknown("warning", "snapshot schedules", cluster.snapshot_schedules, consequence)]
    found: list[str] = []
    findings: list[Finding] = []
    for schedule in cluster.snapshot_schedules:
        if schedule.state == "FAILED":
            message = f"Schedule {schedule.identifier} could not be attached to the cluster; it is read all the same."
            findings.append(about.warning("snapshot schedule", message, schedule.state))
        for definition in schedule.definitions:
            try:
                translated, note = serverless_schedule(definition)
            except SettingsError as error:
                message = f"{error.message.removesuffix(' Nothing was changed.')} {error.hint}"
                findings.append(about.warning("snapshot schedule", message, definition, "not carried"))
                continue
            found.append(translated)
            if note:
                findings.append(about.warning("snapshot schedule", note, definition, translated))
    if not found and (cluster.automated_snapshot_retention_period_days or 0) > RECOVERY_POINTS_KEPT_DAYS:
        found.append(serverless_schedule(DEFAULT_DEFINITION)[0])
    return list(dict.fromkeys(found)), findings


def _propose(
    cluster: ProvisionedClusterConfig, choices: MigrationChoices, schedules: list[str]
) -> tuple[ScheduledSnapshot, ...]:
    """One scheduled action a schedule, without its role yet."""
    stem = re.sub(r"[^a-z0-9-]", "-", choices.namespace_name.lower())[: LONGEST_ACTION_NAME - len("-snapshots-99")]
    names = [f"{stem}-snapshots-{number}" for number in range(1, len(schedules) + 1)]
    return tuple(
        ScheduledSnapshot(
            scheduled_action_name=name,
            schedule=schedule,
            snapshot_name_prefix=name,
            retention_period_days=_retention_days(cluster),
            role_arn="",
        )
        for name, schedule in zip(names, schedules, strict=True)
    )


def _with_role(offered: tuple[ScheduledSnapshot, ...], role: str) -> tuple[ScheduledSnapshot, ...]:
    return tuple(snapshot.model_copy(update={"role_arn": role}) for snapshot in offered)


def _retention_days(cluster: ProvisionedClusterConfig) -> int | None:
    """A schedule of a cluster makes automated snapshots, so they are kept as long as those."""
    days = cluster.automated_snapshot_retention_period_days
    return days if days in RETENTION_DAYS else None


def _scheduler_role(cluster: ProvisionedClusterConfig) -> str | None:
    """A role of the cluster that the scheduler may take. A role is never made."""
    trusting = [
        role.iam_role_arn
        for role in cluster.iam_roles
        if not isinstance(role.trusted_services, Unknown)
        and SCHEDULER_PRINCIPAL in role.trusted_services
        and role.apply_status != "removing"
    ]
    return min(trusting, default=None)


def _offer(
    cluster: ProvisionedClusterConfig,
    choices: MigrationChoices,
    offered: tuple[ScheduledSnapshot, ...],
    role: str | None,
) -> Finding:
    told = cite(f"{each.schedule} UTC kept {say_days(each.retention_period_days)}" for each in offered)
    policy = json.dumps(scheduler_policy(cluster))
    if role is None:
        trust = json.dumps({"Version": "2012-10-17", "Statement": [trust_statement(SCHEDULER_PRINCIPAL)]})
        message = (
            f"Scheduled snapshots ({told}) need a role that trusts {SCHEDULER_PRINCIPAL}, and none of the cluster's "
            f"does, so none is made. Make a role with this trust policy: {trust} and this permission: {policy}, attach "
            "it to the cluster and plan again with snapshots named in also; the caller needs iam:PassRole on it."
        )
        return about.warning("scheduled snapshots", message, None, "none")
    if is_asked_for(Subject.SNAPSHOTS, choices):
        message = (
            f"Scheduled snapshots are made as asked for: {told}. They cost storage. Role {role} takes them; it needs "
            f"this permission: {policy}, and the caller iam:PassRole on it."
        )
        return about.warning("scheduled snapshots", message, None, told)
    message = (
        f"Offered and not made, because they were not asked for: scheduled snapshots {told}, taken by role {role}. "
        "Plan again with snapshots named in also to have them."
    )
    return about.warning("scheduled snapshots", message, None, "offered")


def _tell_automated(cluster: ProvisionedClusterConfig) -> list[Finding]:
    days = cluster.automated_snapshot_retention_period_days
    points = (
        f"Serverless makes a recovery point every {RECOVERY_POINTS_EVERY_MINUTES} minutes and keeps it 24 hours, and "
        "nothing of that can be set."
    )
    after = "recovery points, 24 hours"
    if days is None or days <= RECOVERY_POINTS_KEPT_DAYS:
        shown = None if days is None else ("off" if days == 0 else say_days(days))
        return [about.info("automated snapshots", points, shown, after)]
    message = (
        f"Today you can go back to automated snapshots of the last {say_days(days)}. {points} Without scheduled "
        f"snapshots the recovery window shrinks from {say_days(days)} to 24 hours."
    )
    return [about.warning("automated snapshots", message, say_days(days), after)]


def _manual(cluster: ProvisionedClusterConfig) -> list[Finding]:
    days = cluster.manual_snapshot_retention_period_days
    if days in (None, KEPT_INDEFINITELY):
        return []
    message = (
        f"Manual snapshots of the cluster are kept {say_days(days)} unless said otherwise. A namespace has no such "
        "default: each snapshot names its own retention, or is kept indefinitely."
    )
    return [about.info("manual snapshots", message, say_days(days), "each snapshot its own")]


def _existing() -> Finding:
    message = (
        "Existing snapshots are not converted. Manual ones stay in the storage of provisioned snapshots after the "
        "cluster is gone and can still be restored by ARN; automated ones go with the cluster. Accounts that a "
        "snapshot is shared with have to be named again for new ones, by a resource policy on the serverless snapshot."
    )
    return about.info("existing snapshots", message, None, "stay where they are")


def _rows(
    cluster: ProvisionedClusterConfig, offered: tuple[ScheduledSnapshot, ...], wished: bool
) -> tuple[SettingChange, ...]:
    automated, manual = (
        cluster.automated_snapshot_retention_period_days,
        cluster.manual_snapshot_retention_period_days,
    )
    rows = [
        about.row(
            "automated snapshot retention",
            None if automated is None else say_days(automated),
            "recovery points, 24 hours",
            "translated" if wished else "not carried",
        ),
        about.row(
            "manual snapshot retention",
            None if manual is None else say_days(manual),
            "each snapshot its own",
            "not carried",
        ),
    ]
    for each in offered:
        member = f"scheduled_snapshots.{each.scheduled_action_name}" if wished else ""
        after = f"{each.schedule} UTC, kept {say_days(each.retention_period_days)}" if wished else "offered"
        rows.append(about.row("scheduled snapshots", None, after, "set" if wished else "not carried", member))
    return tuple(rows)
