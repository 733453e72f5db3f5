"""What a comparison of data found, and who connects, as it is drawn."""

from __future__ import annotations

from collections.abc import Sequence

from redshift_migrate.assessment.breaking import tell_breaking
from redshift_migrate.assessment.clients import advise, by_urgency
from redshift_migrate.assessment.data_check import tell_check, tell_columns, tell_counting
from redshift_migrate.assessment.restoring import is_restorable, tell_copies
from redshift_migrate.models.data import Compared, Connection, DataCheck
from redshift_migrate.models.snapshot import Snapshots
from redshift_migrate.terminal.shown import Listing, Problem, Shown, Table, Words


def check_shown(check: DataCheck) -> tuple[Shown, ...]:
    """The outcome, the tables that differ, and what else is missing or will break."""
    counts = ", ".join(f"{many} {verdict}" for verdict, many in check.counts.items())
    of = (
        f"as of the snapshot of {check.snapshot_at}"
        if check.snapshot_at
        else "as of now: no snapshot of a run is known"
    )
    rows = tuple(map(_row, check.differences))
    columns = ("table", "verdict", "on the cluster", "on serverless")
    title = f"Data of {check.cluster_id} and namespace {check.namespace_name}, {of}"
    parts: list[Shown] = [
        Table(columns if rows else (), rows, title=title, note=f"Tables: {counts or 'none compared'}.")
    ]
    named = (
        ("Missing on serverless", check.missing_objects),
        ("Will break", tuple(map(tell_breaking, check.will_break))),
        ("Differs by any move", check.expected),
    )
    parts += [Listing(name, tuple(("", text) for text in each)) for name, each in named if each]
    parts += [Words(tell_counting(check))] if check.counting_cost else []
    told = tell_check(check)
    if check.status == "unknown":
        parts.append(Problem(told, "\n".join(each.sentence() for each in check.unknown), "unknown"))
    else:
        parts.append(Words(told) if check.status == "equal" else Problem(told, code="drift"))
    return tuple(parts)


def connections_shown(connections: Sequence[Connection], of: str) -> Table:
    """Who connected: those left behind by a cut-over first, then those that will fail."""
    rows = tuple(
        (
            each.user,
            each.application or "-",
            each.host,
            each.driver,
            each.ssl or "no SSL",
            str(each.times),
            each.last,
            "; ".join((*(["left behind"] if each.left_behind else ()), *each.problems)) or "-",
        )
        for each in by_urgency(connections)
    )
    columns = ("user", "application", "from", "driver", "SSL", "times", "last, UTC", "to mend")
    note = "About seven days of SYS_CONNECTION_LOG." if rows else "Nobody connected in the last days."
    if rows and of.startswith("cluster"):
        note = "\n".join((note, "What they change for serverless:", *(f"- {line}" for line in advise(connections))))
    return Table(columns if rows else (), rows, title=f"Who connects to {of}", note=note)


def snapshots_shown(found: Snapshots) -> tuple[Shown, ...]:
    """The newest first, and whether one could restore in the other region."""
    rows = tuple(
        (
            each.name,
            each.created or "-",
            each.kind,
            each.status,
            "-" if each.size_mb is None else f"{each.size_mb / 1024:,.0f} GB",
            {True: "yes", False: "no", None: "-"}[each.encrypted],
            f"data={each.name}" if each.usable else "-",
        )
        for each in found.snapshots
    )
    columns = ("snapshot", "made", "kind", "status", "size", "encrypted", "for a migration")
    note = "" if rows else "There are none."
    table = Table(columns if rows else (), rows, title=f"Snapshots of {found.of}", note=note)
    copies = tell_copies(found)
    return (table, Problem(copies, code="copies") if is_restorable(found) is False else Words(copies))


def _row(row: Compared) -> tuple[str, str, str, str]:
    return (row.key, f"{row.verdict}{tell_columns(row)}", _rows(row.on_cluster), _rows(row.on_serverless))


def _rows(rows: int | None) -> str:
    return "-" if rows is None else f"{rows:,}"
