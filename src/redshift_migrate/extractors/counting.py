"""Tables counted exactly, and their values summed up: what a person has to ask for, because it costs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from redshift_migrate.aws.door import Aws
from redshift_migrate.clock import Clock
from redshift_migrate.errors import RedshiftMigrateError
from redshift_migrate.extractors.data_api import MOST_STATEMENTS, Where, ask
from redshift_migrate.models import statements
from redshift_migrate.models.base import Unknown
from redshift_migrate.models.data import CountedTable, DataTable, Method
from redshift_migrate.models.statements import Counting

NOT_HASHED = ("super", "geometry", "geography", "hllsketch", "binary varying")
"""Types of which only the values that are there are counted. Source: DG, FNV_HASH: "all basic data types"."""

LONGEST_COUNT_S = 3600.0
"""Every row is read."""

_Columns = dict[tuple[str, str], list[tuple[str, str]]]


def count_tables(
    aws: Aws, clock: Clock, where: Where, tables: Sequence[DataTable], method: Method
) -> dict[str, CountedTable] | Unknown:
    """By key what each table has. Unknown, with the reason, where one of them could not be counted."""
    by_database: dict[str, list[DataTable]] = defaultdict(list)
    for each in tables:
        by_database[each.database].append(each)
    counted: dict[str, CountedTable] = {}
    try:
        for database, those in by_database.items():
            counted |= _count_database(aws, clock, where, database, those, method)
    except RedshiftMigrateError as error:
        return where.unread(error)
    return counted


def _count_database(
    aws: Aws, clock: Clock, where: Where, database: str, tables: Sequence[DataTable], method: Method
) -> dict[str, CountedTable]:
    columns = _read_columns(aws, clock, where, database) if method == "values" else {}
    by_table = {each.key: list(_countings_of(each, columns)) for each in tables}
    countings = [one for of_table in by_table.values() for one in of_table]
    answers: dict[Counting, tuple[int, str]] = {}
    for batch in statements.pack(statements.count_all(countings), MOST_STATEMENTS):
        for rows in ask(aws, clock, where, database, batch, LONGEST_COUNT_S):
            answers |= {
                countings[int(number or 0)]: (int(many or 0), str(hashed or 0)) for number, many, hashed in rows
            }
    return {
        key: CountedTable(rows=answers[whole][0], columns={str(one.column): answers[one] for one in of_columns})
        for key, (whole, *of_columns) in by_table.items()
    }


def _countings_of(table: DataTable, columns: _Columns) -> Iterator[Counting]:
    name = (table.schema_name, table.table)
    yield Counting(*name)
    for column, kind in columns.get(name, []):
        yield Counting(*name, column, is_hashed=kind not in NOT_HASHED)


def _read_columns(aws: Aws, clock: Clock, where: Where, database: str) -> _Columns:
    (rows,) = ask(aws, clock, where, database, [statements.COLUMNS])
    columns: _Columns = defaultdict(list)
    for schema, table, column, kind in rows:
        columns[str(schema), str(table)].append((str(column), str(kind).lower()))
    return columns
