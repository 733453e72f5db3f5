"""Which clusters of a list are meant: filters over its columns, and how many there are of each value. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeVar

from redshift_migrate.errors import SettingsError
from redshift_migrate.models.base import Value
from redshift_migrate.models.cluster import ClusterSummary

T = TypeVar("T")

ALL_REGIONS = "all"
"""Stands for every region where clusters are listed."""
NONE = "none"
"""Stands for no value: a cluster whose snapshots are not copied has `copies_to=none`."""

COLUMNS: Mapping[str, Callable[[ClusterSummary], str | None]] = {
    "name": lambda cluster: cluster.cluster_id,
    "account": lambda cluster: cluster.account,
    "region": lambda cluster: cluster.region,
    "status": lambda cluster: cluster.status,
    "track": lambda cluster: cluster.maintenance_track,
    "node_type": lambda cluster: cluster.node_type,
    "nodes": lambda cluster: None if cluster.number_of_nodes is None else str(cluster.number_of_nodes),
    "copies_to": lambda cluster: cluster.snapshot_copy_destination_region,
    "environment": lambda cluster: cluster.environment,
}
"""What can be filtered by."""

COUNTED = ("account", "region", "status", "track", "node_type", "copies_to", "environment")
"""Columns whose values are counted."""
_OF_SEVERAL = ("account", "region", "environment")
"""Those that say nothing where all clusters have the same."""

_FILTER = re.compile(r"\s*(\w+)\s*(!?)=\s*(.*?)\s*")


class Unreadable(Value):
    """A region that gave no list. That is not the same as a region without clusters."""

    region: str
    reason: str
    account: str | None = None

    @property
    def where(self) -> str:
        """Region, and account where several are looked at."""
        return tell_place(self.region, self.account)


class Everywhere(Value):
    """What was found in all regions that answered."""

    clusters: tuple[ClusterSummary, ...]
    unreadable: tuple[Unreadable, ...] = ()
    regions_read: int = 0


def tell_place(region: str, account: str | None) -> str:
    """`us-east-2`; with its account where several are looked at."""
    return f"{region} of {account}" if account else region


def place_of(cluster: ClusterSummary) -> str:
    """Its region, with its account where several are looked at."""
    return tell_place(cluster.region, cluster.account)


def having_in_name(clusters: Sequence[ClusterSummary], part: str | None) -> tuple[ClusterSummary, ...]:
    """Those whose name contains the part, in whatever case; all without one."""
    wanted = (part or "").lower()
    return tuple(cluster for cluster in clusters if wanted in cluster.cluster_id.lower())


def select(
    clusters: Sequence[T], filters: Sequence[str], columns: Mapping[str, Callable[[T], str | None]] | None = None
) -> tuple[T, ...]:
    """Those that fit every filter, each `column=value` or `column!=value`; `node_type=dc2` is any size of it.

    SettingsError for a filter that is none.
    """
    known: Mapping[str, Callable[[Any], str | None]] = columns or COLUMNS
    wanted = [_read(each, known) for each in filters]
    return tuple(
        cluster
        for cluster in clusters
        if all(_fits(column, value, known[column](cluster)) is not negated for column, negated, value in wanted)
    )


def count(clusters: Sequence[ClusterSummary]) -> dict[str, dict[str, int]]:
    """How many there are of each value, by column, the most frequent first; regions and the like only where several."""
    counted = {column: dict(Counter(_value(column, each) for each in clusters).most_common()) for column in COUNTED}
    return {column: values for column, values in counted.items() if column not in _OF_SEVERAL or len(values) > 1}


def _read(text: str, columns: Iterable[str]) -> tuple[str, bool, str]:
    found = _FILTER.fullmatch(text)
    if found is None or found[1] not in columns:
        raise SettingsError(
            f"{text!r} is no filter of a list of clusters. Nothing was called.",
            hint=f"Write column=value or column!=value. Columns: {', '.join(columns)}.",
        )
    return found[1], bool(found[2]), found[3].lower()


def _fits(column: str, value: str, said: str | None) -> bool:
    found = (said or NONE).lower()
    return found == value or (column == "node_type" and found.startswith(f"{value}."))


def _value(column: str, cluster: ClusterSummary) -> str:
    return (COLUMNS[column](cluster) or NONE).lower()
