"""What each changing tool means: which plan it would apply, and how it is run. Gate and tools share this table."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from redshift_migrate.errors import SettingsError
from redshift_migrate.migration.service import MigrationService, Outcome
from redshift_migrate.models.cluster import KEPT_INDEFINITELY
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


@dataclass(frozen=True)
class Change:
    """One call of a changing tool: the plan that a person must approve, and the run that needs the approval."""

    prepare: Callable[[], MigrationPlan]
    run: Callable[[], Outcome]


Arguments = Mapping[str, Any]


def change(service: MigrationService, tool: str, arguments: Arguments) -> Change:
    """What this call would do. SettingsError for arguments that no plan can be made of; KeyError for other tools."""
    return CHANGES[tool](service, arguments)


def _requested(make: Callable[[str, Arguments], PlanRequest]) -> Callable[[MigrationService, Arguments], Change]:
    def build(service: MigrationService, arguments: Arguments) -> Change:
        request = make(service.region(arguments.get("region")), arguments)
        return Change(lambda: service.prepare(request), lambda: service.run(request))

    return build


def _configure(region: str, arguments: Arguments) -> PlanRequest:
    return ConfigureSnapshotCopy(
        region=region,
        namespace_name=_text(arguments, "namespace_name"),
        destination_region=_text(arguments, "destination_region").lower(),
        retention_period_days=_days(arguments),
        snapshot_copy_grant_name=arguments.get("snapshot_copy_grant_name") or None,
        kms_key_id=arguments.get("kms_key_id") or None,
    )


def _update(region: str, arguments: Arguments) -> PlanRequest:
    if arguments.get("retention_period_days") is None:
        raise SettingsError(
            "The new retention is missing. Nothing was changed.",
            hint="Give retention_period_days: 1 to 3653, or -1 to keep the copies indefinitely.",
        )
    return UpdateSnapshotCopy(
        region=region, namespace_name=_text(arguments, "namespace_name"), retention_period_days=_days(arguments)
    )


def _remove(region: str, arguments: Arguments) -> PlanRequest:
    return RemoveSnapshotCopy(region=region, namespace_name=_text(arguments, "namespace_name"))


def _track(region: str, arguments: Arguments) -> PlanRequest:
    return SetWorkgroupTrack(
        region=region,
        workgroup_name=_text(arguments, "workgroup_name"),
        track_name=_text(arguments, "track").lower(),
    )


def _apply(service: MigrationService, arguments: Arguments) -> Change:
    digest = _text(arguments, "plan_digest").lower()
    return Change(lambda: service.refreshed(digest), lambda: service.apply(digest))


def _resume(service: MigrationService, arguments: Arguments) -> Change:
    migration_id = _text(arguments, "migration_id")
    return Change(lambda: service.remaining(migration_id), lambda: service.resume(migration_id))


def _undo(service: MigrationService, arguments: Arguments) -> Change:
    migration_id = _text(arguments, "migration_id")
    request = UndoMigration(region=service.journal(migration_id).header.region, migration_id=migration_id)
    return Change(lambda: service.prepare(request), lambda: service.run(request))


def _cut_over(service: MigrationService, arguments: Arguments) -> Change:
    migration_id = _text(arguments, "migration_id")
    region = service.journal(migration_id).header.region
    request = CutOverScheduledQueries(region=region, migration_id=migration_id)
    return Change(lambda: service.prepare(request), lambda: service.run(request))


CHANGES: dict[str, Callable[[MigrationService, Arguments], Change]] = {
    "configure_serverless_snapshot_copy": _requested(_configure),
    "update_serverless_snapshot_copy": _requested(_update),
    "remove_serverless_snapshot_copy": _requested(_remove),
    "set_workgroup_track": _requested(_track),
    "apply_plan": _apply,
    "resume_migration": _resume,
    "undo_migration": _undo,
    "cut_over_scheduled_queries": _cut_over,
}
"""Every tool that can change the account. A tool that is not here cannot."""


def _text(arguments: Arguments, name: str) -> str:
    value = arguments.get(name)
    if not isinstance(value, str) or not value.strip():
        raise SettingsError(f"{name} is missing. Nothing was changed.", hint=f"Say which {name.replace('_', ' ')}.")
    return value.strip()


def _days(arguments: Arguments) -> int | None:
    """The retention asked for; nothing and -1 both mean kept indefinitely."""
    days = arguments.get("retention_period_days")
    if days is None or days == KEPT_INDEFINITELY:
        return None
    if isinstance(days, bool) or not isinstance(days, int):
        raise SettingsError(f"A retention of {days!r} is not a number of days. Nothing was changed.")
    return days
