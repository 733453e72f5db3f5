"""What a process leaves behind that is killed: account and state folder, as they are at each moment of a run.

A run is watched from within the account: before and after each call, and in the middle of each line of its journal,
account and folder are written down. A process that is killed at that moment leaves exactly that, because nothing of a
run is kept anywhere else. So the run is made once, and gone on with from each moment, without one process a moment.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import redshift_migrate.state.files as files_module
from redshift_simulator import SimulatedAccount


@dataclass(frozen=True)
class Moment:
    """One moment of a run, at which it may have been killed."""

    name: str
    state: str
    """The account."""
    clock_offset_s: float
    files: dict[str, bytes]
    """The state folder: path → contents."""

    def bring_back(self, account: SimulatedAccount, folder: Path) -> None:
        """Let account and folder be as they were at that moment."""
        account.restore(self.state)
        account.clock.offset_s = self.clock_offset_s
        for name, data in self.files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            path.write_bytes(data)
            path.chmod(0o600)
        folder.chmod(0o700)


@dataclass
class Watch:
    """The moments of a run so far, and its calls, numbered from 1."""

    account: SimulatedAccount
    folder: Path
    moments: list[Moment] = field(default_factory=list)
    by_name: dict[str, Moment] = field(default_factory=dict)
    _seen: dict[tuple[str, tuple[tuple[str, bytes], ...]], Moment] = field(default_factory=dict)

    def note(self, name: str, torn: dict[str, bytes] | None = None) -> None:
        """Write down how things are; a moment that is as another one was is the same."""
        files = {str(path.relative_to(self.folder)): path.read_bytes() for path in _files(self.folder)} | (torn or {})
        state = self.account.snapshot()
        key = (state, tuple(sorted(files.items())))
        if key not in self._seen:
            self._seen[key] = Moment(name, state, self.account.clock.offset_s, files)
            self.moments.append(self._seen[key])
        self.by_name[name] = self._seen[key]


def _files(folder: Path) -> Iterator[Path]:
    """Reports and audit lines are written for people, and read by no run."""
    return (path for path in folder.rglob("*") if path.is_file() and path.suffix in (".json", ".jsonl"))


@contextmanager
def watched(account: SimulatedAccount, folder: Path) -> Iterator[Watch]:
    """Write down the moments of what is run in the block, in this process."""
    watch = Watch(account, folder)
    account.watch = watch.note  # type: ignore[attr-defined]
    write = os.write

    def torn(descriptor: int, data: bytes) -> int:
        path = Path(os.readlink(f"/proc/self/fd/{descriptor}"))
        if path.suffix == ".jsonl" and folder in path.parents and "audit" not in path.name:
            half = path.read_bytes() + data[: len(data) // 2]
            watch.note(f"in line {data[:60]!r}", {str(path.relative_to(folder)): half})
        return write(descriptor, data)

    files_module.os.write = torn  # type: ignore[attr-defined]
    try:
        yield watch
    finally:
        files_module.os.write = write  # type: ignore[attr-defined]
        del account.watch  # type: ignore[attr-defined]


class WatchedAccount(SimulatedAccount):
    """An account that tells a watch of every request: how it is before, and after."""

    watch: Any = None

    @contextmanager
    def transaction(self) -> Iterator[None]:
        with super().transaction():
            before, number = len(self.calls), len(self.calls) + 1
            if self.watch is not None:
                self.watch(f"before call {number}")
            yield
            if self.watch is not None and len(self.calls) > before:
                self.watch(f"after call {number}")
