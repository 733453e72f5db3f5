"""Where a server keeps what belongs to its callers. One folder, or a table and a bucket; both answer to `Keeper`."""

from __future__ import annotations

import contextlib
from abc import ABC, abstractmethod
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol

from pydantic import Field, ValidationError

from redshift_migrate.clock import Clock
from redshift_migrate.errors import SessionBusy, StateConflict
from redshift_migrate.models.base import Value
from redshift_migrate.state.audit import AuditedStore, AuditLog, Trail
from redshift_migrate.state.files import tell_damage
from redshift_migrate.state.owner import Owner
from redshift_migrate.state.shelf import HISTORY, FolderShelf, Shelf
from redshift_migrate.state.store import Store

_NAME = "history"

History = list[Any]
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


class Keeper(ABC):
    """Everything by owner."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def store(self, owner: Owner, trail: Trail | None = None) -> Store:
        """The owner's plans, approvals and journals; what is done with them is put on the trail."""
        return AuditedStore(self._shelf(owner), trail) if trail else Store(self._shelf(owner))

    def audit(self, owner: Owner) -> AuditLog:
        """The owner's chain of records."""
        return AuditLog(self._shelf(owner), self._clock)

    @abstractmethod
    def lease(self, owner: Owner) -> contextlib.AbstractContextManager[SessionLease]:
        """Become the one writer of the owner's session. SessionBusy while there is another."""

    @abstractmethod
    def _shelf(self, owner: Owner) -> Shelf:
        """Where the owner's things are."""


class FileKeeper(Keeper):
    """A `Keeper` in a folder, for one machine."""

    def __init__(self, folder: Path, clock: Clock | None = None) -> None:
        super().__init__(clock or Clock())
        self._folder = folder

    @contextlib.contextmanager
    def lease(self, owner: Owner) -> Iterator[SessionLease]:
        shelf = self._shelf(owner)
        with contextlib.ExitStack() as held:
            try:
                held.enter_context(shelf.lock(HISTORY, _NAME))
            except StateConflict as error:
                raise SessionBusy from error
            yield _ShelfLease(shelf)

    def _shelf(self, owner: Owner) -> Shelf:
        return FolderShelf(self._folder / owner.key)


class _Kept(Value):
    """A conversation as it is kept."""

    turns: int = 0
    messages: list[dict[str, Any]] = Field(default_factory=list)


class _ShelfLease:
    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf
        self._kept: _Kept | None = None

    @property
    def turns(self) -> int:
        return self._read().turns

    def history(self) -> History:
        return self._read().messages

    def save(self, history: History) -> int:
        kept = _Kept(turns=self.turns + 1, messages=history)
        self._shelf.put(HISTORY, _NAME, kept.model_dump_json())
        self._kept = kept
        return kept.turns

    def _read(self) -> _Kept:
        if self._kept is None:
            text = self._shelf.get(HISTORY, _NAME)
            try:
                self._kept = _Kept() if text is None else _Kept.model_validate_json(text)
            except ValidationError as error:
                raise tell_damage(
                    self._shelf.where(HISTORY, _NAME), "it is not the conversation that was kept"
                ) from error
        return self._kept
