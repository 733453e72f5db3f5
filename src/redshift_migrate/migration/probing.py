"""Reading what a step's check or wait asks for, the same way before, after and on another day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import jmespath

from redshift_migrate.aws.door import Aws
from redshift_migrate.errors import AwsError
from redshift_migrate.models.base import Json
from redshift_migrate.models.plan import Call, Check, resolved
from redshift_migrate.models.scheduled_query_forms import moment_text


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
        reply = plain(aws.call(call))
    except AwsError as error:
        if error.aws_code in absent_codes:
            return None, {}
        raise
    return jmespath.search(select, reply), reply


def plain(value: Any) -> Any:
    """A reply as JSON: moments become text in UTC, the same on every machine and in every time zone."""
    if isinstance(value, datetime):
        return moment_text(value)
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    return value
