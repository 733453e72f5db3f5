"""Snapshot copy of a namespace, and the key that a user names for the destination."""

from __future__ import annotations

import re

from redshift_migrate.aws.door import Aws
from redshift_migrate.errors import AccessDenied, InvalidRequest, ResourceNotFound, SettingsError
from redshift_migrate.models.base import Unknown
from redshift_migrate.models.plan import Call
from redshift_migrate.models.serverless import AWS_OWNED_KMS_KEY, SnapshotCopyConfiguration

_ARN = re.compile(r"arn:(?P<partition>[^:]+):kms:(?P<region>[^:]*):(?P<account>[^:]*):(key|alias)/.+")


def observe_snapshot_copy(
    aws: Aws, namespace_name: str, region: str
) -> tuple[tuple[SnapshotCopyConfiguration, ...], str | None]:
    """The namespace's copy configurations (none or one) and the id that updates need."""
    call = Call(
        service="redshift-serverless",
        region=region,
        operation="ListSnapshotCopyConfigurations",
        parameters={"namespaceName": namespace_name},
    )
    found = aws.pages(call, "snapshotCopyConfigurations")
    configurations = tuple(
        SnapshotCopyConfiguration(
            destination_region=one["destinationRegion"],
            snapshot_retention_period_days=_days(one.get("snapshotRetentionPeriod")),
            destination_kms_key_id=one.get("destinationKmsKeyId") or AWS_OWNED_KMS_KEY,
        )
        for one in found
    )
    return configurations, found[0]["snapshotCopyConfigurationId"] if found else None


def destination_key(aws: Aws, key: str, destination_region: str) -> tuple[str, Unknown | None]:
    """The ARN of a key that the user named, and what could not be checked about it.

    SettingsError for a key of another region, one that does not exist there, or one that is not enabled.
    """
    parts = _ARN.fullmatch(key)
    if key.startswith("arn:") and parts is None:
        raise SettingsError(
            f"{key!r} is not the ARN of a KMS key. Nothing was changed.",
            hint="It looks like arn:aws:kms:REGION:ACCOUNT:key/ID; a key id or alias/NAME will do as well.",
        )
    if parts is not None and parts["region"] != destination_region:
        raise SettingsError(
            f"The key {key} lives in {parts['region']}, but copies in {destination_region} can only be encrypted with "
            f"a key of {destination_region}. Nothing was changed.",
            hint=f"Name a key of {destination_region}, or a multi-Region replica there.",
        )
    call = Call(service="kms", region=destination_region, operation="DescribeKey", parameters={"KeyId": key})
    try:
        metadata = aws.call(call)["KeyMetadata"]
    except (ResourceNotFound, InvalidRequest) as error:
        raise SettingsError(
            f"There is no KMS key {key!r} in {destination_region}. Nothing was changed.",
            hint=f"List them with: aws kms list-aliases --region {destination_region}",
        ) from error
    except AccessDenied as error:
        if parts is None or ":alias/" in key:
            raise  # without the read, an alias or bare id cannot be compared with what AWS answers
        return key, Unknown(needs_action="kms:DescribeKey", reason=error.message)
    if metadata.get("KeyState", "Enabled") != "Enabled":
        raise SettingsError(
            f"The key {key} in {destination_region} is {metadata['KeyState']}, so nothing can be encrypted with it. "
            "Nothing was changed.",
            hint="Enable it, or name another key.",
        )
    return str(metadata["Arn"]), None


def _days(value: int | None) -> int | None:
    """An endless retention may be answered by silence or by -1."""
    return value if value is not None and value > 0 else None
