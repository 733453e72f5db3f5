"""Whether the data arrived: two sides compared table by table, as of the moment of the snapshot. Pure.

Rows are estimates, so a difference is a hint; but a table that is not there is a fault, and so are fewer rows in one
that nobody has written to since.
"""

from __future__ import annotations

from collections import Counter

from redshift_migrate.models.base import Unknown
from redshift_migrate.models.data import VERDICTS, Compared, Contents, DataCheck, DataTable, Verdict, moment

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
    kinds = (
        ("database", cluster.databases, serverless.databases),
        ("view", cluster.views, serverless.views),
        ("function", [name for name, _ in cluster.functions], [name for name, _ in serverless.functions]),
        ("user", cluster.users, serverless.users),
    )
    return tuple(f"{kind} {name}" for kind, here, there in kinds for name in here if name not in set(there))


def _will_break(cluster: Contents | Unknown) -> tuple[str, ...]:
    """SQL on the cluster that serverless refuses. Source: DG, SYS monitoring views; MG, Behavior changes."""
    if isinstance(cluster, Unknown):
        return ()
    python = (f"function {name} is in Python" for name, language in cluster.functions if language == "plpythonu")
    views = (f"view {name} reads STL, STV or SVL tables" for name in cluster.views_on_system_tables)
    return (*python, *views)


def _urgency(row: Compared) -> tuple[int, str]:
    return VERDICTS.index(row.verdict), row.key
