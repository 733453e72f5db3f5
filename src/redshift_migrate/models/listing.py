"""Which clusters of a list are meant: filters over its columns, and how many there are of each value. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence

from redshift_migrate.errors import SettingsError
from redshift_migrate.models.base import Value
from redshift_migrate.models.cluster import ClusterSummary

ALL_REGIONS = "all"
"""Stands for every region where clusters are listed."""
NONE = "none"
"""Stands for no value: a cluster whose snapshots are not copied has `copies_to=none`."""

COLUMNS: Mapping[str, Callable[[ClusterSummary], str | None]] = {
    "name": lambda cluster: cluster.cluster_id,
    "region": lambda cluster: cluster.region,
    "status": lambda cluster: cluster.status,
    "track": lambda cluster: cluster.maintenance_track,
    "node_type": lambda cluster: cluster.node_type,
    "nodes": lambda cluster: None if cluster.number_of_nodes is None else str(cluster.number_of_nodes),
    "copies_to": lambda cluster: cluster.snapshot_copy_destination_region,
}
"""What can be filtered by."""

COUNTED = ("region", "status", "track", "node_type", "copies_to")
"""Columns whose values are counted."""

_FILTER = re.compile(r"\s*(\w+)\s*(!?)=\s*(.*?)\s*")


class Unreadable(Value):
    """A region that gave no list. That is not the same as a region without clusters."""

    region: str
    reason: str


class Everywhere(Value):
    """What was found in all regions that answered."""

    clusters: tuple[ClusterSummary, ...]
    unreadable: tuple[Unreadable, ...] = ()
    regions_read: int = 0


def having_in_name(clusters: Sequence[ClusterSummary], part: str | None) -> tuple[ClusterSummary, ...]:
    """Those whose name contains the part, in whatever case; all without one."""
    wanted = (part or "").lower()
    return tuple(cluster for cluster in clusters if wanted in cluster.cluster_id.lower())


def select(clusters: Sequence[ClusterSummary], filters: Sequence[str]) -> tuple[ClusterSummary, ...]:
    """Those that fit every filter, each `column=value` or `column!=value`; `node_type=dc2` is any size of it.

    SettingsError for a filter that is none.
    """
    wanted = [_read(each) for each in filters]
    return tuple(
        cluster
        for cluster in clusters
        if all(_fits(column, value, cluster) is not negated for column, negated, value in wanted)
    )


def count(clusters: Sequence[ClusterSummary]) -> dict[str, dict[str, int]]:
    """How many there are of each value, by column; the most frequent first. Regions only where there are several."""
    counted = {column: dict(Counter(_value(column, each) for each in clusters).most_common()) for column in COUNTED}
    return {column: values for column, values in counted.items() if column != "region" or len(values) > 1}


def _read(text: str) -> tuple[str, bool, str]:
    found = _FILTER.fullmatch(text)
    if found is None or found[1] not in COLUMNS:
        raise SettingsError(
            f"{text!r} is no filter of a list of clusters. Nothing was called.",
            hint=f"Write column=value or column!=value. Columns: {', '.join(COLUMNS)}.",
        )
    return found[1], bool(found[2]), found[3].lower()


def _fits(column: str, value: str, cluster: ClusterSummary) -> bool:
    found = _value(column, cluster)
    return found == value or (column == "node_type" and found.startswith(f"{value}."))


def _value(column: str, cluster: ClusterSummary) -> str:
    return (COLUMNS[column](cluster) or NONE).lower()
