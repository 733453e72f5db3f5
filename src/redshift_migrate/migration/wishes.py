"""From a request to the wish behind it: what is wanted, with what the cluster, or the user's words, tell of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from redshift_migrate.aws.door import Aws
from redshift_migrate.clock import Clock
from redshift_migrate.errors import SettingsError, TargetError
from redshift_migrate.extractors.provisioned import extract_cluster
from redshift_migrate.extractors.scheduled_queries import with_role_access
from redshift_migrate.extractors.snapshot_copy import grant_key
from redshift_migrate.migration.cut_over import cut_over
from redshift_migrate.migration.decommissioning import decommission
from redshift_migrate.migration.preflight import destination_key, is_key_arn
from redshift_migrate.migration.sources import snapshots_of, source_data
from redshift_migrate.migration.switching import switch_over
from redshift_migrate.migration.undoing import undo
from redshift_migrate.models.choices import MigrationChoices
from redshift_migrate.models.finding import Finding
from redshift_migrate.models.plan import Wish
from redshift_migrate.models.regions import RegionCatalog, check_copy_destination
from redshift_migrate.models.request import (
    ConfigureSnapshotCopy,
    CutOverMigration,
    CutOverScheduledQueries,
    DecommissionCluster,
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
    SnapshotCopyConfiguration,
)
from redshift_migrate.observers.target import namespace_of, observe_namespace, snapshot_copy_of
from redshift_migrate.state.store import Store
from redshift_migrate.translators.all import translate, wanted_config
from redshift_migrate.translators.left_out import only_named
from redshift_migrate.translators.scope import restores_data
from redshift_migrate.translators.snapshot_copy import recovery_window, say_days
from redshift_migrate.translators.translation import cite, count

MOST_SNAPSHOTS = 3
"""That are named as a way out."""


def wish_of(aws: Aws, regions: RegionCatalog, store: Store, request: PlanRequest, clock: Clock) -> Wish:
    """What the request wants. SettingsError or TargetError when that cannot be."""
    match request:
        case ConfigureSnapshotCopy():
            return _configure_snapshot_copy(aws, regions, request)
        case UpdateSnapshotCopy():
            return _update_snapshot_copy(aws, request)
        case RemoveSnapshotCopy():
            title = f"Stop copying snapshots of namespace {request.namespace_name} to another region"
            return _copy_wish(request.namespace_name, title)
        case SetWorkgroupTrack():
            return _set_workgroup_track(aws, request)
        case MigrateCluster():
            return _migrate(aws, request, clock.now())
        case CutOverScheduledQueries():
            return cut_over(aws, store, request)
        case CutOverMigration():
            return switch_over(aws, store, request)
        case DecommissionCluster():
            return decommission(aws, store, clock, request)
        case UndoMigration():
            return undo(aws, store, request)


# --- the small tools -------------------------------------------------------------------------------------


def _configure_snapshot_copy(aws: Aws, regions: RegionCatalog, request: ConfigureSnapshotCopy) -> Wish:
    check_copy_destination(regions, request.region, request.destination_region)
    _check_retention(request.retention_period_days)
    wanted = SnapshotCopyConfiguration(
        destination_region=request.destination_region,
        snapshot_retention_period_days=request.retention_period_days,
        destination_kms_key_id=_key(aws, request) or _present_key(aws, request),
    )
    title = (
        f"Copy snapshots of namespace {request.namespace_name} to {request.destination_region}, "
        f"{_for_days(request.retention_period_days)}"
    )
    return _copy_wish(request.namespace_name, title, wanted)


def _update_snapshot_copy(aws: Aws, request: UpdateSnapshotCopy) -> Wish:
    """Destination and key are wished to be what they are now."""
    _check_retention(request.retention_period_days)
    now = snapshot_copy_of(aws, request.namespace_name, request.region)
    if now is None:
        observe_namespace(aws, request.namespace_name, None, request.region, ())  # or there is no such namespace
        raise TargetError(
            f"Namespace {request.namespace_name} copies no snapshots to another region, so there is no retention "
            "to change. Nothing was changed.",
            hint=f"Configure it first: configure snapshot copy for namespace {request.namespace_name} to REGION.",
        )
    title = (
        f"Change the retention of snapshots of namespace {request.namespace_name} copied to "
        f"{now.destination_region}: {_for_days(request.retention_period_days)}"
    )
    wanted = now.model_copy(update={"snapshot_retention_period_days": request.retention_period_days})
    return _copy_wish(request.namespace_name, title, wanted)


def _copy_wish(namespace_name: str, title: str, *wanted: SnapshotCopyConfiguration) -> Wish:
    return Wish(
        title=title,
        settings=ServerlessConfig(namespace_name=namespace_name, snapshot_copy=wanted),
        findings=tuple(recovery_window(copy) for copy in wanted),
    )


def _set_workgroup_track(aws: Aws, request: SetWorkgroupTrack) -> Wish:
    return Wish(
        title=f"Put workgroup {request.workgroup_name} on the {request.track_name} track",
        settings=ServerlessConfig(
            namespace_name=namespace_of(aws, request.workgroup_name, request.region),
            workgroup_name=request.workgroup_name,
            track_name=request.track_name,
        ),
    )


def _present_key(aws: Aws, request: ConfigureSnapshotCopy) -> str:
    """The key that encrypts the copies in that region today; AWS's own where none are made there."""
    now = snapshot_copy_of(aws, request.namespace_name, request.region)
    if now is None or now.destination_region != request.destination_region:
        return AWS_OWNED_KMS_KEY
    return now.destination_kms_key_id


