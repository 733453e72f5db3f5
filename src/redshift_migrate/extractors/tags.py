"""Tags of a cluster: DescribeClusters has them all."""

from __future__ import annotations

from redshift_migrate.extractors.replies import Reply
from redshift_migrate.extractors.source import Members, pick


def _pairs(cluster: Reply) -> tuple[tuple[str, str], ...]:
    """Every tag, those of AWS too, by key."""
    pairs = ((tag["Key"], tag.get("Value") or "") for tag in cluster.get("Tags") or () if tag.get("Key"))
    return tuple(sorted(pairs))


MEMBERS: Members = {"tags": pick("Tags", parse=_pairs)}
