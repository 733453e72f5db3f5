"""Plans, approvals and journals in a table: a `Store` that many processes share."""

from __future__ import annotations

import contextlib
import re
import uuid
from collections.abc import Iterator
from datetime import timedelta

from pydantic import ValidationError

from redshift_migrate.aws.state_table import Item, StateTable
from redshift_migrate.clock import Clock
from redshift_migrate.errors import JournalMismatch, MigrationNotFound, PlanNotFound, StateConflict
from redshift_migrate.models.approval import Approval
from redshift_migrate.models.journal import Journal, JournalEntry, JournalHeader
from redshift_migrate.models.plan import MigrationPlan
from redshift_migrate.state.store import SHORTEST_PREFIX, JournalWriter

PLANS_KEPT = timedelta(days=30)
HELD_FOR = timedelta(hours=1)
"""How long a journal stays locked after its writer was last heard of; the longest pause of a run is far shorter."""
_DIGEST = re.compile(rf"[0-9a-f]{{{SHORTEST_PREFIX},64}}")


class TableStore:
    """One owner's group of a `StateTable`."""

    def __init__(self, table: StateTable, group: str, clock: Clock) -> None:
        self._table, self._group, self._clock = table, group, clock

    def save_plan(self, plan: MigrationPlan) -> None:
        now = self._clock.now()
        saved_at = {"saved_at": int(now.timestamp() * 1000)}
        item = Item(self._group, f"plan#{plan.digest}", plan.model_dump_json(), saved_at)
        self._table.put(item, expires_at=now + PLANS_KEPT)

    def plan(self, digest: str) -> MigrationPlan:
        found = self._table.items(self._group, f"plan#{digest}") if _DIGEST.fullmatch(digest) else []
        if len(found) != 1:
            raise PlanNotFound(
                f"{'Several saved plans begin' if found else 'No saved plan begins'} with {digest!r}. "
                "Nothing was done.",
                hint="Give more characters of the digest."
                if found
                else "Ask for the plan again; it prints its digest.",
            )
        plan = MigrationPlan.model_validate_json(found[0].body)
        if f"plan#{plan.digest}" != found[0].name:
            raise PlanNotFound(
                f"The saved plan {digest[:12]} was altered where it is kept, so it is not used. Nothing was done.",
                hint="Ask for the plan again.",
            )
        return plan

    def newest_plan(self) -> MigrationPlan | None:
        found = self._table.items(self._group, "plan#", bodies=False)
        if not found:
            return None
        newest = max(found, key=lambda item: int(item.attributes.get("saved_at", 0)))
        return self.plan(newest.name.removeprefix("plan#"))

    def save_approval(self, approval: Approval) -> None:
        item = Item(self._group, f"approval#{approval.plan_digest}", approval.model_dump_json())
        self._table.put(item, expires_at=approval.expires_at + PLANS_KEPT)

    def approval(self, digest: str) -> Approval | None:
        item = self._table.get(self._group, f"approval#{digest}")
        if item is None or "spent_by" in item.attributes:
            return None
        return Approval.model_validate_json(item.body)

    def spend_approval(self, digest: str, run_id: str) -> bool:
        return self._table.set_once(self._group, f"approval#{digest}", "spent_by", run_id)

    @contextlib.contextmanager
    def start_journal(self, header: JournalHeader) -> Iterator[JournalWriter]:
        name = f"run#{header.migration_id}"
        if not self._table.put(Item(self._group, name, header.model_dump_json()), new=True):
            raise StateConflict(f"Migration {header.migration_id} was begun already. Nothing was done here.")
        with self.open_journal(header.migration_id) as writer:
            yield writer

    @contextlib.contextmanager
    def open_journal(self, migration_id: str) -> Iterator[JournalWriter]:
        holder = uuid.uuid4().hex
        writer = self.hold(migration_id, holder)
        try:
            yield writer
        finally:
            self.release(migration_id, holder)

    def hold(self, migration_id: str, holder: str) -> TableJournal:
        """Become the journal's one writer, or stay it: a run that sleeps keeps what it holds."""
        journal = self.journal(migration_id)
        lock = f"lock#{migration_id}"
        if self._table.take(self._group, lock, holder, self._clock.now(), HELD_FOR) is None:
            raise StateConflict(
                f"Another process is working on {migration_id} right now. Nothing was done here.",
                hint="Watch it with get_migration_status, or wait until it has ended.",
            )
        return TableJournal(self._table, self._group, journal)

    def release(self, migration_id: str, holder: str) -> None:
        """Let another be the journal's writer."""
        self._table.release(self._group, f"lock#{migration_id}", holder)

    def journal(self, migration_id: str) -> Journal:
        header = self._table.get(self._group, f"run#{migration_id}")
        if header is None:
            raise MigrationNotFound(f"There is no migration {migration_id!r} here. Nothing was done.")
        lines = self._table.items(self._group, f"line#{migration_id}#")
        try:
            journal = Journal(
                header=JournalHeader.model_validate_json(header.body),
                entries=tuple(JournalEntry.model_validate_json(line.body) for line in lines),
            )
        except ValidationError as error:
            raise JournalMismatch(
                f"The journal {migration_id} is damaged or from another version, so nothing is done on its word.",
                hint="Look at it by hand; get_serverless_settings shows what is really there.",
            ) from error
        numbers = [line.name for line in lines]
        if numbers != [_line(migration_id, number) for number in range(len(lines))]:
            raise JournalMismatch(f"The journal {migration_id} has lost lines, so nothing is done on its word.")
        if journal.header.plan.digest != journal.header.plan_digest:
            raise JournalMismatch(f"The plan in the journal {migration_id} was altered; nothing is done on its word.")
        return journal

    def migration_ids(self) -> tuple[str, ...]:
        names = (item.name.removeprefix("run#") for item in self._table.items(self._group, "run#", bodies=False))
        return tuple(sorted(names))

    def save_report(self, migration_id: str, text: str) -> str:
        self._table.put(Item(self._group, f"report#{migration_id}", text))
        return f"report of {migration_id}"


class TableJournal:
    """Lines with numbers: of two writers at once one finds its number taken, and stops."""

    def __init__(self, table: StateTable, group: str, journal: Journal) -> None:
        self._table, self._group = table, group
        self._header, self._entries = journal.header, list(journal.entries)

    def append(self, entry: JournalEntry) -> None:
        self.write(len(self._entries), entry)
        self._entries.append(entry)

    def read(self) -> Journal:
        return Journal(header=self._header, entries=tuple(self._entries))

    def write(self, number: int, entry: JournalEntry) -> None:
        """The line of that number, unless it is there already and says the same."""
        name = _line(self._header.migration_id, number)
        if self._table.put(Item(self._group, name, entry.model_dump_json()), new=True):
            return
        there = self._table.get(self._group, name)
        if there is None or not _same(JournalEntry.model_validate_json(there.body), entry):
            raise StateConflict(
                f"Another process has written to the journal of {self._header.migration_id}. This one stops.",
                hint="Watch it with get_migration_status.",
            )


def _same(one: JournalEntry, other: JournalEntry) -> bool:
    """The same line, but for when it was written: the process died between writing it and knowing that it had."""
    return one.model_copy(update={"at": other.at}) == other


def _line(migration_id: str, number: int) -> str:
    return f"line#{migration_id}#{number:06}"
