"""What a step's check reads now, by the observer's own functions: the same before, after and on another day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from redshift_migrate.aws.door import Aws
from redshift_migrate.models.base import Json, JsonObject, canonical_json
from redshift_migrate.models.plan import Check, Wait
from redshift_migrate.observers.readings import read


@dataclass(frozen=True)
class Probe:
    """What a check read: the values that it is about, and those that later steps may refer to."""

    value: JsonObject | None
    outputs: JsonObject


def probe(aws: Aws, check: Check, outputs: Mapping[str, Json]) -> Probe:
    """The check's values now; None when the thing is not there."""
    found = read(aws, check.reading.filled(outputs))
    return Probe(check.pick(found), {name: found[name] for name in check.outputs} if found else {})


def look(aws: Aws, wait: Wait, outputs: Mapping[str, Json]) -> Json:
    """What a wait or a guard looks at; None when the thing is not there."""
    found = read(aws, wait.reading.filled(outputs))
    return None if found is None else found.get(wait.member)


def same(one: Any, other: Any) -> bool:
    """Equal as JSON: 1 and true differ, the order of keys does not matter."""
    return canonical_json(one) == canonical_json(other)
