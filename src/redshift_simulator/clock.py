"""The time inside a simulated account: the wall clock, or one that only a test moves."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime

MANUAL_START = datetime(2026, 12, 1, 12, 0, tzinfo=UTC)
"""Where a manual clock begins, so that a test sees the same dates on every run."""


class Clock:
    """Seconds since the epoch, from a source plus an offset that `advance` enlarges."""

    def __init__(self, source: Callable[[], float]) -> None:
        self._source = source
        self.offset_s = 0.0

    @classmethod
    def real(cls, start: datetime | None = None) -> Clock:
        """Runs as the wall clock does; with `start`, as if the wall clock had begun there just now."""
        clock = cls(time.time)
        if start is not None:
            clock.offset_s = start.timestamp() - time.time()
        return clock

    @classmethod
    def manual(cls, start: datetime = MANUAL_START) -> Clock:
        """Stands still until `advance` is called."""
        at_s = start.timestamp()
        return cls(lambda: at_s)

    def now(self) -> float:
        return self._source() + self.offset_s

    def advance(self, seconds: float) -> None:
        """Move on by `seconds`; states that end in that span end with the next request."""
        if seconds < 0:
            raise ValueError("time in the simulated account only moves forward")
        self.offset_s += seconds
