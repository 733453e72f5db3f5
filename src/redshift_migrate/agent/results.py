"""Typed values → the compact JSON that tools answer with. The first keys of each are a contract with users."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Any

from redshift_migrate.agent.plan_results import Result, open_work
from redshift_migrate.extractors.sections import SECTIONS
from redshift_migrate.migration.running import Outcome
from redshift_migrate.migration.status import MigrationStatus
from redshift_migrate.models.base import Unknown
from redshift_migrate.models.cluster import ClusterSummary, ProvisionedClusterConfig
from redshift_migrate.models.finding import Finding, by_level
from redshift_migrate.models.listing import ALL_REGIONS, Everywhere, count
from redshift_migrate.models.serverless import AWS_OWNED_KMS_KEY, ServerlessTarget
from redshift_migrate.models.verification import Verification
from redshift_migrate.observers.target import ACTIONS
from redshift_migrate.planner.rows import tell_name, tell_target
from redshift_migrate.planner.summary import next_after
from redshift_migrate.translators.maintenance import translate_maintenance
from redshift_migrate.translators.snapshot_copy import say_days, translate_snapshot_copy

MOST_CLUSTERS = 50


def clusters_result(clusters: Sequence[ClusterSummary], of: Sequence[ClusterSummary], region: str) -> Result:
    """Up to 50 lines, how many there are, of how many, and how many of each value."""
    return {
        "region": region,
        "count": len(clusters),
        **({"of": len(of)} if len(clusters) != len(of) else {}),
        **({"counts": count(clusters)} if len(clusters) > 1 else {}),
        "clusters": [cluster.as_compact_json() for cluster in clusters[:MOST_CLUSTERS]],
        **({"not_shown": len(clusters) - MOST_CLUSTERS} if len(clusters) > MOST_CLUSTERS else {}),
    }


def clusters_everywhere_result(clusters: Sequence[ClusterSummary], every: Everywhere) -> Result:
    """The same over all regions, with those that could not be read."""
    told = clusters_result(clusters, every.clusters, ALL_REGIONS)
    unreadable = {each.where: each.reason for each in every.unreadable}
    return told | {"regions_read": every.regions_read} | ({"unreadable": unreadable} if unreadable else {})


def maintenance_result(cluster: ProvisionedClusterConfig) -> Result:
    """Track, window, version, and what becomes of them."""
    more: Result = {"region": cluster.region, "status": cluster.status}
    if cluster.pending_maintenance_track:
        more["pending_maintenance_track"] = cluster.pending_maintenance_track
    if cluster.deferred_maintenance_windows:
        more["deferred_maintenance_windows"] = [
            window.as_compact_json() for window in cluster.deferred_maintenance_windows
        ]
    return {
        "cluster_id": cluster.cluster_id,
        "maintenance_track": cluster.maintenance_track,
        "maintenance_window": cluster.maintenance_window,
        "next_maintenance_window": cluster.next_maintenance_window,
        "allow_version_upgrade": cluster.allow_version_upgrade,
        "cluster_version": cluster.cluster_version,
        **more,
        "findings": findings_result(translate_maintenance(cluster).findings),
    }


def snapshot_copy_result(cluster: ProvisionedClusterConfig) -> Result:
    """The copy settings with both retentions named, the key behind the grant, and what becomes of them."""
    copy = cluster.snapshot_copy_config
    result: Result = {
        "cluster_id": cluster.cluster_id,
        "snapshot_copy_enabled": copy is not None,
        "destination_region": copy.destination_region if copy else None,
        "retention_period_days": copy.retention_period_days if copy else None,
        "manual_snapshot_retention_period_days": copy.manual_snapshot_retention_period_days if copy else None,
        "snapshot_copy_grant_name": copy.snapshot_copy_grant_name if copy else None,
        "region": cluster.region,
    }
    if copy is not None:
        result["retention_meaning"] = {
            "retention_period_days": f"copies of automated snapshots: {say_days(copy.retention_period_days)}",
            "manual_snapshot_retention_period_days": "copies of manual snapshots: "
            + say_days(copy.manual_snapshot_retention_period_days),
        }
        if isinstance(copy.kms_key_id, Unknown):
            result["kms_key_id"] = copy.kms_key_id.sentence()
        else:
            result["kms_key_id"] = copy.kms_key_id
    return result | {"findings": findings_result(translate_snapshot_copy(cluster).findings)}


def serverless_result(target: ServerlessTarget) -> Result:
    """A namespace, its workgroup and every setting of both in words; what may not be read says so."""
    workgroup, copies = target.workgroup, target.config.snapshot_copy
    return {
        "namespace_name": target.config.namespace_name,
        "region": target.region,
        "status": target.namespace.status,
        "namespace_arn": target.namespace.namespace_arn,
        "workgroup": workgroup.model_dump(mode="json", exclude={"usage_limits", "tags"}) if workgroup else None,
        "snapshot_copy_enabled": target.unread["snapshot_copy"].sentence() if copies is None else bool(copies),
        "snapshot_copy": {
            "destination_region": copies[0].destination_region,
            "retention_period_days": copies[0].snapshot_retention_period_days,
            "retention": say_days(copies[0].snapshot_retention_period_days),
            "kms_key_id": key_result(copies[0].destination_kms_key_id),
            "snapshot_copy_configuration_id": target.namespace.snapshot_copy_configuration_id,
        }
        if copies
        else None,
        "settings": list(_settings(target)),
    }


def _settings(target: ServerlessTarget) -> Iterator[str]:
    """`setting: value`, each; a list that was read and is empty is "none", one that was not read is unknown."""
    for row in tell_target(target):
        if row.member not in ("namespace_name", "workgroup_name", "tags"):
            yield f"{row.setting}: {f'{row.now}, pending: {row.after}' if row.action == 'pending' else row.after}"
    if target.config.tags is not None:
        for kind, each in (("namespace", target.namespace), ("workgroup", target.workgroup)):
            if each is not None:
                yield f"tags of the {kind}: {', '.join(f'{key}={value}' for key, value in each.tags) or 'none'}"
    for member in ACTIONS:
        if member in target.unread:
            yield f"{tell_name(member)}: {target.unread[member].sentence()}"
        elif not getattr(target.config, member) and member != "tags":
            yield f"{tell_name(member)}: none"


def key_result(kms_key_id: str) -> str | None:
    """A key as tools name it: null for the key that AWS owns."""
    return None if kms_key_id == AWS_OWNED_KMS_KEY else kms_key_id


def findings_result(findings: tuple[Finding, ...]) -> list[Result]:
    """The findings, most urgent first."""
    return [
        {"level": finding.level, "code": finding.code, "setting": finding.setting, "message": finding.message}
        for finding in by_level(findings)
    ]


def verification_result(verification: Verification) -> Result:
    """What was asked, what is, and every difference between them."""
    if verification.drift:
        said = f"{len(verification.drift)} of its settings are not as asked for."
    elif verification.pending:
        said = "everything is as asked for, or pending: AWS has taken it and not done it yet."
    else:
        said = "everything is as asked for, read from AWS just now."
    return {
        "status": "drift" if verification.drift else "pending" if verification.pending else "verified",
        "message": f"{verification.title}: {said}",
        "compared_with": verification.against,
        "coverage": verification.coverage,
        "migration_id": verification.migration_id,
        "drift": [drift.as_json() for drift in verification.drift],
        **({"pending": [one.as_json() for one in verification.pending]} if verification.pending else {}),
        **({"plan_digest": verification.plan_digest} if verification.plan_digest else {}),
        "settings_compared": len(verification.settings),
        "left_to_do": open_work(verification.findings),
    }


def config_result(cluster: ProvisionedClusterConfig, sections: Collection[str]) -> Result:
    """The cluster section by section, without what is not set. Unknown members say which action they need."""
    values = cluster.as_compact_json()
    wanted = sections or tuple(SECTIONS)
    shown = {
        section: {member: _config_value(getattr(cluster, member), values.get(member)) for member in members}
        for section, members in SECTIONS.items()
        if section in wanted
    }
    return {
        "cluster_id": cluster.cluster_id,
        "region": cluster.region,
        "sections": {
            str(section): {member: value for member, value in members.items() if value not in (None, [], {})}
            for section, members in shown.items()
        },
    }


def _config_value(value: Any, as_json: Any) -> Any:
    return value.sentence() if isinstance(value, Unknown) else as_json


def outcome_result(outcome: Outcome, status: str) -> Result:
    """What every change answers with: what was done, and what AWS says now."""
    done = outcome.status == "applied"
    return {
        "status": status if done else "unchanged",
        "message": f"{outcome.plan.title}: done, and read back from AWS."
        if done
        else f"{outcome.plan.title}: it already is so; nothing was called.",
        **({"migration_id": outcome.migration_id} if done else {}),
        **({"notes": list(outcome.notes)} if outcome.notes else {}),
        **({"report": outcome.report} if outcome.report else {}),
        "findings": findings_result(tuple(each for each in outcome.plan.findings if each.level != "info")),
    }


def run_result(outcome: Outcome) -> Result:
    """A whole run in short: each step is read back and told as one line; the report has all of it."""
    plan = outcome.plan
    if outcome.status == "unchanged":
        return outcome_result(outcome, "unchanged")
    return {
        "status": "success",
        "message": f"{plan.title}: all {len(plan.steps)} steps are done, and each was read back from AWS.",
        "migration_id": outcome.migration_id,
        "plan_digest": plan.digest,
        **({"notes": list(outcome.notes)} if outcome.notes else {}),
        **({"report": outcome.report} if outcome.report else {}),
        "left_to_do": open_work(plan.findings),
        **({"next": after} if (after := next_after(plan, outcome.migration_id)) else {}),
    }


def copy_changed_result(outcome: Outcome, target: ServerlessTarget, gap_s: float | None = None) -> Result:
    """The answer of the three snapshot copy tools; every value is what AWS answers after the change.

    `gap_s`: for how long nothing was copied, where a configuration was made anew.
    """
    copies = target.config.snapshot_copy or ()
    copy = copies[0] if copies else None
    operations = {step.call.operation for step in outcome.plan.steps}
    if copy is None:
        status = "removed"
    elif "DeleteSnapshotCopyConfiguration" in operations or "UpdateSnapshotCopyConfiguration" in operations:
        status = "updated"
    else:
        status = "success"
    base = outcome_result(outcome, status)
    if gap_s is not None:
        name = target.namespace.snapshot_copy_configuration_id
        base["message"] += f" The configuration was made anew, now {name}; for {gap_s:.0f} s nothing was copied."
    return {
        "status": base["status"],
        "namespace_name": target.config.namespace_name,
        "destination_region": copy.destination_region if copy else None,
        "retention_period_days": copy.snapshot_retention_period_days if copy else None,
        "retention": say_days(copy.snapshot_retention_period_days) if copy else "no copies are made",
        "message": base["message"],
        "kms_key_id": key_result(copy.destination_kms_key_id) if copy else None,
        "snapshot_copy_configuration_id": target.namespace.snapshot_copy_configuration_id,
        **{key: value for key, value in base.items() if key not in ("status", "message")},
    }


def track_changed_result(outcome: Outcome, target: ServerlessTarget) -> Result:
    """The answer of set_workgroup_track; a switch that AWS has not made yet is pending, and not done."""
    workgroup, result = target.workgroup, outcome_result(outcome, "success")
    if workgroup is None:  # whoever asks for it by its name gets one, or an error
        return result
    result |= {"workgroup_name": workgroup.workgroup_name, "track": workgroup.track_name}
    if workgroup.pending_track_name in (None, workgroup.track_name):
        return result
    said = f"asked for, and pending: AWS still has it on {workgroup.track_name}."
    return result | {
        "status": "pending",
        "message": f"{outcome.plan.title}: {said}",
        "pending_track": workgroup.pending_track_name,
    }


def status_result(status: MigrationStatus | None, runs: Sequence[MigrationStatus] = ()) -> Result:
    """How far a run is, and which others there are, by what they are about."""
    if status is None:
        return {"message": "No migration was started with this state folder.", "migrations": []}
    told = {name: value for name, value in status.as_compact_json().items() if name != "other_migrations"}
    others = [run for run in runs if run.migration_id != status.migration_id]
    listed = [f"{run.migration_id}: {run.title}, {run.state}" for run in others]
    return told | ({"other_migrations": listed} if listed else {})
