"""Tags of a cluster: DescribeClusters has them all."""

from __future__ import annotations

from redshift_migrate.extractors.replies import Reply
from redshift_migrate.extractors.source import Members, pick


def _pairs(cluster: Reply) -> tuple[tuple[str, str], ...]:
    """Every tag, those of AWS too, by key."""
    pairs = ((tag["Key"], tag.get("Value") or "") for tag in cluster.get("Tags") or () if tag.get("Key"))
    return tuple(sorted(pairs))


ENVIRONMENT_KEYS = ("environment", "env", "stage")
"""Keys, in whatever case, whose value says which environment a cluster belongs to."""


def environment_of(cluster: Reply) -> str | None:
    """What its tags say of the environment, in small letters."""
    by_key = {key.lower(): value.strip().lower() for key, value in _pairs(cluster)}
    return next((by_key[key] for key in ENVIRONMENT_KEYS if by_key.get(key)), None)


MEMBERS: Members = {"tags": pick("Tags", parse=_pairs)}
