"""The ec2 variant of the query protocol: names with a capital, lists without `member`."""

from __future__ import annotations

from typing import Any

from redshift_simulator.wire.query import scalar


def decode(form: dict[str, str], input_shape: Any | None) -> dict[str, Any]:
    """The parameters as boto3 had them. A field that is not known is left out: moto gets the whole form anyway."""
    return _structure(input_shape, "", form) if input_shape is not None else {}


def _structure(shape: Any, prefix: str, form: dict[str, str]) -> dict[str, Any]:
    found = {name: _value(member, prefix + _name(member, name), form) for name, member in shape.members.items()}
    return {name: value for name, value in found.items() if value is not None}


def _value(shape: Any, key: str, form: dict[str, str]) -> Any:
    if shape.type_name == "structure":
        inside = any(name.startswith(f"{key}.") for name in form)  # also ends the descent into recursive shapes
        return _structure(shape, f"{key}.", form) if inside else None
    if shape.type_name == "list":
        items: list[Any] = []
        while (item := _value(shape.member, f"{key}.{len(items) + 1}", form)) is not None:
            items.append(item)
        return items or None
    return scalar(shape.type_name, form[key]) if key in form else None


def _name(shape: Any, member: str) -> str:
    """`queryName` if the model has one, else its name, written with a capital."""
    given = shape.serialization.get("queryName")
    if given:
        return str(given)
    name: str = shape.serialization.get("name", member)
    return name[0].upper() + name[1:]
