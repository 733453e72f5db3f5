"""The file that holds an account, shared by any number of processes on this machine."""

from __future__ import annotations

import fcntl
import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any


class StateFileError(Exception):
    """The file exists and is not the state of a simulated account."""


class StateFile:
    """Reads and writes under a lock; a write is seen whole or not at all."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.seen = False
        """Whether what this object last read or wrote is what the file holds."""
        self._mark: tuple[int, int, int] | None = None
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the file for oneself; others wait. The lock dies with the process."""
        descriptor = os.open(self.path.with_name(self.path.name + ".lock"), os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)

    def read_if_changed(self) -> str | None:
        """The text, or None if there is no file or it is as this object last saw it."""
        mark = self._current_mark()
        if mark is None or mark == self._mark:
            self.seen = mark is not None
            return None
        try:
            text = self.path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise StateFileError(f"{self.path} cannot be read ({error}); delete it to start again") from error
        self._mark, self.seen = mark, True
        return text

    def parse(self, text: str) -> dict[str, Any]:
        """The state in a text that was read; raises StateFileError."""
        try:
            state = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise self.is_none() from error
        if not isinstance(state, dict):
            raise self.is_none()
        return state

    def is_none(self) -> StateFileError:
        """The error for a file that holds something else."""
        return StateFileError(f"{self.path} is not the state of a simulated account; delete it to start again")

    def write(self, text: str) -> None:
        """Replace the file, readable by its owner only."""
        descriptor, temporary = tempfile.mkstemp(prefix=self.path.name, dir=self.path.parent)
        with os.fdopen(descriptor, "w", encoding="utf-8") as handle:
            handle.write(text)
        os.replace(temporary, self.path)
        self._mark, self.seen = self._current_mark(), True

    def _current_mark(self) -> tuple[int, int, int] | None:
        try:
            status = self.path.stat()
        except FileNotFoundError:
            return None
        return status.st_mtime_ns, status.st_ino, status.st_size
