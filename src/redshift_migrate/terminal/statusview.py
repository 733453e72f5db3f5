"""How far a run is, in people's words."""

from __future__ import annotations

from redshift_migrate.migration.status import MigrationStatus
from redshift_migrate.planner.summary import duration
from redshift_migrate.terminal.shown import Listing

MOST_OTHERS = 5
"""Other runs that are named."""


def status_listing(status: MigrationStatus) -> Listing:
    """The run as a list: where it is and why, how long it takes, what is next."""
    elapsed = duration(status.elapsed_s) if status.elapsed_s else ""
    rows = (
        ("run", status.migration_id),
        ("state", _state(status)),
        ("step", _step(status)),
        ("because", status.stopped_because),
        ("waiting for", status.waiting_for),
        ("started", f"{status.started_at}{f', {elapsed} ago to its end or to now' if elapsed else ''}"),
        ("approved by", status.approved_by),
        ("next", status.next),
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


def _step(status: MigrationStatus) -> str | None:
    if status.now is None:
        return None
    since = f", for {status.step_elapsed_s} s" if status.step_elapsed_s and not status.stopped_because else ""
    return f"{status.now}{since}"
