"""One execution of the worker: hold the journal, carry out, give it back."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from aws_durable_execution_sdk_python import DurableContext, durable_execution
from aws_durable_execution_sdk_python.exceptions import DurableExecutionsError, InvocationError

from redshift_migrate.aws.door import Aws
from redshift_migrate.aws.session import region_catalog
from redshift_migrate.aws.state_table import StateTable
from redshift_migrate.clock import Clock
from redshift_migrate.errors import RedshiftMigrateError, Throttled, Unreachable
from redshift_migrate.migration.planning import Planner
from redshift_migrate.migration.running import carry_out, require_same_steps
from redshift_migrate.models.journal import JournalEntry
from redshift_migrate.state.audit import AuditedAws, AuditLog, Trail
from redshift_migrate.state.owner import Order
from redshift_migrate.state.table import TableShelf, TableStore
from redshift_migrate.worker.remembering import RememberingAws, RememberingJournal, remember_problem, remembering_clock

LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class WorkerParts:
    """What a worker is made of."""

    aws: Aws
    table: StateTable
    clock: Clock


def worker(parts: Callable[[Order], WorkerParts]) -> Callable[[Any, Any], Any]:
    """The durable function. `parts` is asked once a process and order."""

    @durable_execution
    def handler(event: Any, context: DurableContext) -> dict[str, Any]:
        order = Order.model_validate(event)
        return run(order, parts(order), context)

    return handler


def run(order: Order, parts: WorkerParts, context: DurableContext) -> dict[str, Any]:
    """Carry out the order from where the execution stands. Suspends at every wait; the journal stays held then."""
    store = TableStore(parts.table, order.group, parts.clock)
    try:
        _carry_out(order, parts, store, context)
        ended: dict[str, Any] = {"migration_id": order.migration_id, "state": "finished"}
    except RedshiftMigrateError as error:  # an end like another: the journal tells how to go on
        LOG.warning("run stopped | migration=<%s>, code=<%s>", order.migration_id, error.code)
        ended = {"migration_id": order.migration_id, "state": "stopped", "code": error.code}
    except DurableExecutionsError:
        raise  # the execution goes on in another process, and keeps what it holds
    except Exception:
        store.release(order.migration_id, order.execution_name)
        raise
    store.release(order.migration_id, order.execution_name)
    return ended


def _carry_out(order: Order, parts: WorkerParts, store: TableStore, context: DurableContext) -> None:
    """Every call is on the run's trail when it is made; a replay, which makes none, adds nothing."""
    with _tried_again():
        journal = store.hold(order.migration_id, order.execution_name)
    written = journal.read()
    log = AuditLog(TableShelf(parts.table, order.group, parts.clock), parts.clock)
    with closing(Trail(log, f"run of {written.approved_by}", order.session, order.migration_id)) as trail:
        aws = AuditedAws(parts.aws, trail)
        with _tried_again():
            aws.identity(written.header.region)
        kept = RememberingJournal(journal, order.lines, context, trail.note_journal)
        if not order.lines:
            _require_own_plan(kept, Planner(aws, region_catalog(), store, parts.clock), context)
        carry_out(RememberingAws(aws, context), store, remembering_clock(context), kept)


def _require_own_plan(journal: RememberingJournal, planner: Planner, context: DurableContext) -> None:
    """StalePlan for an order whose plan is not what its request gives here: whoever gave it may have made it up."""
    plan = journal.read().header.plan
    problem = remember_problem(context, "plan-again", lambda: require_same_steps(plan, planner))
    if problem is not None:
        journal.append(JournalEntry(at=datetime.now(UTC), event="failed", message=problem.message))
        raise problem


@contextmanager
def _tried_again() -> Iterator[None]:
    """What only failed just now is tried again by Lambda, in a new process."""
    try:
        yield
    except (Unreachable, Throttled) as error:
        raise InvocationError(error.message) from error
