"""From a request to a plan: read what the pure rules need, then let them decide."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from redshift_migrate.aws.door import Aws
from redshift_migrate.errors import SettingsError, TargetError
from redshift_migrate.extractors.snapshot_copy import grant_key
from redshift_migrate.migration.cut_over import cut_over
from redshift_migrate.migration.history import stopped_findings
from redshift_migrate.migration.migrating import plan_migration
from redshift_migrate.migration.undoing import undo
from redshift_migrate.models.base import JsonObject
from redshift_migrate.models.finding import Finding, Subject, by_level
from redshift_migrate.models.plan import MigrationPlan, SettingChange, Step, references, resolved
from redshift_migrate.models.regions import RegionCatalog, check_copy_destination, either
from redshift_migrate.models.request import (
    ConfigureSnapshotCopy,
    CutOverScheduledQueries,
    MigrateCluster,
    PlanRequest,
    RemoveSnapshotCopy,
    SetWorkgroupTrack,
    UndoMigration,
    UpdateSnapshotCopy,
)
from redshift_migrate.models.serverless import (
    AWS_OWNED_KMS_KEY,
    RETENTION_DAYS,
    ServerlessConfig,
    ServerlessTarget,
    SnapshotCopyConfiguration,
)
from redshift_migrate.observers import serverless
from redshift_migrate.observers.snapshot_copy import destination_key
from redshift_migrate.planner.maintenance import effective_track, plan_track, track_findings
from redshift_migrate.planner.snapshot_copy import plan_snapshot_copy
from redshift_migrate.state.store import Store
from redshift_migrate.translators.snapshot_copy import kept, recovery_window


class Planner:
    """Makes the plan of a request. The same request on the same account state gives the same plan."""

    def __init__(self, aws: Aws, regions: RegionCatalog, store: Store) -> None:
        self._aws, self._regions, self._store = aws, regions, store
        self._makers: dict[type[Any], Callable[[Any], MigrationPlan]] = {
            ConfigureSnapshotCopy: self._configure_snapshot_copy,
            UpdateSnapshotCopy: self._update_snapshot_copy,
            RemoveSnapshotCopy: self._remove_snapshot_copy,
            SetWorkgroupTrack: self._set_workgroup_track,
            MigrateCluster: self._migrate,
            CutOverScheduledQueries: self._cut_over,
            UndoMigration: self._undo,
        }

    def prepare(self, request: PlanRequest) -> MigrationPlan:
        """The plan, saved under its digest unless nothing is to be done. Changes nothing in the account."""
        plan = self.plan(request)
        if not plan.is_empty:
            self._store.save_plan(plan)
        return plan

    def plan(self, request: PlanRequest) -> MigrationPlan:
        """The plan, checked by botocore's own validator. SettingsError or TargetError when there cannot be one."""
        self._regions.require(request.region)
        plan = self._makers[type(request)](request)
        for step in plan.steps:
            self._aws.validate(step.call.model_copy(update={"parameters": _filled(step.call.parameters)}))
        return plan

    def _configure_snapshot_copy(self, request: ConfigureSnapshotCopy) -> MigrationPlan:
        check_copy_destination(self._regions, request.region, request.destination_region)
        _check_retention(request.retention_period_days)
        target = self._ready_namespace(request.namespace_name, request.region)
        key, findings = self._key(request)
        wanted = SnapshotCopyConfiguration(
            destination_region=request.destination_region,
            snapshot_retention_period_days=request.retention_period_days,
            destination_kms_key_id=key,
        )
        return self._copy_plan(
            request,
            target,
            (wanted,),
            f"Copy snapshots of namespace {request.namespace_name} to {request.destination_region}, "
            f"{_for_days(request.retention_period_days)}",
            (*findings, *self._region_findings(request.destination_region)),
        )

    def _update_snapshot_copy(self, request: UpdateSnapshotCopy) -> MigrationPlan:
        _check_retention(request.retention_period_days)
        target = self._ready_namespace(request.namespace_name, request.region)
        if not target.config.snapshot_copy:
            raise TargetError(
                f"Namespace {request.namespace_name} copies no snapshots to another region, so there is no retention "
                "to change. Nothing was changed.",
                hint=f"Configure it first: configure snapshot copy for namespace {request.namespace_name} to REGION.",
            )
        old = target.config.snapshot_copy[0]
        wanted = old.model_copy(update={"snapshot_retention_period_days": request.retention_period_days})
        return self._copy_plan(
            request,
            target,
            (wanted,),
            f"Change the retention of snapshots of namespace {request.namespace_name} copied to "
            f"{old.destination_region}: {_for_days(request.retention_period_days)}",
        )

    def _remove_snapshot_copy(self, request: RemoveSnapshotCopy) -> MigrationPlan:
        target = self._ready_namespace(request.namespace_name, request.region)
        return self._copy_plan(
            request, target, (), f"Stop copying snapshots of namespace {request.namespace_name} to another region"
        )

    def _copy_plan(
        self,
        request: PlanRequest,
        target: ServerlessTarget,
        copies: tuple[SnapshotCopyConfiguration, ...],
        title: str,
        findings: tuple[Finding, ...] = (),
    ) -> MigrationPlan:
        wanted = ServerlessConfig(namespace_name=target.config.namespace_name, snapshot_copy=copies)
        window = tuple(recovery_window(copy) for copy in copies)
        return self._made(
            request,
            title,
            plan_snapshot_copy(wanted, target),
            _copy_rows(target.config.snapshot_copy or (), copies),
            findings + window,
        )

    def _set_workgroup_track(self, request: SetWorkgroupTrack) -> MigrationPlan:
        target = serverless.observe_workgroup(self._aws, request.workgroup_name, request.region)
        offered = serverless.offered_tracks(self._aws, request.region)
        if request.track_name not in offered:
            raise SettingsError(
                f"Serverless offers no maintenance track {request.track_name!r} in {request.region}. "
                "Nothing was changed.",
                hint=f"It offers {either(list(offered))}.",
                tracks=list(offered),
            )
        serverless.require_ready(target)
        workgroup = target.workgroup
        if workgroup is None:  # observe_workgroup answers with one or raises
            raise TargetError(f"Workgroup {request.workgroup_name} is gone. Nothing was changed.")
        wanted = ServerlessConfig(namespace_name=target.config.namespace_name, track_name=request.track_name)
        now = effective_track(workgroup)
        row = SettingChange(
            subject=Subject.MAINTENANCE,
            setting="maintenance track",
            now=now,
            after=request.track_name,
            action="unchanged" if now == request.track_name else "set",
        )
        return self._made(
            request,
            f"Put workgroup {request.workgroup_name} on the {request.track_name} track",
            plan_track(wanted, target),
            (row,),
            track_findings(request.track_name, workgroup),
        )

    def _migrate(self, request: MigrateCluster) -> MigrationPlan:
        parts = plan_migration(self._aws, request)
        account_id = self._aws.identity(request.region).account_id
        earlier = stopped_findings(self._store, request, account_id) if parts.steps else ()
        return self._made(request, parts.title, parts.steps, parts.changes, (*earlier, *parts.findings))

    def _cut_over(self, request: CutOverScheduledQueries) -> MigrationPlan:
        parts = cut_over(self._aws, self._store, request)
        return self._made(request, parts.title, parts.steps, parts.changes, parts.findings)

    def _undo(self, request: UndoMigration) -> MigrationPlan:
        parts = undo(self._aws, self._store.journal(request.migration_id))
        return self._made(request, parts.title, parts.steps, parts.changes, parts.findings)

    def _made(
        self,
        request: PlanRequest,
        title: str,
        steps: tuple[Step, ...],
        changes: tuple[SettingChange, ...],
        findings: tuple[Finding, ...],
    ) -> MigrationPlan:
        identity = self._aws.identity(request.region)
        return MigrationPlan(
            account_id=identity.account_id,
            partition=identity.partition,
            region=request.region,
            title=title,
            request=request,
            changes=changes,
            steps=steps,
            findings=by_level(findings),
        )

    def _ready_namespace(self, namespace_name: str, region: str) -> ServerlessTarget:
        target = serverless.observe_namespace(self._aws, namespace_name, region)
        serverless.require_ready(target)
        return target

    def _key(self, request: ConfigureSnapshotCopy) -> tuple[str, tuple[Finding, ...]]:
        """The destination key that the request means: named, behind a grant, or AWS's own."""
        named = request.kms_key_id
        if request.snapshot_copy_grant_name:
            behind = grant_key(self._aws, request.snapshot_copy_grant_name, request.destination_region)
            if named and named != behind:
                raise SettingsError(
                    f"The key behind grant {request.snapshot_copy_grant_name} is {behind}, not {named}. "
                    "Nothing was changed.",
                    hint="Name the grant or the key, not two different ones.",
                )
            named = behind
        if not named or named == AWS_OWNED_KMS_KEY:
            return AWS_OWNED_KMS_KEY, ()
        key, unchecked = destination_key(self._aws, named, request.destination_region)
        if unchecked is None:
            return key, ()
        finding = Finding(
            level="warning",
            subject=Subject.SNAPSHOT_COPY,
            setting="destination key",
            message=f"Whether the key exists and is enabled is {unchecked.sentence()}.",
            after=key,
        )
        return key, (finding,)

    def _region_findings(self, destination: str) -> tuple[Finding, ...]:
        partition = self._regions.require(destination)
        if destination in self._regions.serverless[partition]:
            return ()
        return (
            Finding(
                level="warning",
                subject=Subject.SNAPSHOT_COPY,
                setting="copy destination",
                message=f"Redshift Serverless is not listed for {destination}; AWS may refuse it as a destination.",
                after=destination,
            ),
        )


