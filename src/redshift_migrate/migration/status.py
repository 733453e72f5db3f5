"""How far a run is, told from its journal alone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from redshift_migrate.errors import MigrationNotFound, SettingsError
from redshift_migrate.models.base import Value
from redshift_migrate.models.journal import Journal, JournalEntry
from redshift_migrate.models.plan import Step
from redshift_migrate.models.regions import either

State = Literal["finished", "failed and put back", "stopped or running"]


class MigrationStatus(Value):
    """How far a run is, from its journal."""

    migration_id: str
    title: str
    state: State
    plan_digest: str
    approved_by: str
    started_at: str
    elapsed_s: int | None = None
    """From the start to the end, or to the moment it stopped, or to now."""
    steps_total: int = 0
    now: str | None = None
    """The step that is under way, or at which the run stopped."""
    step_elapsed_s: int | None = None
    """How long that step has been under way."""
    waiting_for: str | None = None
    usually_s: int | None = None
    """How long what is waited for usually takes."""
    stopped_because: str | None = None
    next: str | None = None
    """The step after this one, or how to go on."""
    steps_done: tuple[str, ...]
    steps_left: tuple[str, ...]
    last_event: str
    other_migrations: tuple[str, ...] = ()


def migration_status(journal: Journal, known: Sequence[str], at: datetime) -> MigrationStatus:
    """What a person who asks at that moment wants to know. Pure."""
    header, done = journal.header, journal.done_steps()
    left = [step for step in header.plan.steps if step.id not in done]
    last = journal.entries[-1] if journal.entries else None
    state, failed = _state(journal), last is not None and last.event == "failed"
    ended_at = last.at if last is not None and (failed or state != "stopped or running") else at
    under_way = left[0] if left and state == "stopped or running" else None
    begun_at = _begun_at(journal.entries, under_way.id) if under_way else None
    return MigrationStatus(
        migration_id=journal.migration_id,
        title=header.plan.title,
        state=state,
        plan_digest=header.plan_digest,
        approved_by=f"{header.approval.approved_by} ({header.approval.channel})",
        started_at=header.started_at.isoformat(timespec="seconds"),
        elapsed_s=_seconds(header.started_at, ended_at),
        steps_total=len(header.plan.steps),
        now=under_way.summary if under_way else None,
        step_elapsed_s=_seconds(begun_at, ended_at) if begun_at else None,
        waiting_for=last.message if under_way and last is not None and last.event == "waiting" else None,
        usually_s=_usually(under_way, last) if under_way and last is not None else None,
        stopped_because=last.message if failed and last is not None else None,
        next=_next(journal, [step.summary for step in left], failed=failed),
        steps_done=done,
        steps_left=tuple(step.id for step in left),
        last_event=f"{last.at:%H:%M:%S} {last.event} {last.step_id} {last.message}".strip() if last else "started",
        other_migrations=tuple(name for name in known if name != journal.migration_id)[-5:],
    )


def only_stopped(stopped: Sequence[MigrationStatus]) -> MigrationStatus:
    """The one run that stopped. SettingsError names them when there are several, MigrationNotFound for none."""
    if len(stopped) > 1:
        names = tuple(run.migration_id for run in stopped)
        raise SettingsError("Several runs have stopped.", hint=f"Name the one that you mean: {either(names)}.")
    if not stopped:
        raise MigrationNotFound("No run has stopped, so there is nothing to go on with.")
    return stopped[0]


def _seconds(begun_at: datetime, ended_at: datetime) -> int:
    """Between two moments of a clock that somebody may have set back in between."""
    return max(0, round((ended_at - begun_at).total_seconds()))


def _state(journal: Journal) -> State:
    if journal.is_finished:
        return "finished"
    return "failed and put back" if journal.was_put_back else "stopped or running"


def _usually(step: Step, last: JournalEntry) -> int | None:
    waited = (wait.usually_s for wait in (*step.ready, *step.waits) if wait.what == last.message)
    return next(waited, None) if last.event == "waiting" else None


def _begun_at(entries: Sequence[JournalEntry], step_id: str) -> datetime | None:
    """When the step was begun, in this go of the run."""
    begun_at: datetime | None = None
    for entry in reversed(entries):
        if entry.event == "resumed":
            break
        if entry.step_id == step_id:
            begun_at = entry.at
    return begun_at


def _next(journal: Journal, left: Sequence[str], *, failed: bool) -> str | None:
    if journal.is_finished:
        return None
    if journal.was_put_back:
        return "nothing: ask for the change again, it makes a new plan"
    if failed:
        return f"resume migration {journal.migration_id}"
    return left[1] if len(left) > 1 else "the end of the run"
