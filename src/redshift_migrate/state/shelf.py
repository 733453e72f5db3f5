"""Where texts and growing lists of lines are kept, by kind and name: in a folder here, in a table when deployed."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Protocol

from redshift_migrate.errors import StateConflict
from redshift_migrate.state.files import (
    LineFile,
    Lock,
    LockTaken,
    files_in,
    read_whole,
    sync_folder,
    write_whole,
    writing,
)


@dataclass(frozen=True)
class Kind:
    """What is kept: its folder and the end of its files' names here, the beginning of its items' names in a table."""

    folder: str
    suffix: str
    item: str


PLANS = Kind("plans", ".json", "plan")
APPROVALS = Kind("approvals", ".json", "approval")
SHOWN = Kind("shown", ".json", "shown")
TICKS = Kind("checklists", ".json", "checklist")
RUNS = Kind("migrations", ".jsonl", "run")
REPORTS = Kind("reports", ".md", "report")
PAGES = Kind("reports", ".html", "page")
AUDIT = Kind("", ".jsonl", "audit")
ENDPOINTS = Kind("", ".json", "endpoint")
CHECKS = Kind("checks", ".json", "check")
ESTIMATES = Kind("estimates", ".json", "estimate")
FLEET = Kind("fleet", ".json", "fleet")
HISTORY = Kind("", ".json", "history")


class Lists(Protocol):
    """Lists of lines that only grow; each line has its number."""

    def add(self, kind: Kind, name: str, number: int, line: str) -> bool:
        """Add the line of that number to a list. False if there is one already: of two at once only one succeeds."""

    def lines(self, kind: Kind, name: str) -> list[str] | None:
        """Every line of a list, None if there is no such list."""

    def last(self, kind: Kind, name: str) -> str | None:
        """The newest line of a list."""


class Shelf(Lists, Protocol):
    """One owner's things. Reading raises StateDamaged for what is there and cannot be read."""

    def put(self, kind: Kind, name: str, text: str, kept_for: timedelta | None = None) -> str:
        """Keep the text, in place of an earlier one. Where it is, in words for people."""

    def get(self, kind: Kind, name: str) -> str | None:
        """The text; None if there is none, or it is spent."""

    def spend(self, kind: Kind, name: str, by: str) -> bool:
        """Take the text for good. False if there is none (any more): of two at once only one succeeds."""

    def names(self, kind: Kind, prefix: str = "") -> tuple[str, ...]:
        """What is kept and begins so, the last written at the end."""

    def lock(self, kind: Kind, name: str) -> contextlib.AbstractContextManager[None]:
        """Be its one writer inside this. StateConflict while another is."""

    def where(self, kind: Kind, name: str) -> str:
        """Its place, for messages."""


class FolderShelf:
    """A shelf in a folder of this machine."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lists: dict[Path, LineFile] = {}

    def put(self, kind: Kind, name: str, text: str, kept_for: timedelta | None = None) -> str:
        path = self._path(kind, name)
        write_whole(path, text)
        return str(path)

    def get(self, kind: Kind, name: str) -> str | None:
        return read_whole(self._path(kind, name))

    def spend(self, kind: Kind, name: str, by: str) -> bool:
        path = self._path(kind, name)
        with writing(path):
            try:
                os.rename(path, path.with_suffix(f".spent-{by}"))
            except FileNotFoundError:
                return False
            sync_folder(path.parent)
        return True

    def names(self, kind: Kind, prefix: str = "") -> tuple[str, ...]:
        found = files_in(self._folder / kind.folder, kind.suffix)
        names = (file.name.removesuffix(kind.suffix) for file in found)
        return tuple(name for name in names if name.startswith(prefix))

    def add(self, kind: Kind, name: str, number: int, line: str) -> bool:
        return self._list(kind, name).add(number, line)

    def lines(self, kind: Kind, name: str) -> list[str] | None:
        return self._list(kind, name).lines()

    def last(self, kind: Kind, name: str) -> str | None:
        return self._list(kind, name).last()

    @contextlib.contextmanager
    def lock(self, kind: Kind, name: str) -> Iterator[None]:
        try:
            lock = Lock(self._path(kind, name).with_suffix(".lock"))
        except LockTaken as error:
            raise in_use(name) from error
        with lock:
            yield

    def where(self, kind: Kind, name: str) -> str:
        return str(self._path(kind, name))

    def _list(self, kind: Kind, name: str) -> LineFile:
        path = self._path(kind, name)
        return self._lists.setdefault(path, LineFile(path))

    def _path(self, kind: Kind, name: str) -> Path:
        return self._folder / kind.folder / f"{name}{kind.suffix}"


def in_use(name: str) -> StateConflict:
    """The error for a second writer."""
    return StateConflict(
        f"Another process is working on {name} right now. Nothing was done here.",
        hint="Ask for its status (/status), or wait until it has ended.",
    )
