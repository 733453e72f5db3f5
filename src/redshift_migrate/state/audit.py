"""Who asked, which plan, who approved, each call, each read-back: a chain in which every link holds the one before.

A record names the hash of its predecessor. To change, remove, insert or reorder records, all later ones would have to
be made anew; the newest hash is told to the log at once, so that even that, and a cut-off end, is found.
"""

from __future__ import annotations

import contextlib
import logging
import threading
import uuid
from collections.abc import Iterable, Iterator
from datetime import datetime

from pydantic import Field, ValidationError

from redshift_migrate.aws.door import Aws, Observed, WatchingDoor
from redshift_migrate.clock import Clock
from redshift_migrate.errors import RedshiftMigrateError, StateConflict, StateDamaged
from redshift_migrate.models.approval import Approval
from redshift_migrate.models.base import Json, JsonObject, Value, canonical_json, sha256_hex
from redshift_migrate.models.journal import Journal, JournalEntry, JournalHeader
from redshift_migrate.models.plan import MigrationPlan
from redshift_migrate.permissions import OPERATIONS
from redshift_migrate.state.owner import whoami
from redshift_migrate.state.shelf import AUDIT, Lists, Shelf
from redshift_migrate.state.store import JournalWriter, Store

LOG = logging.getLogger(__name__)
BEGINNING = "0" * 64
_NAME = "audit"
_TRIES = 50


class AuditRecord(Value):
    """One link. `hash` is that of everything else in it."""

    number: int
    at: datetime
    who: str
    session: str
    request_id: str
    event: str
    details: JsonObject = Field(default_factory=dict)
    previous: str
    hash: str = ""

    def with_hash(self) -> AuditRecord:
        """The record, sealed."""
        return self.model_copy(update={"hash": self.computed_hash()})

    def computed_hash(self) -> str:
        """What `hash` must be."""
        return sha256_hex(canonical_json(self.model_dump(mode="json", exclude={"hash"})))


class AuditLog:
    """Adds to one chain. Several processes may: whoever finds its number taken takes the next."""

    def __init__(self, kept: Lists, clock: Clock) -> None:
        self._kept, self._clock = kept, clock

    def lines(self) -> list[str]:
        """Every record as it is kept, oldest first."""
        return self._kept.lines(AUDIT, _NAME) or []

    def record(self, event: str, *, who: str, session: str, request_id: str, details: JsonObject) -> AuditRecord:
        """Add a link. What cannot be recorded must not happen: raises what keeping it raises."""
        for _ in range(_TRIES):
            line = self._kept.last(AUDIT, _NAME)
            newest = _newest(line) if line else None
            record = AuditRecord(
                number=newest.number + 1 if newest else 0,
                at=self._clock.now(),
                who=who,
                session=session,
                request_id=request_id,
                event=event,
                details=details,
                previous=newest.hash if newest else BEGINNING,
            ).with_hash()
            if self._kept.add(AUDIT, _NAME, record.number, record.model_dump_json()):
                LOG.info("audit", extra={"event": "audit", "number": record.number, "head": record.hash})
                return record
        raise StateConflict("The audit log is written by too many at once. Nothing was done.", hint="Try again.")


def _newest(line: str) -> AuditRecord:
    try:
        return AuditRecord.model_validate_json(line)
    except ValidationError as error:
        raise StateDamaged(
            "The end of the audit log cannot be read, so nothing that must be recorded is done.",
            hint="Keep the file audit.jsonl, it is evidence: move it out of the state folder, and a new log begins.",
            file="audit.jsonl",
        ) from error


def faults(lines: Iterable[str], head: str | None = None) -> list[str]:
    """What is wrong with a chain, empty when nothing is. With `head`, that hash must be in it: no end is missing."""
    found: list[str] = []
    previous, heads = BEGINNING, {BEGINNING}
    for number, line in enumerate(lines):
        try:
            record = AuditRecord.model_validate_json(line)
        except ValidationError:
            found.append(f"record {number} cannot be read")
            previous = ""
            continue
        if record.number != number:
            found.append(f"record {number} is numbered {record.number}")
        if record.previous != previous:
            found.append(f"record {number} does not follow the one before it")
        if record.hash != record.computed_hash() or line != record.model_dump_json():
            found.append(f"record {number} was altered")
        previous = record.hash
        heads.add(record.hash)
    if head is not None and head not in heads:
        found.append("the end of the log is missing")
    return found


