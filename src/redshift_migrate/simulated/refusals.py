"""How AWS words the refusals that have nothing to do with the request: throttling, IAM, expiry, its own trouble."""

from __future__ import annotations

from typing import Any

from redshift_migrate.simulated.account import SimulatedAccount
from redshift_migrate.simulated.errors import SimulatedError
from redshift_migrate.simulated.exchange import Scope
from redshift_migrate.simulated.faults import Fault
from redshift_migrate.simulated.wire.service import protocol_of


def refusal(account: SimulatedAccount, model: Any, scope: Scope, operation: str, fault: Fault) -> SimulatedError | None:
    """The error of a fault that refuses, or None for a fault of another kind."""
    query = protocol_of(model) in ("query", "ec2")
    if fault.kind == "throttle":
        return SimulatedError("Throttling" if query else "ThrottlingException", "Rate exceeded")
    if fault.kind == "500":
        code = "InternalFailure" if query else "InternalServerException"
        return SimulatedError(code, "An internal error has occurred. Retry your request.", 500)
    if fault.kind == "expired":
        message = "The security token included in the request is expired"
        return (
            SimulatedError("ExpiredToken", message, 403) if query else SimulatedError("ExpiredTokenException", message)
        )
    if fault.kind == "denied":
        return _denied(account, scope, operation, query=query)
    return None


def _denied(account: SimulatedAccount, scope: Scope, operation: str, *, query: bool) -> SimulatedError:
    action = f"{scope.service}:{operation}"
    message = (
        f"User: {account.caller_arn(scope.region)} is not authorized to perform: {action} "
        f"on resource: {account.arn(scope.service, scope.region, '*')} "
        f"because no identity-based policy allows the {action} action"
    )
    return SimulatedError("AccessDenied", message, 403) if query else SimulatedError("AccessDeniedException", message)
