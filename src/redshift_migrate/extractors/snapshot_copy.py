"""Snapshot copy of a cluster, and the key behind its grant, which only the destination region knows."""

from __future__ import annotations

from typing import Any

from redshift_migrate.aws.door import Aws
from redshift_migrate.errors import AccessDenied, ResourceNotFound, SettingsError
from redshift_migrate.models.base import Unknown
from redshift_migrate.models.cluster import SnapshotCopySettings
from redshift_migrate.models.plan import Call
from redshift_migrate.models.regions import either, similar


def retention_members(cluster: dict[str, Any]) -> dict[str, Any]:
    """How long the cluster keeps its own snapshots, at home."""
    return {
        "automated_snapshot_retention_period_days": cluster.get("AutomatedSnapshotRetentionPeriod"),
        "manual_snapshot_retention_period_days": cluster.get("ManualSnapshotRetentionPeriod"),
    }


def extract_snapshot_copy(aws: Aws, cluster: dict[str, Any]) -> SnapshotCopySettings | None:
    """The copy settings, None when copy is off. The grant's key is Unknown when it may not be read."""
    status = cluster.get("ClusterSnapshotCopyStatus")
    if not status or not status.get("DestinationRegion"):
        return None
    destination, grant = status["DestinationRegion"], status.get("SnapshotCopyGrantName") or None
    return SnapshotCopySettings(
        destination_region=destination,
        retention_period_days=status.get("RetentionPeriod"),
        manual_snapshot_retention_period_days=status.get("ManualSnapshotRetentionPeriod"),
        snapshot_copy_grant_name=grant,
        kms_key_id=_key_or_unknown(aws, grant, destination) if grant else None,
    )


def grant_key(aws: Aws, grant_name: str, destination_region: str) -> str:
    """The KMS key behind a snapshot copy grant. Grants live in the destination region and are asked there.

    Raises SettingsError, naming the grants that do exist there, if there is none of that name.
    """
    try:
        reply = aws.call(_describe_grants(destination_region, SnapshotCopyGrantName=grant_name))
        return str(reply["SnapshotCopyGrants"][0]["KmsKeyId"])
    except (ResourceNotFound, IndexError, KeyError) as error:
        known = aws.pages(_describe_grants(destination_region), "SnapshotCopyGrants[].SnapshotCopyGrantName")
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
        return Unknown(needs_action="redshift:DescribeSnapshotCopyGrants", reason=error.message)
    except SettingsError as error:
        # The cluster names a grant that its destination does not have: copying is failing today.
        return Unknown(needs_action="redshift:DescribeSnapshotCopyGrants", reason=error.message)


def _describe_grants(region: str, **parameters: str) -> Call:
    return Call(service="redshift", region=region, operation="DescribeSnapshotCopyGrants", parameters={**parameters})
