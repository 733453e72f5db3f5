"""Whether the data arrived: two sides compared table by table, as of the moment of the snapshot. Pure.

Rows are estimates, so a difference is a hint; but a table that is not there is a fault, and so are fewer rows in one
that nobody has written to since.
"""

from __future__ import annotations

from collections import Counter

from redshift_migrate.models.base import Unknown
from redshift_migrate.models.data import VERDICTS, Compared, Contents, DataCheck, DataTable, Verdict, moment
from redshift_migrate.translators.translation import count

MOST_DIFFERENCES = 200


def compare(check: DataCheck, cluster: Contents | Unknown, serverless: Contents | Unknown) -> DataCheck:
    """The check with what was found. A side that could not be read makes it unknown, whatever the other says."""
    unread = tuple(side for side in (cluster, serverless) if isinstance(side, Unknown))
    if isinstance(cluster, Unknown) or isinstance(serverless, Unknown):
        return check.model_copy(update={"unknown": unread, "will_break": _will_break(cluster)})
    there = {each.key: each for each in serverless.tables}
    here = {each.key: each for each in cluster.tables}
    rows = [_compare_table(each, there.get(key), cluster, check.snapshot_at) for key, each in here.items()]
    rows += [
        Compared(key=key, verdict="more", on_serverless=each.rows) for key, each in there.items() if key not in here
    ]
    counts = Counter(each.verdict for each in rows)
    differing = sorted((each for each in rows if each.verdict != "equal"), key=_urgency)
    return check.model_copy(
        update={
            "counts": {verdict: counts[verdict] for verdict in VERDICTS if counts[verdict]},
            "differences": tuple(differing[:MOST_DIFFERENCES]),
            "missing_objects": _missing(cluster, serverless),
            "objects_compared": dict(Counter(kind for kind, _ in cluster.objects)),
            "will_break": _will_break(cluster),
        }
    )


def _compare_table(here: DataTable, there: DataTable | None, cluster: Contents, snapshot_at: str | None) -> Compared:
    counted = {"key": here.key, "on_cluster": here.rows, "on_serverless": there.rows if there else None}
    return Compared(**counted, verdict=_verdict(here, there, cluster, snapshot_at))


def _verdict(here: DataTable, there: DataTable | None, cluster: Contents, snapshot_at: str | None) -> Verdict:
    if there is None:
        return "not in snapshots" if here.table in cluster.without_backup else "missing"
    if there.rows == here.rows:
        return "equal"
    if there.rows > here.rows and not _written_since(here, cluster, snapshot_at):
        return "more"
    return "written since" if _written_since(here, cluster, snapshot_at) else "fewer"


def _written_since(here: DataTable, cluster: Contents, snapshot_at: str | None) -> bool:
    """True where the cluster's own log has a write after the snapshot; without its moment any write counts."""
    last = dict(cluster.written).get(here.table_id or -1)
    if last is None:
        return False
    return snapshot_at is None or moment(last) > moment(snapshot_at)


def _missing(cluster: Contents, serverless: Contents) -> tuple[str, ...]:
    there = set(serverless.objects)
    return tuple(f"{kind} {name}" for kind, name in cluster.objects if (kind, name) not in there)


def _will_break(cluster: Contents | Unknown) -> tuple[str, ...]:
    """SQL on the cluster that serverless refuses. Source: DG, SYS monitoring views; MG, Behavior changes."""
    if isinstance(cluster, Unknown):
        return ()
    python = (f"function {name} is in Python" for name in cluster.python_functions)
    views = (f"view {name} reads STL, STV or SVL tables" for name in cluster.views_on_system_tables)
    queries = (
        f"{user} asked STL, STV or SVL tables {times} times lately, last: {text}"
        for user, times, text in cluster.queries_on_system_tables
    )
    return (*python, *views, *queries)


def _urgency(row: Compared) -> tuple[int, str]:
    return VERDICTS.index(row.verdict), row.key


def tell_check(check: DataCheck) -> str:
    """The outcome in a sentence; settings are another question."""
    where = f"{check.cluster_id} and namespace {check.namespace_name}"
    if check.status == "unknown":
        return f"The data of {where} could not be compared. Nothing is known about it."
    since = " since the snapshot" if check.snapshot_at else ""
    written = check.counts.get("written since", 0)
    rest = f" {count(written, 'table')} {'was' if written == 1 else 'were'} written to{since}, which is no fault."
    rest = rest if written else ""
    if check.status == "equal":
        return f"The data of {where} is the same, by estimated rows.{rest} Settings are compared by verify_migration."
    faults = check.counts.get("missing", 0) + check.counts.get("fewer", 0)
    objects = count(len(check.missing_objects), "other object")
    return f"{count(faults, 'table')} and {objects} of {where} are not as they should be.{rest}"


def tell_row(row: Compared) -> str:
    """One table in a line."""
    return (
        f"{row.key}: {row.verdict} ({_rows(row.on_cluster)} on the cluster, {_rows(row.on_serverless)} on serverless)"
    )


def _rows(rows: int | None) -> str:
    return "not there" if rows is None else f"{rows:,} rows"
