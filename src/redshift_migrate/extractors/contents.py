"""What is in the databases of one side, and who connects to it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from redshift_migrate.aws.door import Aws
from redshift_migrate.clock import Clock
from redshift_migrate.errors import RedshiftMigrateError
from redshift_migrate.extractors.data_api import Cell, Rows, Where, ask
from redshift_migrate.models import statements
from redshift_migrate.models.base import Unknown
from redshift_migrate.models.data import Connection, Contents, DataTable

PYTHON, PROCEDURE = "plpythonu", "plpgsql"
"""Languages of pg_language: of UDFs that are going away, and of stored procedures."""
SHOWN = 120
"""Characters of a query that are kept to find it again."""
_SYSTEM_TABLE = re.compile(r"\b(?:stl|stv|svl|svcs)_\w+", re.IGNORECASE)
_OLD_ODBC = re.compile(r"odbc driver (?:0?1[.,])", re.IGNORECASE)
_OLD_TLS = re.compile(r"TLSv1(?:\.[01])?$", re.IGNORECASE)


def extract_contents(
    aws: Aws, clock: Clock, where: Where, database: str, *, is_source: bool = False, is_dc2: bool = False
) -> Contents | Unknown:
    """Every database of that side. Unknown, with the reason, where one of the questions was not answered."""
    try:
        return _contents(aws, clock, where, database, is_source, is_dc2)
    except RedshiftMigrateError as error:
        return where.unread(error)


def _contents(aws: Aws, clock: Clock, where: Where, database: str, is_source: bool, is_dc2: bool) -> Contents:
    first = [statements.DATABASES, statements.USERS, statements.ROLES]
    first += [statements.OLD_QUERIES, statements.LONG_QUERIES_OF_USERS] if is_source else []
    first += [statements.WITHOUT_BACKUP] if is_dc2 else []
    names, users, roles, *more = ask(aws, clock, where, database, first)
    old_queries, long_queries = more[:2] if is_source else ([], [])
    parts = [_Part(_text(row[0]), *ask(aws, clock, where, _text(row[0]), statements.OF_DATABASE)) for row in names]
    by_id = {_text(row[1]): _text(row[0]) for row in users}
    return Contents(
        tables=tuple(each for part in parts for each in _tables(part)),
        objects=(
            *(each for part in parts for each in part.objects()),
            *(("user", _text(row[0])) for row in users),
            *(("role", _text(row[0])) for row in roles),
        ),
        python_functions=tuple(part.name(row[0]) for part in parts for row in part.functions if row[1] == PYTHON),
        views_on_system_tables=tuple(
            part.name(row[0], row[1]) for part in parts for row in part.views if _SYSTEM_TABLE.search(_text(row[2]))
        ),
        queries_on_system_tables=tuple(
            (_user(by_id, row[0]), _number(row[1]), _text(row[3])[:SHOWN]) for row in old_queries
        ),
        procedures_on_system_tables=tuple(
            part.name(row[0]) for part in parts for row in part.functions if _SYSTEM_TABLE.search(_text(row[2]))
        ),
        long_queries=tuple((_user(by_id, row[0]), _number(row[1]), _number(row[2])) for row in long_queries),
        interleaved=tuple(part.name(*row) for part in parts for row in part.interleaved if not _is_temporary(row)),
        super_columns=tuple(part.name(*row) for part in parts for row in part.with_super if not _is_temporary(row)),
        temporary_tables=sum(_is_temporary(row) for part in parts for row in part.relations),
        written=_read_written(aws, clock, where, database) if is_source else (),
        without_backup=tuple(_text(row[0]) for row in more[-1]) if is_dc2 else (),
    )


def extract_written(aws: Aws, clock: Clock, where: Where, database: str) -> tuple[tuple[int, str], ...] | Unknown:
    """Which tables were written, and when last."""
    try:
        return _read_written(aws, clock, where, database)
    except RedshiftMigrateError as error:
        return where.unread(error)


def _read_written(aws: Aws, clock: Clock, where: Where, database: str) -> tuple[tuple[int, str], ...]:
    """Asked after the rows: what was written meanwhile is in it."""
    (rows,) = ask(aws, clock, where, database, [statements.WRITTEN])
    return tuple((_number(row[0]), _text(row[1])) for row in rows)


def _user(by_id: dict[str, str], user_id: Cell) -> str:
    return by_id.get(_text(user_id), f"user {_text(user_id)}")


def _is_temporary(row: Sequence[Cell]) -> bool:
    """True for what belongs to one session, by its schema, which comes first."""
    return _text(row[0]).startswith("pg_temp")


class _Part(NamedTuple):
    """What one database answered, in the order of the questions."""

    database: str
    sizes: Rows
    relations: Rows
    functions: Rows
    views: Rows
    schemas: Rows
    materialized: Rows
    external: Rows
    grants: Rows
    interleaved: Rows
    with_super: Rows

    def name(self, *parts: Cell) -> str:
        """A name with its database."""
        return ".".join((self.database, *map(_text, parts)))

    def objects(self) -> Iterator[tuple[str, str]]:
        """All that is compared by name. The view behind a materialized one counts as that."""
        yield "database", self.database
        behind = {(_text(row[0]), _text(row[1])) for row in self.materialized}
        yield from (("schema", self.name(row[0])) for row in self.schemas)
        yield from (
            ("view", self.name(row[0], row[1])) for row in self.views if (_text(row[0]), _text(row[1])) not in behind
        )
        yield from (("materialized view", self.name(row[0], row[1])) for row in self.materialized)
        yield from (("procedure" if row[1] == PROCEDURE else "function", self.name(row[0])) for row in self.functions)
        yield from (("external schema", self.name(row[0])) for row in self.external)
        for schema, relation, privilege, kind, who in self.grants:
            yield "grant", f"{_text(privilege)} on {self.name(schema, relation)} to {_text(kind)} {_text(who)}"


def _tables(part: _Part) -> list[DataTable]:
    """All tables but temporary ones; those that the estimate does not list are empty."""
    known = {(_text(row[0]), _text(row[1])): row for row in part.sizes if not _is_temporary(row)}
    relations = (row for row in part.relations if not _is_temporary(row))
    names = {(_text(row[0]), _text(row[1])) for row in relations if _text(row[2]).upper() == "BASE TABLE"}
    return [
        DataTable(
            database=part.database,
            schema_name=schema,
            table=name,
            table_id=_number(known[schema, name][2]) if (schema, name) in known else None,
            rows=_number(known[schema, name][3]) if (schema, name) in known else 0,
            size_mb=_number(known[schema, name][4]) if (schema, name) in known else 0,
        )
        for schema, name in sorted(names | known.keys())
    ]


def extract_connections(aws: Aws, clock: Clock, where: Where, database: str) -> tuple[Connection, ...]:
    """Who connected in the last days, the most frequent first. AwsError where that may not be asked."""
    (rows,) = ask(aws, clock, where, database, [statements.CONNECTIONS])
    found = (
        Connection(
            user=_text(row[0]),
            application=_text(row[1]),
            driver=_text(row[2]),
            host=_text(row[3]).removeprefix("::ffff:"),
            auth=_text(row[4]),
            ssl=_text(row[5]),
            times=_number(row[6]),
            last=_text(row[7]),
        )
        for row in rows
    )
    return tuple(each.model_copy(update={"problems": _problems(each)}) for each in found)


def _problems(found: Connection) -> tuple[str, ...]:
    """Source: Management Guide, "Behavior changes": SSL required on serverless, TLS 1.2 the least, ODBC 1.x."""
    problems = {
        "connects without SSL, which serverless refuses": not found.ssl,
        f"uses {found.ssl}; TLS 1.2 is the least": bool(_OLD_TLS.fullmatch(found.ssl)),
        "uses the ODBC driver 1.x, whose support ends": bool(_OLD_ODBC.search(found.driver)),
    }
    return tuple(words for words, is_one in problems.items() if is_one)


def _text(value: Cell) -> str:
    return "" if value is None else str(value).strip()


def _number(value: Cell) -> int:
    """Numerics arrive as texts."""
    try:
        return int(float(value or 0))
    except ValueError:
        return 0
