"""A last snapshot of the cluster, restored over what an earlier restore brought: the data of the day of the switch."""

from __future__ import annotations

from redshift_migrate.aws.door import Aws
from redshift_migrate.errors import PlanBlocked
from redshift_migrate.migration.sources import snapshots_of, source_data
from redshift_migrate.models.choices import FRESH_SNAPSHOT, MigrationChoices
from redshift_migrate.models.cluster import ProvisionedClusterConfig
from redshift_migrate.models.plan import Step
from redshift_migrate.models.serverless import ServerlessTarget
from redshift_migrate.planner import data, namespace
from redshift_migrate.planner.building import place_of


def plan_fresh_data(
    aws: Aws, cluster: ProvisionedClusterConfig, choices: MigrationChoices, target: ServerlessTarget
) -> tuple[Step, ...]:
    """Snapshot, restore, and what the namespace keeps whatever the restore does. PlanBlocked for a cluster at rest."""
    if cluster.status != "available":
        raise PlanBlocked(
            f"Cluster {cluster.cluster_id} is {cluster.status}, so no snapshot can be taken. Nothing was changed.",
            hint="Resume it, or cut over with the data that is there.",
        )
    wanted, place = target.config, place_of(target.config, target)
    source = source_data(cluster, choices.model_copy(update={"data": FRESH_SNAPSHOT}), snapshots_of(aws, cluster))
    taken = data.create_snapshot(source, place)
    restored = data.restore(wanted, target, source, place, (taken.id,))
    return (taken, restored, *namespace.keep_after_restore(wanted, place, ""))
