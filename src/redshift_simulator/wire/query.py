"""The query protocol (redshift, sts, iam) and its ec2 variant: form fields in, XML out."""

from __future__ import annotations

import base64
from typing import Any
from urllib.parse import parse_qsl
from xml.etree import ElementTree as ET  # writes only; nothing is parsed with it

from redshift_simulator.errors import SimulatedError
from redshift_simulator.wire.service import iso8601, protocol_of


def parse_form(body: bytes) -> dict[str, str]:
    """The form fields of a request; keys such as `Tags.member.1.Key` still flat."""
    try:
        return dict(parse_qsl(body.decode(), keep_blank_values=True, strict_parsing=bool(body)))
    except (UnicodeDecodeError, ValueError) as error:
        raise SimulatedError("MalformedQueryString", f"The request body is not a form: {error}") from error


def decode(form: dict[str, str], input_shape: Any | None, *, is_ec2: bool = False) -> dict[str, Any]:
    """The parameters as boto3 had them.

    A field that the operation does not know is refused; with ec2 it is left out: moto gets the whole form anyway.
    """
    fields = _Fields({key: value for key, value in form.items() if key not in ("Action", "Version")}, is_ec2)
    parameters = fields.structure(input_shape, "") if input_shape is not None else {}
    unknown = sorted(set(fields.values) - fields.used)
    if unknown and not is_ec2:
        raise SimulatedError("MalformedInput", f"Unknown parameter in input: {', '.join(unknown)}")
    return parameters


class _Fields:
    """The fields of a form, read along shapes."""

    def __init__(self, values: dict[str, str], is_ec2: bool) -> None:
        self.values = values
        self.used: set[str] = set()
        self._is_ec2 = is_ec2

    def structure(self, shape: Any, prefix: str) -> dict[str, Any]:
        found = {name: self._value(member, prefix + self._name(member, name)) for name, member in shape.members.items()}
        return {name: value for name, value in found.items() if value is not None}

    def _name(self, shape: Any, member: str) -> str:
        """As the model has it; with ec2 its `queryName`, or else its name written with a capital."""
        name: str = shape.serialization.get("name", member)
        if not self._is_ec2:
            return name
        return str(shape.serialization.get("queryName") or name[0].upper() + name[1:])

    def _value(self, shape: Any, key: str) -> Any:
        if shape.type_name == "structure":
            inside = any(name.startswith(f"{key}.") for name in self.values)  # also ends the descent into recursion
            return self.structure(shape, f"{key}.") if inside else None
        if shape.type_name == "list":
            return self._list(shape, key)
        if shape.type_name == "map":
            return self._map(shape, key)
        if key not in self.values:
            return None
        self.used.add(key)
        return scalar(shape.type_name, self.values[key])

    def _list(self, shape: Any, key: str) -> list[Any] | None:
        if self.values.get(key) == "":  # how an empty list is sent
            self.used.add(key)
            return []
        if not self._is_ec2 and not shape.serialization.get("flattened"):
            key = f"{key}.{shape.member.serialization.get('name', 'member')}"
        items: list[Any] = []
        while (item := self._value(shape.member, f"{key}.{len(items) + 1}")) is not None:
            items.append(item)
        return items or None

    def _map(self, shape: Any, key: str) -> dict[str, Any] | None:
        entry = key if shape.serialization.get("flattened") else f"{key}.entry"
        found: dict[str, Any] = {}
        number = 1
        while (name := self._value(shape.key, f"{entry}.{number}.key")) is not None:
            found[str(name)] = self._value(shape.value, f"{entry}.{number}.value")
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
    if protocol_of(operation.service_model) == "ec2":
        ET.SubElement(root, "requestId").text = request_id
    else:
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
