"""The tools: a method for each row of `tools.py`, with the sentence by which a model picks it."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import ValidationError, validate_call

from redshift_migrate.agent import cluster_results, data_results, fleet_results, plan_results, results
from redshift_migrate.agent.help import help_result
from redshift_migrate.agent.plan_results import Result
from redshift_migrate.errors import ApprovalRequired, PlanNotFound, SettingsError
from redshift_migrate.migration.running import Outcome
from redshift_migrate.migration.service import MigrationService
from redshift_migrate.models.choices import migration_choices
from redshift_migrate.models.cluster import KEPT_INDEFINITELY
from redshift_migrate.models.data import Method
from redshift_migrate.models.fleet import MEMBER_COLUMNS
from redshift_migrate.models.listing import ALL_REGIONS, select
from redshift_migrate.models.plan import MigrationPlan
from redshift_migrate.models.request import (
    ConfigureSnapshotCopy,
    CutOverScheduledQueries,
    PlanRequest,
    RemoveSnapshotCopy,
    SetWorkgroupTrack,
    UndoMigration,
    UpdateSnapshotCopy,
)
from redshift_migrate.planner.snapshot_copy import CREATE_ID as COPY_MADE
from redshift_migrate.planner.snapshot_copy import DELETE_ID as COPY_REMOVED


@dataclass(frozen=True)
class Change:
    """One call of a changing tool: the plan that a person must approve, the run that needs the approval, the answer."""

    prepare: Callable[[], MigrationPlan]
    run: Callable[[], Outcome]
    result: Callable[[Outcome], Result]
    waiting: Callable[[ApprovalRequired], Result]

    def plans(self) -> tuple[MigrationPlan, ...]:
        """The one plan."""
        return (self.prepare(),)

    def answer(self) -> Result:
        """Run it and tell what came of it, or what waits for whose approval. Raises what else the service raises."""
        try:
            return self.result(self.run())
        except ApprovalRequired as error:
            return self.waiting(error)


@dataclass(frozen=True)
class Changes:
    """One call that carries out several plans: those that persons must approve, each of its own, and the answer."""

    plans: Callable[[], tuple[MigrationPlan, ...]]
    answer: Callable[[], Result]


MOST_RUNS = 6
"""Runs that are listed, the newest first."""


class Toolbox:
    """Every tool the model has, as a method of its name. Methods raise only our own errors.

    Those that read or plan answer a JSON object. Those that change answer a `Change`, which the gate asks for its
    plan before the tool runs it.
    """

    def __init__(self, service: MigrationService) -> None:
        self._service = service

    def change(self, tool: str, arguments: Mapping[str, Any]) -> Change | Changes:
        """What this call of a changing tool would do. SettingsError for arguments that no plan can be made of."""
        method = getattr(self, tool)
        known = {name: arguments[name] for name in inspect.signature(method).parameters if name in arguments}
        try:
            change: Change | Changes = validate_call(method)(**known)
        except ValidationError as error:
            wrong = ", ".join(dict.fromkeys(str(each["loc"][0]) for each in error.errors()))
            raise SettingsError(f"{tool} cannot be called like this; look at: {wrong}. Nothing was changed.") from error
        return change

    # --- read ----------------------------------------------------------------------------------------

    def list_clusters(
        self, region: str | None = None, name_contains: str | None = None, filters: list[str] | None = None
    ) -> Result:
        """Provisioned clusters of a region, with counts of each value."""
        if (region or "").strip().lower() == ALL_REGIONS:
            every = self._service.clusters_everywhere(name_contains)
            return results.clusters_everywhere_result(select(every.clusters, filters or ()), every)
        found = self._service.clusters(region, name_contains)
        return results.clusters_result(select(found, filters or ()), found, self._service.region(region))

    def get_fleet(self, region: str | None = None, filters: list[str] | None = None) -> Result:
        """How ready many clusters are for serverless, counted; with reasons."""
        fleet = self._service.fleet(region or ALL_REGIONS)
        members = select(fleet.members, filters or (), MEMBER_COLUMNS)
        return fleet_results.fleet_result(fleet, members, self._service.fleet_plan())

    def estimate_cost(
        self,
        cluster_id: str,
        region: str | None = None,
        base_capacity_rpu: int | None = None,
        by_queries: bool = False,
    ) -> Result:
        """What a cluster costs a month, and the range on serverless, with formulas."""
        made = self._service.estimate_cost(cluster_id, region, base_capacity_rpu, by_queries=by_queries)
        return fleet_results.estimate_result(made)

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
        """A serverless namespace and its workgroup: status and every setting."""
        return results.serverless_result(self._service.whole_target(namespace_name, region))

    def get_migration_status(self, migration_id: str | None = None) -> Result:
        """Runs started here: what is done, what is next."""
        others = () if migration_id else self._service.runs(MOST_RUNS)
        return results.status_result(self._service.status(migration_id), others)

    def get_migration_help(self, topic: str | None = None) -> Result:
        """How something works here."""
        return help_result(topic)

    # --- plan ----------------------------------------------------------------------------------------

    def plan_migration(
        self,
        cluster_id: str,
        namespace_name: str | None = None,
        workgroup_name: str | None = None,
        base_capacity_rpu: int | None = None,
        max_capacity_rpu: int | None = None,
        also: list[str] | None = None,
        only: list[str] | None = None,
        exclude: list[str] | None = None,
        data: str | None = None,
        region: str | None = None,
    ) -> Result:
        """Plan a cluster's move; changes nothing."""
        choices = migration_choices(
            cluster_id,
            namespace_name=namespace_name,
            workgroup_name=workgroup_name,
            base_capacity_rpu=base_capacity_rpu,
            max_capacity_rpu=max_capacity_rpu,
            also=also or (),
            only=only or (),
            exclude=exclude or (),
            data=data,
        )
        request = self._service.migration(choices, region, finds_workgroup=workgroup_name is None)
        plan = self._service.prepare(request)
        made = self._service.estimate_of(plan)
        return plan_results.migration_plan_result(plan) | (fleet_results.cost_in_short(made) if made else {})

    def plan_fleet(
        self,
        region: str | None = None,
        filters: list[str] | None = None,
        leave_out: list[str] | None = None,
        wave: int | None = None,
    ) -> Result:
        """Order many clusters into waves; with a wave, a plan for each of its clusters."""
        return fleet_results.waves_result(self._service.plan_fleet(region, filters or (), leave_out, wave), wave)

    def get_plan(self, plan_digest: str | None = None, section: str | None = None) -> Result:
        """A saved plan, or a section of it in full."""
        plan = self._service.plan(plan_digest.lower()) if plan_digest else self._service.newest_plan()
        if plan is None:
            raise PlanNotFound("No plan has been saved yet.", hint="Ask for a change; it is planned first.")
        return plan_results.plan_section(plan, section)

    def verify_migration(
        self, cluster_id: str, namespace_name: str, workgroup_name: str | None = None, region: str | None = None
    ) -> Result:
        """Are the settings on serverless still as asked for? Names what is not. Data is not compared."""
        choices = migration_choices(cluster_id, namespace_name=namespace_name, workgroup_name=workgroup_name)
        request = self._service.migration(choices, region, finds_workgroup=workgroup_name is None)
        return results.verification_result(self._service.verify(request))

    def plan_cut_over(self, migration_id: str | None = None, fresh_data: bool = False) -> Result:
        """Plan the switch: scheduled queries, custom domain, scheduled actions."""
        return plan_results.migration_plan_result(self._service.plan_cut_over(migration_id, fresh_data=fresh_data))

    def plan_decommission(
        self,
        cluster_id: str,
        quiet_days: int | None = None,
        snapshot_retention_days: int | None = None,
        region: str | None = None,
    ) -> Result:
        """Plan a cluster's end: paused, after quiet days deleted. Says what forbids it."""
        plan = self._service.plan_decommission(cluster_id, quiet_days, _days(snapshot_retention_days), region)
        return plan_results.migration_plan_result(plan)

    def check_data(
        self,
        migration_id: str | None = None,
        cluster_id: str | None = None,
        namespace_name: str | None = None,
        region: str | None = None,
        exact: Literal["counts", "values"] | None = None,
        rpu_seconds: int | None = None,
    ) -> Result:
        """Is the data there? Rows and objects of both sides compared, as of the snapshot."""
        method: Method = exact or "estimates"
        check = self._service.check_data(migration_id, cluster_id, namespace_name, region, method, rpu_seconds)
        return data_results.data_check_result(check)

    def list_connections(
        self, cluster_id: str | None = None, workgroup_name: str | None = None, region: str | None = None
    ) -> Result:
        """Who connects to a cluster or workgroup; who would fail on serverless."""
        if not (cluster_id or workgroup_name):
            raise SettingsError("Of which cluster or workgroup? Nothing was asked.")
        found = self._service.connections(cluster_id, workgroup_name, region)
        return data_results.connections_result(
            found, f"workgroup {workgroup_name}" if workgroup_name else str(cluster_id)
        )

    def list_snapshots(
        self, cluster_id: str | None = None, namespace_name: str | None = None, region: str | None = None
    ) -> Result:
        """Snapshots of a cluster or namespace; do copies arrive?"""
        if not (cluster_id or namespace_name):
            raise SettingsError("Of which cluster or namespace? Nothing was asked.")
        found = self._service.snapshots(cluster_id, namespace_name, region)
        return data_results.snapshots_result(found)

    # --- change --------------------------------------------------------------------------------------

    def configure_serverless_snapshot_copy(
        self,
        namespace_name: str,
        destination_region: str,
        retention_period_days: int | None = None,
        snapshot_copy_grant_name: str | None = None,
        kms_key_id: str | None = None,
        region: str | None = None,
    ) -> Change:
        """Copy a namespace's snapshots to another region."""
        return self._copy_change(
            ConfigureSnapshotCopy(
                region=self._service.region(region),
                namespace_name=_require("namespace_name", namespace_name),
                destination_region=_require("destination_region", destination_region).lower(),
                retention_period_days=_days(retention_period_days),
                snapshot_copy_grant_name=snapshot_copy_grant_name or None,
                kms_key_id=kms_key_id or None,
            )
        )

    def update_serverless_snapshot_copy(
        self, namespace_name: str, retention_period_days: int, region: str | None = None
    ) -> Change:
        """Change only the retention of a namespace's copied snapshots."""
        return self._copy_change(
            UpdateSnapshotCopy(
                region=self._service.region(region),
                namespace_name=_require("namespace_name", namespace_name),
                retention_period_days=_days(retention_period_days),
            )
        )

    def remove_serverless_snapshot_copy(self, namespace_name: str, region: str | None = None) -> Change:
        """Stop copying a namespace's snapshots to another region."""
        return self._copy_change(
            RemoveSnapshotCopy(
                region=self._service.region(region), namespace_name=_require("namespace_name", namespace_name)
            )
        )

    def set_workgroup_track(
        self, workgroup_name: str, track: Literal["current", "trailing"], region: str | None = None
    ) -> Change:
        """Put a serverless workgroup on a maintenance track."""
        name = _require("workgroup_name", workgroup_name)
        request = SetWorkgroupTrack(region=self._service.region(region), workgroup_name=name, track_name=track)

        def result(outcome: Outcome) -> Result:
            return results.track_changed_result(outcome, self._service.workgroup(name, request.region))

        return self._change(request, result)

    def apply_plan(self, plan_digest: str) -> Change | Changes:
        """Apply a saved plan, or several side by side. It asks the user for approval itself."""
        digest, *others = _require("plan_digest", plan_digest).lower().replace(",", " ").split()
        service = self._service
        if others:
            digests = (digest, *others)
            return Changes(
                lambda: tuple(service.refresh(each) for each in digests),
                lambda: fleet_results.ends_result(service.apply_each(digests)),
            )
        return self._new(lambda: service.refresh(digest), lambda: service.apply(digest), results.run_result)

    def resume_migration(self, migration_id: str) -> Change:
        """Go on with a run that stopped."""
        name = _require("migration_id", migration_id)
        service = self._service
        return self._new(lambda: service.remaining(name), lambda: service.resume(name), results.run_result)

    def undo_migration(self, migration_id: str, with_cut_over: bool = False) -> Change:
        """Take back what a run made, and nothing else."""
        name, region = self._run_of(migration_id)
        request = UndoMigration(region=region, migration_id=name, with_cut_over=with_cut_over)
        return self._change(request, results.run_result)

    def cut_over_scheduled_queries(self, migration_id: str) -> Change:
        """Switch a migration's scheduled queries over to serverless."""
        name, region = self._run_of(migration_id)
        request = CutOverScheduledQueries(region=region, migration_id=name)
        return self._change(request, cluster_results.cut_over_result)

    def _change(self, request: PlanRequest, result: Callable[[Outcome], Result]) -> Change:
        return self._new(lambda: self._service.prepare(request), lambda: self._service.run(request), result)

    def _new(
        self, prepare: Callable[[], MigrationPlan], run: Callable[[], Outcome], result: Callable[[Outcome], Result]
    ) -> Change:
        return Change(prepare, run, result, self._tell_waiting)

    def _tell_waiting(self, error: ApprovalRequired) -> Result:
        """What was not done, and the plan that it waits for, so that the model can say what is in it."""
        digest = error.data.get("plan_digest")
        plan = plan_results.plan_summary(self._service.plan(digest)) if digest else {}
        return {"status": "approval_required", "message": error.message, "hint": error.hint, **plan}

    def _copy_change(self, request: ConfigureSnapshotCopy | UpdateSnapshotCopy | RemoveSnapshotCopy) -> Change:
        """The change, answered with the copy configuration as AWS has it afterwards."""

        def result(outcome: Outcome) -> Result:
            target = self._service.target(request.namespace_name, request.region)
            return results.copy_changed_result(outcome, target, self._copy_gap_s(outcome))

        return self._change(request, result)

    def _copy_gap_s(self, outcome: Outcome) -> float | None:
        """From the removal of a copy configuration to the next one, as the run's journal has it."""
        if not outcome.migration_id or {COPY_REMOVED, COPY_MADE} - {step.id for step in outcome.plan.steps}:
            return None
        entries = self._service.journal(outcome.migration_id).entries
        at = {(entry.step_id, entry.event): entry.at for entry in entries}
        removed, made = at.get((COPY_REMOVED, "intent")), at.get((COPY_MADE, "done"))
        return (made - removed).total_seconds() if removed and made else None

    def _run_of(self, migration_id: str) -> tuple[str, str]:
        """The id of a run that was started here, and its region."""
        name = _require("migration_id", migration_id)
        return name, self._service.journal(name).header.region


def _require(name: str, value: str) -> str:
    if not value.strip():
        raise SettingsError(f"{name} is missing. Nothing was changed.", hint=f"Say which {name.replace('_', ' ')}.")
    return value.strip()


def _days(retention_period_days: int | None) -> int | None:
    """The retention asked for; nothing and -1 both mean kept indefinitely."""
    return None if retention_period_days == KEPT_INDEFINITELY else retention_period_days
