"""Plans, approvals, journals and reports, on whatever shelf: how they are named, found, checked, and never misread."""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Iterator
from datetime import timedelta
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple, Protocol, TypeVar

from pydantic import ValidationError

from redshift_migrate.errors import (
    JournalMismatch,
    MigrationNotFound,
    PlanError,
    PlanNotFound,
    SettingsError,
    StateConflict,
    StateDamaged,
)
from redshift_migrate.models.approval import Approval, Showing
from redshift_migrate.models.base import Value
from redshift_migrate.models.cost import Estimate
from redshift_migrate.models.data import DataCheck
from redshift_migrate.models.fleet import FleetPlan
from redshift_migrate.models.journal import Journal, JournalEntry, JournalHeader, Ticks
from redshift_migrate.models.plan import MigrationPlan
from redshift_migrate.state.files import pass_over
from redshift_migrate.state.shelf import (
    APPROVALS,
    CHECKS,
    ESTIMATES,
    FLEET,
    PAGES,
    PLANS,
    REPORTS,
    RUNS,
    SHOWN,
    TICKS,
    FolderShelf,
    Kind,
    Shelf,
)

SHORTEST_PREFIX = 8
"""Digest prefixes shorter than this name too many plans to be an approval."""
KEPT = timedelta(days=30)
"""How long a table keeps plans, and approvals after they have expired. A folder keeps everything."""

_WAVES = "waves"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}")
_DIGEST = re.compile(rf"[0-9a-f]{{{SHORTEST_PREFIX},64}}")
_BY_HAND = "Look at it by hand: the settings of the namespace are what is really there."
_LONG = 16_384
"""Characters. Values are frozen, so that what a long text says need not be worked out twice."""
_Kept = TypeVar("_Kept", bound=Value)


class KeptReport(NamedTuple):
    """Where a run's page is, in words for people: as Markdown, and as HTML."""

    markdown: str
    html: str


class JournalWriter(Protocol):
    """An open journal: one writer, every line on disk before the call returns."""

    def append(self, entry: JournalEntry) -> None:
        """Add one line."""

    def read(self) -> Journal:
        """Everything written so far."""


