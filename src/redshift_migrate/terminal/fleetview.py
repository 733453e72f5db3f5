"""A fleet, its waves and a cluster's cost, as they are drawn and written out."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from redshift_migrate.assessment.telling import bar, tell_after, tell_figure, tell_today, usd
from redshift_migrate.errors import SettingsError
from redshift_migrate.models.base import Unknown
from redshift_migrate.models.cost import Activity, Estimate, Figure
from redshift_migrate.models.fleet import READINESS, WORDS, Fleet, FleetPlan, Member, count_by_place
from redshift_migrate.models.listing import place_of
from redshift_migrate.terminal.planview import SHORT_DIGEST
from redshift_migrate.terminal.shown import Listing, Shown, Table

if TYPE_CHECKING:
    from redshift_migrate.migration.many import Ended

MOST_ROWS = 30
"""Clusters that are listed on a screen; a file has all of them."""
COLUMNS = (
    "cluster",
    "account",
    "region",
    "readiness",
    "codes",
    "status",
    "node_type",
    "nodes",
    "track",
    "copies_to",
    "environment",
    "base_capacity_rpu",
    "failing_controls",
    "wave",
    "plan_digest",
)
"""Of the table that is written to a file."""
CONTROLS = "RedshiftServerless"
"""What the names of Security Hub's controls begin with; the number is enough in a table."""


def fleet_shown(fleet: Fleet, members: Sequence[Member]) -> tuple[Shown, ...]:
    """How many are how ready, by region; why not; and the clusters that come first."""
    counted = Counter(each.readiness for each in members)
    total = max(len(members), 1)
    summary = Listing(
        f"{len(members)} clusters in {fleet.regions_read} regions, looked at {fleet.at}",
        tuple((WORDS[kind], f"{bar(counted[kind] / total)} {counted[kind]}") for kind in READINESS),
    )
    places = Table(
        ("region", *WORDS.values()),
        tuple((where, *(str(found[kind]) for kind in READINESS)) for where, found in count_by_place(members).items()),
    )
    codes = Counter(code for each in members for code in each.codes)
    why = Listing("Why not at once", tuple((code, f"{many} clusters") for code, many in codes.most_common()))
    unread = _unread(fleet)
    first = sorted(members, key=lambda each: READINESS.index(each.readiness), reverse=True)[:MOST_ROWS]
    rows = tuple((each.cluster.cluster_id, place_of(each.cluster), WORDS[each.readiness], _why(each)) for each in first)
    more = f"… and {len(members) - len(rows)} more: name columns, as in /fleet readiness=blocked, or --out FILE."
    clusters = Table(("cluster", "region", "readiness", "why"), rows, note=more if len(members) > len(rows) else "")
    return tuple(
        part for part in (summary, places, why, unread, clusters) if not isinstance(part, Listing) or part.rows
    )


def waves_shown(plan: FleetPlan) -> tuple[Shown, ...]:
    """The waves in their order, and what is in none of them."""
    rows = tuple(
        (
            str(each.number),
            each.about,
            str(len(each.keys)),
            f"{each.minutes} min",
            str(sum(key in plan.digests for key in each.keys)),
            ", ".join(each.notes) or "-",
        )
        for each in plan.waves
    )
    columns = ("wave", "clusters of", "many", "usually", "plans", "to decide")
    waiting = Counter(why.partition(":")[0] for why in plan.waiting.values())
    outside = Listing("In no wave", tuple((why, f"{many} clusters") for why, many in waiting.most_common()))
    note = "/fleet wave N shows one; /fleet plan N makes its plans. Nothing is approved by that."
    table = Table(columns, rows, title=f"{len(plan.waves)} waves, from the look of {plan.fleet.at}", note=note)
    return (table, *(part for part in (outside, _unread(plan.fleet)) if part.rows))


def _unread(fleet: Fleet) -> Listing:
    return Listing("Not read, so not known", tuple((each.where, each.reason) for each in fleet.unreadable))


def wave_shown(plan: FleetPlan, number: int, states: dict[str, str]) -> Table:
    """One wave: its clusters, their plans, and how far each is."""
    wave = plan.waves[number - 1]
    members = {each.key: each for each in plan.fleet.members}
    rows = tuple(
        (
            members[key].cluster.cluster_id,
            plan.digests.get(key, "-")[:SHORT_DIGEST],
            states.get(plan.digests.get(key, ""), "planned" if key in plan.digests else "not planned"),
            plan.failed.get(key) or _why(members[key]),
        )
        for key in wave.keys
    )
    digests = [plan.digests[key] for key in wave.keys if key in plan.digests]
    planned = [digest[:SHORT_DIGEST] for digest in digests if states.get(digest) != "finished"]
    how = f"/plan DIGEST shows one; to run several: /approve {' '.join(planned[:3])}" if planned else ""
    title = f"Wave {number}: {wave.about}, usually {wave.minutes} min"
    return Table(("cluster", "plan", "state", "to know"), rows, title=title, note=how)


