"""Moments as AWS writes them; inside the account they are seconds since the epoch."""

from __future__ import annotations

from datetime import UTC, datetime


def iso8601(at_s: float) -> str:
    """Such as 2026-12-06T05:00:00Z, with milliseconds only where there are some."""
    moment = datetime.fromtimestamp(at_s, UTC)
    timespec = "milliseconds" if moment.microsecond >= 1000 else "seconds"
    return moment.isoformat(timespec=timespec).replace("+00:00", "Z")
