"""Standard streams that survive closed descriptors, small character sets and readers that leave early."""

from __future__ import annotations

import codecs
import contextlib
import os
import sys
from typing import TextIO

PLAIN_CHARACTERS = {
    "…": "...",
    "–": "-",
    "—": "-",
    "−": "-",
    "→": "->",
    "·": "-",
    "•": "*",
    "✓": "ok",
    "✗": "failed",
    "’": "'",
    "‘": "'",
    "“": '"',
    "”": '"',
    "≤": "<=",
    "≥": ">=",
    "×": "x",
    "\N{NO-BREAK SPACE}": " ",
}
"""What our own typography becomes where the character set does not have it; all else is spelled `\\u{..}`."""


def open_missing_streams() -> None:
    """Put /dev/null where standard input, output or errors are closed, so that no other file takes their place."""
    for descriptor in (0, 1, 2):
        try:
            os.fstat(descriptor)
        except OSError:
            os.dup2(os.open(os.devnull, os.O_RDWR), descriptor)
    if sys.stdout is None:
        sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
    if sys.stderr is None:
        sys.stderr = open(2, "w", encoding="utf-8", closefd=False)  # noqa: SIM115


def _in_plain_characters(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    bad = error.object[error.start : error.end]
    return "".join(PLAIN_CHARACTERS.get(each, f"\\u{{{ord(each):x}}}") for each in bad), error.end


codecs.register_error("plain-characters", _in_plain_characters)


class Output:
    """A text stream that never raises: what it cannot encode is spelled out, and a reader that left is remembered."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self.is_broken = False
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="plain-characters")

    def line(self, text: str = "") -> None:
        """The text and a line break, at once."""
        if self.is_broken:
            return
        try:
            self._stream.write(f"{text}\n")
            self._stream.flush()
        except BrokenPipeError:
            self._reader_left()

    def _reader_left(self) -> None:
        self.is_broken = True
        with contextlib.suppress(OSError, ValueError):  # without this, Python complains once more when it ends
            os.dup2(os.open(os.devnull, os.O_WRONLY), self._stream.fileno())
