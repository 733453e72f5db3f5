"""Slash commands: one table that is also what /help prints. Each is answered by the service, without a model."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from redshift_migrate.terminal.shown import PlanShown, Problem, Shown, Table, Words

if TYPE_CHECKING:
    from redshift_migrate.models.approval import Channel
    from redshift_migrate.terminal.program import Program


@dataclass(frozen=True)
class Context:
    """What a command may use."""

    program: Program
    channel: Channel


@dataclass(frozen=True)
class Command:
    """One slash command."""

    name: str
    usage: str
    summary: str
    run: Callable[[Context, str], Shown]


def answer(context: Context, line: str) -> Shown:
    """What the command in this line says. Errors of ours are part of it."""
    from redshift_migrate.errors import RedshiftMigrateError
    from redshift_migrate.terminal.shown import problem

    name, _, rest = line[1:].partition(" ")
    command = COMMANDS.get(name.lower())
    if command is None:
        return unknown(name)
    try:
        return command.run(context, rest.strip())
    except RedshiftMigrateError as error:
        return problem(error)


def unknown(name: str) -> Problem:
    """A command that is not there; it is not passed on to the model."""
    import difflib

    near = difflib.get_close_matches(name.lower(), COMMANDS, n=1)
    guess = f"Did you mean /{near[0]}? " if near else ""
    return Problem(f"There is no command /{name}. Nothing was sent to the model.", f"{guess}/help lists them.", "usage")


def _help(_: Context, topic: str) -> Shown:
    if topic:
        from redshift_migrate.agent.help import HELP_TOPICS, help_text

        if topic not in HELP_TOPICS:
            return Problem(f"There is no help topic {topic!r}.", f"Topics: {', '.join(HELP_TOPICS)}.", "usage")
        return Words(help_text(topic))
    rows = tuple((f"/{command.name} {command.usage}".strip(), command.summary) for command in COMMANDS.values())
    return Table(("command", "what it does"), rows, note="Anything else is said to the model, in plain words.")


def _clusters(context: Context, name_contains: str) -> Shown:
    service = context.program.service
    found = service.clusters(name_contains=name_contains or None)
    rows = tuple(
        (
            each.cluster_id,
            each.status,
            f"{each.number_of_nodes or '?'} x {each.node_type or '?'}",
            each.maintenance_track or "-",
            each.snapshot_copy_destination_region or "-",
        )
        for each in found
    )
    columns = ("cluster", "status", "nodes", "track", "snapshots copied to")
    note = "" if rows else "There are none."
    return Table(columns, rows, title=f"Provisioned clusters in {service.region()}", note=note)


def _plan(context: Context, digest: str) -> Shown:
    from redshift_migrate.terminal.approving import approve_command

    service = context.program.service
    plan = service.plan(digest.lower()) if digest else service.newest_plan()
    if plan is None:
        return Words("No plan has been saved yet. Ask for a change; it is planned first.")
    return PlanShown(plan, approve_command(plan, context.program.settings))


def _approve(context: Context, digest: str) -> Shown:
    from redshift_migrate.terminal.approving import DIGEST, approve_and_apply, outcome_table

    if not DIGEST.fullmatch(digest.lower()):
        return Problem("Which plan? Nothing was approved.", "Write /approve and 8 or more characters of its digest.")
    return outcome_table(approve_and_apply(context.program.service, digest.lower(), context.channel))


def _status(context: Context, migration_id: str) -> Shown:
    status = context.program.service.status(migration_id or None)
    if status is None:
        return Words("No migration has been started with this state folder.")
    rows = tuple((name.replace("_", " "), _cell(value)) for name, value in status.as_compact_json().items())
    return Table(("about", "value"), rows, title=f"Migration {status.migration_id}")


def _cell(value: object) -> str:
    return ", ".join(str(item) for item in value) or "-" if isinstance(value, list) else str(value)


COMMANDS: dict[str, Command] = {
    command.name: command
    for command in (
        Command("help", "[TOPIC]", "this list, or what is known about a topic", _help),
        Command("clusters", "[PART OF NAME]", "provisioned clusters of the region", _clusters),
        Command("plan", "[DIGEST]", "a saved plan, the newest without a digest", _plan),
        Command("approve", "DIGEST", "approve exactly that plan and apply it", _approve),
        Command("status", "[MIGRATION]", "how far a run is, the newest without a name", _status),
    )
}
