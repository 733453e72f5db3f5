"""IAM actions by service, from the program's own table of operations."""

from __future__ import annotations

from collections.abc import Collection

from redshift_migrate.permissions import OPERATIONS
from scripts.docs.blocks import table


def permission_table(operations: Collection[str] | None = None, *, writes: bool) -> str:
    """What the reading or the changing ones of these operations need; of all without a choice."""
    actions: dict[str, set[str]] = {}
    for name, operation in OPERATIONS.items():
        if operation.writes is writes and (operations is None or name in operations):
            for grant in operation.grants:
                service, _, action = grant.action.partition(":")
                actions.setdefault(service, set()).add(action)
    rows = [
        (f"`{service}`", ", ".join(f"`{action}`" for action in sorted(actions[service]))) for service in sorted(actions)
    ]
    return table(("service", "actions"), rows)
