"""Where a server keeps what belongs to its callers. One folder, or a table and a bucket; both answer to `Keeper`."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol

from redshift_migrate.clock import Clock
from redshift_migrate.errors import SessionBusy
from redshift_migrate.state.audit import AuditLog, FileLines
from redshift_migrate.state.files import private_folder
from redshift_migrate.state.owner import Owner
from redshift_migrate.state.store import FileStore, Store

History = list[dict[str, Any]]
"""The messages of a conversation, as the model's protocol has them: JSON and nothing else."""


class SessionLease(Protocol):
    """The right to be the one writer of a session."""

    @property
    def turns(self) -> int:
        """How often the history was saved; who remembers another number holds an old history."""

    def history(self) -> History:
        """The conversation so far."""

    def save(self, history: History) -> int:
        """Keep the conversation. Returns the new number of turns."""


class Keeper(Protocol):
    """Everything by owner."""

    def store(self, owner: Owner) -> Store:
        """The owner's plans, approvals and journals."""

    def lease(self, owner: Owner) -> contextlib.AbstractContextManager[SessionLease]:
        """Become the one writer of the owner's session. SessionBusy while there is another."""

    def audit(self, owner: Owner) -> AuditLog:
        """The owner's chain of records."""


class FileKeeper:
    """A `Keeper` in a folder, for one machine."""

    def __init__(self, folder: Path, clock: Clock | None = None) -> None:
        self._folder, self._clock = folder, clock or Clock()

    def store(self, owner: Owner) -> Store:
        return FileStore(self._folder / owner.key)

    @contextlib.contextmanager
    def lease(self, owner: Owner) -> Iterator[SessionLease]:
        folder = private_folder(self._folder / owner.key)
        descriptor = os.open(folder / "writer.lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise SessionBusy from error
            yield _FileLease(folder / "history.json")
        finally:
            os.close(descriptor)

    def audit(self, owner: Owner) -> AuditLog:
        return AuditLog(FileLines(self._folder / owner.key / "audit.jsonl"), self._clock)


class _FileLease:
    def __init__(self, file: Path) -> None:
        self._file = file
        self._kept: dict[str, Any] | None = None

    @property
    def turns(self) -> int:
        return int(self._read()["turns"])

    def history(self) -> History:
        messages: History = self._read()["messages"]
        return messages

    def save(self, history: History) -> int:
        """Whole or not at all; what a power cut takes is one turn of talk, never a change of the account."""
        self._kept = {"turns": self.turns + 1, "messages": history}
        temporary = self._file.with_suffix(".new")
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(self._kept, file)
        os.replace(temporary, self._file)
        return self.turns

    def _read(self) -> dict[str, Any]:
        if self._kept is None:
            try:
                self._kept = json.loads(self._file.read_text(encoding="utf-8"))
            except FileNotFoundError:
                self._kept = {"turns": 0, "messages": []}
        assert self._kept is not None
        return self._kept
