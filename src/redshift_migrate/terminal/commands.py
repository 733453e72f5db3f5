"""Slash commands: one decorated function each, which is also what /help prints. None needs a model.

They are there when the prompt is, so nothing heavy is imported before a command is answered.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from redshift_migrate.terminal.looking_commands import LOOKING, look_at_fleet
from redshift_migrate.terminal.registry import Commands
from redshift_migrate.terminal.shown import Data, Problem, Several, Shown, Table, Words, problem

if TYPE_CHECKING:
    from redshift_migrate.models.plan import MigrationPlan
    from redshift_migrate.terminal.desk import Desk

ALL = Commands()
command = ALL.command
COMMANDS = ALL.by_name
"""Every command by its name, in the order of /help."""


def answer(desk: Desk, line: str) -> Shown:
    """What the command in this line says. Errors of ours are part of it."""
    from redshift_migrate.errors import RedshiftMigrateError

    name, argument = split(line)
    if name not in COMMANDS:
        return _no_such_command(name)
    try:
        return COMMANDS[name].answer(desk, argument)
    except RedshiftMigrateError as error:
        return problem(error)


def split(line: str) -> tuple[str, str]:
    """The command's name, its own where an alias was written, and its argument."""
    name, _, argument = line[1:].partition(" ")
    return ALL.aliases.get(name.lower(), name.lower()), argument.strip()


def changes_the_account(line: str) -> bool:
    """True for a command that must not be cut off in the middle."""
    found = COMMANDS.get(split(line)[0]) if line.startswith("/") else None
    return found is not None and found.changes


def _no_such_command(name: str) -> Problem:
    """It is not passed on to the model."""
    import difflib

    near = difflib.get_close_matches(name, COMMANDS, n=1)
    guess = f"Did you mean /{near[0]}? " if near else ""
    return Problem(f"There is no command /{name}. Nothing was sent to the model.", f"{guess}/help lists them.", "usage")


# --- help and account ----------------------------------------------------------------------------------


@command("help", "[TOPIC | TOOL]", "this list, or what is known about a topic", aliases=("h", "?"), offers=("topics",))
def _help(_: Desk, topic: str) -> Shown:
    from redshift_migrate.agent.help import HELP_TOPICS, find_topic, help_text

    if not topic:
        rows = tuple((f"/{each.name} {each.usage}".strip(), each.summary) for each in COMMANDS.values())
        topics = ", ".join(HELP_TOPICS)
        return Table(("command", "what it does"), rows, note=f"Topics of /help: {topics}. All else goes to the model.")
    found = find_topic(topic)
    if found is None:
        return Problem(f"There is no help topic {topic!r}.", f"Topics: {', '.join(HELP_TOPICS)}.", "usage")
    return Words(help_text(found))


@command(
    "clusters",
    "[PART OF NAME] [in REGION | in all]",
    "provisioned clusters of the region, or of all regions",
    offers=("clusters",),
)
def _clusters(desk: Desk, wanted: str) -> Shown:
    from redshift_migrate.models.listing import ALL_REGIONS

    part, _, place = f" {wanted}".rpartition(" in ") if " in " in f" {wanted}" else (wanted, "", "")
    service, name_contains = desk.program.service, part.strip() or None
    if place.strip().lower() == ALL_REGIONS:
        found = service.clusters_everywhere(name_contains)
        title, clusters = f"Provisioned clusters in {found.regions_read} regions", found.clusters
        unread = tuple(f"Not read, so not known: {each.where}: {each.reason}" for each in found.unreadable)
    else:
        region = place.strip().lower() or service.region()
        title, clusters, unread = f"Provisioned clusters in {region}", service.clusters(region, name_contains), ()
    rows = tuple(
        (
            each.cluster_id,
            each.region,
            each.status,
            f"{each.number_of_nodes or '?'} x {each.node_type or '?'}",
            each.maintenance_track or "-",
            each.snapshot_copy_destination_region or "-",
        )
        for each in clusters
    )
    columns = ("cluster", "region", "status", "nodes", "track", "snapshots copied to")
    return Table(columns, rows, title=title, note="\n".join((*unread, *([] if rows else ["There are none."]))))


ALL.include(LOOKING)


# --- plans and runs ------------------------------------------------------------------------------------


