"""Carries out accepted plans on this machine, in threads: what the worker does where there is one."""

from __future__ import annotations

import logging
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

from redshift_migrate.aws.door import Aws
from redshift_migrate.aws.own_parts import WorkerFunction
from redshift_migrate.clock import Clock
from redshift_migrate.endpoint.health import Health
from redshift_migrate.errors import RedshiftMigrateError
from redshift_migrate.migration.running import Accepted, carry_out
from redshift_migrate.state.audit import AuditedAws, Trail
from redshift_migrate.state.keeper import Keeper
from redshift_migrate.state.owner import Order, Owner

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


class LocalRunner:
    """One thread a run. A run that is cut off when the process ends is gone on with by approving its plan again."""

    def __init__(self, aws: Aws, keeper: Keeper, clock: Clock, health: Health) -> None:
        self._aws, self._keeper, self._clock, self._health = aws, keeper, clock, health
        self._threads = ThreadPoolExecutor(MOST_AT_ONCE, thread_name_prefix="run")

    def start(self, owner: Owner, accepted: Accepted) -> None:
        """Begin; the journal tells how it goes."""
        if accepted.migration_id is not None:
            self._threads.submit(self._run, owner, accepted.migration_id)

    def wait(self) -> None:
        """Let the runs that were started come to their end."""
        self._threads.shutdown(wait=True)
        self._threads = ThreadPoolExecutor(MOST_AT_ONCE, thread_name_prefix="run")

    def _run(self, owner: Owner, migration_id: str) -> None:
        try:
            who = f"run of {self._keeper.store(owner).journal(migration_id).approved_by}"
            trail = Trail(self._keeper.audit(owner), who, owner.session, migration_id)
            store = self._keeper.store(owner, trail)
            with self._health.busy(), closing(trail), store.open_journal(migration_id) as writer:
                carry_out(AuditedAws(self._aws, trail), store, self._clock, writer)
        except RedshiftMigrateError as error:
            LOG.warning("run stopped | migration=<%s>, code=<%s>", migration_id, error.code)
        except Exception:  # the border of this thread: the journal has what was done
            LOG.exception("run failed | migration=<%s>", migration_id)