class Store:
    """One owner's plans, approvals, journals and reports.

    What is asked for by name and cannot be read raises an error of ours that names it. What is only come across, on the
    way to something else, is passed over, and the log says so once.
    """

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf

    # --- plans ---------------------------------------------------------------------------------------

    def save_plan(self, plan: MigrationPlan) -> None:
        """Keep the plan under its digest."""
        self._shelf.put(PLANS, plan.digest, plan.model_dump_json(indent=1), KEPT)

    def plan(self, digest: str) -> MigrationPlan:
        """The plan of that digest or unique prefix of 8 or more characters. PlanNotFound otherwise."""
        if not _DIGEST.fullmatch(digest):
            raise PlanNotFound(
                f"{digest!r} is not a plan digest. Nothing was done.",
                hint="Every plan shows its digest; 8 or more of its characters (0-9, a-f) name it.",
            )
        found = self._shelf.names(PLANS, digest)
        if len(found) != 1:
            raise PlanNotFound(
                f"{'Several saved plans begin' if found else 'No saved plan begins'} with {digest}. Nothing was done.",
                hint="Give more characters of the digest."
                if found
                else "Ask for the plan again; it prints its digest.",
            )
        return self._plan(found[0])

    def newest_plan(self) -> MigrationPlan | None:
        """The plan saved last that can be read."""
        for digest in reversed(self._shelf.names(PLANS)):
            try:
                return self._plan(digest)
            except (PlanNotFound, StateDamaged) as error:
                pass_over(error.message)
        return None

    def _plan(self, digest: str) -> MigrationPlan:
        where = self._shelf.where(PLANS, digest)
        plan = _parse(MigrationPlan, self._shelf.get(PLANS, digest) or "", where, "Ask for the plan again.")
        if plan.digest != digest:
            raise PlanNotFound(
                f"The saved plan {digest[:12]} was altered where it is kept ({where}), so it is not used. "
                "Nothing was done.",
                hint="Ask for the plan again.",
            )
        return plan

    # --- approvals -----------------------------------------------------------------------------------

    def save_approval(self, approval: Approval) -> None:
        """Keep the approval until it is spent."""
        text, kept_for = approval.model_dump_json(), approval.expires_at - approval.approved_at + KEPT
        self._shelf.put(APPROVALS, _require_name(approval.plan_digest), text, kept_for)

    def approval(self, digest: str) -> Approval | None:
        """The stored approval of exactly that digest, spent ones excepted. One that cannot be read approves nothing."""
        return self._small(Approval, APPROVALS, digest, "Approve the plan again.")

    def spend_approval(self, digest: str, run_id: str) -> bool:
        """Take the approval for one run. False if there is none (any more): of two at once only one succeeds."""
        return self._shelf.spend(APPROVALS, _require_name(digest), _require_name(run_id))

    def save_showing(self, showing: Showing) -> None:
        """Keep that a plan was shown."""
        self._shelf.put(SHOWN, _require_name(showing.plan_digest), showing.model_dump_json(), KEPT)

    def showing(self, digest: str) -> Showing | None:
        """When and to whom exactly that plan was shown. A record that cannot be read shows nothing."""
        found = self._small(Showing, SHOWN, digest, "Look at the plan again.")
        return found if found is not None and found.plan_digest == digest else None

    def _small(self, kind: type[_Kept], shelf_kind: Kind, digest: str, hint: str) -> _Kept | None:
        where = self._shelf.where(shelf_kind, _require_name(digest))
        try:
            text = self._shelf.get(shelf_kind, digest)
            return None if text is None else _parse(kind, text, where, hint)
        except StateDamaged as error:
            pass_over(error.message)
            return None

    def save_ticks(self, ticks: Ticks) -> None:
        """Keep what of a plan's checklist is done."""
        self._shelf.put(TICKS, _require_name(ticks.plan_digest), ticks.model_dump_json(), KEPT)

    def ticks(self, digest: str) -> tuple[str, ...]:
        """The codes of a plan's checklist that are done. Ticks that cannot be read are none."""
        found = self._small(Ticks, TICKS, digest, "Tick again what is done.")
        return found.done if found is not None else ()

    def save_estimate(self, estimate: Estimate) -> None:
        """Keep what a cluster was estimated to cost, in place of an earlier estimate."""
        self._shelf.put(ESTIMATES, _name_of(estimate), estimate.model_dump_json(), KEPT)

    def estimates(self) -> tuple[Estimate, ...]:
        """The estimates that can be read, the newest at the end."""
        return tuple(
            each
            for name in self._shelf.names(ESTIMATES)
            if (each := self._small(Estimate, ESTIMATES, name, "Ask for the estimate again.")) is not None
        )

    def save_data_check(self, check: DataCheck) -> None:
        """Keep what a comparison of data found, in place of an earlier one."""
        name = f"{check.account_id}.{check.region}.{check.cluster_id}.{check.namespace_name}"
        self._shelf.put(CHECKS, _require_name(name), check.model_dump_json())

    def data_check(self, account_id: str, region: str, cluster_id: str, namespace_name: str) -> DataCheck | None:
        """What was found last. One that cannot be read is none."""
        name = f"{account_id}.{region}.{cluster_id}.{namespace_name}"
        return self._small(DataCheck, CHECKS, name, "Check the data again.")

    def save_fleet_plan(self, plan: FleetPlan) -> None:
        """Keep the order of a fleet, in place of an earlier one."""
        self._shelf.put(FLEET, _WAVES, plan.model_dump_json())

    def fleet_plan(self) -> FleetPlan | None:
        """The order of the fleet that was made last. One that cannot be read is none: it is made again from a look."""
        return self._small(FleetPlan, FLEET, _WAVES, "Plan the fleet again; plans and runs are kept elsewhere.")

    # --- journals and reports ------------------------------------------------------------------------

    @contextlib.contextmanager
    def start_journal(self, header: JournalHeader) -> Iterator[JournalWriter]:
        """A new journal, locked for this writer."""
        migration_id = _require_name(header.migration_id)
        with self._shelf.lock(RUNS, migration_id):
            if not self._shelf.add(RUNS, migration_id, 0, header.model_dump_json()):
                raise StateConflict(f"Migration {migration_id} was begun already. Nothing was done here.")
            yield KeptJournal(self._shelf, Journal(header=header))

    @contextlib.contextmanager
    def open_journal(self, migration_id: str) -> Iterator[JournalWriter]:
        """An existing journal, locked for this writer. StateConflict while another process holds it."""
        self.journal(migration_id)  # what is not there, or cannot be read, is not locked either
        with self._shelf.lock(RUNS, migration_id):
            yield KeptJournal(self._shelf, self.journal(migration_id))

    def journal(self, migration_id: str) -> Journal:
        """A journal, to read. MigrationNotFound if there is none, JournalMismatch for one that cannot be believed."""
        where = self._shelf.where(RUNS, _require_name(migration_id))
        try:
            lines = self._shelf.lines(RUNS, migration_id)
            if lines is None:
                raise self._unknown(migration_id)
            header = _parse(JournalHeader, lines[0] if lines else "", where, _BY_HAND)
            entries = tuple(_parse(JournalEntry, line, where, _BY_HAND) for line in lines[1:])
        except StateDamaged as error:
            raise JournalMismatch(error.message, hint=error.hint, file=where) from error
        if header.plan.digest != header.plan_digest:
            raise JournalMismatch(
                f"The plan in the journal {where} was altered, so nothing is done on its word.",
                hint=_BY_HAND,
                file=where,
            )
        return Journal(header=header, entries=entries)

    def journals(self, most: int | None = None) -> Iterator[Journal]:
        """The journals that can be read, the one written last first."""
        for migration_id in self.migration_ids()[::-1][:most]:
            try:
                yield self.journal(migration_id)
            except (PlanError, StateDamaged) as error:
                pass_over(error.message)

    def migration_ids(self) -> tuple[str, ...]:
        """All runs, the one written last at the end."""
        return tuple(name for name in self._shelf.names(RUNS) if _NAME.fullmatch(name))

    def save_report(self, migration_id: str, markdown: str, html: str) -> KeptReport:
        """Keep a run's page for people, in place of an earlier one."""
        page = self._shelf.put(PAGES, _require_name(migration_id), html)
        return KeptReport(self._shelf.put(REPORTS, migration_id, markdown), page)

    def report(self, migration_id: str) -> tuple[KeptReport, str]:
        """Where a run's page is, and what it says in Markdown. MigrationNotFound if there is none."""
        text = self._shelf.get(REPORTS, _require_name(migration_id))
        if text is None:
            raise MigrationNotFound(
                f"There is no report of migration {migration_id!r} here, and it could not be written now.",
                hint=f"What was done is told by its status as well: /status {migration_id}",
            )
        return KeptReport(self._shelf.where(REPORTS, migration_id), self._shelf.where(PAGES, migration_id)), text

    def _unknown(self, migration_id: str) -> MigrationNotFound:
        known = self.migration_ids()
        return MigrationNotFound(
            f"There is no migration {migration_id!r} here. Nothing was done.",
            hint=f"Known: {', '.join(known[-5:])}." if known else "None was started with this state folder.",
        )


