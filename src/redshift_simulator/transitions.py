"""States that end by themselves: creating → available, and whatever else time brings.

A resource keeps what is still to come in `_pending`: entries `{"at_s", "changes", "delete"}` in the order of time.
"""

from __future__ import annotations

from typing import Any

Resource = dict[str, Any]

PENDING = "_pending"


def schedule(resource: Resource, at_s: float, changes: dict[str, Any] | None = None, *, delete: bool = False) -> None:
    """At `at_s` the resource takes these changes (None removes a member) or is gone."""
    entries = resource.setdefault(PENDING, [])
    entries.append({"at_s": at_s, "changes": changes or {}, "delete": delete})
    entries.sort(key=lambda entry: entry["at_s"])


def settle(table: dict[str, Resource], now_s: float) -> None:
    """Let everything happen that was due by now."""
    for name in list(table):
        resource = table[name]
        while resource.get(PENDING) and resource[PENDING][0]["at_s"] <= now_s:
            entry = resource[PENDING].pop(0)
            if entry["delete"]:
                del table[name]
                break
            change(resource, entry["changes"])
        if not resource.get(PENDING):
            resource.pop(PENDING, None)


def change(resource: Resource, changes: dict[str, Any]) -> None:
    """Merge changes into a resource; None removes a member."""
    for key, value in changes.items():
        if value is None:
            resource.pop(key, None)
        else:
            resource[key] = value


def is_changing(resource: Resource) -> bool:
    """Whether something is still to come; a resource may look at rest a moment longer than it is."""
    return bool(resource.get(PENDING))


def public(resource: Resource) -> Resource:
    """The members that a reply shows."""
    return {key: value for key, value in resource.items() if not key.startswith("_")}
