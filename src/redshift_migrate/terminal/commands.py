"""Slash commands: one table that is also what /help prints. Each is answered by the service, without a model.

The table is there when the prompt is, so it is light; `answers` has what it takes to answer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from redshift_migrate.terminal.desk import Desk
    from redshift_migrate.terminal.shown import Problem, Shown


class Command(NamedTuple):
    """One slash command."""

    name: str
    usage: str
    summary: str


def answer(desk: Desk, line: str) -> Shown:
    """What the command in this line says. Errors of ours are part of it."""
    from redshift_migrate.errors import RedshiftMigrateError
    from redshift_migrate.terminal.answers import ANSWERS
    from redshift_migrate.terminal.shown import problem

    name, argument = split(line)
    if name not in COMMANDS:
        return unknown(name)
    try:
        return ANSWERS[name](desk, argument)
    except RedshiftMigrateError as error:
        return problem(error)


def split(line: str) -> tuple[str, str]:
    """The command's name and its argument."""
    name, _, argument = line[1:].partition(" ")
    return ALIASES.get(name.lower(), name.lower()), argument.strip()


def changes_the_account(line: str) -> bool:
    """True for a command that must not be cut off in the middle."""
    return line.startswith("/") and split(line)[0] == "approve"


def unknown(name: str) -> Problem:
    """A command that is not there; it is not passed on to the model."""
    import difflib

    from redshift_migrate.terminal.shown import Problem

    near = difflib.get_close_matches(name, COMMANDS, n=1)
    guess = f"Did you mean /{near[0]}? " if near else ""
    return Problem(f"There is no command /{name}. Nothing was sent to the model.", f"{guess}/help lists them.", "usage")


COMMANDS: dict[str, Command] = {
    command.name: command
    for command in (
        Command("help", "[TOPIC]", "this list, or what is known about a topic"),
        Command("clusters", "[PART OF NAME]", "provisioned clusters of the region"),
        Command("plan", "[DIGEST]", "a saved plan, the newest without a digest"),
        Command("approve", "DIGEST", "approve exactly that plan and apply it"),
        Command("status", "[MIGRATION]", "how far a run is, the newest without a name"),
        Command("verify", "[MIGRATION]", "whether a moved cluster is still as it was asked for"),
        Command("permissions", "[TOOL | DIGEST]", "the IAM statements needed, by a tool or by one plan"),
        Command("session", "[NAME | -]", "kept conversations; open one, or keep none"),
        Command("model", "[PROVIDER[:ID]]", "the model; another one from the next turn on"),
        Command("region", "[REGION]", "the region meant when none is named; another one"),
        Command("cost", "", "tokens of this chat, and money where a price is known"),
        Command("json", "[NUMBER]", "a tool call in full, the last one without a number"),
        Command("exit", "", "leave; Ctrl-D does too"),
    )
}

ALIASES = {"quit": "exit", "?": "help", "h": "help", "q": "exit"}