def _filled(parameters: JsonObject) -> JsonObject:
    """The parameters with a text in place of every reference: botocore's validator knows only real values."""
    names = dict.fromkeys(references(parameters), "an-output-of-an-earlier-step")
    filled: JsonObject = resolved(parameters, names)
    return filled


def _check_retention(days: int | None) -> None:
    if days is not None and days not in RETENTION_DAYS:
        raise SettingsError(
            f"A retention of {days} days is out of range: {RETENTION_DAYS.start} to {RETENTION_DAYS.stop - 1} days, or "
            "kept indefinitely. Nothing was changed.",
            hint="Leave the retention out (or say -1) to keep the copies indefinitely.",
        )


def _copy_rows(
    now: tuple[SnapshotCopyConfiguration, ...], after: tuple[SnapshotCopyConfiguration, ...]
) -> tuple[SettingChange, ...]:
    old, new = _shown(now), _shown(after)
    return tuple(
        SettingChange(
            subject=Subject.SNAPSHOT_COPY,
            setting=setting,
            now=old.get(setting),
            after=new.get(setting),
            action="unchanged" if old.get(setting) == new.get(setting) else ("set" if new else "removed"),
        )
        for setting in (new or old)
    )


def _shown(copies: tuple[SnapshotCopyConfiguration, ...]) -> dict[str, str]:
    if not copies:
        return {}
    one = copies[0]
    own = one.destination_kms_key_id == AWS_OWNED_KMS_KEY
    return {
        "copy destination": one.destination_region,
        "copy retention": kept(one.snapshot_retention_period_days),
        "copy key": "AWS-owned key" if own else one.destination_kms_key_id,
    }


def _for_days(days: int | None) -> str:
    return kept(days) if days is None else f"kept {kept(days)}"
