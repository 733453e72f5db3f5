"""Our errors as JSON and back, so that a replay meets the same error, of the same kind."""

from __future__ import annotations

from typing import Any

from redshift_migrate.errors import AwsError, RedshiftMigrateError


def document_of(error: RedshiftMigrateError) -> dict[str, Any]:
    """The error as JSON."""
    return {"kind": type(error).__name__, "message": error.message, "hint": error.hint, "data": error.data}


def error_of(document: dict[str, Any]) -> RedshiftMigrateError:
    """The error of that document. An AWS error is of its own kind again; others are told as the root."""
    kinds: dict[str, type[RedshiftMigrateError]] = {AwsError.__name__: AwsError}
    kinds |= {kind.__name__: kind for kind in AwsError.__subclasses__()}
    return kinds.get(document["kind"], RedshiftMigrateError)(
        document["message"], hint=document["hint"], **document["data"]
    )
