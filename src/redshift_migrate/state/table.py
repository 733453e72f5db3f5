"""A shelf in a table, which many processes share; and a store on it whose journals a sleeping run goes on holding."""

from __future__ import annotations

import contextlib
import uuid
import zlib
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import TypeVar

from redshift_migrate.aws.state_table import Item, StateTable
from redshift_migrate.clock import Clock
from redshift_migrate.state.files import tell_damage
from redshift_migrate.state.shelf import APPROVALS, RUNS, Kind, in_use
from redshift_migrate.state.store import KeptJournal, Store

CONSENT = "consent#"
"""How the groups begin that only whoever takes approvals, or carries out, may write: template.yaml says so."""
HELD_FOR = timedelta(hours=1)
"""How long a journal stays locked after its writer was last heard of; the longest pause of a run is far shorter."""
_Read = TypeVar("_Read")


class TableShelf:
    """One owner's group of a `StateTable`. The first line of a list has the item's own name, the others follow it."""

    def __init__(self, table: StateTable, group: str, clock: Clock) -> None:
        self._table, self._group, self._clock = table, group, clock

    def _group_of(self, kind: Kind) -> str:
        """Consent and what is done on its word have a group of their own, which a role can be kept from writing."""
        return f"{CONSENT}{self._group}" if kind in (APPROVALS, RUNS) else self._group

    def put(self, kind: Kind, name: str, text: str, kept_for: timedelta | None = None) -> str:
        now = self._clock.now()
        self._table.put(self._item(kind, name, text), expires_at=now + kept_for if kept_for else None)
        return f"{kind.item} of {name}"

    def get(self, kind: Kind, name: str) -> str | None:
        item = self._read(kind, name, lambda: self._table.get(self._group_of(kind), _name(kind, name)))
        return None if item is None or "spent_by" in item.attributes else item.body

    def spend(self, kind: Kind, name: str, by: str) -> bool:
        return self._table.set_once(self._group_of(kind), _name(kind, name), "spent_by", by)

    def names(self, kind: Kind, prefix: str = "") -> tuple[str, ...]:
        found = self._table.items(self._group_of(kind), _name(kind, prefix), bodies=False)
        found.sort(key=lambda item: (int(item.attributes.get("saved_at", 0)), item.name))
        return tuple(item.name.removeprefix(f"{kind.item}#") for item in found)

    def add(self, kind: Kind, name: str, number: int, line: str) -> bool:
        if number == 0:
            return self._table.put(self._item(kind, name, line), new=True)
        return self._table.put(Item(self._group_of(kind), _line(kind, name, number), line), new=True)

    def lines(self, kind: Kind, name: str) -> list[str] | None:
        first = self._read(kind, name, lambda: self._table.get(self._group_of(kind), _name(kind, name)))
        if first is None:
            return None
        rest = self._read(kind, name, lambda: self._table.items(self._group_of(kind), _lines(kind, name)))
        if [item.name for item in rest] != [_line(kind, name, number + 1) for number in range(len(rest))]:
            raise tell_damage(self.where(kind, name), "it has lost lines")
        return [first.body, *(item.body for item in rest)]

    def last(self, kind: Kind, name: str) -> str | None:
        item = self._read(kind, name, lambda: self._table.last(self._group_of(kind), _lines(kind, name)))
        return item.body if item is not None else self.get(kind, name)

    @contextlib.contextmanager
    def lock(self, kind: Kind, name: str) -> Iterator[None]:
        holder = uuid.uuid4().hex
        self.hold(kind, name, holder)
        try:
            yield
        finally:
            self.release(kind, name, holder)

    def hold(self, kind: Kind, name: str, holder: str) -> None:
        """Become its one writer, or stay it. StateConflict while another is."""
        if self._table.take(self._group_of(kind), _lock(kind, name), holder, self._clock.now(), HELD_FOR) is None:
            raise in_use(name)

    def release(self, kind: Kind, name: str, holder: str) -> None:
        """Let another be its writer."""
        self._table.release(self._group_of(kind), _lock(kind, name), holder)

    def where(self, kind: Kind, name: str) -> str:
        return f"{kind.item} {name[:12] if len(name) == 64 else name}"

    def _item(self, kind: Kind, name: str, text: str) -> Item:
        saved_at = int(self._clock.now().timestamp() * 1000)
        return Item(self._group_of(kind), _name(kind, name), text, {"saved_at": saved_at})

    def _read(self, kind: Kind, name: str, read: Callable[[], _Read]) -> _Read:
        try:
            return read()
        except (zlib.error, UnicodeDecodeError, KeyError) as error:
            raise tell_damage(self.where(kind, name), "the item is not as it was written") from error


class TableStore(Store):
    """A store in a table."""

    def __init__(self, table: StateTable, group: str, clock: Clock) -> None:
        self._table_shelf = TableShelf(table, group, clock)
        super().__init__(self._table_shelf)

    def hold(self, migration_id: str, holder: str) -> KeptJournal:
        """Become the journal's one writer, or stay it: a run that sleeps keeps what it holds."""
        self.journal(migration_id)  # what is not there is not locked either
        self._table_shelf.hold(RUNS, migration_id, holder)
        return KeptJournal(self._table_shelf, self.journal(migration_id))

    def release(self, migration_id: str, holder: str) -> None:
        """Let another be the journal's writer."""
        self._table_shelf.release(RUNS, migration_id, holder)


def _name(kind: Kind, name: str) -> str:
    return f"{kind.item}#{name}"


def _lines(kind: Kind, name: str) -> str:
    return f"line#{kind.item}#{name}#"


def _line(kind: Kind, name: str, number: int) -> str:
    return f"{_lines(kind, name)}{number:09}"


def _lock(kind: Kind, name: str) -> str:
    return f"lock#{kind.item}#{name}"
