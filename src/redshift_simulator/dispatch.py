"""A request's way: whose it is, what it asks for, the faults that wait for it, the handler, the reply."""

from __future__ import annotations

import os
import signal
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, Literal

from redshift_simulator import catalogue  # noqa: F401  # fills the table of handlers
from redshift_simulator.account import SimulatedAccount
from redshift_simulator.errors import SimulatedError, SimulationDefectError
from redshift_simulator.exchange import (
    Asked,
    NoReply,
    RecordedCall,
    Reply,
    Request,
    is_mutating,
    partition_of,
    scope_of,
    without_secrets,
)
from redshift_simulator.faults import Fault
from redshift_simulator.neighbours.log import LeftToNeighbourError
from redshift_simulator.registry import HANDLERS, OWN_SERVICES
from redshift_simulator.wire import checks, formats
from redshift_simulator.wire.service import protocol_of, service_model

WITHOUT_EFFECT: dict[str, Literal["reset", "close", "hang"]] = {
    "reset": "reset",
    "hang": "hang",
    "kill_before": "close",
}
"""Faults after which the call was never applied, and how the connection ends."""
NAMED_RESOURCES = (  # parameter, table, member that holds the ARN
    ("workgroupName", "workgroups", "workgroupArn"),
    ("namespaceName", "namespaces", "namespaceArn"),
)


def answer(account: SimulatedAccount, request: Request) -> Reply | NoReply:
    """Answer one signed request."""
    request_id = str(uuid.uuid4())
    model: Any = None
    try:
        scope = scope_of(request)
        model = service_model(scope.service)
        if model is None:
            raise SimulatedError("NotSimulated", f"There is no simulated service {scope.service!r}.", 501)
        if partition_of(scope.region) is None:
            raise SimulatedError(
                "SignatureDoesNotMatch",
                f"Credential should be scoped to a valid region, not '{scope.region}'.",
                403,
            )
        operation, parameters = formats.decode(model, request)
        account = account.account_of(scope.access_key)
    except SimulatedError as error:
        return formats.encode_error(model, error, request_id)
    return _answer_operation(account, request, Asked(scope, model, operation, parameters), request_id)


def _answer_operation(account: SimulatedAccount, request: Request, asked: Asked, request_id: str) -> Reply | NoReply:
    with account.transaction():
        fault = account.faults.take(asked.name, asked.scope.region)
        if fault is not None and fault.kind in WITHOUT_EFFECT:
            _kill(fault, "kill_before")
            _record(account, asked, fault.kind)
            return NoReply(WITHOUT_EFFECT[fault.kind])
        try:
            reply = _apply(account, request, asked, request_id, fault)
            _record(account, asked, formats.outcome_of(reply))
        except SimulatedError as error:
            _record(account, asked, error.code)
            reply = formats.encode_error(asked.model, error, request_id)
    _kill(fault, "kill_after")
    return NoReply("close") if fault is not None and fault.kind == "lost_reply" else reply


def _apply(account: SimulatedAccount, request: Request, asked: Asked, request_id: str, fault: Fault | None) -> Reply:
    if fault is not None and (error := refusal(account, asked, fault)):
        raise error
    if _is_ours(asked):
        with suppress(LeftToNeighbourError):
            return formats.encode(asked.operation, _handle(account, asked), request_id)
    from redshift_simulator.neighbours import moto  # takes seconds to load, which start-up must not wait for

    return moto.forward(account, request, asked.scope, mutates=is_mutating(asked.operation.name))


def _is_ours(asked: Asked) -> bool:
    return asked.scope.service in OWN_SERVICES or (asked.scope.service, asked.operation.name) in HANDLERS


def _handle(account: SimulatedAccount, asked: Asked) -> dict[str, Any]:
    """Run the handler on checked input; an error leaves the account as it was, a reply fits the model."""
    handler = HANDLERS.get((asked.scope.service, asked.operation.name))
    if handler is None:
        raise SimulatedError("NotSimulated", f"The simulated account does not answer {asked.name}.", 501)
    _check_input(asked)
    try:
        with _all_or_nothing(account, asked):
            result = handler(account, asked.scope.region, asked.parameters)
            _check_output(asked, result)
    except (SimulatedError, LeftToNeighbourError):
        raise
    except Exception as error:
        account.defects.append(f"{asked.name}: {error!r}")
        raise SimulatedError("SimulationDefect", f"{asked.name}: {error!r}", 501) from error
    return result


