"""The JSON protocols: `json` 1.1 (redshift-serverless, events, kms) and `rest-json` (scheduler)."""

from __future__ import annotations

import base64
import json
import re
from functools import cache
from typing import Any
from urllib.parse import unquote, urlsplit

from redshift_simulator.errors import SimulatedError
from redshift_simulator.exchange import Request
from redshift_simulator.wire.service import find_operation, iso8601


def decode(body: bytes) -> dict[str, Any]:
    """The parameters of a request; null counts as not sent, as AWS treats it."""
    try:
        document = json.loads(body or b"{}")
    except ValueError as error:
        raise SimulatedError("SerializationException", f"The request body is not JSON: {error}") from error
    if not isinstance(document, dict):
        raise SimulatedError("SerializationException", "Start of structure expected")
    return {key: value for key, value in document.items() if value is not None}


def encode(operation: Any, result: dict[str, Any]) -> bytes:
    """A successful reply."""
    shape = operation.output_shape
    return json.dumps({} if shape is None else _to_json(shape, result)).encode()


def encode_error(error: SimulatedError) -> bytes:
    """An error reply; the code is in the header `x-amzn-errortype` as well."""
    return json.dumps({"__type": error.code, "message": error.message, **error.members}).encode()


def _to_json(shape: Any, value: Any) -> Any:
    if shape.type_name == "structure":
        return {
            member.serialization.get("name", name): _to_json(member, value[name])
            for name, member in shape.members.items()
            if value.get(name) is not None
        }
    if shape.type_name == "list":
        return [_to_json(shape.member, item) for item in value]
    if shape.type_name == "map":
        return {key: _to_json(shape.value, item) for key, item in value.items()}
    if shape.type_name == "timestamp":
        # Serverless dates are "date-time" strings, unlike the protocol's default of epoch seconds.
        return iso8601(value) if shape.serialization.get("timestampFormat") == "iso8601" else value
    if shape.type_name == "blob":
        return base64.b64encode(value).decode()
    return value


def decode_rest(model: Any, request: Request) -> tuple[Any, dict[str, Any]]:
    """The operation and the parameters from path, query and JSON body."""
    for method, pattern, name in _routes(model):
        found = pattern.fullmatch(request.path)
        if method == request.method and found is not None:
            operation = find_operation(model, name)
            assert operation is not None
            labels = {key: unquote(value) for key, value in found.groupdict().items()}
            return operation, _parameters(operation.input_shape, labels, request)
    raise SimulatedError("UnknownOperationException", f"{request.method} {request.path} is no operation", 404)


@cache
def _routes(model: Any) -> list[tuple[str, re.Pattern[str], str]]:
    """Method, path and operation; paths with fewer labels first, so that the closest one wins."""
    routes = []
    for name in model.operation_names:
        http = model.operation_model(name).http
        path = urlsplit(http["requestUri"]).path
        routes.append((path.count("{"), http["method"], _pattern(path), name))
    return [(method, pattern, name) for _, method, pattern, name in sorted(routes, key=lambda r: (r[0], r[3]))]


def _pattern(path: str) -> re.Pattern[str]:
    parts = re.split(r"(\{\w+\+?\})", path)
    written = (
        re.escape(part)
        if not part.startswith("{")
        else f"(?P<{part.strip('{}+')}>{'.+' if part.endswith('+}') else '[^/]+'})"
        for part in parts
    )
    return re.compile("".join(written) + "/?")


def _parameters(shape: Any | None, labels: dict[str, str], request: Request) -> dict[str, Any]:
    if shape is None:
        return {}
    found: dict[str, Any] = {}
    is_json = request.body.lstrip()[:1] == b"{"
    body = decode(request.body) if is_json else {}
    for name, member in shape.members.items():
        key = member.serialization.get("name", name)
        match member.serialization.get("location"):
            case "uri":
                found[name] = labels[key]
            case "querystring" if key in request.query:
                values = request.query[key]
                found[name] = values if member.type_name == "list" else _parse_text(member, values[0])
            case "header" if key.lower() in request.headers:
                found[name] = request.headers[key.lower()]
            case None if key in body:
                found[name] = body[key]
    return found


def _parse_text(member: Any, text: str) -> Any:
    """A number or truth value of the query string; what does not look like one stays text and is refused later."""
    if member.type_name in ("integer", "long") and text.lstrip("-").isdigit():
        return int(text)
    if member.type_name == "boolean" and text in ("true", "false"):
        return text == "true"
    return text
