"""SQL through the Data API: a batch is begun, waited for, and its results are fetched page by page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from redshift_migrate.aws.door import Aws
from redshift_migrate.clock import Clock
from redshift_migrate.errors import AwsError, RedshiftMigrateError, Unreachable
from redshift_migrate.models import statements
from redshift_migrate.models.base import Unknown
from redshift_migrate.models.plan import Call

LONGEST_S = 300.0
"""A workgroup that was idle may take a while to answer."""
MOST_STATEMENTS = 40
"""Of one batch. Source: Management Guide, Data API limits."""
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.3, 5.0

Cell = str | int | float | None
Rows = list[tuple[Cell, ...]]


def needed_action(error: RedshiftMigrateError) -> str:
    """The IAM action without which the answer is not known."""
    return str(error.data.get("action") or "redshift-data:BatchExecuteStatement")


class Where(NamedTuple):
    """A cluster or a workgroup. Who asks is the caller's own IAM identity; no password is ever asked for."""

    region: str
    cluster_id: str | None = None
    workgroup_name: str | None = None

    @property
    def words(self) -> str:
        """`cluster prod-db-1`."""
        return f"cluster {self.cluster_id}" if self.cluster_id else f"workgroup {self.workgroup_name}"

    def unread(self, error: RedshiftMigrateError) -> Unknown:
        """That it could not be asked, with the reason and what it needs."""
        return Unknown(needs_action=needed_action(error), reason=f"{self.words}: {error.message}")

    def call(self, operation: str, **parameters: Any) -> Call:
        """A call of the Data API there."""
        return Call(service="redshift-data", region=self.region, operation=operation, parameters=parameters)


def ask(
    aws: Aws, clock: Clock, where: Where, database: str, sqls: Sequence[str], longest_s: float = LONGEST_S
) -> list[Rows]:
    """The rows that each statement gives. AwsError when it is refused, fails, or takes too long.

    Only statements of the closed list are sent, and countings of tables.
    """
    if strange := [sql for sql in sqls if not statements.is_ours(sql)]:
        raise AwsError(f"A statement that is not of this program was not run: {strange[0][:60]}")
    target = {"ClusterIdentifier": where.cluster_id, "WorkgroupName": where.workgroup_name}
    known = {name: value for name, value in target.items() if value}
    begun = aws.call(where.call("BatchExecuteStatement", Database=database, Sqls=list(sqls), **known))
    ended = _wait(aws, clock, where, str(begun["Id"]), longest_s)
    parts = ended.get("SubStatements") or []
    return [_rows(aws, where, str(part["Id"])) for part in parts]


def _wait(aws: Aws, clock: Clock, where: Where, identifier: str, longest_s: float) -> dict[str, Any]:
    """The description of a batch that has ended well."""
    began, pause_s = clock.monotonic_s(), FIRST_PAUSE_S
    while True:
        described = aws.call(where.call("DescribeStatement", Id=identifier))
        status = described.get("Status")
        if status == "FINISHED":
            return described
        if status in ("FAILED", "ABORTED"):
            raise AwsError(
                f"SQL on {where.words} failed: {described.get('Error') or status}. Nothing was changed.",
                hint="It needs a database user that may see all: a superuser, or one with grants on the system views.",
            )
        if clock.monotonic_s() - began > longest_s:
            raise Unreachable(
                f"SQL on {where.words} was not answered within {longest_s:.0f} s. Nothing was changed.",
                hint="Ask again; a workgroup that was idle takes a while to wake up.",
            )
        clock.sleep(pause_s)
        pause_s = min(2 * pause_s, LONGEST_PAUSE_S)


def _rows(aws: Aws, where: Where, identifier: str) -> Rows:
    records = aws.pages(where.call("GetStatementResult", Id=identifier), "Records")
    return [tuple(_cell(field) for field in record) for record in records]


def _cell(field: dict[str, Any]) -> Cell:
    for kind in ("stringValue", "longValue", "doubleValue"):
        if kind in field:
            value: Cell = field[kind]
            return value
    return None
