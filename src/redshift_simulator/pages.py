"""Results page by page, with a token that means nothing to the caller."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from redshift_simulator.account import Resource, SimulatedAccount, public
from redshift_simulator.errors import SimulatedError
from redshift_simulator.registry import Parameters


@dataclass(frozen=True)
class Paging:
    """How the lists of one service are cut into pages."""

    size: str
    """The parameter that asks for so many results."""
    token: str
    """Parameter and member of the reply that hold the token."""
    refuse: Callable[[str], SimulatedError]
    """The error for a token that was not made here, or for another list."""
    fewest: int = 1
    most: int = 100
    usual: int = 100
    """Results of a page when the request does not say."""

    def page(
        self, account: SimulatedAccount, parameters: Parameters, member: str, items: Sequence[Any]
    ) -> dict[str, Any]:
        """One page of a reply: `{member: items, token: …}`, the token only where more is to come."""
        asked = int(parameters.get(self.size, self.usual))
        if not self.fewest <= asked <= self.most:
            raise self.refuse(f"The parameter {self.size} must be between {self.fewest} and {self.most}.")
        given = parameters.get(self.token)
        start = _offset(given, member) if given else 0
        if start is None:
            raise self.refuse(f"The parameter {self.token} is not valid.")
        end = start + min(asked, account.page_size or asked)
        return {member: list(items[start:end])} | ({self.token: _token(member, end)} if end < len(items) else {})


def by_name(resources: Iterable[Resource], parameters: Parameters) -> list[Resource]:
    """As a reply shows them, by name, those whose name begins with the NamePrefix."""
    prefix = parameters.get("NamePrefix", "")
    found = [public(resource) for resource in resources if resource["Name"].startswith(prefix)]
    return sorted(found, key=lambda resource: str(resource["Name"]))


def _token(member: str, offset: int) -> str:
    return base64.urlsafe_b64encode(f"{member}:{offset}".encode()).decode()


def _offset(token: str, member: str) -> int | None:
    """Where a page starts; None for a token that was not made for this list."""
    try:
        made_for, _, offset = base64.urlsafe_b64decode(token.encode()).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return None
    return int(offset) if made_for == member and offset.isdigit() else None
