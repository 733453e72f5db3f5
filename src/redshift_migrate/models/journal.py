"""What a run writes down, line by line, so that another process can go on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal

from pydantic import Field, model_validator

from redshift_migrate.errors import JournalMismatch
from redshift_migrate.models.approval import Approval
from redshift_migrate.models.base import Json, Value
from redshift_migrate.models.plan import FORMAT, MigrationPlan, other_version
from redshift_migrate.models.request import CutOverMigration, CutOverScheduledQueries, UndoMigration

Event = Literal["intent", "acted", "waiting", "done", "failed", "undo_intent", "undone", "resumed", "finished"]


class JournalHeader(Value):
    """The first line: what the journal is about. A resume must match all of it."""

    kind: Literal["header"] = "header"
    format: Literal[3] = FORMAT
    tool_version: str
    migration_id: str
    started_at: datetime
    account_id: str
    region: str
    plan_digest: str
    plan: MigrationPlan
    approval: Approval

    @model_validator(mode="before")
    @classmethod
    def _of_this_version(cls, data: Any) -> Any:
        if other := other_version(data):
            raise JournalMismatch(
                f"The run {data.get('migration_id', '')} was written down by {other}, which checks its steps in "
                "another way, so nothing is done on its word. Nothing was changed.",
                hint=f"Resume or undo it with the version that began it ({data.get('tool_version', 'unknown')}); "
                "or ask for a new plan, which sees what is there already.",
            )
        return data


class JournalEntry(Value):
    """Every later line: what happened to a step."""

    kind: Literal["entry"] = "entry"
    at: datetime
    event: Event
    step_id: str = ""
    message: str = ""
    request_id: str = ""
    observed: Json = None
    """What AWS answered when the step was read back."""
    outputs: dict[str, Json] = Field(default_factory=dict)
    approval: Approval | None = None
    """The approval of a resume or an undo."""


class Ticks(Value):
    """What of a plan's checklist is done, by code."""

    plan_digest: str
    done: tuple[str, ...] = ()


class Journal(Value):
    """A whole journal, as read."""

    header: JournalHeader
    entries: tuple[JournalEntry, ...] = ()

    @property
    def migration_id(self) -> str:
        """The run's name."""
        return self.header.migration_id

    @property
    def approved_by(self) -> str:
        """Who approved the run, or what it goes on with: the last word counts."""
        given = [entry.approval for entry in self.entries if entry.approval is not None]
        return (given[-1] if given else self.header.approval).approved_by

    @property
    def is_approved(self) -> bool:
        """True if what the run goes on with allowed exactly its plan at that moment."""
        given = [(entry.approval, entry.at) for entry in self.entries if entry.approval is not None]
        approval, at = given[-1] if given else (self.header.approval, self.header.started_at)
        return approval.allows(self.header.plan_digest, at)

    def done_steps(self) -> tuple[str, ...]:
        """The steps that are done and were not taken back, in the order of the plan."""
        state: dict[str, bool] = {}
        for entry in self.entries:
            if entry.event in ("done", "undone"):
                state[entry.step_id] = entry.event == "done"
        return tuple(step.id for step in self.header.plan.steps if state.get(step.id))

    def attempted_steps(self) -> tuple[str, ...]:
        """The done steps, and those whose call may have been made before the process died, in the plan's order."""
        state: dict[str, bool] = {}
        for entry in self.entries:
            if entry.event in ("intent", "acted", "done", "undone"):
                state[entry.step_id] = entry.event != "undone"
        return tuple(step.id for step in self.header.plan.steps if state.get(step.id))

    def outputs(self) -> dict[str, Json]:
        """What the done steps put out, as `STEP/NAME`."""
        values: dict[str, Json] = {}
        for entry in self.entries:
            if entry.event == "done":
                values |= {f"{entry.step_id}/{name}": value for name, value in entry.outputs.items()}
        return values

    def read_back(self, step_id: str) -> Json:
        """What AWS answered when that step was last read back."""
        for entry in reversed(self.entries):
            if entry.step_id == step_id and entry.event in ("done", "undone"):
                return entry.observed
        return None

    def notes(self) -> tuple[str, ...]:
        """What did not go at the first try, with the step."""
        summaries = {step.id: step.summary for step in self.header.plan.steps}
        return tuple(
            f"{summaries.get(entry.step_id, entry.step_id)}: {entry.message}"
            for entry in self.entries
            if entry.event == "acted" and entry.message
        )

    @property
    def was_put_back(self) -> bool:
        """True when a failed run took its own steps back: there is nothing to go on with."""
        return any(entry.event == "undone" for entry in self.entries)

    @property
    def is_finished(self) -> bool:
        """True when the run came to its end."""
        return any(entry.event == "finished" for entry in self.entries)


def holding_of(journals: Sequence[Journal]) -> list[Journal]:
    """Those that came to their end and were not undone since, by themselves or with the migration that they are of."""
    undone = _undone(journals)
    return [
        journal
        for journal in journals
        if journal.is_finished and journal.migration_id not in undone and cut_over_of(journal) not in undone
    ]


def cut_over_of(journal: Journal) -> str | None:
    """The migration whose cut-over the run is; None for a run of another kind."""
    request = journal.header.plan.request
    return request.migration_id if isinstance(request, CutOverMigration | CutOverScheduledQueries) else None


def stopped_of(journals: Sequence[Journal]) -> list[Journal]:
    """Those that have not come to their end and were not taken back, by themselves or by an undo."""
    undone = _undone(journals)
    return [
        journal
        for journal in journals
        if not journal.is_finished and not journal.was_put_back and journal.migration_id not in undone
    ]


def _undone(journals: Sequence[Journal]) -> set[str]:
    """The runs that another one undid, to its end."""
    return {
        journal.header.plan.request.migration_id
        for journal in journals
        if isinstance(journal.header.plan.request, UndoMigration) and journal.is_finished
    }
