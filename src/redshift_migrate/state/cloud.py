"""A `Keeper` over a table and a bucket, for as many processes as the load asks for."""

from __future__ import annotations

import contextlib
import json
import uuid
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from pydantic import TypeAdapter, ValidationError

from redshift_migrate.aws.own_parts import SessionBucket
from redshift_migrate.aws.state_table import Item, StateTable
from redshift_migrate.clock import Clock
from redshift_migrate.errors import SessionBusy
from redshift_migrate.state.files import tell_damage
from redshift_migrate.state.keeper import History, Keeper, SessionLease
from redshift_migrate.state.owner import Owner
from redshift_migrate.state.table import TableShelf

TURN_AT_MOST = timedelta(minutes=16)
"""A request lives 15 minutes at most; after this its lease is nobody's, whatever became of it."""
SESSIONS_KEPT = timedelta(days=30)
_SESSION = "session"
_MESSAGES = TypeAdapter(list[dict[str, Any]])


class CloudKeeper(Keeper):
    """Everything of an owner under one group of the table; conversations in the bucket."""

    def __init__(self, table: StateTable, bucket: SessionBucket, clock: Clock) -> None:
        super().__init__(clock)
        self._table, self._bucket = table, bucket

    @contextlib.contextmanager
    def lease(self, owner: Owner) -> Iterator[SessionLease]:
        holder = uuid.uuid4().hex
        item = self._table.take(owner.key, _SESSION, holder, self._clock.now(), TURN_AT_MOST)
        if item is None:
            raise SessionBusy
        try:
            yield _CloudLease(self._table, self._bucket, self._clock, item, holder)
        finally:
            self._table.release(owner.key, _SESSION, holder)

    def _shelf(self, owner: Owner) -> TableShelf:
        return TableShelf(self._table, owner.key, self._clock)


class _CloudLease:
    """A turn is saved when the table names its object. Each writer writes objects of its own, so that one whose lease
    has ended can spoil nothing."""

    def __init__(self, table: StateTable, bucket: SessionBucket, clock: Clock, item: Item, holder: str) -> None:
        self._table, self._bucket, self._clock = table, bucket, clock
        self._group, self._holder = item.group, holder
        self._turns = int(item.attributes.get("turns", 0))
        self._object = str(item.attributes.get("object", ""))

    @property
    def turns(self) -> int:
        return self._turns

    def history(self) -> History:
        body = self._bucket.get(self._object) if self._object else None
        try:
            return _MESSAGES.validate_json(body) if body is not None else []
        except ValidationError as error:
            raise tell_damage(self._object, "it is not the conversation that was kept") from error

    def save(self, history: History) -> int:
        key = f"sessions/{self._group}/{self._turns + 1:08}-{self._holder}.json"
        self._bucket.put(key, json.dumps(history).encode())
        item = Item(self._group, _SESSION, attributes={"turns": self._turns + 1, "object": key})
        if not self._table.set_held(item, self._holder, self._clock.now() + SESSIONS_KEPT):
            raise SessionBusy
        self._turns, self._object = self._turns + 1, key
        return self._turns
