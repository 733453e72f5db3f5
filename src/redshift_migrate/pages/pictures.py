"""What the pictures of a page are drawn from: the two sides of a migration, and a run over time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from redshift_migrate.models.finding import Subject
from redshift_migrate.models.journal import Event, Journal, JournalEntry
from redshift_migrate.models.plan import MigrationPlan, SettingChange
from redshift_migrate.models.request import MigrateCluster

Kind = Literal["clients", "cluster", "namespace", "workgroup", "copies", "schedules"]


@dataclass(frozen=True)
class Box:
    """One thing of a side, and what is said of it."""

    kind: Kind
    name: str
    lines: tuple[str, ...] = ()


@dataclass(frozen=True)
class Side:
    """One side of the picture."""

    title: str
    place: str
    boxes: tuple[Box, ...]


@dataclass(frozen=True)
class Span:
    """A part of a bar, in thousandths of the whole run's time."""

    kind: Literal["acting", "waiting", "stopped"]
    start: float
    length: float


@dataclass(frozen=True)
class Bar:
    """One step over time."""

    number: int
    words: str
    spans: tuple[Span, ...]
    took: str


@dataclass(frozen=True)
class Timeline:
    """A run over time; the time in which nobody worked at it is left out."""

    total: str
    pauses: tuple[str, ...]
    bars: tuple[Bar, ...]


# --- before and after ------------------------------------------------------------------------------------

_WORKGROUP_LINES = ("base capacity", "maximum capacity", "maintenance track", "port")
_NAMESPACE_LINES = ("database name", "encryption key", "audit logging")


def sides(plan: MigrationPlan) -> tuple[Side, ...]:
    """The cluster and its target, before and after; a plan about a target alone shows that. Else nothing."""
    rows = _Rows(plan.changes)
    if isinstance(plan.request, MigrateCluster):
        choices = plan.request.choices
        cluster = Box("cluster", choices.cluster_id, rows.list_of("on_cluster", "base capacity", "maintenance track"))
        today = (*_clients(rows, "on_cluster"), cluster, *_copies(rows, "on_cluster"), *_schedules(rows, "on_cluster"))
        after = (
            *_clients(rows, "after"),
            Box(
                "workgroup", choices.workgroup_name or choices.namespace_name, rows.list_of("after", *_WORKGROUP_LINES)
            ),
            Box("namespace", choices.namespace_name, rows.list_of("after", *_NAMESPACE_LINES)),
            *_copies(rows, "after"),
            *_schedules(rows, "after"),
        )
        return (Side("Today", plan.region, today), Side("Afterwards", plan.region, after))
    name = getattr(plan.request, "namespace_name", "")
    if not name:
        return ()
    return tuple(
        Side(title, plan.region, (Box("namespace", name), *_copies(rows, side)))
        for title, side in (("Today", "now"), ("Afterwards", "after"))
    )


class _Rows:
    """The rows of a plan, found by their words."""

    def __init__(self, rows: tuple[SettingChange, ...]) -> None:
        self._rows = rows

    def value(self, setting: str, side: str) -> str:
        """The value of the first row of that setting on that side; empty for none."""
        found = (row for row in self._rows if row.setting == setting)
        return next((str(getattr(row, side) or "") for row in found), "")

    def list_of(self, side: str, *settings: str) -> tuple[str, ...]:
        """Those of the settings that have a value there."""
        values = ((setting, self.value(setting, side)) for setting in settings)
        return tuple(f"{setting}: {value}" for setting, value in values if value and value != "none")

    def count(self, subject: Subject, side: str) -> int:
        """How many rows of the subject have a value there."""
        return sum(bool(getattr(row, side)) for row in self._rows if row.subject == subject)


def _clients(rows: _Rows, side: str) -> Iterator[Box]:
    host = rows.value("host name", side)
    if host:
        yield Box("clients", "connect to", (host,))


def _copies(rows: _Rows, side: str) -> Iterator[Box]:
    region = rows.value("copy destination", side)
    if region and region != "none":
        kept = rows.value("copy retention", side)
        yield Box("copies", f"snapshots in {region}", (f"kept: {kept}",) if kept else ())


def _schedules(rows: _Rows, side: str) -> Iterator[Box]:
    many = rows.count(Subject.SCHEDULED_QUERIES, side)
    if many:
        how = () if side == "on_cluster" else ("made switched off, until the cut-over",)
        yield Box("schedules", f"{many} scheduled quer{'y' if many == 1 else 'ies'}", how)


# --- over time -------------------------------------------------------------------------------------------

WHOLE = 1000.0
_FOLLOWS: dict[Event, Literal["acting", "waiting"]] = {
    "intent": "acting",
    "undo_intent": "acting",
    "acted": "waiting",
    "waiting": "waiting",
}
"""What a step does after an entry of that kind, until its next one."""
_ENDS: tuple[Event, ...] = ("failed",)


def timeline(journal: Journal) -> Timeline | None:
    """Each step as spans of time. None before anything has happened."""
    if not journal.entries:
        return None
    pauses = tuple(_pauses(journal))
    total_s = max(1.0, _seconds_between(journal.header.started_at, journal.entries[-1].at, pauses))
    bars = []
    for number, step in enumerate(journal.header.plan.steps, start=1):
        entries = [entry for entry in journal.entries if entry.step_id == step.id]
        spans = tuple(_spans(entries, bool(step.waits), journal.header.started_at, total_s, pauses))
        took_s = sum(span.length for span in spans) * total_s / WHOLE
        bars.append(Bar(number, step.summary, spans, tell_seconds(took_s) if spans else ""))
    told = tuple(f"{begin:%Y-%m-%d %H:%M} to {end:%Y-%m-%d %H:%M %Z}" for begin, end in pauses)
    return Timeline(tell_seconds(total_s), told, tuple(bars))


def tell_seconds(seconds: float) -> str:
    """`48 s`, `12 min`, `3 h 05 min`."""
    if seconds < 1:
        return "< 1 s"
    if seconds < 120:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 120 else f"{minutes // 60} h {minutes % 60:02} min"


def _pauses(journal: Journal) -> Iterator[tuple[datetime, datetime]]:
    """From the last word of a run to the moment at which it went on."""
    before = journal.header.started_at
    for entry in journal.entries:
        if entry.event == "resumed" and entry.at > before:
            yield before, entry.at
        before = entry.at


def _seconds_between(begin: datetime, end: datetime, pauses: tuple[tuple[datetime, datetime], ...]) -> float:
    """Seconds between two moments, without the pauses; a clock that was set back gives none."""
    paused = sum((min(end, until) - max(begin, since)).total_seconds() for since, until in pauses if since < end)
    return max(0.0, (end - begin).total_seconds() - max(0.0, paused))


def _spans(
    entries: list[JournalEntry],
    waits: bool,
    started_at: datetime,
    total_s: float,
    pauses: tuple[tuple[datetime, datetime], ...],
) -> Iterator[Span]:
    for entry, following in zip(entries, [*entries[1:], None], strict=False):
        start = WHOLE * _seconds_between(started_at, entry.at, pauses) / total_s
        kind = _FOLLOWS.get(entry.event) if waits else "acting" if entry.event in _FOLLOWS else None
        if kind and following is not None:
            end = WHOLE * _seconds_between(started_at, following.at, pauses) / total_s
            yield Span(kind, round(start, 2), round(max(0.0, end - start), 2))
        elif entry.event in _ENDS:
            yield Span("stopped", round(start, 2), 0.0)
