"""Every SQL statement that this program runs. None is made from a model's words, and none has a place for any.

They only read, and only SYS_, SVV_ and PG_ views that clusters and serverless both have; STV_TBL_PERM alone is for DC2.
Counting reads the tables themselves: the names in it are those that the database's own catalogue answered, quoted.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple

DATABASES: Final = "SELECT database_name FROM svv_redshift_databases WHERE database_type = 'local' ORDER BY 1"
TABLES: Final = 'SELECT "schema", "table", table_id, estimated_visible_rows, size FROM svv_table_info ORDER BY 1, 2'
"""Tables with a row or more. Source: DG, SVV_TABLE_INFO: rows that were deleted are not counted; an estimate."""
RELATIONS: Final = (
    "SELECT table_schema, table_name, table_type FROM svv_tables "
    "WHERE table_schema NOT IN ('pg_catalog', 'information_schema', 'pg_internal', 'pg_auto_copy') ORDER BY 1, 2"
)
FUNCTIONS: Final = (
    "SELECT p.proname, l.lanname, CASE WHEN LOWER(p.prosrc) LIKE '%stl!_%' ESCAPE '!' "
    "OR LOWER(p.prosrc) LIKE '%stv!_%' ESCAPE '!' OR LOWER(p.prosrc) LIKE '%svl!_%' ESCAPE '!' "
    "THEN p.prosrc ELSE '' END FROM pg_proc p JOIN pg_language l ON p.prolang = l.oid "
    "WHERE p.proowner >= 100 AND l.lanname IN ('plpythonu', 'sql', 'plpgsql') ORDER BY 1"
)
"""Owners below 100 are Redshift itself. The text of a body only where it may read STL, STV or SVL tables."""
INTERLEAVED: Final = (
    "SELECT n.nspname, c.relname FROM pg_attribute a JOIN pg_class c ON a.attrelid = c.oid "
    "JOIN pg_namespace n ON c.relnamespace = n.oid WHERE a.attsortkeyord < 0 GROUP BY 1, 2 ORDER BY 1, 2"
)
"""Source: DG, PG_TABLE_DEF: the order of a column in an interleaved sort key is positive and negative in turn."""
SUPER_COLUMNS: Final = (
    "SELECT DISTINCT table_schema, table_name FROM svv_columns WHERE data_type = 'super' ORDER BY 1, 2"
)
VIEWS: Final = (
    "SELECT schemaname, viewname, definition FROM pg_views "
    "WHERE schemaname NOT IN ('pg_catalog', 'information_schema', 'pg_internal') ORDER BY 1, 2"
)
SCHEMAS: Final = "SELECT nspname FROM pg_namespace WHERE nspowner >= 100 ORDER BY 1"
MATERIALIZED_VIEWS: Final = "SELECT schema_name, name FROM svv_mv_info ORDER BY 1, 2"
EXTERNAL_SCHEMAS: Final = "SELECT schemaname FROM svv_external_schemas ORDER BY 1"
GRANTS: Final = (
    "SELECT namespace_name, relation_name, privilege_type, identity_type, identity_name FROM svv_relation_privileges "
    "WHERE identity_name <> 'rdsdb' ORDER BY 1, 2, 3, 4, 5"
)
COLUMNS: Final = (
    "SELECT table_schema, table_name, column_name, data_type FROM svv_columns "
    "WHERE table_schema NOT IN ('pg_catalog', 'information_schema', 'pg_internal', 'pg_auto_copy') "
    "ORDER BY table_schema, table_name, ordinal_position"
)
ROLES: Final = "SELECT role_name FROM svv_roles WHERE SUBSTRING(role_name, 1, 4) <> 'sys:' ORDER BY 1"
"""Those that begin with sys: are Redshift's own."""
OLD_QUERIES: Final = (
    "SELECT user_id, COUNT(*), MAX(start_time), MAX(query_text) FROM sys_query_history WHERE user_id >= 100 "
    "AND (LOWER(query_text) LIKE '%stl!_%' ESCAPE '!' OR LOWER(query_text) LIKE '%stv!_%' ESCAPE '!' "
    "OR LOWER(query_text) LIKE '%svl!_%' ESCAPE '!') GROUP BY user_id ORDER BY 2 DESC"
)
"""Who asked STL, STV and SVL tables lately. Source: DG, SYS_QUERY_HISTORY: query_text is its first 4,000 characters."""
USERS: Final = "SELECT user_name, user_id FROM svv_user_info WHERE user_id >= 100 ORDER BY 1"
WRITTEN: Final = (
    "SELECT table_id, MAX(end_time) FROM sys_query_detail WHERE step_name IN ('insert', 'delete') GROUP BY table_id"
)
"""When each table was written last, of the last days."""
WITHOUT_BACKUP: Final = "SELECT DISTINCT TRIM(name) FROM stv_tbl_perm WHERE backup = 0 ORDER BY 1"
"""On DC2 these are in no snapshot. Source: AWS knowledge center, tables missing after a restore."""
ACTIVE_MINUTES: Final = (
    "SELECT DISTINCT DATE_TRUNC('minute', start_time) FROM sys_query_history WHERE user_id >= 100 ORDER BY 1"
)
"""Minutes in which a person's or a program's query began; at most 10,080 of the seven days that are kept."""
LONG_QUERIES: Final = (
    "SELECT start_time, end_time FROM sys_query_history WHERE user_id >= 100 AND elapsed_time > 60000000 ORDER BY 1"
)
"""Those that ran for more than a minute (microseconds): they kept it active after the minute in which they began."""
LONG_QUERIES_OF_USERS: Final = (
    "SELECT user_id, elapsed_time / 60000000, COUNT(*) FROM sys_query_history "
    "WHERE user_id >= 100 AND elapsed_time > 60000000 GROUP BY 1, 2 ORDER BY 2 DESC"
)
"""By whole minutes, of those that ran for more than one (microseconds)."""
CONNECTIONS: Final = (
    "SELECT user_name, application_name, driver_version, remote_host, auth_method, ssl_version, COUNT(*), "
    "MAX(record_time) FROM sys_connection_log WHERE event = 'authenticated' AND user_name <> 'rdsdb' "
    "GROUP BY 1, 2, 3, 4, 5, 6 ORDER BY 7 DESC, 1, 2"
)
"""Source: DG, SYS_CONNECTION_LOG, which keeps about seven days."""

