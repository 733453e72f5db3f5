"""Steps that move the data: a snapshot of the cluster, and its restore into the namespace.

How a finished restore is seen. RestoreFromSnapshot has no client token, no id, no progress and no status of its own,
so the only witness is what it changes in GetNamespace. What it surely changes is the admin user: "Amazon Redshift uses
the admin credentials that the namespace or cluster had at the time the snapshot was taken" (API reference,
RestoreFromSnapshot, manageAdminPassword). So a namespace that awaits its data is created with an admin user that no
cluster has (`restore_pending`, its password managed by AWS and known to nobody), and the restore is done when
GetNamespace names the admin user of the snapshot. That works across processes, needs no journal, and shows any
person who looks in the console what the namespace still lacks.

What follows from it:
* Killed before the call: the placeholder is still there, the restore is made.
* Killed after the call: either the name has changed already, then nothing is called; or the namespace is still
  busy, then a second call is refused as a conflict, and looked at again until the name changes.
* The moment in which AWS has taken the call and still answers AVAILABLE: `ready` asks for a settled AVAILABLE before
  a call is made that an earlier process may have made already.
* A namespace that carries the admin user of the snapshot already would look restored before it is. Nothing is
  planned for it; a finding says so. Only a cut-over that brings fresh data along restores over its own restore: there
  the journal tells that AWS took the call, and where that is not known it is made again, which does no harm as long
  as nobody works on serverless yet.

Assumed, not verified: CreateNamespace takes adminUsername together with manageAdminPassword and answers it (if not, its
own read-back stops the run before anything is restored); GetNamespace answers the new name no later than the status
returns to AVAILABLE (if not, the read-back stops the run and says what it saw).
"""

from __future__ import annotations

from redshift_migrate.models.base import Json, JsonObject
from redshift_migrate.models.finding import Subject
from redshift_migrate.models.plan import Check, Step, Wait, ref
from redshift_migrate.models.serverless import AbsentTarget, ServerlessConfig, ServerlessTarget
from redshift_migrate.models.settings import ADMIN_USERNAME
from redshift_migrate.models.source import RUN_TAG, SourceData
from redshift_migrate.planner.building import Place, make_step

SNAPSHOT_ID, RESTORE_ID = "data.snapshot", "data.restore"
PLACEHOLDER = "restore_pending"
RESTORE_SETTLE_S = 20.0
"""How long AVAILABLE is not believed after a restore if no other status was seen."""
RESTORE_USUALLY_S = 15 * 60
_FAILED = ("failed", "deleted", "cancelled", None)


def placeholder_for(admin_username: str) -> str:
    """An admin user that is surely not the snapshot's."""
    return PLACEHOLDER if admin_username != PLACEHOLDER else f"{PLACEHOLDER}_2"


def awaits_restore(target: ServerlessTarget | AbsentTarget, source: SourceData) -> bool:
    """True when the namespace is new, or was made for a restore that has not happened."""
    if isinstance(target, AbsentTarget):
        return True
    return target.namespace.admin_username == placeholder_for(source.admin_username or "")


def restore_can_be_seen(target: ServerlessTarget | AbsentTarget, source: SourceData) -> bool:
    """False when the namespace has the snapshot's admin user already: then nothing would tell before from after."""
    return isinstance(target, AbsentTarget) or target.namespace.admin_username != source.admin_username


def plans_restore(target: ServerlessTarget | AbsentTarget, source: SourceData) -> bool:
    """Whether data is moved: never over databases that somebody may use, unless that was asked for."""
    if not source.has_data:
        return False
    wished = source.replace_existing_databases or awaits_restore(target, source)
    return wished and restore_can_be_seen(target, source)