@command(
    "plan",
    "[DIGEST] [PART | CODE | all | --html FILE]",
    "a saved plan, the newest without a digest; a part of it; a page for a browser",
    offers=("plans",),
)
def _plan(desk: Desk, wanted: str) -> Shown:
    from redshift_migrate.terminal.planview import section

    wanted, to_html, file = wanted.partition("--html")
    words = wanted.lower().split()
    plan = _plan_meant(desk, words)
    if plan is None:
        return NO_PLAN
    if to_html:
        return _plan_page(desk, plan, "" if words else file.strip())
    if words:
        return Several(tuple(section(plan, word) for word in words))
    return _show_plan(desk, plan)


NO_PLAN = Words("No plan has been saved yet. Ask for a change; it is planned first.")


def _plan_meant(desk: Desk, words: list[str]) -> MigrationPlan | None:
    """The plan whose digest is the first word, which is taken away then; else the newest, None if there is none."""
    from redshift_migrate.terminal.approving import DIGEST

    if words and DIGEST.fullmatch(words[0].lower()):
        return desk.program.service.plan(words.pop(0).lower())
    return desk.program.service.newest_plan()


def _plan_page(desk: Desk, plan: MigrationPlan, name: str) -> Shown:
    """The plan as one HTML file. It was not drawn here, so that it was written is not noted as shown."""
    from redshift_migrate.pages.html import plan_page
    from redshift_migrate.terminal.written import write_new

    if not name:
        return Problem("Nothing was written.", "Write /plan [DIGEST] --html FILE.", "usage")
    _, done = desk.program.service.checklist(plan.digest)
    return Words(f"Plan {plan.digest[:12]} is in {write_new(name, plan_page(plan, done))}, to be opened in a browser.")


@command("approve", "DIGEST ...", "approve exactly these plans and apply them", offers=("plans",), changes=True)
def _approve(desk: Desk, digest: str) -> Shown:
    from redshift_migrate.terminal.approving import (
        apply_plan,
        apply_plans,
        digest_and_name,
        digests_in,
        outcome_shown,
    )

    digest, typed = digest_and_name(digest)
    digests = digests_in(digest)
    if len(digests) > 1:
        return apply_plans(desk, digests)
    if not digests:
        hint = "Write /approve and 8 or more characters of its digest; /plan shows the newest plan."
        return Problem("Which plan? Nothing was approved.", hint, "usage")
    return outcome_shown(apply_plan(desk, digest.lower(), typed))


@command("undo", "[MIGRATION]", "the plan that takes back what a run made", offers=("runs",))
def _undo(desk: Desk, migration_id: str) -> Shown:
    return _show_plan(desk, desk.program.service.plan_undo(migration_id or None))


@command("cutover", "[MIGRATION] [fresh]", "the plan that leads clients and schedules to serverless", offers=("runs",))
def _cut_over(desk: Desk, wanted: str) -> Shown:
    words = wanted.split()
    names = [word for word in words if word.lower() != "fresh"]
    if len(names) > 1:
        return Problem("Nothing was planned.", "Write /cutover [MIGRATION], or /cutover [MIGRATION] fresh.", "usage")
    made = desk.program.service.plan_cut_over(next(iter(names), None), fresh_data=len(names) < len(words))
    return _show_plan(desk, made)


@command(
    "decommission",
    "CLUSTER [DAYS]",
    "the plan that pauses a cluster, or deletes it after quiet days",
    offers=("clusters",),
)
def _decommission(desk: Desk, wanted: str) -> Shown:
    cluster_id, _, days = wanted.partition(" ")
    if not cluster_id or (days and not days.strip().isdigit()):
        return Problem("Nothing was planned.", "Write /decommission CLUSTER, or /decommission CLUSTER 14.", "usage")
    return _show_plan(desk, desk.program.service.plan_decommission(cluster_id, int(days) if days else None))


@command("calls", "[DIGEST] [FILE]", "the calls of a plan as aws commands; into a file", offers=("plans",))
def _calls(desk: Desk, wanted: str) -> Shown:
    from redshift_migrate.terminal.planview import literal_calls, section, write_calls

    words = wanted.split()
    plan = _plan_meant(desk, words)
    if plan is None:
        return NO_PLAN
    if not words:
        return section(plan, "calls")
    file = write_calls(plan, " ".join(words))
    return Words(f"{len(literal_calls(plan))} calls of plan {plan.digest[:12]} are in {file}. None of them was made.")