OF_DATABASE: Final = (
    TABLES,
    RELATIONS,
    FUNCTIONS,
    VIEWS,
    SCHEMAS,
    MATERIALIZED_VIEWS,
    EXTERNAL_SCHEMAS,
    GRANTS,
    INTERLEAVED,
    SUPER_COLUMNS,
)
"""What is asked in each database."""
ALL: Final = (
    DATABASES,
    *OF_DATABASE,
    COLUMNS,
    USERS,
    ROLES,
    OLD_QUERIES,
    LONG_QUERIES_OF_USERS,
    WRITTEN,
    WITHOUT_BACKUP,
    CONNECTIONS,
    ACTIVE_MINUTES,
    LONG_QUERIES,
)
"""The closed list; beside countings, the door lets no other statement out."""


class Counting(NamedTuple):
    """The rows of a table, or the values of one of its columns that are there, with a sum of their hashes."""

    schema_name: str
    table: str
    column: str | None = None
    is_hashed: bool = False


MOST_COUNTED = 50
"""Countings in one statement: each is one row of its answer."""
LONGEST_STATEMENT = 90_000
"""Characters. Source: Management Guide, Data API limits: 100 KB."""
_NAME = r'"(?:[^"\x00]|"")+"'
_COUNTED = rf"(?:COUNT\(\*\), 0|COUNT\({_NAME}\), (?:0|SUM\(CAST\(FNV_HASH\({_NAME}\) AS DECIMAL\(38, 0\)\)\)))"
_ONE = rf"SELECT \d+, {_COUNTED} FROM {_NAME}\.{_NAME}"  # noqa: S608
_COUNTINGS = re.compile(rf"{_ONE}(?: UNION ALL {_ONE})*")


def count_all(countings: Sequence[Counting]) -> Iterator[str]:
    """Statements whose rows are (number of the counting, how many, sum of hashes), in any order.

    The sum does not depend on the order of rows. Source: DG, FNV_HASH: 64 bits, of all basic data types.
    """
    counted = (_count(number, one) for number, one in enumerate(countings))
    return (" UNION ALL ".join(parts) for parts in pack(counted, MOST_COUNTED))


def pack(texts: Iterable[str], most: int) -> Iterator[list[str]]:
    """The texts in order, so many at most together, and together no longer than a statement may be."""
    packed: list[str] = []
    for text in texts:
        if packed and (len(packed) == most or sum(map(len, packed)) + len(text) > LONGEST_STATEMENT):
            yield packed
            packed = []
        packed.append(text)
    if packed:
        yield packed


def is_ours(sql: str) -> bool:
    """True for a statement of the closed list, and for a counting of tables by quoted names."""
    return sql in ALL or _COUNTINGS.fullmatch(sql) is not None


def _count(number: int, one: Counting) -> str:
    counted, hashed = "*", "0"
    if one.column is not None:
        counted = _quote(one.column)
        hashed = f"SUM(CAST(FNV_HASH({counted}) AS DECIMAL(38, 0)))" if one.is_hashed else "0"
    return f"SELECT {number}, COUNT({counted}), {hashed} FROM {_quote(one.schema_name)}.{_quote(one.table)}"  # noqa: S608


def _quote(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
