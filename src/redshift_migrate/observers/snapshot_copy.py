"""The key that a user names for the destination of snapshot copies."""

from __future__ import annotations

import re

from redshift_migrate.aws.door import Aws
from redshift_migrate.errors import AccessDenied, InvalidRequest, ResourceNotFound, SettingsError
from redshift_migrate.models.base import Unknown
from redshift_migrate.models.plan import Call

_ARN = re.compile(r"arn:(?P<partition>[^:]+):kms:(?P<region>[^:]*):(?P<account>[^:]*):(key|alias)/.+")


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
