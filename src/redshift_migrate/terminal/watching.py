"""Progress of a change while it runs, and the person who wants it to stop: only ever between two calls."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from redshift_migrate.errors import RunStopped

if TYPE_CHECKING:
    from redshift_migrate.migration.executor import Progress


class Watch:
    """Listens to the service. `stop` once: no further step is begun; twice: a wait is given up as well."""

    def __init__(self, on_progress: Callable[[str], None]) -> None:
        self._on_progress = on_progress
        self._lock = threading.Lock()
        self._asked = 0
        self._latest: Progress | None = None
        self._heard_at = 0.0

    def begin(self) -> None:
        """A new change: nothing was asked of it yet."""
        with self._lock:
            self._asked, self._latest = 0, None

    def stop(self) -> str:
        """Ask the run to stop. Returns what will come of it, for the person who asked."""
        with self._lock:
            self._asked += 1
            if self._asked == 1:
                return "Stopping after this step. Ctrl-C again to stop waiting for it as well (AWS goes on with it)."
            return "Stopping as soon as the call that runs has been answered."

    def __call__(self, progress: Progress) -> None:
        """Called by the service's thread between its calls; RunStopped ends the run there, to be resumed later."""
        with self._lock:
            new_step = self._latest is None or self._latest.step_id != progress.step_id
            self._latest, self._heard_at = progress, time.monotonic()
            stopping = self._asked > 1 or (self._asked == 1 and new_step)
            if stopping:
                self._asked = 0  # what is put back after the stop must not be stopped too
        if stopping:
            raise RunStopped("You stopped it.", hint="What AWS has begun goes on there.")
        self._on_progress(self.line() or "")

    def line(self) -> str:
        """Where the run is: step, what is waited for, how long already. Empty when nothing runs."""
        with self._lock:
            if self._latest is None:
                return ""
            latest = self._latest
            waited = latest.elapsed_s + (time.monotonic() - self._heard_at)
        since = f", {_duration(waited)}" if latest.elapsed_s else ""
        return f"step {latest.step_number}/{latest.steps_total}: {latest.message}{since}"


def _duration(seconds: float) -> str:
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes:02} min" if hours else f"{minutes} min {rest:02} s" if minutes else f"{rest} s"
