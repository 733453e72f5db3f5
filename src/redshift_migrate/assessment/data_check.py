"""Whether the data arrived: two sides compared table by table, as of the moment of the snapshot. Pure.

Estimated rows give hints; but a table that is not there is a fault, and so are fewer rows, or other values, in one that
nobody has written to since.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from redshift_migrate.assessment.counting_cost import tell_counting_cost
from redshift_migrate.models.base import Unknown
from redshift_migrate.models.data import FAULTS, VERDICTS, Compared, Contents, DataCheck, DataTable, Verdict, moment
from redshift_migrate.translators.translation import cite, count

MOST_DIFFERENCES = 200
ANY_RPU_SECONDS = 10_000
"""Named where the cost is not known; any number agrees to it then."""
BY_METHOD = {"estimates": "by estimated rows", "counts": "every row counted", "values": "every row and value compared"}


def compare(check: DataCheck, cluster: Contents | Unknown, serverless: Contents | Unknown) -> DataCheck:
    """The check with what was found. A side that could not be read makes it unknown, whatever the other says."""
    unread = tuple(side for side in (cluster, serverless) if isinstance(side, Unknown))
    if isinstance(cluster, Unknown) or isinstance(serverless, Unknown):
        return check.model_copy(update={"unknown": unread})
    there = {each.key: each for each in serverless.tables}
    here = {each.key: each for each in cluster.tables}
    rows = [_compare_table(each, there.get(key), cluster, serverless, check.snapshot_at) for key, each in here.items()]
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
            "expected": tuple(_tell_expected(cluster)),
        }
    )


def _compare_table(
    here: DataTable, there: DataTable | None, cluster: Contents, serverless: Contents, snapshot_at: str | None
) -> Compared:
    """By what was counted where both were counted, and else by the estimates."""
    exact, exactly = cluster.counted.get(here.key), serverless.counted.get(here.key)
    rows = exact.rows if exact and exactly else here.rows
    rows_there = None if there is None else exactly.rows if exact and exactly else there.rows
    columns: tuple[str, ...] = ()
    if exact and exactly:
        names = sorted(exact.columns.keys() | exactly.columns.keys())
        columns = tuple(each for each in names if exact.columns.get(each) != exactly.columns.get(each))
    counted = {"key": here.key, "on_cluster": rows, "on_serverless": rows_there, "columns": columns}
    if rows_there is None:
        verdict: Verdict = "not in snapshots" if here.table in cluster.without_backup else "missing"
    elif rows == rows_there and not columns:
        verdict = "equal"
    elif _written_since(here, cluster, snapshot_at):
        verdict = "written since"
    elif rows == rows_there:
        verdict = "other values"
    else:
        verdict = "more" if rows_there > rows else "fewer"
    return Compared(**counted, verdict=verdict)


def _written_since(here: DataTable, cluster: Contents, snapshot_at: str | None) -> bool:
    """True where the cluster's own log has a write after the snapshot; without its moment any write counts."""
    last = dict(cluster.written).get(here.table_id or -1)
    if last is None:
        return False
    return snapshot_at is None or moment(last) > moment(snapshot_at)


def _missing(cluster: Contents, serverless: Contents) -> tuple[str, ...]:
    there = set(serverless.objects)
    return tuple(f"{kind} {name}" for kind, name in cluster.objects if (kind, name) not in there)


def _tell_expected(cluster: Contents) -> Iterator[str]:
    """What no move takes along as it is. Source: MG, Considerations; Migrating a provisioned cluster."""
    if names := cluster.interleaved:
        yield (
            "interleaved sort keys become compound ones on serverless, so queries that filter by their later columns "
            f"only may be slower: {count(len(names), 'table')} ({cite(names)})"
        )
    if many := cluster.temporary_tables:
        yield f"{count(many, 'temporary table')} of open sessions, which are in no snapshot"


def _urgency(row: Compared) -> tuple[int, str]:
    return VERDICTS.index(row.verdict), row.key


def tell_check(check: DataCheck) -> str:
    """The outcome in a sentence; settings are another question."""
    where = f"{check.cluster_id} and namespace {check.namespace_name}"
    if check.status == "unknown":
        return f"The data of {where} could not be compared. Nothing is known about it."
    since = " since the snapshot" if check.snapshot_at else ""
    how = BY_METHOD[check.method]
    written = check.counts.get("written since", 0)
    rest = f" {count(written, 'table')} {'was' if written == 1 else 'were'} written to{since}, which is no fault."
    rest = rest if written else ""
    if check.status == "equal":
        return f"The data of {where} is the same, {how}.{rest} Settings are compared by verify_migration."
    faults = sum(check.counts.get(each, 0) for each in FAULTS)
    objects = count(len(check.missing_objects), "other object")
    return f"{count(faults, 'table')} and {objects} of {where} are not as they should be.{rest}"


def tell_counting(check: DataCheck) -> str:
    """What counting takes, or took, and how it is agreed to; empty where nobody asked for it."""
    cost = check.counting_cost
    if cost is None:
        return ""
    told = tell_counting_cost(cost)
    if check.method != "estimates":
        return f"Counted, as agreed. {told}"
    word, agreed = ("exactly" if cost.method == "counts" else "with values"), cost.rpu_seconds or ANY_RPU_SECONDS
    return (
        f"{told} Nothing was counted yet. To do it say: check the data {word} for {agreed} RPU-seconds "
        f"(/check {cost.method} {agreed})."
    )


def tell_row(row: Compared) -> str:
    """One table in a line."""
    return (
        f"{row.key}: {row.verdict} ({_rows(row.on_cluster)} on the cluster, {_rows(row.on_serverless)} on serverless"
        f"{tell_columns(row)})"
    )


def tell_columns(row: Compared) -> str:
    """The columns whose values differ, if any."""
    return f"; columns: {cite(row.columns, 5)}" if row.columns else ""


def _rows(rows: int | None) -> str:
    return "not there" if rows is None else f"{rows:,} rows"
