"""Whether one could restore in the other region: what has arrived there, how old it is, and its key. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta

from redshift_migrate.models.base import Unknown
from redshift_migrate.models.snapshot import CopiesSeen, Snapshots
from redshift_migrate.translators.translation import count

OLD = timedelta(hours=24)
"""A cluster takes a snapshot every eight hours; copies that are older than a day have stopped."""


def is_restorable(found: Snapshots) -> bool | None:
    """True where a copy of the last day is there with a usable key; None where that is not known or not wished."""
    seen = found.copies
    if not isinstance(seen, CopiesSeen) or isinstance(seen.copies, Unknown) or isinstance(seen.key_state, Unknown):
        return None
    age = _age(seen, found.at)
    return age is not None and age <= OLD and seen.key_state in (None, "Enabled")


def tell_copies(found: Snapshots) -> str:
    """What has arrived in the other region, in sentences."""
    seen = found.copies
    if seen is None:
        return f"No snapshot of {found.of} is copied to another region."
    if isinstance(seen, Unknown):
        return f"Whether snapshots of {found.of} are copied to another region is {seen.sentence()}."
    return " ".join((_tell_arrived(seen, found.at), *_tell_key(seen)))


def _tell_arrived(seen: CopiesSeen, now: datetime) -> str:
    there = seen.destination_region
    if isinstance(seen.copies, Unknown):
        return f"Snapshots are copied to {there}; what has arrived is {seen.copies.sentence()}."
    newest, age = seen.newest, _age(seen, now)
    if newest is None or age is None:
        return f"Snapshots are copied to {there}, but none that is whole has arrived: nothing could be restored there."
    many = count(len(seen.copies), "copied snapshot")
    told = f"{many} in {there}, the newest {newest.name}, {_tell_age(age)} old."
    return told if age <= OLD else f"{told} No newer one arrived in the last day: look at why, before it is needed."


def _tell_key(seen: CopiesSeen) -> list[str]:
    key, state = seen.kms_key_id, seen.key_state
    if key is None:
        return ["They are encrypted with a key of AWS, if at all."]
    if isinstance(key, Unknown):
        return [f"The key that they are encrypted with is {key.sentence()}."]
    if isinstance(state, Unknown):
        return [f"Whether their key {key} is usable is {state.sentence()}."]
    if state == "Enabled":
        return [f"Their key {key} is enabled."]
    return [f"Their key {key} is {str(state).lower()}, so nothing could be restored there: enable it."]


def _age(seen: CopiesSeen, now: datetime) -> timedelta | None:
    created = seen.newest.created if seen.newest else None
    return now - datetime.fromisoformat(created) if created else None


def _tell_age(age: timedelta) -> str:
    hours = round(age / timedelta(hours=1))
    if hours < 1:
        return "less than an hour"
    return count(hours, "hour") if hours < 48 else count(hours // 24, "day")
