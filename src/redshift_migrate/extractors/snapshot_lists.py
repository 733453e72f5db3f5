"""The snapshots of a cluster or a namespace, and those of them that have arrived in another region."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

from redshift_migrate.aws.door import Aws
from redshift_migrate.errors import AwsError
from redshift_migrate.extractors.replies import Reply
from redshift_migrate.models.base import Unknown
from redshift_migrate.models.cluster import SnapshotCopySettings
from redshift_migrate.models.plan import Call
from redshift_migrate.models.serverless import AWS_OWNED_KMS_KEY, SnapshotCopyConfiguration
from redshift_migrate.models.snapshot import CopiesSeen, Snapshot

R = TypeVar("R")


def list_cluster_snapshots(aws: Aws, cluster_id: str, region: str) -> tuple[Snapshot, ...]:
    """The snapshots of a cluster that are in that region, the newest first."""
    return _newest_first(map(_of_cluster, aws.pages(describe_snapshots(cluster_id, region), "Snapshots")))


def describe_snapshots(cluster_id: str, region: str) -> Call:
    """The call that asks for every snapshot of a cluster that is in that region, in whatever state."""
    asked = {"ClusterIdentifier": cluster_id}
    return Call(service="redshift", region=region, operation="DescribeClusterSnapshots", parameters=asked)


def list_namespace_snapshots(aws: Aws, namespace_name: str, region: str) -> tuple[Snapshot, ...]:
    """The snapshots of a namespace, the newest first."""
    asked = {"namespaceName": namespace_name}
    call = Call(service="redshift-serverless", region=region, operation="ListSnapshots", parameters=asked)
    return _newest_first(map(_of_namespace, aws.pages(call, "snapshots")))


def look_at_cluster_copies(aws: Aws, cluster_id: str, region: str, copy: SnapshotCopySettings) -> CopiesSeen:
    """What has arrived of a cluster's snapshots. What may not be read there is unknown."""
    there = copy.destination_region
    call = describe_snapshots(cluster_id, there)

    def read() -> tuple[Snapshot, ...]:
        found = aws.pages(call, "Snapshots")
        return _newest_first(_of_cluster(each) for each in found if each.get("SourceRegion") in (None, region))

    return CopiesSeen(
        destination_region=there,
        copies=_or_unknown(call, read),
        kms_key_id=copy.kms_key_id,
        key_state=_key_state(aws, there, copy.kms_key_id),
    )


def look_at_namespace_copies(aws: Aws, namespace_arn: str, copy: SnapshotCopyConfiguration) -> CopiesSeen:
    """The same of a namespace. They are found by the namespace's ARN, which stays that of the region they come from."""
    there, key = copy.destination_region, copy.destination_kms_key_id
    call = Call(service="redshift-serverless", region=there, operation="ListSnapshots", parameters={})

    def read() -> tuple[Snapshot, ...]:
        found = aws.pages(call, "snapshots")
        return _newest_first(_of_namespace(each) for each in found if each.get("namespaceArn") == namespace_arn)

    own = None if key == AWS_OWNED_KMS_KEY else key
    return CopiesSeen(
        destination_region=there,
        copies=_or_unknown(call, read),
        kms_key_id=own,
        key_state=_key_state(aws, there, own),
    )


def _key_state(aws: Aws, region: str, key: str | Unknown | None) -> str | Unknown | None:
    if key is None or isinstance(key, Unknown):
        return key
    call = Call(service="kms", region=region, operation="DescribeKey", parameters={"KeyId": key})
    return _or_unknown(call, lambda: str(aws.call(call)["KeyMetadata"].get("KeyState", "Enabled")))


def _or_unknown(call: Call, read: Callable[[], R]) -> R | Unknown:
    """Another region that does not answer makes nothing else unknown, so any error of AWS is told here."""
    try:
        return read()
    except AwsError as error:
        return Unknown(needs_action=call.name, reason=f"{call.region}: {error.message}")


def _of_cluster(reply: Reply) -> Snapshot:
    return Snapshot(
        name=str(reply.get("SnapshotIdentifier") or ""),
        created=reply.get("SnapshotCreateTime"),
        status=str(reply.get("Status") or "unknown"),
        kind=str(reply.get("SnapshotType") or ""),
        size_mb=reply.get("TotalBackupSizeInMegaBytes"),
        encrypted=reply.get("Encrypted"),
        usable=reply.get("Status") == "available",
    )


def _of_namespace(reply: Reply) -> Snapshot:
    return Snapshot(
        name=str(reply.get("snapshotName") or ""),
        created=reply.get("snapshotCreateTime"),
        status=str(reply.get("status") or "unknown").lower(),
        kind="serverless",
        size_mb=reply.get("totalBackupSizeInMegaBytes"),
        encrypted=bool(reply.get("kmsKeyId")),
    )


def _newest_first(snapshots: Iterable[Snapshot]) -> tuple[Snapshot, ...]:
    return tuple(sorted(snapshots, key=lambda each: each.created or "", reverse=True))
