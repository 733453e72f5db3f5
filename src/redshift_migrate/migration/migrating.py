"""The plan of a whole migration: read cluster and target, let the pure rules decide, ask what could go wrong."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from redshift_migrate.aws.door import Aws
from redshift_migrate.errors import SettingsError, TargetNotReady
from redshift_migrate.extractors.provisioned import extract_cluster
from redshift_migrate.extractors.scheduled_queries import with_role_access
from redshift_migrate.migration.preflight import preflight
from redshift_migrate.models.base import Value, canonical_json, sha256_hex
from redshift_migrate.models.choices import FRESH_SNAPSHOT, NO_DATA, MigrationChoices
from redshift_migrate.models.cluster import ProvisionedClusterConfig
from redshift_migrate.models.finding import Finding, Subject
from redshift_migrate.models.plan import Call, SettingChange, Step
from redshift_migrate.models.regions import either, similar
from redshift_migrate.models.request import MigrateCluster
from redshift_migrate.models.serverless import AbsentTarget, ServerlessTarget
from redshift_migrate.models.source import SourceData
from redshift_migrate.observers.scheduled_queries import with_scheduled_queries
from redshift_migrate.observers.target import observe_target
from redshift_migrate.planner.data import plans_restore
from redshift_migrate.planner.migration import plan_findings, plan_steps
from redshift_migrate.translators.all import translate, wanted_config
from redshift_migrate.translators.scope import restores_data


class MigrationParts(Value):
    """What a migration's plan is made of."""

    title: str
    steps: tuple[Step, ...]
    changes: tuple[SettingChange, ...]
    findings: tuple[Finding, ...]


def plan_migration(aws: Aws, request: MigrateCluster) -> MigrationParts:
    """Everything between the cluster and the wanted namespace and workgroup."""
    choices, region = request.choices, request.region
    cluster = with_role_access(aws, extract_cluster(aws, choices.cluster_id, region))
    target = observe_target(aws, choices.namespace_name, choices.workgroup_name, region)
    _require_settled(target)
    translation = translate(cluster, choices)
    wanted = wanted_config(translation, choices)
    target = with_scheduled_queries(aws, wanted, target)
    source = source_data(aws, cluster, choices)
    steps = plan_steps(wanted, target, source)
    return MigrationParts(
        title=f"Migrate cluster {choices.cluster_id} to namespace {choices.namespace_name}, "
        f"workgroup {choices.workgroup_name}",
        steps=steps,
        changes=tuple(_data_left(row) if _leaves_data(target, source) else row for row in translation.changes),
        findings=(
            *translation.findings,
            *plan_findings(wanted, target, source),
            *preflight(aws, wanted, target, steps),
        ),
    )


def source_data(aws: Aws, cluster: ProvisionedClusterConfig, choices: MigrationChoices) -> SourceData:
    """Where the data comes from, named so that the same request on the same account gives the same plan."""
    run_tag = f"run-{sha256_hex(canonical_json([cluster.cluster_namespace_arn, choices.as_json()]))[:20]}"
    if not restores_data(choices):
        return SourceData(run_tag=run_tag, cluster_id=cluster.cluster_id)
    taken = snapshots_of(aws, cluster)
    if choices.data != FRESH_SNAPSHOT:
        arn, admin = existing_snapshot(cluster, taken, choices.data)
        return SourceData(run_tag=run_tag, cluster_id=cluster.cluster_id, snapshot_arn=arn, admin_username=admin)
    name = f"{cluster.cluster_id}-to-{choices.namespace_name}-{run_tag[-6:]}"
    # An earlier run of the same choices leaves its snapshot behind: its data is old, and its name is taken.
    suffix = free_suffix(name, [snapshot["SnapshotIdentifier"] for snapshot in taken])
    return SourceData(
        run_tag=f"{run_tag}{suffix}",
        cluster_id=cluster.cluster_id,
        snapshot_identifier=f"{name}{suffix}",
        snapshot_tags=tuple(tag for tag in cluster.tags if not tag[0].startswith("aws:")),
        admin_username=cluster.master_username,
    )


def free_suffix(name: str, taken: Sequence[str]) -> str:
    """Nothing, or `-2`, `-3`, …: the first with which the name is not taken."""
    suffixes = ["", *(f"-{number}" for number in range(2, len(taken) + 3))]
    return next(suffix for suffix in suffixes if f"{name}{suffix}" not in taken)


def snapshots_of(aws: Aws, cluster: ProvisionedClusterConfig) -> list[dict[str, Any]]:
    """Every snapshot of the cluster, in whatever state."""
    call = Call(
        service="redshift",
        region=cluster.region,
        operation="DescribeClusterSnapshots",
        parameters={"ClusterIdentifier": cluster.cluster_id},
    )
    return aws.pages(call, "Snapshots")


def existing_snapshot(cluster: ProvisionedClusterConfig, taken: Sequence[dict[str, Any]], name: str) -> tuple[str, str]:
    """ARN and admin user of a snapshot of the cluster. SettingsError names the cluster's snapshots otherwise."""
    available = [snapshot for snapshot in taken if snapshot.get("Status") == "available"]
    for snapshot in available:
        if name in (snapshot["SnapshotIdentifier"], snapshot.get("SnapshotArn")):
            return str(snapshot["SnapshotArn"]), str(snapshot.get("MasterUsername") or cluster.master_username)
    names = [snapshot["SnapshotIdentifier"] for snapshot in available]
    near = similar(name, names) or sorted(names)[-5:]
    raise SettingsError(
        f"Cluster {cluster.cluster_id} has no available snapshot {name!r}. Nothing was changed.",
        hint=f"Its snapshots: {either(near)}."
        if near
        else f"It has none; data={FRESH_SNAPSHOT} takes one, {NO_DATA} moves no data.",
        similar=near,
    )


def _leaves_data(target: ServerlessTarget | AbsentTarget, source: SourceData) -> bool:
    """True when the data of an earlier run, or of others, is in the namespace and stays."""
    return source.has_data and not plans_restore(target, source)


def _data_left(row: SettingChange) -> SettingChange:
    if row.subject != Subject.DATA:
        return row
    return row.model_copy(update={"after": "left as it is in the namespace", "action": "unchanged"})


def _require_settled(target: ServerlessTarget | AbsentTarget) -> None:
    if isinstance(target, AbsentTarget):
        return
    states = {target.namespace.namespace_name: target.namespace.status}
    if target.workgroup is not None:
        states[target.workgroup.workgroup_name] = target.workgroup.status
    for name, status in states.items():
        if status != "AVAILABLE":
            raise TargetNotReady(
                f"{name} is {status}, and AWS takes no change until it is AVAILABLE. Nothing was changed.",
                hint="Wait until it is done and ask again.",
                name=name,
                status=status,
            )
