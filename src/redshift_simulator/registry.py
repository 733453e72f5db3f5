"""The table of operations that the simulated account answers itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from redshift_simulator.account import SimulatedAccount

Parameters = dict[str, Any]
Handler = Callable[[SimulatedAccount, str, Parameters], dict[str, Any]]

HANDLERS: dict[tuple[str, str], Handler] = {}

OWN_SERVICES = frozenset({"events", "redshift", "redshift-data", "redshift-serverless", "scheduler"})
"""Never forwarded: an operation of these that has no handler is refused, not guessed at."""


def operation(service: str, name: str) -> Callable[[Handler], Handler]:
    """Register the handler of one operation: (account, region, parameters) -> the reply's members.

    Parameters have been checked against the service model; the reply will be. Timestamps are seconds since the epoch.
    A handler that raises SimulatedError leaves the account as it was.
    """

    def register(handler: Handler) -> Handler:
        assert (service, name) not in HANDLERS, f"{service}:{name} has two handlers"
        HANDLERS[service, name] = handler
        return handler

    return register
