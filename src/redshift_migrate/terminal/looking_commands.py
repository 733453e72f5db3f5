"""Slash commands that look further: many clusters, what one costs, its data, its clients, its snapshots."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from redshift_migrate.terminal.registry import Commands
from redshift_migrate.terminal.shown import Problem, Several, Shown, Table, Words

if TYPE_CHECKING:
    from redshift_migrate.models.fleet import Fleet, Member
    from redshift_migrate.terminal.desk import Desk

LOOKING = Commands()
command = LOOKING.command


@command(
    "fleet",
    "[FILTER ...] [waves | wave N | plan N]",
    "how ready many clusters are; their waves",
    offers=("regions",),
)
def look_at_fleet(desk: Desk, wanted: str) -> Shown:
    from redshift_migrate.models.fleet import MEMBER_COLUMNS
    from redshift_migrate.models.listing import ALL_REGIONS, select
    from redshift_migrate.terminal.fleetview import fleet_shown, wave_number, wave_shown, waves_shown

    wanted, _, file = wanted.partition("--out")
    rest, _, place = f" {wanted} ".partition(" in ")
    words, service, region = rest.lower().split(), desk.program.service, place.strip().lower() or ALL_REGIONS
    filters = [word for word in words if "=" in word]
    match [word for word in words if "=" not in word]:
        case []:
            fleet = service.fleet(region)
            members = select(fleet.members, filters, MEMBER_COLUMNS)
            return _fleet_file(desk, fleet, members, file.strip()) if file else Several(fleet_shown(fleet, members))
        case ["waves"]:
            return Several(waves_shown(service.plan_fleet(region, filters)))
        case ["wave" | "plan" as what, number]:
            at = wave_number(number)
            only = region if place.strip() else None  # the waves that are there are those meant
            plan = service.plan_fleet(only, filters, wave=at) if what == "plan" else service.fleet_plan()
            if plan is None or not 1 <= at <= len(plan.waves):
                return Problem("There is no such wave.", "/fleet waves makes them, and counts them from 1.", "usage")
            return wave_shown(plan, at, service.states_of_plans())
    return Problem(
        "Nothing was looked at.", "Write /fleet, /fleet readiness=blocked, /fleet waves, /fleet plan 1.", "usage"
    )


def _fleet_file(desk: Desk, fleet: Fleet, members: Sequence[Member], name: str) -> Shown:
    """The whole table as the end of the file's name says."""
    import json

    from redshift_migrate.terminal.fleetview import as_csv, as_rows
    from redshift_migrate.terminal.written import write_new

    service = desk.program.service
    rows = as_rows(members, service.fleet_plan())
    if name.endswith(".csv"):
        text = as_csv(rows)
    elif name.endswith(".json"):
        text = json.dumps({"at": fleet.at, "clusters": rows}, indent=1) + "\n"
    elif name.endswith(".html"):
        from redshift_migrate.pages.fleet import fleet_page

        keys = {(each.cluster.cluster_id, each.cluster.region, each.account_id) for each in members}
        known = [each for each in service.estimates() if (each.cluster_id, each.region, each.account_id) in keys]
        text = fleet_page(fleet, members, rows, known)
    else:
        return Problem("Nothing was written.", "The name of the file ends in .csv, .json or .html.", "usage")
    return Words(f"{len(rows)} clusters are in {write_new(name, text)}.")


@command(
    "check",
    "[MIGRATION] [counts|values [RPU_SECONDS]]",
    "whether the data of a run is on serverless",
    offers=("runs",),
)
def _check(desk: Desk, wanted: str) -> Shown:
    from redshift_migrate.models.data import METHODS
    from redshift_migrate.terminal.dataview import check_shown

    asked = _HOW_EXACTLY.fullmatch(wanted.strip().lower())
    if asked is None:
        return Problem("Nothing was asked.", "Write /check [MIGRATION] [counts|values [RPU_SECONDS]].", "usage")
    check = desk.program.service.check_data(
        asked["migration_id"] or None,
        method=next((each for each in METHODS if each == asked["method"]), "estimates"),
        up_to_rpu_seconds=int(asked["rpu_seconds"]) if asked["rpu_seconds"] else None,
    )
    return Several(check_shown(check))


_HOW_EXACTLY = re.compile(
    r"(?:(?P<migration_id>(?!(?:counts|values)\b)\S+)\s*)?"
    r"(?:(?P<method>counts|values)(?:\s+(?P<rpu_seconds>\d{1,9}))?)?"
)


@command(
    "connections",
    "CLUSTER | workgroup NAME",
    "who connected lately, and who would fail",
    offers=("clusters",),
)
def _connections(desk: Desk, wanted: str) -> Shown:
    from redshift_migrate.terminal.dataview import connections_shown

    words, service = wanted.lower().split(), desk.program.service
    if words[:1] == ["workgroup"] and len(words) == 2:
        return connections_shown(service.connections(workgroup_name=words[1]), f"workgroup {words[1]}")
    if len(words) != 1:
        return Problem("Nothing was asked.", "Write /connections CLUSTER, or /connections workgroup NAME.", "usage")
    return connections_shown(service.connections(words[0]), f"cluster {words[0]}")


@command("snapshots", "CLUSTER | namespace NAME", "snapshots, the newest first", offers=("clusters",))
def _snapshots(desk: Desk, wanted: str) -> Shown:
    from redshift_migrate.terminal.dataview import snapshots_shown

    words, service = wanted.lower().split(), desk.program.service
    if words[:1] == ["namespace"] and len(words) == 2:
        return Several(snapshots_shown(service.snapshots(namespace_name=words[1])))
    if len(words) != 1:
        return Problem("Nothing was asked.", "Write /snapshots CLUSTER, or /snapshots namespace NAME.", "usage")
    return Several(snapshots_shown(service.snapshots(words[0])))


@command(
    "cost",
    "[CLUSTER ...] [by queries] [in REGION]",
    "what clusters cost; alone: this chat's tokens",
    offers=("clusters",),
)
def _cost(desk: Desk, wanted: str) -> Shown:
    from redshift_migrate.terminal.cost import context_used
    from redshift_migrate.terminal.fleetview import estimate_shown

    names, _, place = f" {wanted} ".partition(" in ")
    names, by_queries, _ = names.partition(" by queries")
    service, region = desk.program.service, place.strip().lower() or None
    if names.split():
        made = [service.estimate_cost(name.lower(), region, by_queries=bool(by_queries)) for name in names.split()]
        return Several(tuple(part for each in made for part in estimate_shown(each)))
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
    told = tally.total.line() or "No tokens have been used."
    return Table(
        columns,
        rows,
        title="This session",
        note=f"{told}\n{context_used(desk.talk.history if desk.talk else ())}".strip(),
    )
