"""How AWS words the refusals that have nothing to do with the request: throttling, IAM, expiry, its own trouble."""

from __future__ import annotations

from redshift_simulator.account import SimulatedAccount
from redshift_simulator.asked import Asked
from redshift_simulator.errors import SimulatedError
from redshift_simulator.faults import Fault
from redshift_simulator.wire.service import protocol_of

NAMED_RESOURCES = (  # parameter, table, member that holds the ARN
    ("workgroupName", "workgroups", "workgroupArn"),
    ("namespaceName", "namespaces", "namespaceArn"),
)


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
