"""Carries out accepted plans on this machine, in threads: what the worker does where there is one."""

from __future__ import annotations

import logging
import threading
import time
from contextlib import closing
from functools import partial

from redshift_migrate.aws.door import Aws
from redshift_migrate.aws.own_parts import WorkerFunction
from redshift_migrate.clock import Clock
from redshift_migrate.endpoint.health import Health
from redshift_migrate.errors import RedshiftMigrateError, RunStopped
from redshift_migrate.migration.executor import Progress
from redshift_migrate.migration.running import Accepted, carry_out
from redshift_migrate.state.audit import AuditedAws, Trail
from redshift_migrate.state.keeper import Keeper
from redshift_migrate.state.owner import Order, Owner
from redshift_migrate.threads import start_leavable

LOG = logging.getLogger(__name__)
MOST_AT_ONCE = 4


class WorkerRunner:
    """Hands every run to the worker of the deployment."""

    def __init__(self, worker: WorkerFunction) -> None:
        self._worker = worker

    def start(self, owner: Owner, accepted: Accepted) -> None:
        """Begin; the journal tells how it goes. AwsError when the worker cannot be reached."""
        if accepted.migration_id is not None:
            order = Order(
                group=owner.key, session=owner.session, migration_id=accepted.migration_id, lines=accepted.lines
            )
            self._worker.begin(order.execution_name, order.model_dump_json().encode())

    def stop(self, within_s: float) -> None:
        """Nothing runs here."""


class LocalRunner:
    """One thread a run. A run that ends with the server, or is cut off, is gone on with by approving its plan again."""

    def __init__(self, aws: Aws, keeper: Keeper, clock: Clock, health: Health) -> None:
        self._aws, self._keeper, self._clock, self._health = aws, keeper, clock, health
        self._places, self._stopping = threading.BoundedSemaphore(MOST_AT_ONCE), threading.Event()
        self._threads: set[threading.Thread] = set()

    def start(self, owner: Owner, accepted: Accepted) -> None:
        """Begin; the journal tells how it goes."""
        if accepted.migration_id is not None:
            thread = start_leavable(partial(self._take_place, owner, accepted.migration_id), "run")
            self._threads = {each for each in self._threads if each.is_alive()} | {thread}

    def wait(self, within_s: float | None = None) -> None:
        """Let the runs that were started come to their end, but wait no longer than that."""
        until = time.monotonic() + within_s if within_s is not None else None
        for thread in tuple(self._threads):
            thread.join(max(0.0, until - time.monotonic()) if until is not None else None)

    def stop(self, within_s: float) -> None:
        """No step is begun any more; those that run are waited for."""
        self._stopping.set()
        self.wait(within_s)

    def _take_place(self, owner: Owner, migration_id: str) -> None:
        with self._places:
            if not self._stopping.is_set():
                self._run(owner, migration_id)

    def _run(self, owner: Owner, migration_id: str) -> None:
        try:
            who = f"run of {self._keeper.store(owner).journal(migration_id).approved_by}"
            trail = Trail(self._keeper.audit(owner), who, owner.session, migration_id)
            store = self._keeper.store(owner, trail)
            with self._health.busy(), closing(trail), store.open_journal(migration_id) as writer:
                carry_out(AuditedAws(self._aws, trail), store, self._clock, writer, _Ending(self._stopping))
        except RedshiftMigrateError as error:
            LOG.warning("run stopped | migration=<%s>, code=<%s>", migration_id, error.code)
        except Exception:  # the border of this thread: the journal has what was done
            LOG.exception("run failed | migration=<%s>", migration_id)


class _Ending:
    """Listens to a run, and ends it before its next step once the server is to end."""

    def __init__(self, stopping: threading.Event) -> None:
        self._stopping, self._step_id, self._has_ended = stopping, "", False

    def __call__(self, progress: Progress) -> None:
        is_new, self._step_id = progress.step_id != self._step_id, progress.step_id
        if is_new and self._stopping.is_set() and not self._has_ended:
            self._has_ended = True  # what is put back after it must not be stopped too
            raise RunStopped("The server was stopped.", hint="Approve the plan again to go on with it.")
