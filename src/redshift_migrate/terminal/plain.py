"""Values as plain text: no colour, no cursor, the same in every terminal and file."""

from __future__ import annotations

import json
from typing import Any

from redshift_migrate.terminal import planview
from redshift_migrate.terminal.shown import Data, Listing, PlanShown, Problem, Several, Shown, Table, Words
from redshift_migrate.text import visible, visible_values

WIDTH = 120
"""Characters a line of a plan's first view has where there is no window."""


def render_text(shown: Shown) -> str:
    """The value as lines of text, everything invisible in it spelled out."""
    match shown:
        case Words(text):
            return visible(text, None, lines=True)
        case Table():
            return _table(shown)
        case Data(value, title):
            return "\n".join(part for part in (visible(title), pretty_json(value)) if part)
        case PlanShown(plan, approve_with, done, beside):
            parts = [visible(planview.headline(plan)), visible(planview.place(plan)), *map(visible, beside)]
            parts += [render_text(part) + "\n" for part in planview.first_view(plan, WIDTH, done)]
            parts.append(f"Digest: {plan.digest}")
            if approve_with:
                parts += ["Nothing was changed. Approve exactly this plan with:", f"  {visible(approve_with)}"]
            return "\n".join(parts)
        case Listing():
            return _listing(shown)
        case Problem(message, hint):
            return "\n".join(visible(part, None) for part in (message, hint) if part)
        case Several(parts_):
            return "\n\n".join(render_text(part) for part in parts_)


def pretty_json(value: Any) -> str:
    """A JSON value, indented, with every text in it made visible."""
    return json.dumps(visible_values(value, None), indent=2, ensure_ascii=False)


def _listing(listing: Listing) -> str:
    rows = [(visible(name), visible(text, None)) for name, text in listing.rows]
    names = max((len(name) for name, _ in rows), default=0)
    lines = [visible(listing.title)] if listing.title else []
    indent = "  " if listing.title else ""
    lines += [f"{indent}{name.ljust(names)}{'  ' if names else ''}{text}" for name, text in rows]
    return "\n".join(lines)


def _table(table: Table) -> str:
    rows = [[visible(cell) for cell in row] for row in (table.columns, *table.rows)]
    lines = [visible(table.title)] if table.title else []
    if table.rows:
        widths = [max(len(row[column]) for row in rows) for column in range(len(table.columns))]
        for row in rows:
            cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
            lines.append("  ".join(cells).rstrip())
    if table.note:
        lines.append(visible(table.note, None, lines=True))
    return "\n".join(lines)
