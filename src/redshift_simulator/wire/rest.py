"""Requests of the REST protocols (scheduler): method and path say which operation it is."""

from __future__ import annotations

import re
from functools import cache
from typing import Any
from urllib.parse import unquote, urlsplit

from redshift_simulator.errors import SimulatedError
from redshift_simulator.exchange import Request
from redshift_simulator.wire import json_rpc
from redshift_simulator.wire.service import find_operation


def decode(model: Any, request: Request) -> tuple[Any, dict[str, Any]]:
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
    body = json_rpc.decode(request.body) if is_json else {}
    for name, member in shape.members.items():
        key = member.serialization.get("name", name)
        match member.serialization.get("location"):
            case "uri":
                found[name] = labels[key]
            case "querystring" if key in request.query:
                values = request.query[key]
                found[name] = values if member.type_name == "list" else _typed(member, values[0])
            case "header" if key.lower() in request.headers:
                found[name] = request.headers[key.lower()]
            case None if key in body:
                found[name] = body[key]
    return found


def _typed(member: Any, text: str) -> Any:
    """A number or truth value of the query string; what does not look like one stays text and is refused later."""
    if member.type_name in ("integer", "long") and text.lstrip("-").isdigit():
        return int(text)
    if member.type_name == "boolean" and text in ("true", "false"):
        return text == "true"
    return text
