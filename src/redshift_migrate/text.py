"""Text from outside, made safe to show, to log and to hand to a model: the one place where that is done."""

from __future__ import annotations

import unicodedata
from typing import Any

HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
"""Unicode categories that move the cursor, hide text, turn its direction, or cannot be encoded."""

LONGEST = 2_000
"""Characters of one foreign text that are shown; SQL and policies are asked for by name when they are longer."""


def visible(text: str, limit: int | None = LONGEST, *, lines: bool = False) -> str:
    """The text with everything invisible spelled out as `\\u{..}`, cut at `limit` characters.

    Line breaks and tabs are kept only with `lines`: elsewhere they could forge a line of their own.
    """
    cut = text if limit is None or len(text) <= limit else text[:limit] + f"… ({len(text) - limit} more characters)"
    if cut.isascii() and cut.isprintable():
        return cut
    return "".join(_spell(character, lines) for character in cut)


def visible_values(value: Any, limit: int | None = LONGEST) -> Any:
    """A JSON value with every text in it, keys included, made visible. Line breaks stay: JSON spells them itself."""
    if isinstance(value, str):
        return visible(value, limit, lines=True)
    if isinstance(value, dict):
        return {visible(str(key), 200): visible_values(item, limit) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [visible_values(item, limit) for item in value]
    return value


def _spell(character: str, lines: bool) -> str:
    if lines and character in "\n\t":
        return character
    if unicodedata.category(character) in HIDDEN:
        return f"\\u{{{ord(character):x}}}"
    return character
