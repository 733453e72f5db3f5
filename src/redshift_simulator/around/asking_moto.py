"""When a service's own answer is not enough."""

from __future__ import annotations

from redshift_simulator.account import SimulatedAccount


class LeftToNeighbourError(Exception):
    """Raised by a handler: let moto answer this request."""


def was_changed(account: SimulatedAccount, service: str) -> bool:
    """Whether anybody but the seed changed something of this service, so that only moto knows how it is now."""
    made_here = f"{account.account_id}/"
    return any(
        entry["service"] == service and entry["seed"].startswith(made_here)
        for entry in account.state["neighbour_requests"]
    )
