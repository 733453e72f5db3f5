"""The generated blocks of the chat guide."""

from __future__ import annotations

import argparse

import redshift_migrate
from redshift_migrate.settings import parser
from redshift_migrate.terminal.commands import COMMANDS
from redshift_migrate.terminal.cost import PRICES, PRICES_OF
from scripts.docs.blocks import filled, table


def generate(present: str) -> str:
    """The guide with its blocks as the program is now."""
    return filled(present, {"options": _options(), "commands": _commands(), "prices": _prices()})


def _options() -> str:
    """A table of our own: argparse prints its help differently from one Python to the next."""
    rows = [(f"`{_spelled(action)}`", str(action.help)) for action in parser(redshift_migrate.__version__)._actions]
    return table(("option", "what it does"), rows)


def _spelled(action: argparse.Action) -> str:
    if not action.option_strings:
        return f"{action.metavar} ..."
    value = f" {action.metavar}" if action.metavar else ""
    return action.option_strings[-1] + (f"[{value.strip()}]" if action.nargs == "?" else value)


def _commands() -> str:
    rows = [(f"`/{each.name} {each.usage}`".replace(" `", "`"), each.summary) for each in COMMANDS.values()]
    return table(("command", "what it does"), rows)


def _prices() -> str:
    rows = [
        (f"`{model}`", *(f"{value:.2f}" for value in (price.input, price.output, price.cache_read, price.cache_write)))
        for model, price in PRICES.items()
    ]
    columns = ("model", "input", "output", "read from cache", "written to cache (5 min)")
    return f"{table(columns, rows)}\n\nUS dollars for a million tokens, list prices of {PRICES_OF}."
