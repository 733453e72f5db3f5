"""What a process leaves behind that is killed: account and state folder, as they are at each moment of a run.

A run is watched from within the account: before and after each call, and in the middle of each line of its journal,
account and folder are written down. A process that is killed at that moment leaves exactly that, because nothing of a
run is kept anywhere else. So the run is made once, and gone on with from each moment, without one process a moment.
"""

from __future__ import annotations

import os
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import redshift_migrate.state.files as files_module
from redshift_migrate.aws.client import AwsClient
from redshift_migrate.aws.session import region_catalog
from redshift_migrate.clock import Clock as ProductClock
from redshift_migrate.migration.service import MigrationService
from redshift_migrate.models.request import PlanRequest
from redshift_migrate.state.store import FileStore
from redshift_simulator import Clock, SimulatedAccount, SimulatedAws, demo
from tests.support.driver import QuickSession, approve, begin_or_go_on
from tests.support.patience import PATIENCE_S

REGION = demo.HOME_REGION
DURATIONS = {"restore.unseen": 1.5, "restore": 4.0} | dict.fromkeys(
    ("namespace.create", "workgroup.create", "workgroup.modify", "namespace.modify", "cluster_snapshot.create"), 1.5
)
"""Every state is seen at least once, and no wait takes many reads: each of them is a moment to be killed at."""


@dataclass(frozen=True)
class Moment:
    """One moment of a run, at which it may have been killed."""

    name: str
    state: str
    """The account."""
    clock_offset_s: float
    files: dict[str, bytes]
    """The state folder: path → contents."""

    def bring_back(self, account: SimulatedAccount, folder: Path) -> None:
        """Let account and folder be as they were at that moment."""
        account.restore(self.state)
        account.clock.offset_s = self.clock_offset_s
        for name, data in self.files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            path.write_bytes(data)
            path.chmod(0o600)
        folder.chmod(0o700)


@dataclass
class Watch:
    """The moments of a run so far, and its calls, numbered from 1."""

    account: SimulatedAccount
    folder: Path
    moments: list[Moment] = field(default_factory=list)
    by_name: dict[str, Moment] = field(default_factory=dict)
    _seen: dict[tuple[str, tuple[tuple[str, bytes], ...]], Moment] = field(default_factory=dict)

    def note(self, name: str, torn: dict[str, bytes] | None = None) -> None:
        """Write down how things are; a moment that is as another one was is the same."""
        files = {str(path.relative_to(self.folder)): path.read_bytes() for path in _files(self.folder)} | (torn or {})
        state = self.account.snapshot()
        key = (state, tuple(sorted(files.items())))
        if key not in self._seen:
            self._seen[key] = Moment(name, state, self.account.clock.offset_s, files)
            self.moments.append(self._seen[key])
        self.by_name[name] = self._seen[key]


def _files(folder: Path) -> Iterator[Path]:
    """Reports and audit lines are written for people, and read by no run."""
    return (path for path in folder.rglob("*") if path.is_file() and path.suffix in (".json", ".jsonl"))


