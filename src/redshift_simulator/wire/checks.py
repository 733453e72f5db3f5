"""Whether a value fits its shape: types and unknown members by botocore, limits and enums here."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from botocore.validate import ParamValidator

JAVA_CLASS = re.compile(r"\\p\{\w+\}")
JAVA_ASTRAL, ASTRAL = r"\uD800\uDC00-\uDBFF\uDFFF", r"\U00010000-\U0010FFFF"

MOST_KNOWN = 4_096
_RIGHT: dict[int, Any] = {}
"""Replies that were looked at, by their hash."""
LIMITS = ("Invalid length", "Invalid value")  # lines of botocore's report about what `constraint_errors` covers


def type_errors(shape: Any | None, value: dict[str, Any]) -> str:
    """What botocore's own validation finds (types, required and unknown members), empty if all is well."""
    if shape is None:
        return "" if not value else f"Unknown parameter in input: {', '.join(sorted(value))}"
    report = ParamValidator().validate(value, shape).generate_report().splitlines()
    found = "\n".join(line for line in report if not line.startswith(LIMITS))
    return found or "\n".join(_booleans_as_numbers(shape, value, ""))


def reply_errors(shape: Any | None, value: dict[str, Any]) -> str:
    """What is wrong with a reply: as for input, but a list that must be there may be empty.

    The models give some reply lists both "required" and "at least one", which an account without any cannot meet.
    The same reply is given again and again, and was right the first time.
    """
    key = hash((id(shape), repr(value)))
    if key in _RIGHT:
        return ""
    found = [line for line in type_errors(shape, value).splitlines() if not line.endswith("valid min length: 1")]
    found += [line for line in constraint_errors(shape, value) if "between 1 and" not in line]
    if not found:
        _RIGHT[key] = shape  # which keeps its id from being given to another
        if len(_RIGHT) > MOST_KNOWN:
            del _RIGHT[next(iter(_RIGHT))]
    return "; ".join(found)


def constraint_errors(shape: Any | None, value: Any, path: str = "") -> Iterator[str]:
    """Broken limits, patterns and enums, which botocore leaves to the service; assumes right types."""
    if shape is None or value is None:
        return
    for child_path, child_shape, child in _children(shape, value, path):
        yield from constraint_errors(child_shape, child, child_path)
    size = _size(shape, value)
    low, high = shape.metadata.get("min"), shape.metadata.get("max")
    if size is not None and ((low is not None and size < low) or (high is not None and size > high)):
        yield f"Value at '{path}' failed to satisfy constraint: Member must be between {low} and {high}"
    if shape.type_name == "string":
        yield from _string_errors(shape, value, path)


def _string_errors(shape: Any, value: str, path: str) -> Iterator[str]:
    pattern = shape.metadata.get("pattern")
    if pattern and not _matches(pattern, value):
        yield (
            f"Value '{value}' at '{path}' failed to satisfy constraint: "
            f"Member must satisfy regular expression pattern: {pattern}"
        )
    if shape.enum and value not in shape.enum:
        yield (
            f"Value '{value}' at '{path}' failed to satisfy constraint: "
            f"Member must satisfy enum value set: {sorted(shape.enum)}"
        )


def _matches(pattern: str, value: str) -> bool:
    """The models' patterns are Java's: `\\p{L}` and the like, which Python has not, stand for any letter here.

    Characters beyond the first plane are a range of surrogate pairs there.
    """
    return re.search(JAVA_CLASS.sub(r"\\w\\s", pattern).replace(JAVA_ASTRAL, ASTRAL), value) is not None


def _children(shape: Any, value: Any, path: str) -> Iterator[tuple[str, Any, Any]]:
    if shape.type_name == "structure":
        for name, item in value.items():
            if name in shape.members:
                yield f"{path}.{name}".lstrip("."), shape.members[name], item
    elif shape.type_name == "list":
        for number, item in enumerate(value, start=1):
            yield f"{path}.{number}.member", shape.member, item
    elif shape.type_name == "map":
        for key, item in value.items():
            yield f"{path}.{key}", shape.value, item


def _size(shape: Any, value: Any) -> float | None:
    if shape.type_name in ("string", "list", "map", "blob"):
        return len(value)
    return value if shape.type_name in ("integer", "long", "float", "double") else None


def _booleans_as_numbers(shape: Any, value: Any, path: str) -> Iterator[str]:
    """True is an int to Python, and therefore to botocore, but not to AWS."""
    if shape.type_name in ("integer", "long", "float", "double") and isinstance(value, bool):
        yield f"Invalid type for parameter {path}, value: {value}, type: boolean, valid types: number"
    for child_path, child_shape, child in _children(shape, value, path):
        yield from _booleans_as_numbers(child_shape, child, child_path)
