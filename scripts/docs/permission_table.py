"""IAM actions by service, from the program's own table of operations."""

from __future__ import annotations

from collections.abc import Collection

from redshift_migrate.permissions import OPERATIONS, policy_of
from scripts.docs.blocks import table

FURTHER = ("fleet", "data")
"""Policies that no migration needs."""


def permission_table(operations: Collection[str] | None = None, *, writes: bool) -> str:
    """What the reading or the changing ones of these operations need; of all that a migration may without a choice."""
    actions: dict[str, set[str]] = {}
    for name, operation in OPERATIONS.items():
        is_meant = policy_of(name) not in FURTHER if operations is None else name in operations
        if operation.writes is writes and is_meant:
            for grant in operation.grants:
                service, _, action = grant.action.partition(":")
                actions.setdefault(service, set()).add(action)
    rows = [
        (f"`{service}`", ", ".join(f"`{action}`" for action in sorted(actions[service]))) for service in sorted(actions)
    ]
    return table(("service", "actions"), rows)
