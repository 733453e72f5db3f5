"""What is in the databases of one side, who connects to it, and its snapshots."""

from __future__ import annotations

import re

from redshift_migrate.aws.door import Aws
from redshift_migrate.clock import Clock
from redshift_migrate.errors import RedshiftMigrateError
from redshift_migrate.extractors.data_api import Cell, Rows, Where, ask, needed_action
from redshift_migrate.models import statements
from redshift_migrate.models.base import Unknown
from redshift_migrate.models.data import Connection, Contents, DataTable, Snapshot
from redshift_migrate.models.plan import Call

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
        return Unknown(needs_action=needed_action(error), reason=f"{where.words}: {error.message}")


def _contents(aws: Aws, clock: Clock, where: Where, database: str, is_source: bool, is_dc2: bool) -> Contents:
    first = [statements.DATABASES, statements.USERS]
    first += [statements.WRITTEN] if is_source else []
    first += [statements.WITHOUT_BACKUP] if is_dc2 else []
    names, users, *more = ask(aws, clock, where, database, first)
    written = more[0] if is_source else []
    databases = tuple(_text(row[0]) for row in names)
    parts = [(name, ask(aws, clock, where, name, statements.OF_DATABASE)) for name in databases]
    return Contents(
        databases=databases,
        tables=tuple(each for name, (sizes, relations, *_) in parts for each in _tables(name, sizes, relations)),
        views=tuple(f"{name}.{_text(row[0])}.{_text(row[1])}" for name, (_, _, _, views) in parts for row in views),
        functions=tuple(
            (f"{name}.{_text(row[0])}", _text(row[1])) for name, (_, _, functions, _) in parts for row in functions
        ),
        users=tuple(_text(row[0]) for row in users),
        views_on_system_tables=tuple(
            f"{name}.{_text(row[0])}.{_text(row[1])}"
            for name, (_, _, _, views) in parts
            for row in views
            if _SYSTEM_TABLE.search(_text(row[2]))
        ),
        written=tuple((_number(row[0]), _text(row[1])) for row in written),
        without_backup=tuple(_text(row[0]) for row in more[-1]) if is_dc2 else (),
    )


def _tables(database: str, sizes: Rows, relations: Rows) -> list[DataTable]:
    """All tables; those that the estimate does not list are empty."""
    known = {(_text(row[0]), _text(row[1])): row for row in sizes}
    names = {(_text(row[0]), _text(row[1])) for row in relations if _text(row[2]).upper() == "BASE TABLE"}
    return [
        DataTable(
            database=database,
            schema_name=schema,
            table=name,
            table_id=_number(known[schema, name][2]) if (schema, name) in known else None,
            rows=_number(known[schema, name][3]) if (schema, name) in known else 0,
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


def list_cluster_snapshots(aws: Aws, cluster_id: str, region: str) -> tuple[Snapshot, ...]:
    """The snapshots of a cluster, the newest first."""
    asked = {"ClusterIdentifier": cluster_id}
    call = Call(service="redshift", region=region, operation="DescribeClusterSnapshots", parameters=asked)
    found = [
        Snapshot(
            name=str(each.get("SnapshotIdentifier") or ""),
            created=each.get("SnapshotCreateTime"),
            status=str(each.get("Status") or "unknown"),
            kind=str(each.get("SnapshotType") or ""),
            size_mb=each.get("TotalBackupSizeInMegaBytes"),
            encrypted=each.get("Encrypted"),
            usable=each.get("Status") == "available",
        )
        for each in aws.pages(call, "Snapshots")
    ]
    return tuple(sorted(found, key=lambda each: each.created or "", reverse=True))


def list_namespace_snapshots(aws: Aws, namespace_name: str, region: str) -> tuple[Snapshot, ...]:
    """The snapshots of a namespace, the newest first."""
    asked = {"namespaceName": namespace_name}
    call = Call(service="redshift-serverless", region=region, operation="ListSnapshots", parameters=asked)
    found = [
        Snapshot(
            name=str(each.get("snapshotName") or ""),
            created=each.get("snapshotCreateTime"),
            status=str(each.get("status") or "unknown").lower(),
            kind="serverless",
            size_mb=each.get("totalBackupSizeInMegaBytes"),
            encrypted=bool(each.get("kmsKeyId")),
        )
        for each in aws.pages(call, "snapshots")
    ]
    return tuple(sorted(found, key=lambda each: each.created or "", reverse=True))


def _text(value: Cell) -> str:
    return "" if value is None else str(value).strip()


def _number(value: Cell) -> int:
    """Numerics arrive as texts."""
    try:
        return int(float(value or 0))
    except ValueError:
        return 0
