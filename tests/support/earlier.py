"""What happened before a test begins: done once a process, and brought back wherever it is needed again.

A run depends on the account, the state folder, the clock and what was asked, and on nothing else. Where all of that is
as it was, account and folder become what they became then, with the calls that were counted. Nothing is brought back
while a fault waits; what a test is about it does itself, with `approved_run`.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from redshift_migrate.migration.running import Outcome
from redshift_migrate.migration.service import MigrationService
from redshift_migrate.models.data import DataCheck
from redshift_migrate.models.request import PlanRequest
from redshift_simulator import SimulatedAccount
from tests.support.migrating import approved_run

R = TypeVar("R")
World = tuple[SimulatedAccount, Path]

_WORLDS: WeakKeyDictionary[MigrationService, World] = WeakKeyDictionary()
_KNOWN: dict[str, Became] = {}


@dataclass(frozen=True)
class Became:
    """What account and folder became, and what was answered."""

    state: str
    clock_offset_s: float
    files: dict[str, tuple[bytes, int]]
    """With the moment of each, by which the newest is found."""
    calls: tuple[Any, ...]
    answer: Any


def note_world(service: MigrationService, account: SimulatedAccount, folder: Path) -> MigrationService:
    """Say on which account and in which folder a service works."""
    _WORLDS[service] = (account, folder)
    return service


def earlier_run(service: MigrationService, request: PlanRequest) -> Outcome:
    """The request, planned, approved and carried out before the test."""
    outcome = _earlier(service, f"run {request.model_dump_json()}", lambda: approved_run(service, request))
    if service not in _WORLDS:
        return outcome
    _, folder = _WORLDS[service]
    pages = {name: getattr(outcome, name) for name in ("report", "page")}
    here = {name: str(folder / "reports" / Path(path).name) for name, path in pages.items() if path}
    return outcome.model_copy(update=here)


def earlier_check(service: MigrationService, migration_id: str) -> DataCheck:
    """The data of a run, compared before the test."""
    return _earlier(service, f"check {migration_id}", lambda: service.check_data(migration_id))


def _earlier(service: MigrationService, what: str, act: Callable[[], R]) -> R:
    if service not in _WORLDS or len(_WORLDS[service][0].faults):
        return act()
    account, folder = _WORLDS[service]
    key = _key(account, folder, what)
    if key not in _KNOWN:
        before = len(account.calls)
        answer = act()
        _KNOWN[key] = Became(
            account.snapshot(), account.clock.offset_s, _files(folder), tuple(account.calls[before:]), answer
        )
        return answer
    became = _KNOWN[key]
    account.restore(became.state)
    account.clock.offset_s = became.clock_offset_s
    account.calls.extend(became.calls)
    for name, (data, changed_ns) in became.files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        path.write_bytes(data)
        path.chmod(0o600)
        os.utime(path, ns=(changed_ns, changed_ns))
    answered: R = became.answer
    return answered


def _key(account: SimulatedAccount, folder: Path, what: str) -> str:
    parts = (account.snapshot(), account.clock.offset_s, account.page_size, account.durations, what)
    digest = hashlib.sha256(json.dumps(parts).encode())
    for name, (data, _) in sorted(_files(folder).items()):
        digest.update(f"{name} {len(data)} ".encode() + data)
    return digest.hexdigest()


def _files(folder: Path) -> dict[str, tuple[bytes, int]]:
    paths = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): (path.read_bytes(), path.stat().st_mtime_ns) for path in paths}
