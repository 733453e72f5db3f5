"""Marked blocks in a Markdown file: what is between the marks is generated, the rest is written by hand.

<!-- generated: NAME -->
…
<!-- end: NAME -->
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence


def filled(text: str, blocks: Mapping[str, str]) -> str:
    """The text with every block of that name filled anew. ValueError names a block that the text has no marks for."""
    for name, content in blocks.items():
        begin, end = f"<!-- generated: {name} -->", f"<!-- end: {name} -->"
        head, found, rest = text.partition(f"{begin}\n")
        _, closed, tail = rest.partition(end)
        if not (found and closed):
            raise ValueError(f"there are no marks for the block {name!r}")
        text = f"{head}{begin}\n{content.strip()}\n{end}{tail}"
    return text


def table(columns: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    """A Markdown table; a `|` in a cell is escaped."""
    cells = [columns, tuple("---" for _ in columns), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in cells)
