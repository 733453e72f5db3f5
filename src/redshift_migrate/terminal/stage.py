"""The part of the screen that still changes while a turn runs: the end of the answer, and what is going on."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

from rich.console import Console, ConsoleOptions, RenderResult
from rich.live import Live
from rich.segment import Segment
from rich.text import Text

from redshift_migrate.terminal.markdown import render_markdown, split_finished
from redshift_migrate.terminal.screen import Screen
from redshift_migrate.terminal.watching import Around
from redshift_migrate.text import visible

REFRESHES_A_SECOND = 8
TURNING = "|/-\\"


class Stage:
    """Streams one answer. Finished paragraphs scroll away above; the rest is drawn again as it grows.

    Where nothing may move (NO_COLOR, a dumb terminal) paragraphs appear when they are finished, and progress as lines.
    """

    def __init__(self, screen: Screen, progress: Callable[[], Around | None]) -> None:
        self._screen, self._progress = screen, progress
        self._rest = self._doing = ""
        self._follows = False  # a paragraph was printed, and the next one keeps a distance
        self._since = time.monotonic()
        self._live: Live | None = None

    @property
    def is_moving(self) -> bool:
        """True where the cursor may move."""
        return self._screen.console.is_terminal

    def open(self) -> None:
        """Begin, or go on after a question was asked."""
        if self.is_moving and self._live is None:
            self._live = Live(
                get_renderable=lambda: self,
                console=self._screen.console,
                refresh_per_second=REFRESHES_A_SECOND,
                transient=True,
                redirect_stdout=False,
                redirect_stderr=False,
            )
            self._live.start()

    def close(self) -> None:
        """Write what is left of the answer and leave the screen to others."""
        rest, self._rest = self._rest, ""
        if self._live is not None:
            self._live.stop()
            self._live = None
        self._print(rest)

    def write(self, delta: str) -> None:
        """A piece of the answer."""
        finished, self._rest = split_finished(self._rest + visible(delta, None, lines=True))
        self._print(finished)

    def reset(self, reason: str) -> None:
        """The answer begins again."""
        self._rest = ""
        self._screen.note(f"{reason} Asking again; the answer begins anew.")

    def doing(self, what: str) -> None:
        """What is going on now; empty for the model thinking."""
        self.flush()
        self._follows = False
        self._doing, self._since = what, time.monotonic()

    def flush(self) -> None:
        """What is there of the answer is a paragraph of its own: something else follows."""
        rest, self._rest = self._rest, ""
        self._print(rest)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        if self._rest.strip():
            lines = console.render_lines(render_markdown(self._rest), options, pad=False)
            for line in lines[-max(console.height - 4, 2) :]:
                yield from line
                yield Segment.line()
        for text in self._status():
            yield Text(text, "dim", no_wrap=True, overflow="ellipsis")

    def _status(self) -> Iterator[str]:
        """Where a change is, or what goes on; what is too long for a line is cut at its end."""
        seconds = time.monotonic() - self._since
        turning = TURNING[int(seconds * 4) % len(TURNING)]
        around = self._progress() or Around("", self._what(seconds), "")  # a change tells its own time
        told = (around.before, f"{turning} Ctrl-C stops | {around.now}", around.after)
        yield from (visible(line) for line in told if line)

    def _what(self, seconds: float) -> str:
        return (self._doing or "thinking") + (f" ({seconds:.0f} s)" if seconds >= 1 else "")

    def _print(self, text: str) -> None:
        if not text.strip():
            return
        if self._follows:
            self._screen.console.print()
        self._follows = True
        self._screen.console.print(render_markdown(text))
