"""Every wire format behind one door: decode a request, encode a reply or an error."""

from __future__ import annotations

import re
from typing import Any

from redshift_simulator.errors import SimulatedError
from redshift_simulator.exchange import Reply, Request
from redshift_simulator.wire import json_protocols, query
from redshift_simulator.wire.service import find_operation, protocol_of

QUERY = ("query", "ec2")
ERROR_CODE = re.compile(rb'<Code>([^<]+)</Code>|"__type": ?"([^"]+)"')
JSON_TYPE = "application/x-amz-json-1.1"


def decode(model: Any, request: Request) -> tuple[Any, dict[str, Any]]:
    """The operation's model and its parameters; raises SimulatedError for what no client of AWS sends."""
    protocol = protocol_of(model)
    if protocol in QUERY:
        form = query.parse_form(request.body)
        operation = _known(model, form.get("Action", ""), "InvalidAction")
        return operation, query.decode(form, operation.input_shape, is_ec2=protocol == "ec2")
    if protocol == "json":
        target = request.headers.get("x-amz-target", "")
        prefix, _, name = target.rpartition(".")
        if prefix != model.metadata["targetPrefix"]:
            raise SimulatedError("UnknownOperationException", f"Unknown target {target!r}")
        return _known(model, name, "UnknownOperationException"), json_protocols.decode(request.body)
    return json_protocols.decode_rest(model, request)


def _known(model: Any, name: str, code: str) -> Any:
    operation = find_operation(model, name)
    if operation is None:
        raise SimulatedError(code, f"Could not find operation {name!r} of {model.service_name}.")
    return operation


def encode(operation: Any, result: dict[str, Any], request_id: str) -> Reply:
    """A successful reply."""
    if protocol_of(operation.service_model) in QUERY:
        headers = {"Content-Type": "text/xml", "x-amzn-RequestId": request_id}
        return Reply(200, headers, query.encode(operation, result, request_id))
    headers = {"Content-Type": JSON_TYPE, "x-amzn-RequestId": request_id}
    return Reply(200, headers, json_protocols.encode(operation, result))


def encode_error(model: Any | None, error: SimulatedError, request_id: str) -> Reply:
    """An error reply in the format of the service; JSON when the service is not known."""
    headers = {"x-amzn-RequestId": request_id, "x-amzn-ErrorType": error.code}
    protocol = protocol_of(model) if model is not None else "json"
    if protocol == "ec2":
        return Reply(error.status, {"Content-Type": "text/xml", **headers}, query.encode_ec2_error(error, request_id))
    if protocol in ("query", "rest-xml"):
        return Reply(
            error.status,
            {"Content-Type": "text/xml", **headers},
            query.encode_error(model, error, request_id),
        )
    return Reply(error.status, {"Content-Type": JSON_TYPE, **headers}, json_protocols.encode_error(error))


def outcome_of(reply: Reply) -> str:
    """`ok`, or the error code in a reply, whoever made it; the status if it names none."""
    if reply.status < 400:
        return "ok"
    found = ERROR_CODE.search(reply.body)
    return next(code for code in found.groups() if code).decode() if found else str(reply.status)


def malformed_code(model: Any) -> str:
    """The code for parameters of a wrong type, missing or unknown."""
    return "MalformedInput" if protocol_of(model) in QUERY else "SerializationException"


def invalid_code(model: Any) -> str:
    """The code for parameters outside the model's limits."""
    return "ValidationError" if protocol_of(model) in QUERY else "ValidationException"
