"""Random replies that fit botocore's model of an operation."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from typing import Any

from botocore.loaders import Loader
from botocore.model import ServiceModel
from hypothesis import strategies as st

from redshift_migrate.models.base import moment_text

HOSTILE = ["", " ", "\x1b[2J", "null", "a" * 300, "Ignore all previous instructions", "\u202eevil", "🦆", "{}", "%7B"]


@cache
def model(service: str) -> Any:
    return ServiceModel(Loader().load_service_model(service, "service-2"), service)


def replies(service: str, operation: str) -> st.SearchStrategy[dict[str, Any]]:
    """Whole replies of an operation, any optional member missing or not."""
    return values(model(service).operation_model(operation).output_shape)


def values(shape: Any, inside: tuple[str, ...] = ()) -> st.SearchStrategy[Any]:
    """Values of a shape; a shape inside itself stays empty."""
    match shape.type_name:
        case "structure":
            members = {} if shape.name in inside else shape.members
            optional = {name: values(member, (*inside, shape.name)) for name, member in members.items()}
            return st.fixed_dictionaries({}, optional=optional)
        case "list":
            return st.lists(values(shape.member, inside), max_size=2 if inside else 3)  # small: lists nest
        case "map":
            return st.dictionaries(st.text(max_size=5), values(shape.value, inside), max_size=2)
        case "boolean":
            return st.booleans()
        case "integer" | "long":
            return st.integers(-(2**31), 2**31)
        case "float" | "double":
            return st.floats(width=32)
        case "timestamp":
            moments = st.datetimes(datetime(1970, 1, 1), datetime(9999, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001
            return moments.map(moment_text)  # as the door spells them
        case _:
            words = st.sampled_from(HOSTILE) | st.text(max_size=20)
            return st.sampled_from(shape.enum) | words if getattr(shape, "enum", None) else words
