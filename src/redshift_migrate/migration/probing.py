"""Reading what a step's check or wait asks for, the same way before, after and on another day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import jmespath

from redshift_migrate.aws.door import Aws
from redshift_migrate.errors import AwsError
from redshift_migrate.models.base import Json
from redshift_migrate.models.plan import Call, Check, resolved


@dataclass(frozen=True)
class Probe:
    """What a check read: the value, and what later steps may refer to."""

    value: Json
    outputs: dict[str, Json]


def probe(aws: Aws, check: Check, outputs: Mapping[str, Json]) -> Probe:
    """The check's value now; None when the thing is not there."""
    call = check.call.model_copy(update={"parameters": resolved(check.call.parameters, outputs)})
    value, reply = look(aws, call, check.select, check.absent_codes)
    found = {name: jmespath.search(path, reply) for name, path in check.outputs.items()} if reply else {}
    return Probe(value, found)


def look(aws: Aws, call: Call, select: str, absent_codes: tuple[str, ...]) -> tuple[Json, dict[str, Any]]:
    """One read and what `select` picks from it; None for an error that means "not there"."""
    try:
        reply = aws.call(call)
    except AwsError as error:
        if error.aws_code in absent_codes:
            return None, {}
        raise
    return jmespath.search(select, reply), reply
