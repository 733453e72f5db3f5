"""How much may be under way at once: in all, and for one caller, so that nobody takes the place of everybody."""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Iterator

from redshift_migrate.endpoint.guard import Refused


class Admission:
    """Counts on one event loop. Each thing under way may hold a thread; threads are made when they are needed."""

    def __init__(self, what: str, most: int, most_each: int) -> None:
        self._what, self._most, self._most_each = what, most, most_each
        self._callers: Counter[str] = Counter()

    @contextlib.contextmanager
    def admit(self, caller: str) -> Iterator[None]:
        """Under way inside this. Refused when there is too much: 429 for the caller's own, 503 for everybody's."""
        if self._callers[caller] >= self._most_each:
            raise Refused(
                429,
                "TooManyOfYours",
                f"{self._most_each} {self._what} of yours are under way. Nothing was done.",
                "Wait until one has ended.",
            )
        if self._callers.total() >= self._most:
            raise Refused(503, "Busy", f"{self._most} {self._what} are under way here. Nothing was done.", "Try again.")
        self._callers[caller] += 1
        try:
            yield
        finally:
            self._callers[caller] -= 1
            if not self._callers[caller]:
                del self._callers[caller]
