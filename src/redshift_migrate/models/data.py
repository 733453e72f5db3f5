"""What is in the databases of a cluster and of a namespace, who connects, and what a comparison found."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Literal, get_args

from pydantic import Field

from redshift_migrate.models.base import Unknown, Value
from redshift_migrate.models.finding import Finding

Verdict = Literal["missing", "fewer", "other values", "more", "written since", "not in snapshots", "equal"]
VERDICTS: tuple[Verdict, ...] = get_args(Verdict)
FAULTS: tuple[Verdict, ...] = ("missing", "fewer", "other values")
"""Verdicts that mean that data is not there which should be."""

Method = Literal["estimates", "counts", "values"]
"""By what two tables are compared. Values: counts, and for each column how many values and a sum of their hashes."""
METHODS: tuple[Method, ...] = get_args(Method)


class DataTable(Value):
    """One table."""

    database: str
    schema_name: str
    table: str
    table_id: int | None = None
    rows: int = Field(0, description="estimated and visible; a table that the estimate does not list has none")
    size_mb: int = 0

    @property
    def key(self) -> str:
        """`database.schema.table`."""
        return f"{self.database}.{self.schema_name}.{self.table}"


KINDS = (
    "database",
    "schema",
    "view",
    "materialized view",
    "function",
    "procedure",
    "external schema",
    "user",
    "role",
    "grant",
)
"""What is compared by name beside tables. Datashares are not: a restore carries none, which the plan tells."""


class CountedTable(Value):
    """What was counted of one table."""

    rows: int
    columns: dict[str, tuple[int, str]] = Field(
        default_factory=dict, description="how many values are there, and the sum of their hashes; 0 where it has none"
    )


class CountingCost(Value):
    """What counting exactly would take on serverless, in which a minute at least is billed; an estimate."""

    method: Method
    tables: int
    rpu_seconds: int | None = Field(None, description="None where the capacity is not known")
    usd: float | None = None
    formula: str = ""


class Contents(Value):
    """All databases of one side."""

    tables: tuple[DataTable, ...] = ()
    counted: dict[str, CountedTable] = Field(default_factory=dict, description="by key of the table, where asked for")
    objects: tuple[tuple[str, str], ...] = Field((), description="kind, and name with its database; see KINDS")
    python_functions: tuple[str, ...] = ()
    views_on_system_tables: tuple[str, ...] = ()
    queries_on_system_tables: tuple[tuple[str, int, str], ...] = Field(
        (), description="user, how often in the last days, the last of them"
    )
    procedures_on_system_tables: tuple[str, ...] = ()
    long_queries: tuple[tuple[str, int, int], ...] = Field(
        (), description="user, whole minutes, how many ran for so long in the last days"
    )
    interleaved: tuple[str, ...] = Field((), description="tables with an interleaved sort key")
    super_columns: tuple[str, ...] = Field((), description="tables with columns of type SUPER")
    temporary_tables: int = Field(0, description="of sessions that are open now")
    written: tuple[tuple[int, str], ...] = Field((), description="id of a table, and when it was written last")
    without_backup: tuple[str, ...] = Field((), description="tables that are in no snapshot of a DC2 cluster")


class Compared(Value):
    """One table of which the two sides do not say the same."""

    key: str
    verdict: Verdict
    on_cluster: int | None = None
    on_serverless: int | None = None
    columns: tuple[str, ...] = Field((), description="those whose values are not the same")


class DataCheck(Value):
    """Whether the data of a cluster is on serverless, as far as its method tells."""

    cluster_id: str
    namespace_name: str
    workgroup_name: str
    region: str
    account_id: str
    at: str
    snapshot_at: str | None = Field(None, description="the moment that the data on serverless is of, where it is known")
    counts: dict[Verdict, int] = Field(default_factory=dict)
    differences: tuple[Compared, ...] = ()
    missing_objects: tuple[str, ...] = Field((), description="those of KINDS, each with its kind")
    objects_compared: dict[str, int] = Field(default_factory=dict, description="by kind, how many the cluster has")
    will_break: tuple[Finding, ...] = Field((), description="SQL that serverless refuses or runs in another way")
    expected: tuple[str, ...] = Field((), description="differences that every move makes")
    method: Method = "estimates"
    counting_cost: CountingCost | None = Field(None, description="of an exact comparison that was asked for")
    unknown: tuple[Unknown, ...] = Field((), description="sides that could not be read")

    @property
    def faults(self) -> tuple[str, ...]:
        """What should be on serverless and is not, by name."""
        tables = (f"table {row.key} ({row.verdict})" for row in self.differences if row.verdict in FAULTS)
        return (*tables, *self.missing_objects)

    @property
    def status(self) -> Literal["equal", "differs", "unknown"]:
        """A check that could not be made is none that succeeded."""
        if self.unknown:
            return "unknown"
        return "differs" if self.missing_objects or any(self.counts.get(each) for each in FAULTS) else "equal"


def moment(text: str) -> datetime:
    """Redshift's `2026-11-26 12:00:00`, which is in UTC, and ours."""
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


class Connection(Value):
    """Who connected, from where and how, in the last days."""

    user: str
    application: str
    driver: str
    host: str
    auth: str
    ssl: str
    times: int
    last: str
    problems: tuple[str, ...] = Field((), description="why it would fail on serverless, or has to change")
    left_behind: bool = Field(False, description="it still came to the cluster after that was cut over")

    @property
    def last_at(self) -> datetime:
        """The moment of the last connection."""
        return moment(self.last)