@command(
    "resume",
    "[MIGRATION]",
    "a run that stopped: what is done, what is left, and how to go on",
    offers=("runs",),
)
def _resume(desk: Desk, migration_id: str) -> Shown:
    run = desk.program.service.stopped_run(migration_id or None)
    if run.state != "stopped or running":
        return Several((_status(desk, run.migration_id), Words("There is nothing to go on with.")))
    plan = desk.program.service.plan(run.plan_digest)
    return Several((_show_plan(desk, plan), _status(desk, run.migration_id)))


@command("report", "[MIGRATION]", "the page of a run for the change ticket, and where it is", offers=("runs",))
def _report(desk: Desk, migration_id: str) -> Shown:
    where, text = desk.program.service.report(migration_id or None)
    browser = f"\nFor a browser: {where.html}" if where.html else ""
    return Several((Words(text), Words(f"It is in {where.markdown}.{browser}")))


@command(
    "checklist",
    "[PLAN | MIGRATION] [done | open CODE]",
    "what is left to a person, in order of time; tick off what is done",
    offers=("plans", "runs"),
)
def _checklist(desk: Desk, wanted: str) -> Shown:
    from redshift_migrate.terminal.statusview import checklist_listings

    words, service = wanted.split(), desk.program.service
    name = words.pop(0) if words and words[0].lower() not in ("done", "open") else None
    if words and len(words) != 2:
        return Problem("Nothing was ticked.", "Write /checklist done CODE, or /checklist open CODE.", "usage")
    if words:
        service.tick(words[1], name, is_done=words[0].lower() == "done")
    return Several(checklist_listings(*service.checklist(name)))


@command("status", "[MIGRATION | wave N]", "how far a run is, the newest one, or a wave", offers=("runs",))
def _status(desk: Desk, migration_id: str) -> Shown:
    if migration_id.lower().startswith("wave "):
        return look_at_fleet(desk, migration_id)
    from redshift_migrate.terminal.statusview import status_listing

    status = desk.program.service.status(migration_id or None)
    if status is None:
        return Words("No migration has been started with this state folder.")
    listing = status_listing(status, *desk.program.service.checklist(status.migration_id))
    check = desk.program.service.data_check_of(status.migration_id)
    if check is None:
        return listing
    from redshift_migrate.assessment.data_check import tell_check

    return Several((listing, Words(f"Data, compared {check.at}: {tell_check(check)}")))


@command("verify", "[MIGRATION]", "whether what a run asked for is still so", offers=("runs",))
def _verify(desk: Desk, migration_id: str) -> Shown:
    service = desk.program.service
    found = service.verify_run(migration_id or None)
    if found is None:
        return Words("No migration has been started with this state folder, so there is nothing to verify.")
    title = f"{found.title}, compared with {found.against}"
    waiting = tuple((each.setting, _cell(each.asked), f"{_cell(each.found)}, pending") for each in found.pending)
    if not found.drift:
        note = "Everything else is as it was asked for." if waiting else "Everything is as it was asked for."
        note = f"{note} {found.coverage}"
        return Table(("setting", "asked for", "found") if waiting else (), waiting, title=title, note=note)
    rows = tuple((each.setting, _cell(each.asked), _cell(each.found)) for each in found.drift)
    mend = f"The plan that mends it: /plan {found.plan_digest[:12]}" if found.plan_digest else ""
    drift = Problem(f"{len(rows)} not as asked for. {found.coverage}", mend, "drift")
    return Several((Table(("setting", "asked for", "found"), (*rows, *waiting), title=title), drift))


@command(
    "permissions",
    "[POLICY | TOOL | DIGEST]",
    "what IAM has to allow for a role, a tool, a plan",
    offers=("tools", "plans"),
)
def _permissions(desk: Desk, wanted: str) -> Shown:
    from redshift_migrate.agent.plan_results import permissions_of
    from redshift_migrate.permissions import MODEL, POLICIES, policy_document
    from redshift_migrate.terminal.approving import DIGEST
    from redshift_migrate.tools import TOOLS

    if not wanted:
        return _help(desk, "permissions")
    if wanted in (*POLICIES, MODEL):
        return _policy(desk, wanted)
    if wanted in TOOLS:
        if not TOOLS[wanted].may_call:
            return Words(f"{wanted} calls nothing at AWS.")
        return Data(policy_document(TOOLS[wanted].may_call), title=f"What {wanted} may need; narrow the resources")
    if not DIGEST.fullmatch(wanted.lower()):
        return Problem(f"{wanted!r} is neither a tool nor a plan's digest.", f"Tools: {', '.join(TOOLS)}.", "usage")
    plan = desk.program.service.plan(wanted.lower())
    return Data(permissions_of(plan), title=f"The smallest statement that allows plan {plan.digest[:12]}")


