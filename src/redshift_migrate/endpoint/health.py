"""The answer to /ping: busy while a turn is answered or a run is under way."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Iterator
from typing import Any


class Health:
    """Counts what is under way. The time tells when the status last changed: a server that is idle may be stopped."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._under_way = 0
        self._changed_at = int(time.time())

    @contextlib.contextmanager
    def busy(self) -> Iterator[None]:
        """Something is under way inside this."""
        self._count(1)
        try:
            yield
        finally:
            self._count(-1)

    def answer(self) -> dict[str, Any]:
        """What /ping says now."""
        with self._lock:
            status = "HealthyBusy" if self._under_way else "Healthy"
            return {"status": status, "time_of_last_update": self._changed_at}

    def _count(self, change: int) -> None:
        with self._lock:
            was_busy = self._under_way > 0
            self._under_way += change
            if was_busy != (self._under_way > 0):
                self._changed_at = int(time.time())
