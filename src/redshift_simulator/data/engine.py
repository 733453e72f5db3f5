"""SQL on the contents: SQLite, filled with the system views that a question is about, and with nothing else."""

from __future__ import annotations

import hashlib
import re
import sqlite3
import zlib
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from itertools import chain
from typing import Any

from redshift_simulator.data.contents import Contents

Rows = list[list[Any]]
View = tuple[str, tuple[str, ...], Iterable[list[Any]]]
"""Name, columns and rows; rows of what is long are made when they are asked for."""
ADMIN_ID = 100
APART_S = 600.0
"""Between two connections of a client."""
KEPT_S = 7 * 86_400.0
"""How long the log of connections is. Source: DG, SYS monitoring views."""


def run(
    contents: Contents, database: str, sql: str, now_s: float, queries: list[tuple[float, float]]
) -> tuple[list[str], Rows]:
    """The columns and rows of a question; `queries`: beginning and end of what ran. sqlite3.Error for a wrong one."""
    with sqlite3.connect(":memory:") as engine:
        for name, columns, rows in _views(contents, database, now_s, queries):
            if name not in sql:
                continue
            quoted = ", ".join(f'"{column}"' for column in columns)
            engine.execute(f"CREATE TABLE {name} ({quoted})")
            engine.executemany(f"INSERT INTO {name} VALUES ({', '.join('?' for _ in columns)})", rows)  # noqa: S608
        engine.create_function("date_trunc", 2, lambda _, moment: f"{moment[:16]}:00")
        engine.create_function("fnv_hash", 1, _hash)
        if _OF_TABLES.search(sql):
            _fill_tables(engine, contents["databases"][database], sql)
            sql = _weighted(sql)
        found = engine.execute(sql)
        return [column[0] for column in found.description or ()], [list(row) for row in found.fetchall()]


_OF_TABLES = re.compile(r'FROM "')
_WEIGHTED = (
    (re.compile(r"COUNT\(\*\)"), 'COALESCE(SUM("$rows"), 0)'),
    (re.compile(r'COUNT\(("(?:[^"]|"")+")\)'), r'COALESCE(SUM(CASE WHEN \1 IS NULL THEN 0 ELSE "$rows" END), 0)'),
    (
        re.compile(r'SUM\(CAST\((FNV_HASH\("(?:[^"]|"")+"\)) AS DECIMAL\(38, 0\)\)\)'),
        r'CAST(SUM(\1 * "$rows") AS TEXT)',
    ),
)
"""A table is kept as one row that stands for many; what is counted is multiplied with how many."""


def _weighted(sql: str) -> str:
    for pattern, instead in _WEIGHTED:
        sql = pattern.sub(instead, sql)
    return sql


def _hash(value: Any) -> int:
    """Not Redshift's hash, but as long-lived: small enough that sums of it stay whole numbers."""
    return int.from_bytes(hashlib.sha256(str(value).encode()).digest()[:3])


def _fill_tables(engine: sqlite3.Connection, here: Contents, sql: str) -> None:
    """Those that the question names."""
    for schema in {each["schema"] for each in here["tables"]}:
        engine.execute(f"ATTACH ':memory:' AS {_quote(schema)}")
    for each in here["tables"]:
        place = f"{_quote(each['schema'])}.{_quote(each['table'])}"
        if place not in sql:
            continue
        columns = [name for name, _ in columns_of(each)]
        engine.execute(f'CREATE TABLE {place} ({", ".join(map(_quote, columns))}, "$rows")')
        values = [*(f"{name} {each.get('value', '')}" for name in columns), each["rows"]]
        engine.execute(f"INSERT INTO {place} VALUES ({', '.join('?' for _ in values)})", values)  # noqa: S608


