"""Several things at the same time, bounded; one that fails stops none of the others."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TypeVar

from redshift_migrate.errors import RedshiftMigrateError
from redshift_migrate.migration.executor import Listener
from redshift_migrate.migration.running import Outcome
from redshift_migrate.models.base import Value
from redshift_migrate.models.plan import MigrationPlan
from redshift_migrate.models.request import MigrateCluster

T = TypeVar("T")


class Ended(Value):
    """What came of one plan of several: an outcome, or why there is none."""

    plan: MigrationPlan
    outcome: Outcome | None = None
    message: str = ""
    hint: str = ""
    code: str = ""


def side_by_side(tasks: Sequence[Callable[[], T]], at_once: int) -> list[T | RedshiftMigrateError]:
    """What each gave, or our error that it raised; so many at once, begun in their order."""
    with ThreadPoolExecutor(at_once, thread_name_prefix="run") as pool:
        return list(pool.map(_result, tasks))


def apply_each(
    plans: Sequence[MigrationPlan], apply: Callable[[MigrationPlan], Outcome], at_once: int
) -> tuple[Ended, ...]:
    """The plans carried out side by side, each on its own."""
    ends = side_by_side([partial(apply, plan) for plan in plans], at_once)
    return tuple(end_of(plan, end) for plan, end in zip(plans, ends, strict=True))


def tell_apart(listener: Listener, plan: MigrationPlan) -> Listener:
    """A listener that is told which of several runs it hears of."""
    return lambda progress: listener(progress.model_copy(update={"about": name_of(plan)}))


def name_of(plan: MigrationPlan) -> str:
    """What a run is called among others: its cluster, or what the plan is about."""
    return plan.request.choices.cluster_id if isinstance(plan.request, MigrateCluster) else plan.title


def _result(task: Callable[[], T]) -> T | RedshiftMigrateError:
    try:
        return task()
    except RedshiftMigrateError as error:
        return error


def end_of(plan: MigrationPlan, end: Outcome | RedshiftMigrateError) -> Ended:
    """What came of the plan, whichever of the two it was."""
    if isinstance(end, Outcome):
        return Ended(plan=plan, outcome=end)
    return Ended(plan=plan, message=end.message, hint=end.hint, code=end.code)
