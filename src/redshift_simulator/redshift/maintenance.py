"""When a cluster's next maintenance window begins."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def next_window_start(window: str, after_s: float) -> float:
    """The first start of a window such as `sun:05:00-sun:05:30` (UTC) that is later than a moment."""
    day, hour, minute = window.partition("-")[0].split(":")
    after = datetime.fromtimestamp(after_s, UTC)
    days_ahead = (WEEKDAYS.index(day) - after.weekday()) % 7
    start = after.replace(hour=int(hour), minute=int(minute), second=0, microsecond=0) + timedelta(days_ahead)
    return (start if start > after else start + timedelta(days=7)).timestamp()