class FileStore(Store):
    """A store in a folder of this machine."""

    def __init__(self, folder: Path) -> None:
        super().__init__(FolderShelf(folder))


class KeptJournal:
    """A journal held open by its one writer. Its lines have numbers: of two writers after all, the second stops."""

    def __init__(self, shelf: Shelf, journal: Journal) -> None:
        self._shelf = shelf
        self._header, self._entries = journal.header, list(journal.entries)

    def append(self, entry: JournalEntry) -> None:
        """Add one line. StateNotWritten, or another's StateConflict, and then nothing of it is there."""
        self.write(len(self._entries), entry)
        self._entries.append(entry)

    def read(self) -> Journal:
        """Everything written so far."""
        return Journal(header=self._header, entries=tuple(self._entries))

    def write(self, number: int, entry: JournalEntry) -> None:
        """The entry of that number, unless it is there already and says the same."""
        migration_id = self._header.migration_id
        if self._shelf.add(RUNS, migration_id, number + 1, entry.model_dump_json()):
            return
        lines = self._shelf.lines(RUNS, migration_id) or []
        if len(lines) <= number + 1 or not _same(JournalEntry.model_validate_json(lines[number + 1]), entry):
            raise StateConflict(
                f"Another process has written to the journal of {migration_id}. This one stops.",
                hint="Ask for its status (/status).",
            )


def _same(one: JournalEntry, other: JournalEntry) -> bool:
    """The same line, but for when it was written: the process died between writing it and knowing that it had."""
    return one.model_copy(update={"at": other.at}) == other


def _parse(kind: type[_Kept], text: str, where: str, hint: str) -> _Kept:
    """The value in the text. StateDamaged says whether it is broken, or whole and of another version."""
    try:
        return kind.model_validate_json(text) if len(text) < _LONG else _read_long(kind, text)
    except ValidationError as error:
        is_whole = isinstance(_json(text), dict)
        why = "was written by another version of this program, or altered" if is_whole else "is damaged"
        raise StateDamaged(f"{where} {why}, so nothing is done on its word.", hint=hint, file=where) from error


@lru_cache(maxsize=8)
def _read_long(kind: type[_Kept], text: str) -> _Kept:
    """A plan, or the head of a journal, which a run, its report and a list of runs each read again."""
    return kind.model_validate_json(text)


def _json(text: str) -> object:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _name_of(estimate: Estimate) -> str:
    return _require_name(f"{estimate.account_id}.{estimate.region}.{estimate.cluster_id}")


def _require_name(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise SettingsError(f"{name!r} cannot be the name of anything kept here. Nothing was done.")
    return name