def _key(aws: Aws, request: ConfigureSnapshotCopy) -> str | None:
    """The destination key that the request means: named, or behind a grant; None where it names none."""
    named = request.kms_key_id
    if request.snapshot_copy_grant_name:
        behind = grant_key(aws, request.snapshot_copy_grant_name, request.destination_region)
        if named and named != behind:
            raise SettingsError(
                f"The key behind grant {request.snapshot_copy_grant_name} is {behind}, not {named}. "
                "Nothing was changed.",
                hint="Name the grant or the key, not two different ones.",
            )
        named = behind
    if not named or named == AWS_OWNED_KMS_KEY:
        return named or None
    return named if is_key_arn(named) else destination_key(aws, named, request.destination_region)[0]


def _check_retention(days: int | None) -> None:
    if days is not None and days not in RETENTION_DAYS:
        raise SettingsError(
            f"A retention of {days} days is out of range: {RETENTION_DAYS.start} to {RETENTION_DAYS.stop - 1} days, or "
            "kept indefinitely. Nothing was changed.",
            hint="Leave the retention out (or say -1) to keep the copies indefinitely.",
        )


def _for_days(days: int | None) -> str:
    return say_days(days) if days is None else f"kept {say_days(days)}"


# --- a whole migration -----------------------------------------------------------------------------------


def _migrate(aws: Aws, request: MigrateCluster, now: datetime) -> Wish:
    choices = request.choices
    cluster = with_role_access(aws, extract_cluster(aws, choices.cluster_id, request.region))
    translation = translate(cluster, choices)
    taken = snapshots_of(aws, cluster) if restores_data(choices) else []
    return Wish(
        title=_title(choices),
        settings=wanted_config(translation, choices),
        source=source_data(cluster, choices, taken),
        rows=translation.changes,
        asked_for=(*choices.also, *choices.only),
        findings=tuple(_with_ways_out(finding, taken, now) for finding in translation.findings),
    )


def _with_ways_out(finding: Finding, taken: Sequence[dict[str, Any]], now: datetime) -> Finding:
    """What blocks a paused cluster, with the newest of its snapshots that can be named instead."""
    if (finding.level, finding.setting, finding.on_cluster) != ("blocker", "cluster status", "paused"):
        return finding
    whole = [each for each in taken if each.get("Status") == "available" and each.get("SnapshotCreateTime")]
    newest = sorted(whole, key=lambda each: str(each["SnapshotCreateTime"]), reverse=True)[:MOST_SNAPSHOTS]
    told = cite(f"{each['SnapshotIdentifier']} ({_age(each['SnapshotCreateTime'], now)})" for each in newest)
    said = f"Its newest snapshots: {told}." if told else "It has no snapshot that could be named."
    return finding.model_copy(update={"message": f"{finding.message} {said}"})


def _age(taken_at: str, now: datetime) -> str:
    return f"{count((now - datetime.fromisoformat(taken_at)).days, 'day')} old"


def _title(choices: MigrationChoices) -> str:
    to = f"namespace {choices.namespace_name}, workgroup {choices.workgroup_name}"
    if not choices.only:
        return f"Migrate cluster {choices.cluster_id} to {to}"
    return f"Carry {only_named(choices)} of cluster {choices.cluster_id} to {to}, and touch nothing else"