def _quote(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def columns_of(table: dict[str, Any]) -> list[list[str]]:
    """Name and type of each column."""
    return table.get("columns") or [["id", "bigint"], ["changed_at", "timestamp without time zone"]]


def _views(contents: Contents, database: str, now_s: float, queries: list[tuple[float, float]]) -> Iterator[View]:
    here = contents["databases"][database]
    tables = [each for each in here["tables"] if each["rows"] > 0]
    local = [[name, "local"] for name in contents["databases"]]
    yield "svv_redshift_databases", ("database_name", "database_type"), local
    yield (
        "svv_table_info",
        ("database", "schema", "table_id", "table", "size", "tbl_rows", "estimated_visible_rows"),
        [
            [database, each["schema"], _id(database, each), each["table"], each["mb"], each["rows"], each["rows"]]
            for each in tables
        ],
    )
    yield (
        "svv_tables",
        ("table_catalog", "table_schema", "table_name", "table_type"),
        [[database, each["schema"], each["table"], "BASE TABLE"] for each in here["tables"]]
        + [[database, view["schema"], view["view"], "VIEW"] for view in here["views"]],
    )
    yield (
        "pg_views",
        ("schemaname", "viewname", "definition"),
        [[view["schema"], view["view"], view["sql"]] for view in here["views"]],
    )
    languages = {"plpythonu": 1, "sql": 2, "plpgsql": 3}
    yield "pg_language", ("oid", "lanname"), [[number, name] for name, number in languages.items()]
    functions = [
        [each["name"], languages[each["language"]], ADMIN_ID, each.get("sql", "")] for each in here["functions"]
    ]
    yield "pg_proc", ("proname", "prolang", "proowner", "prosrc"), functions
    yield from _columns(here)
    schemas = sorted({each["schema"] for each in (*here["tables"], *here["views"])} - {"public"})
    schemas = [name for name in schemas if not name.startswith("pg_temp")]
    yield (
        "pg_namespace",
        ("nspname", "nspowner", "oid"),
        [
            ["public", 1, "public"],
            *([name, ADMIN_ID, name] for name in schemas),
        ],
    )
    materialized = [[view["schema"], view["view"]] for view in here["views"] if view.get("is_materialized")]
    yield "svv_mv_info", ("schema_name", "name"), materialized
    yield "svv_external_schemas", ("schemaname",), [[name] for name in here.get("external", [])]
    yield (
        "svv_relation_privileges",
        ("namespace_name", "relation_name", "privilege_type", "identity_type", "identity_name"),
        here.get("grants", []),
    )
    yield "svv_roles", ("role_name",), [["sys:monitor"], *([name] for name in contents.get("roles", []))]
    yield (
        "svv_user_info",
        ("user_name", "user_id"),
        [[name, number] for number, name in enumerate(contents["users"], 100)],
    )
    yield (
        "sys_query_detail",
        ("table_id", "step_name", "end_time"),
        [[_id(database, each), "insert", _moment(now_s)] for each in tables if each.get("per_minute")],
    )
    yield (
        "stv_tbl_perm",
        ("name", "backup"),
        [[each["table"], int(each.get("backup", True))] for each in here["tables"]],
    )
    yield (
        "sys_query_history",
        ("user_id", "start_time", "end_time", "elapsed_time", "query_text"),
        chain(
            (
                [ADMIN_ID + 1, _moment(begin_s), _moment(end_s), int(1e6 * (end_s - begin_s)), "SELECT 1"]
                for begin_s, end_s in queries
            ),
            (
                [ADMIN_ID + user, _moment(now_s - APART_S), _moment(now_s - APART_S), 1_000, text]
                for user, text in contents.get("queries", [])
            ),
            (
                [ADMIN_ID + user, _moment(now_s - minutes * 60), _moment(now_s), minutes * 60_000_000, "SELECT 1"]
                for user, minutes in contents.get("long_queries", [])
            ),
        ),
    )
    yield "sys_connection_log", *_connections(contents, now_s)


def _columns(here: Contents) -> Iterator[View]:
    yield (
        "svv_columns",
        ("table_schema", "table_name", "column_name", "data_type", "ordinal_position"),
        (
            [each["schema"], each["table"], name, kind, number]
            for each in here["tables"]
            for number, (name, kind) in enumerate(columns_of(each), 1)
        ),
    )
    named = [(f"{each['schema']}.{each['table']}", each) for each in here["tables"]]
    yield "pg_class", ("oid", "relname", "relnamespace"), [[oid, each["table"], each["schema"]] for oid, each in named]
    keys = [[oid, order] for oid, each in named if each.get("interleaved") for order in (1, -2)]
    yield "pg_attribute", ("attrelid", "attsortkeyord"), keys


def _connections(contents: Contents, now_s: float) -> tuple[tuple[str, ...], Iterator[list[Any]]]:
    columns = (
        "event",
        "record_time",
        "user_name",
        "application_name",
        "driver_version",
        "remote_host",
        "auth_method",
        "ssl_version",
    )
    rows = (
        [
            "authenticated",
            _moment(at_s),
            *(each[name] for name in ("user", "application", "driver", "host", "auth", "ssl")),
        ]
        for each in contents["connections"]
        for number in range(each["times"])
        if (at_s := each.get("until_s", now_s) - APART_S * number) >= max(each.get("since_s", 0), now_s - KEPT_S)
    )
    return columns, rows


def _id(database: str, each: dict[str, Any]) -> int:
    return zlib.crc32(f"{database}.{each['schema']}.{each['table']}".encode())


def _moment(at_s: float) -> str:
    return datetime.fromtimestamp(at_s, UTC).strftime("%Y-%m-%d %H:%M:%S")
