"""How far a run is, in people's words."""

from __future__ import annotations

from collections.abc import Collection

from redshift_migrate.migration.status import MigrationStatus
from redshift_migrate.models.catalogue import GROUPS, Group
from redshift_migrate.models.plan import MigrationPlan
from redshift_migrate.planner.checklist import Item, checklist, counts
from redshift_migrate.planner.summary import duration
from redshift_migrate.terminal.shown import Listing
from redshift_migrate.text import visible

MOST_OTHERS = 5
"""Other runs that are named."""


def checklist_listings(plan: MigrationPlan, done: Collection[str]) -> tuple[Listing, ...]:
    """What is to be done, by the time at which it is due, each with its text whole."""
    items = checklist(plan.findings, done)
    head = Listing("", (("", f"{visible(plan.title, None)}: {_counts(items)}."),))
    groups = [group for group in GROUPS if any(item.group == group for item in items)]
    return (head, *(_group(group, items) for group in groups))


def _group(group: Group, items: tuple[Item, ...]) -> Listing:
    marked = ((f"[{'x' if each.is_done else ' '}] {each.code}", each.text) for each in items if each.group == group)
    return Listing(GROUPS[group], tuple(marked), style=group)


def _counts(items: tuple[Item, ...]) -> str:
    done, of = counts(items)
    return f"{done} of {of} done" if of else "nothing is left to do by hand"


def status_listing(status: MigrationStatus, plan: MigrationPlan, done: Collection[str]) -> Listing:
    """The run as a list: where it is and why, how long it takes, what is next, what is left to a person."""
    items = checklist(plan.findings, done)
    elapsed = duration(status.elapsed_s) if status.elapsed_s else ""
    rows = (
        ("run", status.migration_id),
        ("state", _state(status)),
        ("step", _step(status)),
        ("because", status.stopped_because),
        ("waiting for", _waiting(status)),
        ("started", f"{status.started_at}{f', {elapsed} ago to its end or to now' if elapsed else ''}"),
        ("approved by", status.approved_by),
        ("next", status.next),
        ("checklist", f"{_counts(items)}: /checklist" if items else None),
        ("other runs", ", ".join(status.other_migrations[-MOST_OTHERS:])),
    )
    return Listing(status.title, tuple((name, value) for name, value in rows if value))


def _state(status: MigrationStatus) -> str:
    done, total = len(status.steps_done), status.steps_total
    if status.state == "finished":
        return f"finished, {done} of {total} steps done" if total else "finished: nothing was to be done"
    if status.state == "failed and put back":
        return "failed, and what it had removed was put back"
    word = "stopped" if status.stopped_because else "running, or stopped without a word"
    return f"{word} at step {min(done + 1, total)} of {total}: {done} done, {total - done} left"


def _waiting(status: MigrationStatus) -> str | None:
    usual = f", usually {duration(status.usually_s)}" if status.usually_s else ""
    return f"{status.waiting_for}{usual}" if status.waiting_for else None


def _step(status: MigrationStatus) -> str | None:
    if status.now is None:
        return None
    since = f", for {status.step_elapsed_s} s" if status.step_elapsed_s and not status.stopped_because else ""
    return f"{status.now}{since}"
