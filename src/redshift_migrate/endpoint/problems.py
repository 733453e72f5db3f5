"""Errors as answers: one form for all of them, the same that the tools use."""

from __future__ import annotations

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
from redshift_migrate.text import visible_values

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
