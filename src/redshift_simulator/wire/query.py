"""The query protocol (redshift, sts, iam): form fields in, XML out."""

from __future__ import annotations

import base64
from typing import Any
from urllib.parse import parse_qsl
from xml.etree import ElementTree as ET  # writes only; nothing is parsed with it

from redshift_simulator.errors import SimulatedError
from redshift_simulator.wire.timestamps import iso8601


def parse_form(body: bytes) -> dict[str, str]:
    """The form fields of a request; keys such as `Tags.member.1.Key` still flat."""
    try:
        return dict(parse_qsl(body.decode(), keep_blank_values=True, strict_parsing=bool(body)))
    except (UnicodeDecodeError, ValueError) as error:
        raise SimulatedError("MalformedQueryString", f"The request body is not a form: {error}") from error


def decode(form: dict[str, str], input_shape: Any | None) -> dict[str, Any]:
    """The parameters as boto3 had them; a field that the operation does not know is refused."""
    fields = {key: value for key, value in form.items() if key not in ("Action", "Version")}
    used: set[str] = set()
    parameters = _structure(input_shape, "", fields, used) if input_shape is not None else {}
    unknown = sorted(set(fields) - used)
    if unknown:
        raise SimulatedError("MalformedInput", f"Unknown parameter in input: {', '.join(unknown)}")
    return parameters


def _structure(shape: Any, prefix: str, fields: dict[str, str], used: set[str]) -> dict[str, Any]:
    found = {}
    for name, member in shape.members.items():
        key = prefix + member.serialization.get("name", name)
        value = _value(member, key, fields, used)
        if value is not None:
            found[name] = value
    return found


def _value(shape: Any, key: str, fields: dict[str, str], used: set[str]) -> Any:
    if shape.type_name == "structure":
        return _structure(shape, key + ".", fields, used) or None
    if shape.type_name == "list":
        return _list(shape, key, fields, used)
    if shape.type_name == "map":
        return _map(shape, key, fields, used)
    if key not in fields:
        return None
    used.add(key)
    return scalar(shape.type_name, fields[key])


def _list(shape: Any, key: str, fields: dict[str, str], used: set[str]) -> list[Any] | None:
    if fields.get(key) == "":  # how an empty list is sent
        used.add(key)
        return []
    if not shape.serialization.get("flattened"):
        key = f"{key}.{shape.member.serialization.get('name', 'member')}"
    items: list[Any] = []
    while (item := _value(shape.member, f"{key}.{len(items) + 1}", fields, used)) is not None:
        items.append(item)
    return items or None


def _map(shape: Any, key: str, fields: dict[str, str], used: set[str]) -> dict[str, Any] | None:
    entry = key if shape.serialization.get("flattened") else f"{key}.entry"
    found: dict[str, Any] = {}
    number = 1
    while (name := _value(shape.key, f"{entry}.{number}.key", fields, used)) is not None:
        found[str(name)] = _value(shape.value, f"{entry}.{number}.value", fields, used)
        number += 1
    return found or None


def scalar(type_name: str, text: str) -> Any:
    """The typed value of a form field; text that does not fit stays text, and the type check then names it."""
    try:
        if type_name in ("integer", "long"):
            return int(text)
        if type_name in ("float", "double"):
            return float(text)
        if type_name == "blob":
            return base64.b64decode(text, validate=True)
    except ValueError:
        return text
    if type_name == "boolean":
        return {"true": True, "false": False}.get(text.lower(), text)
    return text


def encode(operation: Any, result: dict[str, Any], request_id: str) -> bytes:
    """A successful reply."""
    root = ET.Element(f"{operation.name}Response", xmlns=_namespace(operation.service_model))
    shape = operation.output_shape
    if shape is not None:
        wrapper = shape.serialization.get("resultWrapper")
        _write_members(ET.SubElement(root, wrapper) if wrapper else root, shape, result)
    ET.SubElement(ET.SubElement(root, "ResponseMetadata"), "RequestId").text = request_id
    return _document(root)


def encode_error(model: Any, error: SimulatedError, request_id: str) -> bytes:
    """An error reply."""
    root = ET.Element("ErrorResponse", xmlns=_namespace(model))
    element = ET.SubElement(root, "Error")
    ET.SubElement(element, "Type").text = "Sender" if error.status < 500 else "Receiver"
    ET.SubElement(element, "Code").text = error.code
    ET.SubElement(element, "Message").text = error.message
    ET.SubElement(root, "RequestId").text = request_id
    return _document(root)


def encode_ec2_error(error: SimulatedError, request_id: str) -> bytes:
    """An error reply of the ec2 variant of this protocol."""
    root = ET.Element("Response")
    element = ET.SubElement(ET.SubElement(root, "Errors"), "Error")
    ET.SubElement(element, "Code").text = error.code
    ET.SubElement(element, "Message").text = error.message
    ET.SubElement(root, "RequestID").text = request_id
    return _document(root)


def _namespace(model: Any) -> str:
    return str(model.metadata.get("xmlNamespace", ""))


def _document(root: ET.Element) -> bytes:
    return b'<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root)


def _write_members(parent: ET.Element, shape: Any, value: dict[str, Any]) -> None:
    for name, member in shape.members.items():
        if value.get(name) is not None:
            _write(parent, member.serialization.get("name", name), member, value[name])


def _write(parent: ET.Element, name: str, shape: Any, value: Any) -> None:
    if shape.type_name == "list":
        flattened = shape.serialization.get("flattened")
        target = parent if flattened else ET.SubElement(parent, name)
        item_name = name if flattened else shape.member.serialization.get("name", "member")
        for item in value:
            _write(target, item_name, shape.member, item)
        return
    element = ET.SubElement(parent, name)
    if shape.type_name == "structure":
        _write_members(element, shape, value)
    elif shape.type_name == "map":
        _write_map(element, shape, value)
    else:
        element.text = _text(shape.type_name, value)


def _write_map(element: ET.Element, shape: Any, value: dict[str, Any]) -> None:
    for key, item in value.items():
        entry = ET.SubElement(element, "entry")
        _write(entry, shape.key.serialization.get("name", "key"), shape.key, key)
        _write(entry, shape.value.serialization.get("name", "value"), shape.value, item)


def _text(type_name: str, value: Any) -> str:
    if type_name == "boolean":
        return "true" if value else "false"
    if type_name == "timestamp":
        return iso8601(value)
    if type_name == "blob":
        return base64.b64encode(value).decode()
    return str(value)
