"""What the Describe operations of provisioned Redshift share: pages, filters, and names that have to exist."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from redshift_simulator.account import Resource, SimulatedAccount
from redshift_simulator.errors import SimulatedError, invalid_parameter
from redshift_simulator.pages import Paging
from redshift_simulator.registry import Parameters

PAGES = Paging("MaxRecords", "Marker", invalid_parameter, fewest=20)


def has_tags(tags: list[dict[str, str]], parameters: Parameters) -> bool:
    """Whether TagKeys and TagValues, as far as given, each name one of these tags."""
    keys, values = parameters.get("TagKeys"), parameters.get("TagValues")
    return (not keys or any(tag["Key"] in keys for tag in tags)) and (
        not values or any(tag.get("Value", "") in values for tag in tags)
    )


def tags(**values: str) -> list[dict[str, str]]:
    """Tags as the API lists them."""
    return [{"Key": key, "Value": value} for key, value in values.items()]


def with_tags(resources: Iterable[Resource], parameters: Parameters) -> list[Resource]:
    """Those that have the tags which are asked for."""
    return [resource for resource in resources if has_tags(resource["Tags"], parameters)]


def check_known(
    account: SimulatedAccount, region: str, kind: str, name: Any, code: str, noun: str, status: int = 404
) -> None:
    """Raise the error of this kind for a name that is given and not there."""
    if name is not None and name not in account.table(region, kind):
        raise SimulatedError(code, f"{noun} {name} not found.", status)