def _policy(desk: Desk, name: str) -> Shown:
    """A policy that can be pasted, for this account and partition. Without the account a `*` stands for it."""
    from redshift_migrate.agent.providers.spec import parse_model_spec
    from redshift_migrate.errors import RedshiftMigrateError
    from redshift_migrate.permissions import MODEL, model_policy, policies_beside, role_policy

    where = {"partition": "aws", "account": "*", "region": "*"}
    note = "narrow the resources to your own"
    try:
        identity = desk.program.service.identity()
        where |= {"partition": identity.partition, "account": identity.account_id}
    except RedshiftMigrateError:
        note = "the account could not be asked for, so * stands for it"
    if name == MODEL:
        spec = parse_model_spec(desk.settings.model)
        if spec.provider != "bedrock":
            return Words(f"The model {spec} is not on Bedrock: it needs no IAM policy.")
        return Data(model_policy(spec.model_id, **where), title=f"What model {spec.model_id} needs; {note}")
    beside = " and ".join(policies_beside(name))
    title = f"The policy {name}{f', to be attached beside {beside}' if beside else ''}; {note}"
    return Data(role_policy(name, **where), title=title)


# --- this chat -----------------------------------------------------------------------------------------


@command("session", "[NAME | -]", "kept conversations; open one, or keep none", offers=("sessions",))
def _session(desk: Desk, name: str) -> Shown:
    from redshift_migrate.agent.sessions import list_sessions, require_session_name
    from redshift_migrate.terminal.cost import context_used

    if name:
        desk.change(desk.settings._replace(session=None if name == "-" else require_session_name(name)))
        return Words(f"From the next turn on, session {name}." if name != "-" else "This chat is no longer kept.")
    now = desk.settings.session
    rows = tuple(
        (info.name, str(info.messages), f"{info.changed_at:%Y-%m-%d %H:%M} UTC", "this one" if info.name == now else "")
        for info in list_sessions(desk.program.state_folder / "sessions")
    )
    note = "" if now else "This chat is not kept; /session NAME keeps it or goes on with an earlier one."
    used = context_used(desk.talk.history if desk.talk else ())
    return Table(("session", "messages", "last used", ""), rows, note=f"{used}\n{note}".strip())


@command("model", "[PROVIDER[:ID]]", "the model; another one from the next turn on", offers=("models",))
def _model(desk: Desk, spec: str) -> Shown:
    from redshift_migrate.agent.providers.spec import PROVIDERS, parse_model_spec

    if not spec:
        return Words(f"Model: {parse_model_spec(desk.settings.model)}. Others: /model with {', '.join(PROVIDERS)}.")
    wanted = parse_model_spec(spec)
    desk.change(desk.settings._replace(model=spec))
    return Words(f"From the next turn on, model {wanted}.")


@command("region", "[REGION]", "the region meant when none is named; another one", offers=("regions",))
def _region(desk: Desk, region: str) -> Shown:
    if not region:
        return Words(f"Region: {desk.program.service.region()}.")
    found = desk.program.service.region(region)
    desk.change(desk.settings._replace(region=found))
    return Words(f"From now on, region {found} where none is named.")


@command("json", "[NUMBER]", "a tool call in full, the last one without a number")
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


@command("exit", "", "leave; Ctrl-D does too", aliases=("quit", "q"))
def _exit(desk: Desk, _: str) -> Shown:
    desk.wants_to_leave = True
    return Words("")


def _show_plan(desk: Desk, plan: MigrationPlan) -> Shown:
    from redshift_migrate.terminal.approving import approve_command

    if plan.is_empty and not plan.findings:
        return Words(f"{plan.title}: nothing is left to do.")
    is_open = not (plan.is_empty or plan.blockers or desk.settings.read_only)
    return desk.draw(plan, approve_command(plan, desk.settings, desk.channel) if is_open else "")


def _cell(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(str(item) for item in value) or "-"
    return "-" if value is None else str(value)
