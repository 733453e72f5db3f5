"""Progress of a change while it runs, and the person who wants it to stop: only ever between two calls."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from redshift_migrate.errors import RunStopped

if TYPE_CHECKING:
    from redshift_migrate.migration.executor import Progress


BAR = 20
"""Characters of the bar that shows how many steps are done."""
REMINDED_EVERY_S = 300.0
"""Where nothing moves, a wait is told again after so long."""


class Around(NamedTuple):
    """Where a run is: the step before, the one that runs, the one after; empty where there is none."""

    before: str
    now: str
    after: str


class Watch:
    """Listens to the service. `stop` once: no further step is begun; twice: a wait is given up as well."""

    def __init__(self, on_progress: Callable[[Progress, str], None]) -> None:
        self._on_progress = on_progress
        self._lock = threading.Lock()
        self._asked = 0
        self._latest: Progress | None = None
        self._steps: dict[str, str] = {}
        """By run, the step that it is at."""
        self._stopped: set[str] = set()
        """Runs that were stopped."""
        self._heard_at = 0.0

    def begin(self) -> None:
        """A new change: nothing was asked of it yet."""
        with self._lock:
            self._asked, self._latest = 0, None
            self._steps.clear()
            self._stopped.clear()

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
            self._latest, self._heard_at = progress, time.monotonic()
            stopping = self._is_stopped(progress)
        if stopping:
            raise RunStopped("You stopped it.", hint="What AWS has begun goes on there.")
        self._on_progress(progress, self.line())

    def _is_stopped(self, progress: Progress) -> bool:
        """True once for each run, after which what it puts back is not stopped too."""
        last = self._steps.get(progress.migration_id)
        self._steps[progress.migration_id] = progress.step_id
        if progress.migration_id in self._stopped or not self._asked:
            return False
        if self._asked == 1 and last == progress.step_id:
            return False
        self._stopped.add(progress.migration_id)
        return True

    def line(self) -> str:
        """Where the run is: step, what is waited for, how long already. Empty when nothing runs."""
        with self._lock:
            if self._latest is None:
                return ""
            latest = self._latest
            waited_s = latest.elapsed_s + (time.monotonic() - self._heard_at)
        return tell_progress(latest, waited_s)

    def checklist(self) -> Around | None:
        """The same for a screen that is drawn again and again: what is done, what runs with a bar, what is open."""
        line, latest = self.line(), self._latest
        if latest is None or not line:
            return None
        at, of = latest.step_number, latest.steps_total
        filled = round(BAR * (at - 1) / of)
        return Around(
            f"[x] {at - 1}/{of} {latest.before}" if latest.before else "",
            f"[{'#' * filled}{'-' * (BAR - filled)}] {line}",
            f"[ ] {at + 1}/{of} {latest.after}" if latest.after else "",
        )


class Told:
    """What was said of a run where nothing moves: a line a step, and a reminder of a wait that is long."""

    def __init__(self) -> None:
        self._steps: dict[str, int] = {}
        self._told_s: dict[str, float] = {}

    def is_news(self, progress: Progress) -> bool:
        """True for a step that begins, and for a wait that was not told for a while."""
        run, step = progress.migration_id, progress.step_number
        if self._steps.get(run) != step:
            self._steps[run], self._told_s[run] = step, 0.0
            return True
        is_due = progress.elapsed_s - self._told_s[run] >= REMINDED_EVERY_S
        self._told_s[run] = progress.elapsed_s if is_due else min(self._told_s[run], progress.elapsed_s)
        return is_due


def tell_progress(progress: Progress, waited_s: float) -> str:
    """Step and time first, then what is waited for, and how long that usually takes."""
    since = f", {_duration(waited_s)}" if progress.elapsed_s else ""
    usual = f", usually {max(1, round(progress.usually_s / 60))} min" if progress.usually_s else ""
    about = f"{progress.about}: " if progress.about else ""
    return f"{about}step {progress.step_number}/{progress.steps_total}{since}: {progress.message}{usual}"


def _duration(seconds: float) -> str:
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes:02} min" if hours else f"{minutes} min {rest:02} s" if minutes else f"{rest} s"
