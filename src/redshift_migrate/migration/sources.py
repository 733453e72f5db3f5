"""Where the data of a migration comes from: a snapshot to take, or one that there is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from redshift_migrate.aws.door import Aws
from redshift_migrate.errors import SettingsError, SourceError
from redshift_migrate.extractors.snapshot_lists import describe_snapshots
from redshift_migrate.models.base import canonical_json, sha256_hex
from redshift_migrate.models.choices import FRESH_SNAPSHOT, NO_DATA, MigrationChoices
from redshift_migrate.models.cluster import ProvisionedClusterConfig
from redshift_migrate.models.regions import either, similar
from redshift_migrate.models.source import SourceData
from redshift_migrate.translators.scope import may_create, restores_data


def source_data(
    cluster: ProvisionedClusterConfig, choices: MigrationChoices, taken: Sequence[dict[str, Any]]
) -> SourceData:
    """Where the data comes from, named so that the same request on the same account gives the same plan."""
    run_tag = f"run-{sha256_hex(canonical_json([cluster.cluster_namespace_arn, choices.as_json()]))[:20]}"
    if not restores_data(choices):
        return SourceData(run_tag=run_tag, cluster_id=cluster.cluster_id, may_create=may_create(choices))
    if not cluster.master_username:
        raise SourceError(
            f"AWS does not say who the admin user of cluster {cluster.cluster_id} is, and without that nobody could "
            "see that its data was restored. Nothing was changed.",
            hint=f"Ask again, or plan with data={NO_DATA}.",
        )
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
    return aws.pages(describe_snapshots(cluster.cluster_id, cluster.region), "Snapshots")


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
