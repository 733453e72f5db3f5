"""Requests to the neighbour services as plain data, so that what they did can be done again in another process."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from botocore.serialize import create_serializer

from redshift_simulator.account import SimulatedAccount
from redshift_simulator.exchange import Request, Scope
from redshift_simulator.wire.service import find_operation, protocol_of, service_model

Entry = dict[str, Any]
KEPT_HEADERS = ("content-type", "x-amz-target", "host")


class LeftToNeighbourError(Exception):
    """Raised by a handler: let moto answer this request."""


def was_changed(account: SimulatedAccount, service: str) -> bool:
    """Whether anybody but the seed changed something of this service, so that only moto knows how it is now."""
    made_here = f"{account.account_id}/"
    return any(
        entry["service"] == service and entry["seed"].startswith(made_here)
        for entry in account.state["neighbour_requests"]
    )


def entry_of(request: Request, scope: Scope, seed: str) -> Entry:
    """A request without its credentials; `seed` fixes the ids that the service will make up."""
    return {
        "service": scope.service,
        "region": scope.region,
        "method": request.method,
        "target": request.target,
        "headers": {name: request.headers[name] for name in KEPT_HEADERS if name in request.headers},
        "body": request.body.decode("latin-1"),  # any bytes, one character each
        "seed": seed,
    }


def request_of(entry: Entry) -> tuple[Request, Scope]:
    """The request of an entry, signed by nobody in particular."""
    scope = Scope("SIMULATED", entry["region"], entry["service"])
    request = Request(entry["method"], entry["target"], dict(entry["headers"]), entry["body"].encode("latin-1"))
    return request, scope


def add_seed_request(
    account: SimulatedAccount, service: str, operation: str, region: str, seed: str, **parameters: Any
) -> None:
    """Let a neighbour service begin with what this call makes; it is made when the service is first used."""
    model = service_model(service)
    assert model is not None, service
    serializer = create_serializer(protocol_of(model), include_validation=True)
    raw = serializer.serialize_to_request(parameters, find_operation(model, operation))
    headers = {str(name).lower(): str(value) for name, value in raw["headers"].items()}
    query = urlencode(raw["query_string"]) if raw["query_string"] else ""
    body = raw["body"]
    request = Request(
        method=raw["method"],
        target=raw["url_path"] + (f"?{query}" if query else ""),
        headers={**headers, "host": "127.0.0.1"},
        body=urlencode(body).encode() if isinstance(body, dict) else body or b"",
    )
    account.state["neighbour_requests"].append(entry_of(request, Scope("SIMULATED", region, service), seed))
