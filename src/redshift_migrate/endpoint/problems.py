"""Errors as answers: one form for all of them, the same that the tools use."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from starlette.responses import JSONResponse

from redshift_migrate.errors import (
    ApplyError,
    AwsError,
    LimitReached,
    MigrationNotFound,
    PlanError,
    PlanNotFound,
    RedshiftMigrateError,
    SessionBusy,
    SettingsError,
    StateConflict,
)
from redshift_migrate.text import visible, visible_values

_STATUS: tuple[tuple[type[RedshiftMigrateError], int], ...] = (
    (SessionBusy, 409),
    (LimitReached, 429),
    (PlanNotFound, 404),
    (MigrationNotFound, 404),
    (PlanError, 409),
    (StateConflict, 409),
    (SettingsError, 400),
    (AwsError, 502),
    (ApplyError, 502),
)


RETRY_AFTER_S = 5
"""When it is worth asking again after a refusal that passes."""


def problem_response(status: int, code: str, message: str, *, hint: str = "", request_id: str = "") -> JSONResponse:
    """An answer that says why not."""
    problem = {"code": code, "message": message, "hint": hint, "request_id": request_id}
    headers = {"retry-after": str(RETRY_AFTER_S)} if status in (429, 503) else None
    return JSONResponse({"error": problem}, status_code=status, headers=headers)


def error_response(error: RedshiftMigrateError, request_id: str) -> JSONResponse:
    """The answer for one of our own errors."""
    status = next((code for branch, code in _STATUS if isinstance(error, branch)), 500)
    body: dict[str, Any] = visible_values(error.as_json()) | {"request_id": request_id}
    after_s = error.data.get("retry_after_s")
    return JSONResponse(
        {"error": body}, status_code=status, headers={"retry-after": str(after_s)} if after_s is not None else None
    )


_FAULTS = {
    "missing": "is missing",
    "extra_forbidden": "is not known here",
    "string_pattern_mismatch": "has not the form that it must have",
    "string_too_long": "is too long",
    "string_too_short": "is empty",
    "string_type": "has to be a text",
    "literal_error": "is none of the words that it takes",
    "json_invalid": "is no JSON",
    "model_attributes_type": "has to be a JSON object",
    "dict_type": "has to be a JSON object",
}
"""What is wrong with a member, by the name that the validating library gives it."""


def tell_fault(fault: Mapping[str, Any]) -> str:
    """Which member of a request is wrong, and how; never what it was, which may be anything."""
    member = ".".join(str(part) for part in fault["loc"][1:] if isinstance(part, str)) or "the body"
    return f"{visible(member, 60)} {_FAULTS.get(fault['type'], 'cannot be used')}"
