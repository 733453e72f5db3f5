"""Steps that bring a namespace's snapshot copy from what it is to what is wanted."""

from __future__ import annotations

from redshift_migrate.models.base import JsonObject
from redshift_migrate.models.finding import Subject
from redshift_migrate.models.plan import Call, Check, Reading, Step, ref
from redshift_migrate.models.serverless import (
    AbsentTarget,
    ServerlessConfig,
    ServerlessTarget,
    SnapshotCopyConfiguration,
)
from redshift_migrate.models.settings import SNAPSHOT_COPY, send_all, values_of
from redshift_migrate.models.spelling import tell_days
from redshift_migrate.permissions import iam_actions

SERVICE = "redshift-serverless"
Target = ServerlessTarget | AbsentTarget
CREATE_ID, UPDATE_ID, DELETE_ID = "snapshot_copy.create", "snapshot_copy.update", "snapshot_copy.delete"


def plan_snapshot_copy(wanted: ServerlessConfig, target: Target) -> tuple[Step, ...]:
    """No step, one (create, update, delete), or delete + create when destination or key change.

    Only the retention of a configuration can be updated. Source: API reference,
    UpdateSnapshotCopyConfiguration.
    """
    if wanted.snapshot_copy is None or wanted.snapshot_copy == target.config.snapshot_copy:
        return ()
    old = _only(target.config.snapshot_copy)
    new = _only(wanted.snapshot_copy)
    if old is None:
        return (_create(target, new),) if new else ()
    if new is None:
        return (_delete(target, old),)
    same_place = old.destination_region == new.destination_region
    same_key = old.destination_kms_key_id == new.destination_kms_key_id
    # The API takes days only: "indefinitely" can be said at creation, by saying nothing.
    if same_place and same_key and new.snapshot_retention_period_days is not None:
        return (_update(target, old, new),)
    return _replace(target, old, new)


def _replace(target: Target, old: SnapshotCopyConfiguration, new: SnapshotCopyConfiguration) -> tuple[Step, ...]:
    delete = _delete(target, old).model_copy(
        update={
            "summary": f"Remove the copy configuration to {old.destination_region} ({_told(old)}), "
            "which cannot be changed in place",
            "interrupts": f"No snapshot or recovery point is copied between this step and the next; copies already in "
            f"{old.destination_region} stay.",
        }
    )
    create = _create(target, new).model_copy(update={"needs": (DELETE_ID,), "put_back": DELETE_ID})
    return (delete, create)


def _create(target: Target, new: SnapshotCopyConfiguration) -> Step:
    call = _create_call(target, new)
    return Step(
        id=CREATE_ID,
        subject=Subject.SNAPSHOT_COPY,
        summary=f"Copy snapshots of namespace {target.config.namespace_name} to {new.destination_region}, {_told(new)}",
        call=call,
        check=_check(target, None, new),
        undo=_call(
            target,
            "DeleteSnapshotCopyConfiguration",
            {"snapshotCopyConfigurationId": ref(CREATE_ID, "snapshot_copy_configuration_id")},
        ),
        iam_actions=iam_actions(call.name, call.parameters),
    )


def _update(target: Target, old: SnapshotCopyConfiguration, new: SnapshotCopyConfiguration) -> Step:
    call = _update_call(target, new)
    # An update cannot say "indefinitely", so that value could only come back with a new configuration.
    can_go_back = old.snapshot_retention_period_days is not None
    return Step(
        id=UPDATE_ID,
        subject=Subject.SNAPSHOT_COPY,
        summary=f"Change the retention of snapshots copied to {new.destination_region}: {_told(new)}, not {_told(old)}",
        call=call,
        check=_check(target, old, new),
        undo=_update_call(target, old) if can_go_back else None,
        no_undo="" if can_go_back else "An update cannot set a retention back to indefinite.",
        destroys=_shortened(old, new),
        iam_actions=iam_actions(call.name, call.parameters),
    )


def _delete(target: Target, old: SnapshotCopyConfiguration) -> Step:
    call = _call(target, "DeleteSnapshotCopyConfiguration", {"snapshotCopyConfigurationId": _id(target)})
    return Step(
        id=DELETE_ID,
        subject=Subject.SNAPSHOT_COPY,
        summary=f"Stop copying snapshots of namespace {target.config.namespace_name} to {old.destination_region}",
        call=call,
        check=_check(target, old, None),
        undo=_create_call(target, old),
        interrupts=f"Nothing new is copied to {old.destination_region} from then on; copies already there stay.",
        iam_actions=iam_actions(call.name, call.parameters),
    )


def _create_call(target: Target, new: SnapshotCopyConfiguration) -> Call:
    parameters: JsonObject = {
        "namespaceName": target.config.namespace_name,
        **send_all(SNAPSHOT_COPY, values_of(SNAPSHOT_COPY, new)),
    }
    return _call(target, "CreateSnapshotCopyConfiguration", parameters)


def _update_call(target: Target, new: SnapshotCopyConfiguration) -> Call:
    return _call(
        target,
        "UpdateSnapshotCopyConfiguration",
        {
            "snapshotCopyConfigurationId": _id(target),
            "snapshotRetentionPeriod": new.snapshot_retention_period_days,
        },
    )


def _check(
    target: Target,
    old: SnapshotCopyConfiguration | None,
    new: SnapshotCopyConfiguration | None,
) -> Check:
    return Check(
        reading=Reading(
            name="snapshot_copy", region=target.region, arguments={"namespace_name": target.config.namespace_name}
        ),
        before=_values(old),
        after=_values(new),
        outputs=("snapshot_copy_configuration_id",),
    )


def _values(configuration: SnapshotCopyConfiguration | None) -> JsonObject | None:
    """What the reading says of it; a retention of None keeps the copies indefinitely."""
    return None if configuration is None else {row.member: row.of(configuration) for row in SNAPSHOT_COPY}


def _call(target: Target, operation: str, parameters: JsonObject) -> Call:
    return Call(service=SERVICE, region=target.region, operation=operation, parameters=parameters)


def _id(target: Target) -> str:
    identifier = None if isinstance(target, AbsentTarget) else target.namespace.snapshot_copy_configuration_id
    if identifier is None:
        raise ValueError("an observed snapshot copy configuration has an id")
    return identifier


def _only(copies: tuple[SnapshotCopyConfiguration, ...] | None) -> SnapshotCopyConfiguration | None:
    return copies[0] if copies else None


def _told(configuration: SnapshotCopyConfiguration) -> str:
    days = configuration.snapshot_retention_period_days
    return tell_days(days) if days is None else f"kept {tell_days(days)}"


def _shortened(old: SnapshotCopyConfiguration, new: SnapshotCopyConfiguration) -> str:
    before, after = old.snapshot_retention_period_days, new.snapshot_retention_period_days
    if after is None or (before is not None and before <= after):
        return ""
    return f"A shorter retention: copied snapshots older than {after} days may be deleted in {new.destination_region}."
