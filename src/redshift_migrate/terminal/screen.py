"""Values as the terminal shows them: rich tables where they fit, records where the window is narrow."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from typing import TextIO

from rich import box
from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table as RichTable
from rich.text import Text

from redshift_migrate.terminal import planview
from redshift_migrate.terminal.markdown import render_markdown
from redshift_migrate.terminal.plain import pretty_json
from redshift_migrate.terminal.shown import Data, Listing, PlanShown, Problem, Several, Shown, Table, Words, plans_in
from redshift_migrate.text import visible

LEVEL_STYLES = {"blocker": "bold red", "warning": "yellow", "info": "cyan"}
GROUP_STYLES = {"stops": "bold red", "decide": "bold yellow", "differs": "bold", "know": "bold dim"}
ACTION_STYLES = dict.fromkeys(("set", "carried", "translated"), "green") | {"removed": "red"}
ACTION_STYLES |= dict.fromkeys(("not carried", "left out"), "yellow")

NARROWEST_COLUMN = 11
"""Characters a column needs to be read; with less for each, rows become records."""


def wants_plain(environ: Mapping[str, str] = os.environ) -> bool:
    """True when there shall be no colour and nothing that moves: NO_COLOR (any value) or a dumb terminal."""
    return bool(environ.get("NO_COLOR")) or environ.get("TERM", "") in ("", "dumb")


def new_console(stream: TextIO | None = None) -> Console:
    """A console on standard output that interprets nothing in texts."""
    is_plain = wants_plain()
    return Console(
        file=stream or sys.stdout,
        markup=False,
        emoji=False,
        highlight=False,
        soft_wrap=False,
        color_system=None if is_plain else "auto",
        force_terminal=False if is_plain else None,
    )


class Screen:
    """Draws values on one console."""

    def __init__(self, console: Console) -> None:
        self.console = console

    def show(self, shown: Shown) -> None:
        """The value, drawn; a reader that left is nobody's business here."""
        self.console.print(self.render(shown), crop=False)

    def page(self, shown: Shown) -> None:
        """The value, drawn; what is longer than the window goes through a pager, which gives the window back as it was.

        A plan's first view is not: what is asked about it has to stay in view.
        """
        drawn = self.render(shown)
        is_long = self.console.is_terminal and not wants_plain() and not plans_in(shown)
        if is_long and len(self.console.render_lines(drawn)) > self.console.height and sys.stdin.isatty():
            os.environ.setdefault("LESS", "-R")
            os.environ["LESSSECURE"] = "1"  # it shows text of strangers, and shall run nothing
            with self.console.pager(styles=True):
                self.console.print(drawn, crop=False)
            self.console.print(Text("(shown in the pager)", "dim"))
        else:
            self.console.print(drawn, crop=False)

    def note(self, text: str, style: str = "dim", *, one_line: bool = False) -> None:
        """Something beside the matter; with `one_line` cut at the window's edge."""
        drawn = Text(visible(text, None, lines=not one_line), style)
        self.console.print(drawn, no_wrap=one_line or None, overflow="ellipsis" if one_line else None)

    def render(self, shown: Shown) -> RenderableType:
        """The value as rich draws it."""
        match shown:
            case Words(text):
                return render_markdown(text)
            case Table():
                return self._render_table(shown)
            case Listing():
                return self._render_listing(shown)
            case Data(value, title):
                return Group(*([Text(visible(title), "bold")] if title else []), _verbatim(pretty_json(value)))
            case PlanShown():
                return self._render_plan(shown)
            case Problem(message, hint):
                told = Text(visible(message, None), "red")
                return Group(told, Text(visible(hint, None))) if hint else told
            case Several(parts):
                return Group(*(self.render(part) for part in parts))

    def _render_plan(self, shown: PlanShown) -> RenderableType:
        plan = shown.plan
        parts: list[RenderableType] = [
            Text(visible(planview.headline(plan)), "bold"),
            *(Text(visible(line), "dim") for line in (planview.place(plan), *shown.beside)),
        ]
        parts += [self.render(part) for part in planview.first_view(plan, self.console.width, shown.done)]
        if shown.approve_with:
            parts.append(Text(f"Approve exactly this plan with: {visible(shown.approve_with)}", "dim"))
        return Group(*parts)

    def _render_listing(self, listing: Listing) -> RenderableType:
        if listing.is_verbatim:
            lines = [_verbatim(f"  {visible(text, None)}") for _, text in listing.rows]
            return Group(Text(visible(listing.title), "bold"), *lines, Text())
        rows = RichTable.grid(padding=(0, 2, 0, 0))
        rows.add_column(overflow="fold")
        rows.add_column(overflow="fold")
        named = any(name for name, _ in listing.rows)
        for name, text in listing.rows:
            cells = (Text(visible(name), "cyan"), Text(visible(text, None))) if named else (Text(visible(text, None)),)
            rows.add_row(*cells)
        if not listing.title:
            return rows
        return Group(Text(visible(listing.title), GROUP_STYLES.get(listing.style, "bold")), Padding(rows, (0, 0, 1, 2)))

    def _render_table(self, table: Table) -> RenderableType:
        parts: list[RenderableType] = [Text(visible(table.title), "bold")] if table.title else []
        if table.rows:
            fits = self.console.width >= NARROWEST_COLUMN * len(table.columns)
            parts.append(_grid(table) if fits else _records(table))
        if table.note:
            parts.append(Text(visible(table.note, None, lines=True), "dim"))
        return Group(*parts)


def _verbatim(text: str) -> Text:
    """Text that is copied: its lines are as long as they are, and the window folds them without breaking them."""
    return Text(text, no_wrap=True, overflow="ignore")


def _grid(table: Table) -> RichTable:
    grid = RichTable(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, expand=False, header_style="bold")
    for column in table.columns:
        grid.add_column(Text(visible(column)), overflow="fold")
    for row in table.rows:
        grid.add_row(*(_cell(column, value) for column, value in zip(table.columns, row, strict=True)))
    return grid


def _records(table: Table) -> RenderableType:
    """One field a line: what a table is in a window of twenty columns."""
    lines: list[Text] = []
    for row in table.rows:
        for column, value in zip(table.columns, row, strict=True):
            lines.append(Text.assemble((f"{visible(column)}: ", "bold"), _cell(column, value)))
        lines.append(Text())
    return Group(*lines)


def _cell(column: str, value: str) -> Text:
    style = ACTION_STYLES.get(value, "") if column == "action" else LEVEL_STYLES.get(value, "")
    return Text(visible(value), style if column in ("action", "level") else "")
