"""Plans, approvals and journals on disk. The endpoint keeps the same in a table; both answer to `Store`."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from pydantic import ValidationError

from redshift_migrate.errors import JournalMismatch, MigrationNotFound, PlanNotFound, SettingsError, StateConflict
from redshift_migrate.models.approval import Approval
from redshift_migrate.models.journal import Journal, JournalEntry, JournalHeader
from redshift_migrate.models.plan import MigrationPlan
from redshift_migrate.state.files import private_folder, sync_folder, write_whole, writing

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}")
_DIGEST = re.compile(r"[0-9a-f]{8,64}")

SHORTEST_PREFIX = 8
"""Digest prefixes shorter than this name too many plans to be an approval."""


class JournalWriter(Protocol):
    """An open journal: one writer, every line on disk before the call returns."""

    def append(self, entry: JournalEntry) -> None:
        """Add one line."""

    def read(self) -> Journal:
        """Everything written so far."""


class Store(Protocol):
    """Where plans, approvals and journals are kept."""

    def save_plan(self, plan: MigrationPlan) -> None:
        """Keep the plan under its digest."""

    def plan(self, digest: str) -> MigrationPlan:
        """The plan of that digest or unique prefix of 8 or more characters. PlanNotFound otherwise."""

    def newest_plan(self) -> MigrationPlan | None:
        """The plan saved last."""

    def save_approval(self, approval: Approval) -> None:
        """Keep the approval until it is spent."""

    def approval(self, digest: str) -> Approval | None:
        """The stored approval of exactly that digest, spent ones excepted."""

    def spend_approval(self, digest: str, run_id: str) -> bool:
        """Take the approval for one run. False if there is none (any more): of two at once only one succeeds."""

    def start_journal(self, header: JournalHeader) -> contextlib.AbstractContextManager[JournalWriter]:
        """A new journal, locked for this writer."""

    def open_journal(self, migration_id: str) -> contextlib.AbstractContextManager[JournalWriter]:
        """An existing journal, locked for this writer. StateConflict while another process holds it."""

    def journal(self, migration_id: str) -> Journal:
        """A journal, to read. MigrationNotFound if there is none."""

    def migration_ids(self) -> tuple[str, ...]:
        """All runs, oldest first."""

    def save_report(self, migration_id: str, text: str) -> str:
        """Keep a run's page for people, in place of an earlier one; where it is, in words for them."""


