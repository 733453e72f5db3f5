"""Snapshot copy of a cluster, and the key behind its grant, which only the destination region knows."""

from __future__ import annotations

from redshift_migrate.aws.door import Aws
from redshift_migrate.errors import AccessDenied, ResourceNotFound, SettingsError
from redshift_migrate.extractors.replies import Reply, texts
from redshift_migrate.extractors.source import Members, Read, Source
from redshift_migrate.models.base import Unknown
from redshift_migrate.models.cluster import SnapshotCopySettings
from redshift_migrate.models.plan import Call
from redshift_migrate.models.regions import either, similar

ACTION = "redshift:DescribeSnapshotCopyGrants"


def extract_snapshot_copy(source: Source) -> SnapshotCopySettings | None:
    """The copy settings, None when copy is off. The grant's key is Unknown when it may not be read."""
    settings = parse_snapshot_copy(source.cluster, Unknown(needs_action=ACTION, reason="not read yet"))
    if settings is None or settings.snapshot_copy_grant_name is None:
        return settings
    key = _key_or_unknown(source.aws, settings.snapshot_copy_grant_name, settings.destination_region)
    return settings.model_copy(update={"kms_key_id": key})


def parse_snapshot_copy(cluster: Reply, key: Unknown) -> SnapshotCopySettings | None:
    """The copy settings of a cluster; `key` stands for the key of a grant, which DescribeClusters does not tell."""
    status = cluster.get("ClusterSnapshotCopyStatus")
    if not status or not status.get("DestinationRegion"):
        return None
    grant = status.get("SnapshotCopyGrantName") or None
    return SnapshotCopySettings(
        destination_region=status["DestinationRegion"],
        retention_period_days=status.get("RetentionPeriod"),
        manual_snapshot_retention_period_days=status.get("ManualSnapshotRetentionPeriod"),
        snapshot_copy_grant_name=grant,
        kms_key_id=key if grant else None,
    )


def grant_key(aws: Aws, grant_name: str, destination_region: str) -> str:
    """The KMS key behind a snapshot copy grant. Grants live in the destination region and are asked there.

    Raises SettingsError, naming the grants that do exist there, if there is none of that name.
    """
    try:
        reply = aws.call(_describe_grants(destination_region, SnapshotCopyGrantName=grant_name))
        return str(reply["SnapshotCopyGrants"][0]["KmsKeyId"])
    except (ResourceNotFound, IndexError, KeyError) as error:
        grants = aws.pages(_describe_grants(destination_region), "SnapshotCopyGrants")
        known = texts(grants, "SnapshotCopyGrantName")
        near = similar(grant_name, known) or sorted(known)[:5]
        raise SettingsError(
            f"There is no snapshot copy grant {grant_name!r} in {destination_region}, where grants for copies to "
            "that region live. Nothing was changed.",
            hint=f"Grants there: {either(near)}." if near else f"There are no grants in {destination_region}.",
            similar=near,
        ) from error


def _key_or_unknown(aws: Aws, grant_name: str, destination_region: str) -> str | Unknown:
    try:
        return grant_key(aws, grant_name, destination_region)
    except AccessDenied as error:
        return Unknown(needs_action=ACTION, reason=error.message)
    except SettingsError as error:
        # The cluster names a grant that its destination does not have: copying is failing today.
        return Unknown(needs_action=ACTION, reason=error.message)


def _describe_grants(region: str, **parameters: str) -> Call:
    return Call(service="redshift", region=region, operation="DescribeSnapshotCopyGrants", parameters={**parameters})


MEMBERS: Members = {
    "snapshot_copy_config": Read(
        ACTION,
        extract_snapshot_copy,
        lambda source, unknown: parse_snapshot_copy(source.cluster, unknown),
        by=("ClusterSnapshotCopyStatus",),
    ),
}
