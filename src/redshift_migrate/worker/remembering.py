"""The executor's three ways to the world, remembered: what was answered once is answered the same on every replay.

A durable function is run again from its beginning after every wait. So every call of AWS, every line of the journal
and every wait is an operation of the execution: done once, checkpointed, and only read back after that.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from aws_durable_execution_sdk_python import DurableContext
from aws_durable_execution_sdk_python.config import Duration, StepConfig, StepSemantics
from aws_durable_execution_sdk_python.exceptions import StepError
from aws_durable_execution_sdk_python.retries import RetryDecision

from redshift_migrate.aws.door import Answer, Aws, Door
from redshift_migrate.clock import Clock
from redshift_migrate.errors import (
    AwsError,
    PlanBlocked,
    RedshiftMigrateError,
    StalePlan,
    StateConflict,
    Throttled,
    Unreachable,
)
from redshift_migrate.models.journal import Journal, JournalEntry
from redshift_migrate.models.plan import Call
from redshift_migrate.models.regions import Identity
from redshift_migrate.permissions import OPERATIONS
from redshift_migrate.state.store import KeptJournal

LOG = logging.getLogger(__name__)

PAUSES_S = ((20, 5.0), (100, 30.0), (500, 120.0))
"""So many waits of a run are at least so long, later ones LONGEST_PAUSE_S: an execution has a limit of operations,
and hours of waiting every few seconds would meet it."""
LONGEST_PAUSE_S = 300.0


class RememberingAws(Door):
    """Calls AWS through another door, and remembers each answer."""

    def __init__(self, door: Aws, context: DurableContext) -> None:
        super().__init__()
        self._door, self._context = door, context

    def identity(self, region: str) -> Identity:
        """Asked anew in every process: a run must never go on in another account."""
        return self._door.identity(region)

    def validate(self, call: Call) -> None:
        self._door.validate(call)

    def ask(self, call: Call) -> Answer:
        """A change that may have been made, and whose answer is lost, is a StateConflict: the executor looks before it
        makes it again."""
        try:
            answer = self._context.step(lambda _: self._answer(call), name=call.name, config=_config(call))
        except StepError as error:
            raise StateConflict(
                f"{call.name} may have been made just before the process ended; its answer is lost.",
                operation=call.name,
            ) from error
        if "error" in answer:
            raise error_of(answer["error"])
        return Answer(**answer)

    def _answer(self, call: Call) -> dict[str, Any]:
        try:
            return self._door.ask(call)._asdict()
        except RedshiftMigrateError as error:
            return {"error": document_of(error)}


class RememberingJournal:
    """A journal as it was when the run began, and what the run has added since; each line is written once."""

    def __init__(
        self, journal: KeptJournal, lines: int, context: DurableContext, on_written: Callable[[JournalEntry], None]
    ) -> None:
        written = journal.read()
        self._journal, self._context, self._on_written = journal, context, on_written
        self._header, self._entries = written.header, list(written.entries[:lines])

    def append(self, entry: JournalEntry) -> None:
        """The next line."""
        number = len(self._entries)

        def write(_: Any) -> dict[str, Any] | None:
            try:
                self._journal.write(number, entry)
                self._on_written(entry)
            except StateConflict as error:  # another writes here; to try again would not help
                return document_of(error)
            return None

        refused = self._context.step(write, name=f"journal:{entry.event}", config=_ONCE_MORE)
        if refused is not None:
            raise error_of(refused)
        self._entries.append(entry)

    def read(self) -> Journal:
        """What this run knows, which on a replay is less than what is written."""
        return Journal(header=self._header, entries=tuple(self._entries))


def remembering_clock(context: DurableContext) -> Clock:
    """A clock on which sleeping costs nothing, and which tells the time slept, so that it tells the same again."""
    slept: list[float] = []

    def sleep(pause_s: float) -> None:
        least = next((each for most, each in PAUSES_S if len(slept) < most), LONGEST_PAUSE_S)
        seconds = max(1, math.ceil(max(pause_s, least)))
        context.wait(Duration.from_seconds(seconds), name="wait")
        slept.append(float(seconds))

    return Clock(now=lambda: datetime.now(UTC), monotonic_s=lambda: sum(slept), sleep=sleep)


def remember_problem(context: DurableContext, name: str, look: Callable[[], None]) -> RedshiftMigrateError | None:
    """What a look at the account finds wrong, the same on every replay. What only failed just now is tried again."""

    def find(_: Any) -> dict[str, Any] | None:
        try:
            look()
        except (Unreachable, Throttled):
            raise
        except RedshiftMigrateError as error:
            return document_of(error)
        return None

    found = context.step(find, name=name, config=_ONCE_MORE)
    return error_of(found) if found is not None else None


def document_of(error: RedshiftMigrateError) -> dict[str, Any]:
    """The error as JSON, so that a replay meets the same error."""
    return {"kind": type(error).__name__, "message": error.message, "hint": error.hint, "data": error.data}


def error_of(document: dict[str, Any]) -> RedshiftMigrateError:
    """The error of that document. An AWS error is of its own kind again; others are told as the root."""
    kinds: dict[str, type[RedshiftMigrateError]] = {AwsError.__name__: AwsError, StalePlan.__name__: StalePlan}
    kinds |= {PlanBlocked.__name__: PlanBlocked}
    kinds |= {kind.__name__: kind for kind in AwsError.__subclasses__()}
    return kinds.get(document["kind"], RedshiftMigrateError)(
        document["message"], hint=document["hint"], **document["data"]
    )


def _never(_: Exception, __: int) -> RetryDecision:
    return RetryDecision.no_retry()


def _a_few_times(_: Exception, attempt: int) -> RetryDecision:
    return RetryDecision.retry(Duration.from_seconds(2**attempt)) if attempt < 5 else RetryDecision.no_retry()


_AT_MOST_ONCE = StepConfig(retry_strategy=_never, step_semantics=StepSemantics.AT_MOST_ONCE_PER_RETRY)
_ONCE_MORE = StepConfig(retry_strategy=_a_few_times)
"""Reads and lines of the journal: to do them twice is to do them once."""


def _config(call: Call) -> StepConfig:
    return _AT_MOST_ONCE if OPERATIONS[call.name].writes else _ONCE_MORE
