"""Messages that a guide quotes in a troubleshooting table have to be messages of the program."""

from __future__ import annotations

import re
from pathlib import Path

SOURCES = Path(__file__).resolve().parents[2] / "src" / "redshift_migrate"

_TABLE = re.compile(r"^\| you see \|.*\n\|[-| ]+\n((?:\|.*\n?)+)", re.MULTILINE)
_JOINED_LITERALS = re.compile(r"""["']\s*\n\s*f?["']""")


def require_messages(text: str) -> str:
    """The text as it is. ValueError for a message in backticks that no source of the program contains.

    `…` stands for a value; what is between two of them has to be there word for word.
    """
    sources = _JOINED_LITERALS.sub("", "\n".join(file.read_text(encoding="utf-8") for file in SOURCES.rglob("*.py")))
    quoted = [
        message
        for table in _TABLE.findall(text)
        for row in table.splitlines()
        for message in re.findall(r"`([^`]+)`", row.split("|")[1])
    ]
    if not quoted:
        raise ValueError("there is no troubleshooting table with a quoted message")
    for message in quoted:
        missing = [part for part in message.split("…") if part.strip() and part.strip() not in sources]
        if missing:
            raise ValueError(f"the program does not say {missing} (of {message!r})")
    return text
