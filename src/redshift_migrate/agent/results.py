"""Typed values → the compact JSON that tools answer with. The first keys of each are a contract with users."""

from __future__ import annotations

from typing import Any

from redshift_migrate.migration.service import MigrationStatus, Outcome
from redshift_migrate.models.base import Unknown
from redshift_migrate.models.cluster import ClusterSummary, ProvisionedClusterConfig
from redshift_migrate.models.finding import Finding, by_level
from redshift_migrate.models.plan import MigrationPlan
from redshift_migrate.models.serverless import AWS_OWNED_KMS_KEY, ServerlessTarget
from redshift_migrate.translators.maintenance import translate_maintenance
from redshift_migrate.translators.snapshot_copy import kept, translate_snapshot_copy

Result = dict[str, Any]

MOST_CLUSTERS = 50


def clusters_result(clusters: tuple[ClusterSummary, ...], region: str) -> Result:
    """Up to 50 lines, and how many there are."""
    return {
        "region": region,
        "count": len(clusters),
        "clusters": [cluster.as_compact_json() for cluster in clusters[:MOST_CLUSTERS]],
        **({"not_shown": len(clusters) - MOST_CLUSTERS} if len(clusters) > MOST_CLUSTERS else {}),
    }


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
            "retention_period_days": f"copies of automated snapshots: {kept(copy.retention_period_days)}",
            "manual_snapshot_retention_period_days": "copies of manual snapshots: "
            + kept(copy.manual_snapshot_retention_period_days),
        }
        if isinstance(copy.kms_key_id, Unknown):
            result["kms_key_id"] = copy.kms_key_id.sentence()
        else:
            result["kms_key_id"] = copy.kms_key_id
    return result | {"findings": findings_result(translate_snapshot_copy(cluster).findings)}


def serverless_result(target: ServerlessTarget) -> Result:
    """A namespace, its workgroup and its copy configuration."""
    workgroup = target.workgroup
    copies = target.config.snapshot_copy or ()
    return {
        "namespace_name": target.config.namespace_name,
        "region": target.region,
        "status": target.namespace.status,
        "namespace_arn": target.namespace.namespace_arn,
        "workgroup": workgroup.as_json() if workgroup else None,
        "snapshot_copy_enabled": bool(copies),
        "snapshot_copy": {
            "destination_region": copies[0].destination_region,
            "retention_period_days": copies[0].snapshot_retention_period_days,
            "retention": kept(copies[0].snapshot_retention_period_days),
            "kms_key_id": key_result(copies[0].destination_kms_key_id),
            "snapshot_copy_configuration_id": target.namespace.snapshot_copy_configuration_id,
        }
        if copies
        else None,
    }


def key_result(kms_key_id: str) -> str | None:
    """A key as tools name it: null for the key that AWS owns."""
    return None if kms_key_id == AWS_OWNED_KMS_KEY else kms_key_id


def findings_result(findings: tuple[Finding, ...]) -> list[Result]:
    """The findings, most urgent first."""
    return [
        {"level": finding.level, "setting": finding.setting, "message": finding.message}
        for finding in by_level(findings)
    ]


def plan_result(plan: MigrationPlan) -> Result:
    """A plan as a model needs it; people are shown all of it elsewhere."""
    return {
        "plan_digest": plan.digest,
        "title": plan.title,
        "steps": [step.summary for step in plan.steps],
        "changes": [change.as_compact_json() for change in plan.changes],
        "findings": findings_result(plan.findings),
    }


def outcome_result(outcome: Outcome, status: str) -> Result:
    """What every change answers with: what was done, and what AWS says now."""
    done = outcome.status == "applied"
    return {
        "status": status if done else "unchanged",
        "message": f"{outcome.plan.title}: done, and read back from AWS."
        if done
        else f"{outcome.plan.title}: it already is so; nothing was called.",
        **({"migration_id": outcome.migration_id, "read_back": outcome.observed} if done else {}),
        "findings": findings_result(outcome.plan.findings),
    }


def copy_changed_result(outcome: Outcome, target: ServerlessTarget) -> Result:
    """The answer of the three snapshot copy tools; every value is what AWS answers after the change."""
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
    return {
        "status": base["status"],
        "namespace_name": target.config.namespace_name,
        "destination_region": copy.destination_region if copy else None,
        "retention_period_days": copy.snapshot_retention_period_days if copy else None,
        "retention": kept(copy.snapshot_retention_period_days) if copy else "no copies are made",
        "message": base["message"],
        "kms_key_id": key_result(copy.destination_kms_key_id) if copy else None,
        "snapshot_copy_configuration_id": target.namespace.snapshot_copy_configuration_id,
        **{key: value for key, value in base.items() if key not in ("status", "message")},
    }


def status_result(status: MigrationStatus | None) -> Result:
    """How far a run is."""
    if status is None:
        return {"message": "No migration was started with this state folder.", "migrations": []}
    return status.as_compact_json()
