"""What AWS makes and attaches by itself: recognised here alone. It is never sent, and nobody need edit it."""

from __future__ import annotations

import re

AWS_TAG_PREFIX = "aws:"
"""Reserved in any combination of capitals. Source: Tagging AWS Resources, "Tag naming limits and requirements"."""

_LINKED_ROLE = re.compile(r"arn:[^:]+:iam::\d*:role/aws-service-role/(?P<service>[^/]+)/.+", re.IGNORECASE)
"""Source: IAM User Guide, "Using service-linked roles": their path is reserved, in every partition."""

_MANAGED_SECRET = re.compile(r"(arn:[^:]+:secretsmanager:[^:]*:\d*:secret:)?[a-z][a-z-]*!.+")
"""Source: Secrets Manager User Guide, "Secrets managed by other AWS services": the service's name, then `!`."""

_SECRET_SUFFIX = re.compile(r"-[A-Za-z0-9]{6}")


def service_of_linked_role(role_arn: str | None) -> str | None:
    """The service that a service-linked role belongs to; None for a role of the account's own."""
    found = _LINKED_ROLE.fullmatch(role_arn or "")
    return found["service"].lower() if found else None


def is_service_linked(role_arn: str | None) -> bool:
    """Whether only AWS itself may hand the role on: it refuses the role in a call, whoever makes it."""
    return service_of_linked_role(role_arn) is not None


def is_aws_tag(key: str) -> bool:
    """Whether the tag is AWS's own, which no call can set."""
    return key.lower().startswith(AWS_TAG_PREFIX)


def is_managed_secret(secret: str | None) -> bool:
    """Whether a service of AWS keeps the secret, which goes with what it was made for. An ARN or a name."""
    return _MANAGED_SECRET.fullmatch(secret or "") is not None


def is_same_secret(one: str | None, other: str | None) -> bool:
    """Whether two spellings mean one secret: its ARN, that without the six characters at its end, or its name."""
    if not one or not other:
        return False
    shorter, longer = sorted((one, other), key=len)
    name = longer.partition(":secret:")[2] or longer
    return any(
        shorter == full or (longer.startswith("arn:") and _SECRET_SUFFIX.fullmatch(full.removeprefix(shorter)))
        for full in (longer, name)
    )
