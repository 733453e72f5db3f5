"""Steps that bring a namespace's snapshot copy from what it is to what is wanted."""

from __future__ import annotations

from redshift_migrate.models.base import JsonObject
from redshift_migrate.models.finding import Finding, Subject
from redshift_migrate.models.plan import Call, Check, Step, ref
from redshift_migrate.models.serverless import (
    AbsentTarget,
    ServerlessConfig,
    ServerlessTarget,
    SnapshotCopyConfiguration,
)
from redshift_migrate.models.settings import SNAPSHOT_COPY, send_all, values_of
from redshift_migrate.models.spelling import tell_days
from redshift_migrate.planner.building import Place, make_step, place_of

CREATE_ID, UPDATE_ID, DELETE_ID = "snapshot_copy.create", "snapshot_copy.update", "snapshot_copy.delete"
IDENTIFIER = "snapshot_copy_configuration_id"


def plan_snapshot_copy(wanted: ServerlessConfig, target: ServerlessTarget | AbsentTarget) -> tuple[Step, ...]:
    """No step, one (create, update, delete), or delete + create when destination or key change.

    Only the retention of a configuration can be updated. Source: API reference,
    UpdateSnapshotCopyConfiguration.
    """
    if wanted.snapshot_copy is None or wanted.snapshot_copy == target.config.snapshot_copy:
        return ()
    place, old, new = place_of(wanted, target), _only(target.config.snapshot_copy), _only(wanted.snapshot_copy)
    if old is None or isinstance(target, AbsentTarget):
        return (_create(new, place),) if new else ()
    identifier = target.namespace.snapshot_copy_configuration_id
    if identifier is None:
        raise ValueError("an observed snapshot copy configuration has an id")
    if new is None:
        return (_delete(old, identifier, place),)
    is_same = (old.destination_region, old.destination_kms_key_id) == (
        new.destination_region,
        new.destination_kms_key_id,
    )
    # The API takes days only: "indefinitely" can be said at creation, by saying nothing.
    if is_same and new.snapshot_retention_period_days is not None:
        return (_update(old, new, identifier, place),)
    return _replace(old, new, identifier, place)


def replacement_findings(wanted: ServerlessConfig, target: ServerlessTarget | AbsentTarget) -> tuple[Finding, ...]:
    """That a configuration is made anew, and what that means: the same two calls whoever asks for it."""
    steps = plan_snapshot_copy(wanted, target)
    if [step.id for step in steps] != [DELETE_ID, CREATE_ID]:
        return ()
    old, new = _only(target.config.snapshot_copy), _only(wanted.snapshot_copy)
    message = (
        f"The copy configuration cannot be changed in place: that to {old.destination_region if old else 'there'} is "
        "removed and another is made. From the one call to the other, usually a few seconds, nothing is copied, and "
        "what is made in that gap is not copied later. Copies that are there stay, with the retention that they have. "
        "The new configuration has another id."
    )
    after = new.destination_region if new else None
    words = "replacement of the copy configuration"
    return (Finding(level="warning", subject=Subject.SNAPSHOT_COPY, setting=words, message=message, after=after),)


def _replace(
    old: SnapshotCopyConfiguration, new: SnapshotCopyConfiguration, identifier: str, place: Place
) -> tuple[Step, ...]:
    delete = _delete(old, identifier, place).model_copy(
        update={
            "summary": f"Remove the copy configuration to {old.destination_region} ({_days(old)}), "
            "which cannot be changed in place",
            "interrupts": f"No snapshot or recovery point is copied between this step and the next; copies already in "
            f"{old.destination_region} stay.",
        }
    )
    create = _create(new, place).model_copy(update={"needs": (DELETE_ID,), "put_back": DELETE_ID})
    return (delete, create)


def _create(new: SnapshotCopyConfiguration, place: Place) -> Step:
    return make_step(
        id=CREATE_ID,
        subject=Subject.SNAPSHOT_COPY,
        summary=f"Copy snapshots of namespace {place.namespace_name} to {new.destination_region}, {_days(new)}",
        call=_create_call(new, place),
        check=_check(None, new, place),
        undo=place.call("DeleteSnapshotCopyConfiguration", {"snapshotCopyConfigurationId": ref(CREATE_ID, IDENTIFIER)}),
    )


def _update(old: SnapshotCopyConfiguration, new: SnapshotCopyConfiguration, identifier: str, place: Place) -> Step:
    def call(to: SnapshotCopyConfiguration) -> Call:
        parameters = {
            "snapshotCopyConfigurationId": identifier,
            "snapshotRetentionPeriod": to.snapshot_retention_period_days,
        }
        return place.call("UpdateSnapshotCopyConfiguration", parameters)

    # An update cannot say "indefinitely", so that value could only come back with a new configuration.
    can_go_back = old.snapshot_retention_period_days is not None
    return make_step(
        id=UPDATE_ID,
        subject=Subject.SNAPSHOT_COPY,
        summary=f"Change the retention of snapshots copied to {new.destination_region}: {_days(new)}, not {_days(old)}",
        call=call(new),
        check=_check(old, new, place),
        undo=call(old) if can_go_back else None,
        no_undo="" if can_go_back else "An update cannot set a retention back to indefinite.",
        destroys=_say_shortening(old, new),
    )


def _delete(old: SnapshotCopyConfiguration, identifier: str, place: Place) -> Step:
    return make_step(
        id=DELETE_ID,
        subject=Subject.SNAPSHOT_COPY,
        summary=f"Stop copying snapshots of namespace {place.namespace_name} to {old.destination_region}",
        call=place.call("DeleteSnapshotCopyConfiguration", {"snapshotCopyConfigurationId": identifier}),
        check=_check(old, None, place),
        undo=_create_call(old, place),
        interrupts=f"Nothing new is copied to {old.destination_region} from then on; copies already there stay.",
    )


def _create_call(new: SnapshotCopyConfiguration, place: Place) -> Call:
    parameters = {"namespaceName": place.namespace_name, **send_all(SNAPSHOT_COPY, values_of(SNAPSHOT_COPY, new))}
    return place.call("CreateSnapshotCopyConfiguration", parameters)


def _check(old: SnapshotCopyConfiguration | None, new: SnapshotCopyConfiguration | None, place: Place) -> Check:
    return Check(
        reading=place.reading("snapshot_copy", namespace_name=place.namespace_name),
        before=_values(old),
        after=_values(new),
        outputs=(IDENTIFIER,),
    )


def _values(configuration: SnapshotCopyConfiguration | None) -> JsonObject | None:
    """What the reading says of it; a retention of None keeps the copies indefinitely."""
    return None if configuration is None else {row.member: row.of(configuration) for row in SNAPSHOT_COPY}


def _only(copies: tuple[SnapshotCopyConfiguration, ...] | None) -> SnapshotCopyConfiguration | None:
    return copies[0] if copies else None


def _days(configuration: SnapshotCopyConfiguration) -> str:
    days = configuration.snapshot_retention_period_days
    return tell_days(days) if days is None else f"kept {tell_days(days)}"


def _say_shortening(old: SnapshotCopyConfiguration, new: SnapshotCopyConfiguration) -> str:
    before, after = old.snapshot_retention_period_days, new.snapshot_retention_period_days
    if after is None or (before is not None and before <= after):
        return ""
    return f"A shorter retention: copied snapshots older than {after} days may be deleted in {new.destination_region}."
