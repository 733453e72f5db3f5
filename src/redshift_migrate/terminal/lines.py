"""Standard input as lines, whatever bytes come: each line is a prompt, or says why it is none."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

from redshift_migrate.text import visible

LONGEST_PROMPT = 20_000
"""Characters of one prompt. Longer ones are refused: no plain request is, and a model would be paid to read it."""

_MOST_BYTES = 4 * LONGEST_PROMPT + 2


class Line(NamedTuple):
    """One line of input. `refused` says why it is no prompt, `notice` what was changed to make it one."""

    number: int
    text: str
    refused: str = ""
    notice: str = ""


def prompt_of(text: str) -> Line:
    """The line for a prompt given whole, such as on the command line; line breaks are kept."""
    return _make_line(0, text.strip(), lines=True)


def read_lines(stream: BinaryIO) -> Iterator[Line]:
    """Lines as they come, without blank ones and comments. Ends with the input."""
    for number, data in enumerate(_raw_lines(stream), start=1):
        line = _line(number, data.removeprefix(codecs.BOM_UTF8) if number == 1 else data)
        if line.refused or (line.text and not line.text.startswith("#")):
            yield line


def _raw_lines(stream: BinaryIO) -> Iterator[bytes]:
    """Lines of bounded length: of a longer one only its beginning is kept."""
    while data := stream.readline(_MOST_BYTES):
        rest = data
        while len(rest) == _MOST_BYTES and not rest.endswith(b"\n"):
            rest = stream.readline(_MOST_BYTES)
        yield data


def _line(number: int, data: bytes) -> Line:
    body = data.rstrip(b"\r\n")
    try:
        return _make_line(number, body.decode("utf-8").strip())
    except UnicodeDecodeError:
        text = body.decode("utf-8", "replace").strip()
        return _make_line(number, text, notice="is not valid UTF-8; the unreadable bytes were replaced")


def _make_line(number: int, text: str, *, notice: str = "", lines: bool = False) -> Line:
    if len(text) > LONGEST_PROMPT:
        return Line(number, "", refused=f"is longer than {LONGEST_PROMPT:,} characters; it was not sent")
    clean = visible(text.replace("\t", " "), None, lines=lines)
    if clean != text.replace("\t", " "):
        notice = notice or "has invisible or control characters; they were spelled out"
    return Line(number, clean, notice=notice)