def create_snapshot(source: SourceData, place: Place) -> Step:
    """One CreateClusterSnapshot. The cluster itself is not changed; it only has to be available."""
    identifier = source.snapshot_identifier
    which: JsonObject = {"ClusterIdentifier": source.cluster_id, "SnapshotIdentifier": identifier}
    parameters: JsonObject = dict(which)
    if source.snapshot_retention_period_days is not None:
        parameters["ManualSnapshotRetentionPeriod"] = source.snapshot_retention_period_days
    tags: list[Json] = [{"Key": key, "Value": value} for key, value in source.snapshot_tags if key != RUN_TAG]
    parameters["Tags"] = [*tags, {"Key": RUN_TAG, "Value": source.run_tag}]
    look = place.reading("cluster_snapshot", cluster_id=source.cluster_id, snapshot_identifier=identifier)
    return make_step(
        id=SNAPSHOT_ID,
        subject=Subject.DATA,
        summary=f"Take snapshot {identifier} of cluster {source.cluster_id}",
        call=place.call("CreateClusterSnapshot", parameters, service="redshift"),
        check=Check(
            reading=look,
            before=None,
            after={"cluster_id": source.cluster_id, "run": source.run_tag},
            outputs=("snapshot_arn",),
        ),
        waits=(
            Wait(
                reading=look,
                member="status",
                until=("available",),
                failed=_FAILED,
                what=f"snapshot {identifier} to be available",
                usually_s=RESTORE_USUALLY_S,
            ),
        ),
        no_undo=f"The snapshot is kept as a way back; delete it when it is no longer needed: aws redshift "
        f"delete-cluster-snapshot --snapshot-identifier {identifier} --region {place.region}",
    )


def restore(
    wanted: ServerlessConfig,
    target: ServerlessTarget | AbsentTarget,
    source: SourceData,
    place: Place,
    needs: tuple[str, ...],
) -> Step:
    """One RestoreFromSnapshot by ARN, done when the namespace has the snapshot's admin user (see the module)."""
    is_new = isinstance(target, AbsentTarget)
    admin = source.admin_username or ""
    parameters: JsonObject = {
        "namespaceName": place.namespace_name,
        "workgroupName": place.workgroup_name,
        "snapshotArn": source.snapshot_arn or ref(SNAPSHOT_ID, "snapshot_arn"),
    }
    if source.owner_account:
        parameters["ownerAccount"] = source.owner_account
    if wanted.manage_admin_password:
        parameters["manageAdminPassword"] = True
        if wanted.admin_password_secret_kms_key_id:
            parameters["adminPasswordSecretKmsKeyId"] = wanted.admin_password_secret_kms_key_id
    name = source.snapshot_identifier or (source.snapshot_arn or "").rpartition("/")[2]
    settled = (
        place.namespace_available(usually_s=RESTORE_USUALLY_S, settle_s=RESTORE_SETTLE_S),
        place.workgroup_available(usually_s=RESTORE_USUALLY_S, settle_s=3),
    )
    waiting = awaits_restore(target, source)
    return make_step(
        id=RESTORE_ID,
        subject=Subject.DATA,
        summary=f"Restore snapshot {name} into namespace {place.namespace_name}: databases, users and grants",
        call=place.call("RestoreFromSnapshot", parameters),
        check=Check(
            reading=place.namespace(),
            before={ADMIN_USERNAME.member: _admin_before(target, admin)},
            after={ADMIN_USERNAME.member: admin},
        ),
        ready=settled,
        waits=settled,
        is_unseen=not restore_can_be_seen(target, source),
        undone_with="namespace.create" if is_new else "",
        no_undo="It goes with the namespace." if is_new else "The databases that were there before are gone.",
        destroys=""
        if waiting
        else f"Every database that is in namespace {place.namespace_name} now, with its users "
        "and grants, is replaced by the snapshot's.",
        interrupts="" if waiting else "Nobody can query the namespace while it is restored.",
        needs=needs,
    )


def _admin_before(target: ServerlessTarget | AbsentTarget, admin: str) -> Json:
    return placeholder_for(admin) if isinstance(target, AbsentTarget) else target.namespace.admin_username
