"""The databases of clusters and namespaces: plain data, in which some tables grow with time.

A cluster has what `_contents` says, or something small that follows from its name. A snapshot freezes it, and a restore
puts it into a namespace.
"""

from __future__ import annotations

import copy
import zlib
from typing import Any

from redshift_simulator.account import Resource

Contents = dict[str, Any]
LEFT = ("per_minute", "interleaved")
"""Of a table, what a snapshot or a restore does not have."""
GROWS_SINCE_S = 1_795_000_000.0
"""The moment at which a table that grows had its `rows`."""
MINUTE_S = 60.0


def table(schema: str, name: str, rows: int, **more: Any) -> Resource:
    """A table; `per_minute`: rows that are written to it all the time; `backup`: False for one that says BACKUP NO.

    `columns`: name and type of each; `value`: what they hold; `interleaved`: its sort key is.
    """
    return {"schema": schema, "table": name, "rows": rows, "mb": max(1, rows // 20_000), **more}


def connection(user: str, application: str, **more: Any) -> Resource:
    """Who connects again and again."""
    usual = {
        "driver": "Redshift JDBC Driver 2.1.0.30",
        "host": "::ffff:10.0.1.17",
        "auth": "password",
        "ssl": "TLSv1.3",
        "times": 12,
    }
    return {"user": user, "application": application, **usual, **more}


def contents_of(cluster: Resource) -> Contents:
    """What is in a cluster, without the growth."""
    return cluster.get("_contents") or _small(cluster)


def _small(cluster: Resource) -> Contents:
    name = str(cluster["ClusterIdentifier"])
    seed = zlib.crc32(name.encode())
    tables = [table("public", "events", 10_000 + seed % 90_000), table("public", "customers", 500 + seed % 4_000)]
    return {
        "databases": {str(cluster["DBName"]): {"tables": tables, "views": [], "functions": []}},
        "users": [str(cluster["MasterUsername"]), "reader"],
        "connections": [connection("reader", "dashboards")],
    }


def at(contents: Contents, now_s: float) -> Contents:
    """As it is at that moment, with the rows that were written by then."""
    found = copy.deepcopy(contents)
    for database in found["databases"].values():
        for each in database["tables"]:
            minutes = max(0.0, now_s - GROWS_SINCE_S) / MINUTE_S
            each["rows"] += int(each.get("per_minute", 0) * minutes)
    return found


def freeze(cluster: Resource, now_s: float) -> Contents:
    """What a snapshot holds: nothing grows in it, and on DC2 tables that say BACKUP NO are not there."""
    found = at(contents_of(cluster), now_s)
    is_old = str(cluster.get("NodeType", "")).startswith("dc2.")
    for database in found["databases"].values():
        kept = [each for each in database["tables"] if each.get("backup", True) or not is_old]
        kept = [each for each in kept if not each["schema"].startswith("pg_temp")]
        database["tables"] = [{key: value for key, value in each.items() if key not in LEFT} for each in kept]
    found["connections"] = []
    return found