@contextmanager
def watched(account: SimulatedAccount, folder: Path) -> Iterator[Watch]:
    """Write down the moments of what is run in the block, in this process."""
    watch = Watch(account, folder)
    account.watch = watch.note  # type: ignore[attr-defined]
    write = os.write

    def torn(descriptor: int, data: bytes) -> int:
        path = Path(os.readlink(f"/proc/self/fd/{descriptor}"))
        if path.suffix == ".jsonl" and folder in path.parents and "audit" not in path.name:
            half = path.read_bytes() + data[: len(data) // 2]
            watch.note(f"in line {data[:60]!r}", {str(path.relative_to(folder)): half})
        return write(descriptor, data)

    files_module.os.write = torn  # type: ignore[attr-defined]
    try:
        yield watch
    finally:
        files_module.os.write = write  # type: ignore[attr-defined]
        del account.watch  # type: ignore[attr-defined]


class WatchedAccount(SimulatedAccount):
    """An account that tells a watch of every request: how it is before, and after."""

    watch: Any = None

    @contextmanager
    def transaction(self) -> Iterator[None]:
        with super().transaction():
            before, number = len(self.calls), len(self.calls) + 1
            if self.watch is not None:
                self.watch(f"before call {number}")
            yield
            if self.watch is not None and len(self.calls) > before:
                self.watch(f"after call {number}")


def made(account: SimulatedAccount) -> dict[str, Any]:
    """What is in the account, without the ids and times that differ from run to run."""
    return {
        f"{region}/{kind}": Counter(_stripped(resource) for resource in resources.values())
        for region, kinds in account.state["regions"].items()
        for kind, resources in kinds.items()
        if isinstance(resources, dict) and kind != "statements"  # questions, of which there may be any number
    }


def _stripped(resource: Any) -> str:
    names = (
        "Time",
        "Date",
        "Id",
        "Arn",
        "_until",
        "At",
        "Secret",
        "pending",
        "Endpoint",
        "_after",
        "_since",
        "_client_token",
        "until_s",
        "since_s",
        "times",
    )
    if isinstance(resource, list):
        return str([_stripped(each) for each in resource])
    if not isinstance(resource, dict):
        return str(resource)
    kept = {key: value for key, value in sorted(resource.items()) if not any(part in key for part in names)}
    return str({key: _stripped(value) for key, value in kept.items()})


class Runs:
    """An account that is served all the time, and what an undisturbed run on it left at each of its moments."""

    def __init__(
        self,
        folder: Path,
        prepare: Callable[[Runs, Path], PlanRequest],
        *,
        at_account_time: bool,
        made: Callable[[SimulatedAccount], dict[str, Any]] = made,
    ) -> None:
        """`prepare` does in that folder what goes before, and says what is run then.

        At the account's time nothing hangs on the wall clock; processes of their own know only that.
        """
        self.account, self._at_account_time = WatchedAccount(clock=Clock.manual(), durations=DURATIONS), at_account_time
        self._made = made
        demo.seed(self.account)
        self.aws = SimulatedAws(self.account).start()
        self._door = AwsClient(QuickSession(self.aws.endpoint_url, REGION), read_timeout_s=PATIENCE_S)
        self._approved = folder / "approved"
        self.request = prepare(self, self._approved)
        self._before, self._offset_s = self.account.snapshot(), self.account.clock.offset_s
        approve(self.service(self._approved), self.request)
        shutil.copytree(self._approved, folder / "clean")
        self.account.calls.clear()
        with watched(self.account, folder / "clean") as self.watch:
            begin_or_go_on(self.service(folder / "clean"), self.request)
        self.calls = [call.operation for call in self.account.calls]
        self.made = self._made(self.account)

    def service(self, folder: Path) -> MigrationService:
        """A process that comes later; its waits move the account's time."""
        now: dict[str, Any] = {"now": self._now} if self._at_account_time else {}
        return MigrationService(
            aws=self._door,
            regions=region_catalog(),
            store=FileStore(folder),
            clock=ProductClock(**now, monotonic_s=self.account.clock.now, sleep=self.account.clock.advance),
            default_region=REGION,
        )

    def _now(self) -> datetime:
        return datetime.fromtimestamp(self.account.clock.now(), UTC)

    def begin_anew(self, folder: Path) -> None:
        """The account as it was, and a folder in which the plan is approved."""
        self.account.restore(self._before)
        self.account.clock.offset_s = self._offset_s
        shutil.copytree(self._approved, folder)

    def go_on(self, folder: Path) -> None:
        """What a person does after a crash: approve again, then go on; the account must be as after the clean run."""
        service = self.service(folder)
        known = [service.journal(each).header.plan.request for each in service.migration_ids()]
        if self.request not in known:
            approve(service, self.request)
        begin_or_go_on(service, self.request)
        assert self._made(self.account) == self.made

    def go_on_from_all(self, folder: Path, chunk: int, chunks: int) -> None:
        """From each of so many moments to the end."""
        for number, moment in enumerate(self.watch.moments[chunk::chunks]):
            moment.bring_back(self.account, folder / str(number))
            try:
                self.go_on(folder / str(number))
            except BaseException as error:
                error.add_note(f"killed {moment.name}")
                raise
