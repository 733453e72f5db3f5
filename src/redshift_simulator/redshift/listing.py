"""What the Describe operations of provisioned Redshift share: pages and tag filters."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

from redshift_simulator.account import SimulatedAccount
from redshift_simulator.errors import invalid_parameter
from redshift_simulator.pages import BadTokenError, page
from redshift_simulator.registry import Parameters

T = TypeVar("T")


def listed(
    account: SimulatedAccount,
    parameters: Parameters,
    member: str,
    items: Sequence[T],
    *,
    low: int = 20,
    high: int = 100,
) -> dict[str, Any]:
    """One page of a reply: `{member: items, Marker: …}`; MaxRecords has to be from `low` to `high`."""
    asked = parameters.get("MaxRecords", high)
    if not low <= asked <= high:
        raise invalid_parameter(f"The parameter MaxRecords must be between {low} and {high}.")
    try:
        shown, marker = page(items, parameters.get("Marker"), min(asked, account.page_size or asked), member)
    except BadTokenError as error:
        raise invalid_parameter("The parameter Marker is not valid.") from error
    return {member: shown} | ({"Marker": marker} if marker else {})


def has_tags(tags: list[dict[str, str]], parameters: Parameters) -> bool:
    """Whether TagKeys and TagValues, as far as given, each name one of these tags."""
    keys, values = parameters.get("TagKeys"), parameters.get("TagValues")
    return (not keys or any(tag["Key"] in keys for tag in tags)) and (
        not values or any(tag.get("Value", "") in values for tag in tags)
    )