def estimate_shown(made: Estimate) -> tuple[Shown, ...]:
    """Today against after, every figure with its formula, and what to think of it."""
    head = Listing(
        f"What {made.cluster_id} costs a month ({made.nodes} in {made.region}), and serverless at "
        f"{made.base_capacity_rpu} RPU",
        (("today", tell_today(made)), ("serverless", tell_after(made)), *_bounds(made)),
    )
    parts = (("Today, a month", made.today), ("Serverless, a month", made.after), ("Once, for the move", made.once))
    figures = tuple(Listing(title, _rows(of)) for title, of in parts if of)
    advice = Listing("What to think of it", tuple((str(number), each) for number, each in enumerate(made.advice, 1)))
    left = Listing("Left out", (("not counted", "; ".join(made.left_out)), *_note(made)))
    return (head, *figures, *_week(made.activity), advice, left)


def ends_shown(ends: Sequence[Ended]) -> Table:
    """What came of several plans."""
    rows = tuple(
        (
            each.plan.digest[:SHORT_DIGEST],
            each.plan.title,
            each.outcome.status if each.outcome else "not carried out",
            (each.outcome.migration_id or "-") if each.outcome else f"{each.message} {each.hint}".strip(),
        )
        for each in ends
    )
    done = sum(each.outcome is not None for each in ends)
    return Table(
        ("plan", "about", "what came of it", "run"), rows, title=f"{done} of {len(ends)} plans are carried out"
    )


def as_rows(members: Sequence[Member], plan: FleetPlan | None) -> list[dict[str, str]]:
    """One row a cluster, for files."""
    waves = {key: str(wave.number) for wave in (plan.waves if plan else ()) for key in wave.keys}
    digests = plan.digests if plan else {}
    return [dict(zip(COLUMNS, _row(each, waves, digests), strict=True)) for each in members]


def as_csv(rows: Sequence[dict[str, str]]) -> str:
    """The rows as CSV. A cell that a spreadsheet would take for a formula is made a text."""
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows({name: _inert(value) for name, value in row.items()} for row in rows)
    return text.getvalue()


def _inert(value: str) -> str:
    return f"'{value}" if value[:1] in "=+-@\t\r" else value


def _row(member: Member, waves: dict[str, str], digests: dict[str, str]) -> tuple[str, ...]:
    cluster = member.cluster
    return (
        cluster.cluster_id,
        cluster.account or member.account_id,
        cluster.region,
        WORDS[member.readiness],
        " ".join(member.codes),
        cluster.status,
        cluster.node_type or "",
        "" if cluster.number_of_nodes is None else str(cluster.number_of_nodes),
        cluster.maintenance_track or "",
        cluster.snapshot_copy_destination_region or "",
        cluster.environment or "",
        "" if member.base_capacity_rpu is None else str(member.base_capacity_rpu),
        " ".join(each.removeprefix(CONTROLS) for each in member.controls),
        waves.get(member.key, ""),
        digests.get(member.key, ""),
    )


def wave_number(text: str) -> int:
    """The number in `3`. SettingsError for what is none."""
    if not text.isdigit():
        raise SettingsError(f"{text!r} is no number of a wave. Nothing was planned.", hint="Write /fleet wave 1.")
    return int(text)


def _why(member: Member) -> str:
    return ", ".join(member.codes or member.not_known) or "-"


def _bounds(made: Estimate) -> list[tuple[str, str]]:
    told = []
    if made.break_even_share is not None:
        told.append(("break-even", f"{made.break_even_share:.0%} of the time active: compute costs the same then"))
    if made.ceiling_usd_hour is not None:
        told.append(("ceiling", f"{usd(made.ceiling_usd_hour)} an hour at the maximum of {made.max_capacity_rpu} RPU"))
    if made.usage_limit_rpu_hours is not None:
        told.append(("usage limit", f"{made.usage_limit_rpu_hours:,} RPU-hours a month keep compute at today's cost"))
    return told


def _rows(figures: Sequence[Figure]) -> tuple[tuple[str, str], ...]:
    return tuple(
        (
            each.name,
            f"{tell_figure(each)} = {each.formula} "
            f"({'; '.join((*(f'{name}: {value}' for name, value in each.inputs), *_source(each)))})",
        )
        for each in figures
    )


def _source(figure: Figure) -> tuple[str, ...]:
    return (f"{figure.source}, {figure.date}",) if figure.source else ()


def _note(made: Estimate) -> tuple[tuple[str, str], ...]:
    return (("prices", made.prices.note),) if made.prices.note else ()


def _week(activity: Activity | Unknown) -> tuple[Listing, ...]:
    """The active share of each hour of the day, of the days of a week."""
    if isinstance(activity, Unknown) or not activity.profile:
        return ()
    days = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
    rows = tuple((day, _hours(activity.profile[24 * at : 24 * at + 24])) for at, day in enumerate(days))
    return (Listing("Its week, hour by hour (UTC): . idle, - under a third, + under two thirds, # busy", rows),)


def _hours(shares: Sequence[float]) -> str:
    return "".join("." if not share else "-" if share < 1 / 3 else "+" if share < 2 / 3 else "#" for share in shares)
