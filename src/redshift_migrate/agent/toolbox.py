"""The tools: plain methods over the service, each with the sentence by which a model picks it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

from redshift_migrate.agent import cluster_results, results
from redshift_migrate.agent.changes import CHANGES, change
from redshift_migrate.agent.help import HELP_TOPICS, help_text
from redshift_migrate.agent.results import Result
from redshift_migrate.errors import SettingsError
from redshift_migrate.migration.service import MigrationService, Outcome
from redshift_migrate.models.choices import migration_choices
from redshift_migrate.models.regions import either, similar
from redshift_migrate.models.request import MigrateCluster


class Toolbox:
    """Every tool the model has, as a method of its name. Methods answer JSON objects or raise our own errors."""

    def __init__(self, service: MigrationService) -> None:
        self._service = service

    # --- read ----------------------------------------------------------------------------------------

    def list_clusters(self, region: str | None = None, name_contains: str | None = None) -> Result:
        """Provisioned clusters of a region."""
        return results.clusters_result(self._service.clusters(region, name_contains), self._service.region(region))

    def get_cluster_maintenance_settings(self, cluster_id: str, region: str | None = None) -> Result:
        """A cluster's maintenance track, window and version."""
        return results.maintenance_result(self._service.cluster(cluster_id, region, ("maintenance",)))

    def get_cluster_snapshot_copy_settings(self, cluster_id: str, region: str | None = None) -> Result:
        """A cluster's cross-region snapshot copy."""
        return results.snapshot_copy_result(self._service.cluster(cluster_id, region, ("snapshot_copy",)))

    def get_cluster_config(
        self, cluster_id: str, region: str | None = None, sections: list[str] | None = None
    ) -> Result:
        """Everything about a cluster, by section."""
        return results.config_result(self._service.cluster(cluster_id, region, sections or None), sections or ())

    def list_scheduled_queries(self, cluster_id: str, region: str | None = None) -> Result:
        """SQL that AWS runs on a cluster by itself: when, as whom, what breaks."""
        cluster = self._service.scheduled_queries(cluster_id, region)
        return cluster_results.scheduled_queries_result(cluster, self._service.now())

    def get_cluster_usage_limits(self, cluster_id: str, region: str | None = None) -> Result:
        """Usage limits; what each becomes."""
        return cluster_results.usage_limits_result(
            self._service.cluster(cluster_id, region, ("usage_limits", "capacity"))
        )

    def get_cluster_wlm_queues(self, cluster_id: str, region: str | None = None) -> Result:
        """WLM queues and rules; what survives."""
        return cluster_results.wlm_queues_result(self._service.cluster(cluster_id, region, ("wlm",)))

    def get_serverless_settings(self, namespace_name: str, region: str | None = None) -> Result:
        """A serverless namespace and its workgroup: status, track, snapshot copy."""
        return results.serverless_result(self._service.target(namespace_name, region))

    def get_migration_status(self, migration_id: str | None = None) -> Result:
        """Runs started here: what is done, what is next. Without an id the newest."""
        return results.status_result(self._service.status(migration_id))

    def get_migration_help(self, topic: str | None = None) -> Result:
        """How something works here. Without a topic, the topics."""
        if topic is None:
            return {"topics": HELP_TOPICS}
        wanted = topic.strip().lower().replace(" ", "_").replace("-", "_")
        if wanted not in HELP_TOPICS:
            near = similar(wanted, HELP_TOPICS) or sorted(HELP_TOPICS)
            raise SettingsError(f"There is no help topic {topic!r}.", hint=f"Topics: {either(near)}.")
        return {"topic": wanted, "text": help_text(wanted)}

    # --- plan ----------------------------------------------------------------------------------------

    def plan_migration(
        self,
        cluster_id: str,
        namespace_name: str | None = None,
        workgroup_name: str | None = None,
        base_capacity_rpu: int | None = None,
        include: list[str] | None = None,
        exclude: list[str] | None = None,
        data: str | None = None,
        region: str | None = None,
    ) -> Result:
        """Plan a cluster's move; changes nothing. data: snapshot, none, or a snapshot's name; include: subjects."""
        choices = migration_choices(
            cluster_id,
            namespace_name=namespace_name,
            workgroup_name=workgroup_name,
            base_capacity_rpu=base_capacity_rpu,
            include=include or (),
            exclude=exclude or (),
            data=data,
        )
        request = MigrateCluster(region=self._service.region(region), choices=choices)
        return results.migration_plan_result(self._service.prepare(request))

    def verify_migration(
        self, cluster_id: str, namespace_name: str, workgroup_name: str | None = None, region: str | None = None
    ) -> Result:
        """Is serverless still as it was asked for? Names what is not."""
        choices = migration_choices(cluster_id, namespace_name=namespace_name, workgroup_name=workgroup_name)
        request = MigrateCluster(region=self._service.region(region), choices=choices)
        return results.verification_result(self._service.verify(request))

    # --- change --------------------------------------------------------------------------------------

    def configure_serverless_snapshot_copy(
        self,
        namespace_name: str,
        destination_region: str,
        retention_period_days: int | None = None,
        snapshot_copy_grant_name: str | None = None,
        kms_key_id: str | None = None,
        region: str | None = None,
    ) -> Result:
        """Copy a namespace's snapshots to another region. Retention left out: kept indefinitely."""
        arguments = {
            "namespace_name": namespace_name,
            "destination_region": destination_region,
            "retention_period_days": retention_period_days,
            "snapshot_copy_grant_name": snapshot_copy_grant_name,
            "kms_key_id": kms_key_id,
            "region": region,
        }
        return self._copy_changed("configure_serverless_snapshot_copy", arguments)

    def update_serverless_snapshot_copy(
        self, namespace_name: str, retention_period_days: int, region: str | None = None
    ) -> Result:
        """Change only the retention of a namespace's copied snapshots (-1: indefinitely)."""
        arguments = {
            "namespace_name": namespace_name,
            "retention_period_days": retention_period_days,
            "region": region,
        }
        return self._copy_changed("update_serverless_snapshot_copy", arguments)

    def remove_serverless_snapshot_copy(self, namespace_name: str, region: str | None = None) -> Result:
        """Stop copying a namespace's snapshots to another region."""
        return self._copy_changed(
            "remove_serverless_snapshot_copy", {"namespace_name": namespace_name, "region": region}
        )

    def set_workgroup_track(
        self, workgroup_name: str, track: Literal["current", "trailing"], region: str | None = None
    ) -> Result:
        """Put a serverless workgroup on a maintenance track."""
        outcome = self._run("set_workgroup_track", {"workgroup_name": workgroup_name, "track": track, "region": region})
        return results.outcome_result(outcome, "success") | {"workgroup_name": workgroup_name}

    def apply_plan(self, plan_digest: str) -> Result:
        """Apply a saved plan. It asks the user for approval itself."""
        return results.run_result(self._run("apply_plan", {"plan_digest": plan_digest}))

    def resume_migration(self, migration_id: str) -> Result:
        """Go on with a run that stopped."""
        return results.run_result(self._run("resume_migration", {"migration_id": migration_id}))

    def undo_migration(self, migration_id: str) -> Result:
        """Take back what a run made, and nothing else."""
        return results.run_result(self._run("undo_migration", {"migration_id": migration_id}))

    def cut_over_scheduled_queries(self, migration_id: str) -> Result:
        """Switch a migration's scheduled queries over to serverless."""
        outcome = self._run("cut_over_scheduled_queries", {"migration_id": migration_id})
        return cluster_results.cut_over_result(outcome)

    def _copy_changed(self, tool: str, arguments: dict[str, Any]) -> Result:
        """Run the change and answer with the copy configuration as AWS has it now."""
        outcome = self._run(tool, arguments)
        target = self._service.target(arguments["namespace_name"], arguments.get("region"))
        return results.copy_changed_result(outcome, target)

    def _run(self, tool: str, arguments: dict[str, Any]) -> Outcome:
        return change(self._service, tool, arguments).run()


READ_TOOLS = (
    "get_cluster_config",
    "list_clusters",
    "get_cluster_maintenance_settings",
    "get_cluster_snapshot_copy_settings",
    "list_scheduled_queries",
    "get_cluster_usage_limits",
    "get_cluster_wlm_queues",
    "get_serverless_settings",
    "get_migration_status",
    "get_migration_help",
    "plan_migration",
    "verify_migration",
)

CHANGING_TOOLS = tuple(CHANGES)


def tools(toolbox: Toolbox, *, read_only: bool) -> dict[str, Callable[..., Result]]:
    """The tools that are offered, by name. With `read_only` the changing ones are not even there."""
    names = READ_TOOLS if read_only else READ_TOOLS + CHANGING_TOOLS
    return {name: getattr(toolbox, name) for name in names}
