"""What every extractor does with a reply: pick members, and decide what a refusal of the read means."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any, TypeVar

from redshift_migrate.errors import AccessDenied, AwsError
from redshift_migrate.models.base import Unknown
from redshift_migrate.models.plan import Call

T = TypeVar("T")
Reply = dict[str, Any]

NOT_OFFERED = frozenset({"UnsupportedOperation", "UnsupportedOperationFault"})
"""The feature does not exist for this cluster or in this region, so nothing of it can be set."""

NOT_TELLING = frozenset({"InvalidClusterState", "InvalidNamespaceFault", "UnauthorizedPartnerIntegration"})
"""AWS does not answer now, or not for this cluster, though the caller may ask: there may be something."""


def read_or_unknown(call: Call, read: Callable[[], T], *, absent: T, absent_codes: Collection[str] = ()) -> T | Unknown:
    """What `read` gives, `absent` when AWS says that there is no such thing, Unknown when it may not be read.

    Throttling, lost connections and bad credentials are no answers and stay exceptions.
    """
    try:
        return read()
    except AccessDenied as error:
        return Unknown(needs_action=str(error.data.get("action") or call.name), reason=error.message)
    except AwsError as error:
        if error.aws_code in NOT_OFFERED or error.aws_code in absent_codes:
            return absent
        if error.aws_code in NOT_TELLING:
            return Unknown(needs_action=call.name, reason=error.message)
        raise


def require_text(item: Reply, member: str, operation: str) -> str:
    """A text without which the rest means nothing. AwsError when AWS left it out, which it never should."""
    value = item.get(member)
    if not isinstance(value, str):
        raise AwsError(
            f"AWS answered {operation} without {member}. Nothing was changed.",
            hint="Repeat; if it stays so, this program and the service do not understand each other.",
            operation=operation,
        )
    return value


def texts(items: list[Reply] | None, member: str) -> tuple[str, ...]:
    """One text of each item, where it has it."""
    return tuple(item[member] for item in items or () if item.get(member))


def switch(text: str | None) -> bool | None:
    """A yes or no that AWS sends as text. None for no text at all, and for text of another meaning.

    `bool("false")` is true, which is why the words are compared.
    """
    return {"true": True, "enabled": True, "false": False, "disabled": False}.get((text or "").strip().lower())
