"""Pages and errors of EventBridge."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

from redshift_simulator.account import SimulatedAccount
from redshift_simulator.errors import SimulatedError
from redshift_simulator.pages import BadTokenError, page
from redshift_simulator.registry import Parameters

T = TypeVar("T")

PAGE_SIZE = 100


def listed(account: SimulatedAccount, parameters: Parameters, member: str, items: Sequence[T]) -> dict[str, Any]:
    """One page of a reply: `{member: items, NextToken: …}`."""
    asked = parameters.get("Limit", PAGE_SIZE)
    try:
        shown, token = page(items, parameters.get("NextToken"), min(asked, account.page_size or asked), member)
    except BadTokenError as error:
        raise validation("The token is invalid.") from error
    return {member: shown} | ({"NextToken": token} if token else {})


def validation(message: str) -> SimulatedError:
    """The error of EventBridge for input that fits the model and is still not allowed."""
    return SimulatedError("ValidationException", message)
