"""What each slash command answers, as values. Errors of the service pass through."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from redshift_migrate.terminal.commands import COMMANDS
from redshift_migrate.terminal.shown import Data, PlanShown, Problem, Several, Shown, Table, Words

if TYPE_CHECKING:
    from redshift_migrate.terminal.desk import Desk


# --- help and account ----------------------------------------------------------------------------------


def _help(_: Desk, topic: str) -> Shown:
    from redshift_migrate.agent.help import HELP_TOPICS, find_topic, help_text

    if not topic:
        rows = tuple((f"/{command.name} {command.usage}".strip(), command.summary) for command in COMMANDS.values())
        topics = ", ".join(HELP_TOPICS)
        return Table(("command", "what it does"), rows, note=f"Topics of /help: {topics}. All else goes to the model.")
    found = find_topic(topic)
    if found is None:
        return Problem(f"There is no help topic {topic!r}.", f"Topics: {', '.join(HELP_TOPICS)}.", "usage")
    return Words(help_text(found))


def _clusters(desk: Desk, name_contains: str) -> Shown:
    service = desk.program.service
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


# --- plans and runs ------------------------------------------------------------------------------------


def _plan(desk: Desk, digest: str) -> Shown:
    from redshift_migrate.terminal.approving import approve_command

    service = desk.program.service
    plan = service.plan(digest.lower()) if digest else service.newest_plan()
    if plan is None:
        return Words("No plan has been saved yet. Ask for a change; it is planned first.")
    return PlanShown(plan, approve_command(plan, desk.settings, desk.channel))


def _approve(desk: Desk, digest: str) -> Shown:
    from redshift_migrate.terminal.approving import DIGEST, approve_and_apply, outcome_table

    if not DIGEST.fullmatch(digest.lower()):
        hint = "Write /approve and 8 or more characters of its digest; /plan shows the newest plan."
        return Problem("Which plan? Nothing was approved.", hint, "usage")
    desk.service_listened()
    return outcome_table(approve_and_apply(desk.program.service, digest.lower(), desk.channel))


def _status(desk: Desk, migration_id: str) -> Shown:
    status = desk.program.service.status(migration_id or None)
    if status is None:
        return Words("No migration has been started with this state folder.")
    rows = tuple((name.replace("_", " "), _cell(value)) for name, value in status.as_compact_json().items())
    return Table(("about", "value"), rows, title=f"Migration {status.migration_id}")


def _verify(desk: Desk, migration_id: str) -> Shown:
    from redshift_migrate.models.request import MigrateCluster

    service = desk.program.service
    known = service.migration_ids()
    if not migration_id and not known:
        return Words("No migration has been started with this state folder, so there is nothing to verify.")
    wanted = [migration_id] if migration_id else reversed(known)
    requests = (service.journal(each).header.plan.request for each in wanted)
    request = next((each for each in requests if isinstance(each, MigrateCluster)), None)
    if request is None:
        hint = "Name the migration of a whole cluster; /status shows the newest ones."
        return Problem(f"{migration_id or known[-1]} did not move a whole cluster, so it is not verified.", hint)
    found = service.verify(request)
    title = f"{found.cluster_id} on {found.namespace_name}, compared with {found.against}"
    if not found.drift:
        return Table((), (), title=title, note="Everything is as it was asked for.")
    rows = tuple((each.summary, _cell(each.asked), _cell(each.found)) for each in found.drift)
    mend = f"The plan that mends it: /plan {found.plan_digest[:12]}" if found.plan_digest else ""
    drift = Problem(f"{len(rows)} not as asked for.", mend, "drift")
    return Several((Table(("what", "asked for", "found"), rows, title=title), drift))


def _permissions(desk: Desk, wanted: str) -> Shown:
    from redshift_migrate.permissions import policy_document, statement
    from redshift_migrate.terminal.approving import DIGEST
    from redshift_migrate.tools import TOOLS

    if not wanted:
        return _help(desk, "permissions")
    if wanted in TOOLS:
        if not TOOLS[wanted].may_call:
            return Words(f"{wanted} calls nothing at AWS.")
        return Data(policy_document(TOOLS[wanted].may_call), title=f"What {wanted} may need; narrow the resources")
    if not DIGEST.fullmatch(wanted.lower()):
        return Problem(f"{wanted!r} is neither a tool nor a plan's digest.", f"Tools: {', '.join(TOOLS)}.", "usage")
    plan = desk.program.service.plan(wanted.lower())
    calls = [call for step in plan.steps for call in (step.call, step.check.call, *(wait.call for wait in step.waits))]
    needed = [(call.name, call.parameters) for call in calls]
    where = {"partition": plan.partition, "region": plan.region, "account": plan.account_id}
    return Data(statement(needed, **where), title=f"The smallest statement that allows plan {plan.digest[:12]}")


# --- this chat -----------------------------------------------------------------------------------------


def _session(desk: Desk, name: str) -> Shown:
    from redshift_migrate.agent.sessions import checked_name, list_sessions

    if name:
        desk.change(desk.settings._replace(session=None if name == "-" else checked_name(name)))
        return Words(f"From the next turn on, session {name}." if name != "-" else "This chat is no longer kept.")
    now = desk.settings.session
    rows = tuple(
        (info.name, str(info.messages), f"{info.changed_at:%Y-%m-%d %H:%M} UTC", "this one" if info.name == now else "")
        for info in list_sessions(desk.program.state_folder / "sessions")
    )
    note = "" if now else "This chat is not kept; /session NAME keeps it or goes on with an earlier one."
    return Table(("session", "messages", "last used", ""), rows, note=note)


def _model(desk: Desk, spec: str) -> Shown:
    from redshift_migrate.agent.providers.spec import PROVIDERS, parse_model_spec

    if not spec:
        return Words(f"Model: {parse_model_spec(desk.settings.model)}. Others: /model with {', '.join(PROVIDERS)}.")
    wanted = parse_model_spec(spec)
    desk.change(desk.settings._replace(model=spec))
    return Words(f"From the next turn on, model {wanted}.")


def _region(desk: Desk, region: str) -> Shown:
    if not region:
        return Words(f"Region: {desk.program.service.region()}.")
    found = desk.program.service.region(region)
    desk.change(desk.settings._replace(region=found))
    return Words(f"From now on, region {found} where none is named.")


def _cost(desk: Desk, _: str) -> Shown:
    tally = desk.tally
    rows = tuple(
        (
            model,
            f"{spent.input_tokens:,}",
            f"{spent.output_tokens:,}",
            f"{spent.cache_read_tokens:,}",
            f"{spent.cache_write_tokens:,}",
            f"${spent.dollars:.4f}" if spent.is_priced and spent.tokens else "-",
        )
        for model, spent in tally.by_model.items()
    )
    columns = ("model", "tokens in", "out", "from cache", "to cache", "list price")
    return Table(columns, rows, title="This session", note=tally.total.line() or "No tokens have been used.")


def _json(desk: Desk, number: str) -> Shown:
    wanted = number.lstrip("#")
    if wanted and not wanted.isdigit():
        return Problem("Which tool call?", "Write /json and its number, or /json for the last one.", "usage")
    calls = [call for call in desk.calls if not wanted or call.number == int(wanted)]
    if not calls:
        return Words("No such tool call in this chat.")
    call = calls[-1]
    result = call.result.result if call.result is not None else None
    return Data({"tool": call.name, "arguments": call.arguments, "result": result}, title=f"Tool call {call.number}")


def _exit(desk: Desk, _: str) -> Shown:
    desk.wants_to_leave = True
    return Words("")


def _cell(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(str(item) for item in value) or "-"
    return "-" if value is None else str(value)


ANSWERS: dict[str, Callable[[Desk, str], Shown]] = {
    "help": _help,
    "clusters": _clusters,
    "plan": _plan,
    "approve": _approve,
    "status": _status,
    "verify": _verify,
    "permissions": _permissions,
    "session": _session,
    "model": _model,
    "region": _region,
    "cost": _cost,
    "json": _json,
    "exit": _exit,
}
"""The answer of every command in the table of commands."""
