"""Tags of a cluster: DescribeClusters has them all."""

from __future__ import annotations

from typing import Any

from redshift_migrate.extractors.replies import Reply


def tag_members(cluster: Reply) -> dict[str, Any]:
    """Every tag, those of AWS too, by key."""
    pairs = ((tag["Key"], tag.get("Value") or "") for tag in cluster.get("Tags") or () if tag.get("Key"))
    return {"tags": tuple(sorted(pairs))}
