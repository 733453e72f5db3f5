"""A fleet as one HTML file: a table to sort, and two plots. It loads nothing; its one script sorts the table."""

from __future__ import annotations

import base64
import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files

from markupsafe import Markup

from redshift_migrate.assessment.telling import tell_range, usd
from redshift_migrate.models.cost import Estimate
from redshift_migrate.models.fleet import READINESS, WORDS, Fleet, Member, Readiness, count_by_place
from redshift_migrate.pages.html import render

MOST_BARS = 40
"""Clusters in the plot of costs, the dearest first."""


@dataclass(frozen=True)
class Part:
    """A part of a bar, in thousandths of the widest."""

    kind: str
    start: float
    length: float
    many: int


@dataclass(frozen=True)
class Costs:
    """One cluster's costs, in thousandths of the greatest amount."""

    name: str
    today: float
    low: float
    length: float
    words: str


def fleet_page(
    fleet: Fleet, members: Sequence[Member], rows: Sequence[Mapping[str, str]], estimates: Sequence[Estimate]
) -> str:
    """The page. `rows` are those of the table, one a member."""
    script = files(__package__).joinpath("templates", "sort.js").read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return render(
        "fleet.html",
        fleet=fleet,
        columns=list(rows[0]) if rows else [],
        rows=rows,
        counts={WORDS[kind]: sum(each.readiness == kind for each in members) for kind in READINESS},
        places=_places(members),
        costs=_costs(estimates),
        script=Markup(script),  # noqa: S704  # a file of this package
        script_hash=f"sha256-{digest}",
    )


def _places(members: Sequence[Member]) -> list[tuple[str, list[Part]]]:
    by_place = count_by_place(members)
    widest = max((found.total() for found in by_place.values()), default=1)
    return [(where, _parts(found, widest)) for where, found in by_place.items()]


def _parts(found: Counter[Readiness], widest: int) -> list[Part]:
    parts: list[Part] = []
    start = 0.0
    for kind in READINESS:
        length = 1000 * found[kind] / widest
        parts.append(Part(kind, round(start, 1), round(length, 1), found[kind]))
        start += length
    return [part for part in parts if part.many]


def _costs(estimates: Sequence[Estimate]) -> list[Costs]:
    """Those whose both sides are known."""
    known = [(each, each.today_total, each.after_range) for each in estimates]
    shown = [(each, today, after) for each, today, after in known if today is not None and after is not None]
    shown = sorted(shown, key=lambda item: -item[1])[:MOST_BARS]
    greatest = max((max(today, after[1]) for _, today, after in shown), default=0.0) or 1.0
    return [
        Costs(
            each.cluster_id,
            round(1000 * today / greatest, 1),
            round(1000 * after[0] / greatest, 1),
            max(round(1000 * (after[1] - after[0]) / greatest, 1), 4.0),
            f"{usd(today)} today, {tell_range(after)} on serverless",
        )
        for each, today, after in shown
    ]
