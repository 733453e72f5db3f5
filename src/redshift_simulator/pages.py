"""Results page by page, with a token that means nothing to the caller."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")


class BadTokenError(ValueError):
    """The token was not made here, or for another list."""


def page(items: Sequence[T], token: str | None, size: int, kind: str) -> tuple[list[T], str | None]:
    """The items of one page and the token of the next, None after the last."""
    start = _offset(token, kind) if token else 0
    following = start + size
    return list(items[start:following]), (_token(kind, following) if following < len(items) else None)


def _token(kind: str, offset: int) -> str:
    return base64.urlsafe_b64encode(f"{kind}:{offset}".encode()).decode()


def _offset(token: str, kind: str) -> int:
    try:
        made_for, _, offset = base64.urlsafe_b64decode(token.encode()).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError) as error:
        raise BadTokenError(token) from error
    if made_for != kind or not offset.isdigit():
        raise BadTokenError(token)
    return int(offset)