@contextmanager
def _all_or_nothing(account: SimulatedAccount, asked: Asked) -> Iterator[None]:
    """Forget what a handler did that then raised. Reads change nothing: for them the copy would be most of the time."""
    before = account.snapshot() if is_mutating(asked.operation.name) else None
    try:
        yield
    except Exception:
        if before is not None:
            account.restore(before)
        raise


def _check_input(asked: Asked) -> None:
    shape = asked.operation.input_shape
    if found := checks.type_errors(shape, asked.parameters):
        raise SimulatedError(formats.malformed_code(asked.model), found)
    if broken := list(checks.constraint_errors(shape, asked.parameters)):
        noun = "error" if len(broken) == 1 else "errors"
        message = f"{len(broken)} validation {noun} detected: {'; '.join(broken)}"
        raise SimulatedError(formats.invalid_code(asked.model), message)


def _check_output(asked: Asked, result: dict[str, Any]) -> None:
    shape = asked.operation.output_shape
    found = checks.reply_errors(shape, result)
    if found:
        raise SimulationDefectError(found)


def _record(account: SimulatedAccount, asked: Asked, outcome: str) -> None:
    account.calls.append(
        RecordedCall(
            service=asked.scope.action_prefix,
            operation=asked.operation.name,
            region=asked.scope.region,
            parameters=without_secrets(asked.parameters),
            access_key=asked.scope.access_key,
            outcome=outcome,
        )
    )


def _kill(fault: Fault | None, kind: str) -> None:
    if fault is not None and fault.kind == kind and fault.pid is not None:
        os.kill(fault.pid, signal.SIGKILL)


def refusal(account: SimulatedAccount, asked: Asked, fault: Fault) -> SimulatedError | None:
    """The error of a fault that refuses, or None for a fault of another kind."""
    query = protocol_of(asked.model) in ("query", "ec2")
    match fault.kind:
        case "throttle":
            return SimulatedError("Throttling" if query else "ThrottlingException", "Rate exceeded")
        case "500":
            code = "InternalFailure" if query else "InternalServerException"
            return SimulatedError(code, "An internal error has occurred. Retry your request.", 500)
        case "expired":
            code = "ExpiredToken" if query else "ExpiredTokenException"
            message = "The security token included in the request is expired"
            return SimulatedError(code, message, 403 if query else 400)
        case "not_enabled":
            code = "InvalidClientTokenId" if query else "UnrecognizedClientException"
            return SimulatedError(code, "The security token included in the request is invalid.", 403 if query else 400)
        case "denied":
            code = "AccessDenied" if query else "AccessDeniedException"
            return SimulatedError(code, denied_message(account, asked), 403 if query else 400)
    return None


def denied_message(account: SimulatedAccount, asked: Asked) -> str:
    """Who may not do what to which resource, and why."""
    return (
        f"User: {account.caller_arn(asked.scope.region)} is not authorized to perform: {asked.name} "
        f"on resource: {_resource(account, asked)} "
        f"because no identity-based policy allows the {asked.name} action"
    )


def _resource(account: SimulatedAccount, asked: Asked) -> str:
    """The ARN that IAM would have compared; `*` in it where the request names nothing in particular."""
    region, service, parameters = asked.scope.region, asked.scope.service, asked.parameters
    if service == "redshift":
        return account.arn(service, region, f"cluster:{parameters.get('ClusterIdentifier', '*')}")
    if service == "redshift-serverless":
        for parameter, table, member in NAMED_RESOURCES:
            if parameter in parameters:
                named = account.table(region, table).get(parameters[parameter], {})
                return str(named.get(member) or account.arn(service, region, f"{table.removesuffix('s')}/*"))
        return account.arn(service, region, "*")
    return "*"
