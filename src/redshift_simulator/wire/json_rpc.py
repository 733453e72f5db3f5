"""The JSON protocols: `json` 1.1 (redshift-serverless, events, kms) and the bodies of `rest-json`."""

from __future__ import annotations

import base64
import json
from typing import Any

from redshift_simulator.errors import SimulatedError
from redshift_simulator.wire.timestamps import iso8601


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
    return json.dumps({} if shape is None else _plain(shape, result)).encode()


def encode_error(error: SimulatedError) -> bytes:
    """An error reply; the code is in the header `x-amzn-errortype` as well."""
    return json.dumps({"__type": error.code, "message": error.message, **error.members}).encode()


def _plain(shape: Any, value: Any) -> Any:
    if shape.type_name == "structure":
        return {
            member.serialization.get("name", name): _plain(member, value[name])
            for name, member in shape.members.items()
            if value.get(name) is not None
        }
    if shape.type_name == "list":
        return [_plain(shape.member, item) for item in value]
    if shape.type_name == "map":
        return {key: _plain(shape.value, item) for key, item in value.items()}
    if shape.type_name == "timestamp":
        # Serverless dates are "date-time" strings, unlike the protocol's default of epoch seconds.
        return iso8601(value) if shape.serialization.get("timestampFormat") == "iso8601" else value
    if shape.type_name == "blob":
        return base64.b64encode(value).decode()
    return value
