"""Pages of Redshift Serverless."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

from redshift_simulator.account import SimulatedAccount
from redshift_simulator.errors import SimulatedError
from redshift_simulator.pages import BadTokenError, page
from redshift_simulator.registry import Parameters

T = TypeVar("T")

PAGE_SIZE = 100


def listed(
    account: SimulatedAccount,
    parameters: Parameters,
    member: str,
    items: Sequence[T],
    bad_token_code: str = "ValidationException",  # noqa: S107  # an error code, no secret
) -> dict[str, Any]:
    """One page of a reply: `{member: items, nextToken: …}`."""
    asked = parameters.get("maxResults", PAGE_SIZE)
    try:
        shown, token = page(items, parameters.get("nextToken"), min(asked, account.page_size or asked), member)
    except BadTokenError as error:
        raise SimulatedError(bad_token_code, "The pagination token is not valid.") from error
    return {member: shown} | ({"nextToken": token} if token else {})