class Trail:
    """What one request, or one run, leaves in the log. Reads are gathered; changes are written at once.

    Calls come from many threads. A read that cannot be written down waits for the next record: what changes the account
    is recorded after it, or not made.
    """

    def __init__(self, log: AuditLog, who: str, session: str, request_id: str, *, gathered: int = 100) -> None:
        self._log, self._who, self._session = log, who, session
        self.request_id = request_id
        self._gathered = gathered
        self._reads: list[Json] = []
        self._is_behind = False
        self._lock = threading.RLock()

    def record(self, event: str, **details: Json) -> None:
        """One link, after the reads that came before it. What keeps it from being kept is raised."""
        with self._lock:
            self._flush()
            self._write(event, details)

    def note(self, event: str, **details: Json) -> None:
        """One link about what changes nothing; that it cannot be kept is told to the log."""
        try:
            self.record(event, **details)
        except RedshiftMigrateError as error:
            self._warn(error)

    def note_call(self, observed: Observed) -> None:
        """A call of AWS was made."""
        call = observed.call
        told: JsonObject = {"operation": call.name, "region": call.region, "aws_request_id": observed.request_id}
        if observed.error_code:
            told["error"] = observed.error_code
        if OPERATIONS[call.name].writes:
            self.record("called", **told, parameters_sha256=sha256_hex(canonical_json(call.parameters)))
            return
        with self._lock:
            self._reads.append(told)
            if len(self._reads) >= self._gathered:
                self.close()

    def note_journal(self, entry: JournalEntry) -> None:
        """A line of a run's journal was written; with it, what AWS answered when a step was read back."""
        details = entry.model_dump(mode="json", include={"step_id", "request_id", "observed"}, exclude_none=True)
        self.record(f"run:{entry.event}", **{name: value for name, value in details.items() if value != ""})

    def close(self) -> None:
        """The request is over: write the reads that were gathered. Those that cannot be written are told to the log."""
        try:
            with self._lock:
                self._flush()
        except RedshiftMigrateError as error:
            self._warn(error)

    def _warn(self, error: RedshiftMigrateError) -> None:
        if not self._is_behind:
            LOG.warning("audit: what was read or planned is not recorded yet | code=<%s>", error.code)
        self._is_behind = True

    def _flush(self) -> None:
        if self._reads:
            self._write("read", {"calls": list(self._reads)})
            self._reads.clear()

    def _write(self, event: str, details: JsonObject) -> None:
        self._log.record(event, who=self._who, session=self._session, request_id=self.request_id, details=details)


def local_trail(shelf: Shelf, clock: Clock, session: str) -> Trail:
    """The trail of a program of this machine. It may be interrupted at any moment, so it writes every call at once."""
    return Trail(AuditLog(shelf, clock), f"local:{whoami()}", session, uuid.uuid4().hex, gathered=1)


class AuditedAws(WatchingDoor):
    """A door whose calls, from whatever thread, are put on one trail."""

    def __init__(self, door: Aws, trail: Trail) -> None:
        super().__init__(door)
        self._trail = trail

    def saw(self, observed: Observed) -> None:
        self._trail.note_call(observed)


class AuditedStore(Store):
    """A store that records what is planned, approved and carried out."""

    def __init__(self, shelf: Shelf, trail: Trail) -> None:
        super().__init__(shelf)
        self._trail = trail

    def save_plan(self, plan: MigrationPlan) -> None:
        super().save_plan(plan)
        self._trail.note("planned", plan_digest=plan.digest)

    def save_approval(self, approval: Approval) -> None:
        self._trail.record(
            "approved", plan_digest=approval.plan_digest, approved_by=approval.approved_by, channel=approval.channel
        )
        super().save_approval(approval)

    @contextlib.contextmanager
    def start_journal(self, header: JournalHeader) -> Iterator[JournalWriter]:
        self._trail.record("begun", plan_digest=header.plan_digest, migration_id=header.migration_id)
        with super().start_journal(header) as journal:
            yield AuditedJournal(journal, self._trail)

    @contextlib.contextmanager
    def open_journal(self, migration_id: str) -> Iterator[JournalWriter]:
        with super().open_journal(migration_id) as journal:
            yield AuditedJournal(journal, self._trail)


class AuditedJournal:
    """A journal whose lines are recorded as well."""

    def __init__(self, journal: JournalWriter, trail: Trail) -> None:
        self._journal, self._trail = journal, trail

    def append(self, entry: JournalEntry) -> None:
        """Write the line, then record that it was written."""
        self._journal.append(entry)
        self._trail.note_journal(entry)

    def read(self) -> Journal:
        """Everything written so far."""
        return self._journal.read()