class FileStore:
    """A `Store` in a folder."""

    def __init__(self, folder: Path) -> None:
        self._plans = folder / "plans"
        self._approvals = folder / "approvals"
        self._journals = folder / "migrations"
        self._reports = folder / "reports"

    def save_plan(self, plan: MigrationPlan) -> None:
        write_whole(self._plans / f"{plan.digest}.json", plan.model_dump_json(indent=1))

    def plan(self, digest: str) -> MigrationPlan:
        if not _DIGEST.fullmatch(digest):
            raise PlanNotFound(
                f"{digest!r} is not a plan digest. Nothing was done.",
                hint="Every plan shows its digest; 8 or more of its characters (0-9, a-f) name it.",
            )
        found = sorted(self._plans.glob(f"{digest}*.json")) if self._plans.is_dir() else []
        if len(found) != 1:
            raise PlanNotFound(
                f"{'Several saved plans begin' if found else 'No saved plan begins'} with {digest}. Nothing was done.",
                hint="Give more characters of the digest."
                if found
                else "Ask for the plan again; it prints its digest.",
            )
        plan = MigrationPlan.model_validate_json(found[0].read_text(encoding="utf-8"))
        if plan.digest != found[0].stem:
            raise PlanNotFound(
                f"The saved plan {found[0].stem[:12]} was altered on disk, so it is not used. Nothing was done.",
                hint="Ask for the plan again.",
            )
        return plan

    def newest_plan(self) -> MigrationPlan | None:
        files = list(self._plans.glob("*.json")) if self._plans.is_dir() else []
        return self.plan(max(files, key=lambda file: file.stat().st_mtime_ns).stem) if files else None

    def save_approval(self, approval: Approval) -> None:
        write_whole(self._approval_file(approval.plan_digest), approval.model_dump_json())

    def approval(self, digest: str) -> Approval | None:
        try:
            return Approval.model_validate_json(self._approval_file(digest).read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None

    def spend_approval(self, digest: str, run_id: str) -> bool:
        file = self._approval_file(digest)
        with writing(file):
            try:
                os.rename(file, file.with_suffix(f".spent-{_checked_name(run_id)}"))
            except FileNotFoundError:
                return False
            sync_folder(self._approvals)
        return True

    @contextlib.contextmanager
    def start_journal(self, header: JournalHeader) -> Iterator[JournalWriter]:
        path = self._journal_file(header.migration_id)
        # Under its name only once its first line is whole: a journal without a header could not be read at all.
        begun = path.parent / f".{path.name}.{os.getpid()}"
        with writing(path):
            private_folder(path.parent)
            descriptor = os.open(begun, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_APPEND, 0o600)
        with _locked(descriptor, header.migration_id):
            writer = FileJournal(path, descriptor, Journal(header=header))
            try:
                writer.write_line(header.model_dump_json())
                with writing(path):
                    os.link(begun, path)
            finally:
                begun.unlink()
            sync_folder(path.parent)
            yield writer

    @contextlib.contextmanager
    def open_journal(self, migration_id: str) -> Iterator[JournalWriter]:
        path = self._journal_file(migration_id)
        if not path.exists():
            raise self._unknown(migration_id)
        descriptor = os.open(path, os.O_RDWR | os.O_APPEND)
        with _locked(descriptor, migration_id):
            drop_torn_line(path, descriptor)
            yield FileJournal(path, descriptor, read_journal(path))

    def journal(self, migration_id: str) -> Journal:
        path = self._journal_file(migration_id)
        if not path.exists():
            raise self._unknown(migration_id)
        return read_journal(path)

    def migration_ids(self) -> tuple[str, ...]:
        files = self._journals.glob("*.jsonl") if self._journals.is_dir() else ()
        return tuple(file.stem for file in sorted(files, key=lambda file: (file.stat().st_ctime_ns, file.name)))

    def save_report(self, migration_id: str, text: str) -> str:
        path = self._reports / f"{_checked_name(migration_id)}.md"
        write_whole(path, text)
        return str(path)

    def _approval_file(self, digest: str) -> Path:
        return self._approvals / f"{_checked_name(digest)}.json"

    def _journal_file(self, migration_id: str) -> Path:
        return self._journals / f"{_checked_name(migration_id)}.jsonl"

    def _unknown(self, migration_id: str) -> MigrationNotFound:
        known = self.migration_ids()
        return MigrationNotFound(
            f"There is no migration {migration_id!r} here. Nothing was done.",
            hint=f"Known: {', '.join(known[-5:])}." if known else "None was started with this state folder.",
        )


class FileJournal:
    """A JSONL file held open and locked by its one writer."""

    def __init__(self, path: Path, descriptor: int, journal: Journal) -> None:
        self._path, self._descriptor = path, descriptor
        self._header, self._entries = journal.header, list(journal.entries)

    def append(self, entry: JournalEntry) -> None:
        self.write_line(entry.model_dump_json())
        self._entries.append(entry)

    def read(self) -> Journal:
        return Journal(header=self._header, entries=tuple(self._entries))

    def write_line(self, line: str) -> None:
        """One line, on disk when this returns. StateNotWritten otherwise, and then nothing of it is there."""
        data = f"{line}\n".encode()
        before = os.fstat(self._descriptor).st_size
        with writing(self._path):
            try:
                if os.write(self._descriptor, data) != len(data):
                    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
                os.fsync(self._descriptor)
            except OSError:
                os.ftruncate(self._descriptor, before)  # half a line would spoil the next one
                raise


def drop_torn_line(path: Path, descriptor: int) -> None:
    """A last line without its newline was being written when the process died: it never counted."""
    data = path.read_bytes()
    whole = data.rfind(b"\n") + 1
    if whole != len(data):
        os.ftruncate(descriptor, whole)
        os.fsync(descriptor)


def read_journal(path: Path) -> Journal:
    """The journal in a file. A torn last line is left out; anything else unreadable is JournalMismatch."""
    data = path.read_bytes()
    lines = data.split(b"\n")[:-1]
    try:
        header = JournalHeader.model_validate_json(lines[0])
        entries = tuple(JournalEntry.model_validate_json(line) for line in lines[1:])
    except (ValidationError, IndexError) as error:
        raise JournalMismatch(
            f"The journal {path.name} is damaged or from another version, so nothing is done on its word.",
            hint="Look at it by hand; get_serverless_settings shows what is really there.",
        ) from error
    if header.plan.digest != header.plan_digest:
        raise JournalMismatch(f"The plan in the journal {path.name} was altered, so nothing is done on its word.")
    return Journal(header=header, entries=entries)


@contextlib.contextmanager
def _locked(descriptor: int, name: str) -> Iterator[None]:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        os.close(descriptor)
        raise StateConflict(
            f"Another process is working on {name} right now. Nothing was done here.",
            hint="Watch it with get_migration_status, or wait until it has ended.",
        ) from error
    try:
        yield
    finally:
        os.close(descriptor)


def _checked_name(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise SettingsError(f"{name!r} cannot be the name of anything kept here. Nothing was done.")
    return name
