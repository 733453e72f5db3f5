"""What each client has to change for serverless, and who was left behind by a cut-over. Pure.

Source: Management Guide, "Connecting to Amazon Redshift Serverless", "Using the Data API".
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from redshift_migrate.models.data import Connection

WAYS: tuple[tuple[tuple[str, ...], str, str], ...] = (
    (("dataapi", "data api"), "Data API", "WorkgroupName in the place of ClusterIdentifier, and no DbUser"),
    (("airflow",), "Airflow", "{host} as host; operators of the Data API: workgroup_name, no cluster_identifier"),
    (("dbt",), "dbt", "{host} as host of the profile; with IAM: no cluster_id and no user of the database"),
    (("odbc",), "ODBC", "{host} as server; with IAM: isServerless=true and the name of the workgroup; driver 2.x"),
    (("jdbc",), "JDBC", "jdbc:redshift://{host}; with IAM: jdbc:redshift:iam://{host}, and no DbUser"),
    (("python",), "Python", "{host} as host; with IAM: is_serverless=True, and neither cluster_identifier nor db_user"),
)
"""What tells a kind of client, its name, and what it changes; the first that fits."""
ANY = ("other", "{host} as host")
IAM_NOTE = "Who comes by IAM is another database user there (IAM:name, IAMR:role): grants of the old one do not apply."


def mark_left_behind(
    connections: Iterable[Connection], cut_over_at: datetime | None, own_user: str
) -> tuple[Connection, ...]:
    """Those that came to the cluster after it was cut over are left behind; who asks this is not."""
    if cut_over_at is None:
        return tuple(connections)
    return tuple(
        each.model_copy(update={"left_behind": each.last_at > cut_over_at and each.user != own_user})
        for each in connections
    )


def by_urgency(connections: Iterable[Connection]) -> list[Connection]:
    """Who was left behind first, then who would fail on serverless."""
    return sorted(connections, key=lambda each: (not each.left_behind, not each.problems))


def advise(connections: Sequence[Connection], host: str = "the workgroup's host") -> tuple[str, ...]:
    """What each kind of client changes, with the names of its clients; empty without any."""
    named: dict[tuple[str, str], set[str]] = {}
    for each in connections:
        named.setdefault(_way(each), set()).add(each.application or each.user)
    lines = [
        f"{kind} ({', '.join(sorted(names))}): {change.format(host=host)}." for (kind, change), names in named.items()
    ]
    return (*lines, IAM_NOTE) if any(each.auth.upper().startswith("IAM") for each in connections) else tuple(lines)


def _way(client: Connection) -> tuple[str, str]:
    text = f"{client.application} {client.driver}".lower()
    return next(((kind, change) for words, kind, change in WAYS if any(word in text for word in words)), ANY)
