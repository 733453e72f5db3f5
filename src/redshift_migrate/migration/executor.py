"""Walks the steps of an approved plan: probe, act, wait, read back. It decides nothing but `verdict`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import Enum
from typing import Any

from redshift_migrate.aws.door import Aws
from redshift_migrate.clock import Clock
from redshift_migrate.errors import (
    ApplyError,
    RedshiftMigrateError,
    ResourceNotFound,
    StateConflict,
    StateNotWritten,
    Throttled,
    Unreachable,
    WaitTimedOut,
)
from redshift_migrate.models.base import Json, JsonObject, Value, canonical_json, same
from redshift_migrate.models.journal import Event, JournalEntry
from redshift_migrate.models.plan import Call, Check, MigrationPlan, Step, Wait, resolve
from redshift_migrate.observers.readings import Probe, look, probe
from redshift_migrate.planner.undo import invert
from redshift_migrate.state.store import JournalWriter

BUSY_FOR_S = 60 * 60
"""How long a busy resource is asked again before the step fails. Source: AWS's own handlers wait as long."""
BUSY_FIRST_S, BUSY_LONGEST_S = 5.0, 30.0
POLL_FIRST_S, POLL_LONGEST_S = 1.0, 15.0
NO_ANSWER_FOR_S = 10 * 60
"""How long a wait goes on although AWS does not answer its reads."""


_NO_ANSWER: Mapping[type[RedshiftMigrateError], str] = {
    StateConflict: "AWS answered that it conflicts with what is there, as after a first answer that was lost",
    Unreachable: "its answer was lost",
    Throttled: "AWS throttled it",
    ResourceNotFound: "AWS answered that it is not there",
}


class Progress(Value):
    """One moment of a run."""

    migration_id: str
    step_id: str
    step_number: int
    steps_total: int
    message: str
    elapsed_s: float = 0
    """How long the thing now waited for has been waited for."""
    usually_s: int = 0
    """How long that usually takes; 0 where nothing is waited for."""
    before: str = ""
    """The step before this one, which is done."""
    after: str = ""
    """The step that follows."""
    about: str = ""
    """What the run is about, where several go on at the same time."""


Listener = Callable[[Progress], None]


def silent(_: Progress) -> None:
    """A listener that does not care."""


class Verdict(Enum):
    """What the probe of a step means."""

    DONE = "done"
    ACT = "act"
    MOVED = "moved"


def verdict(observed: JsonObject | None, check: Check) -> Verdict:
    """Three ways: as wanted already, as it was when the plan was made, or neither: somebody else was here.

    The check's references are filled in. One that does not care what was before is only moved where
    nothing is there.
    """
    if same(observed, check.after):
        return Verdict.DONE
    if check.whatever_before:
        return Verdict.MOVED if observed is None else Verdict.ACT
    return Verdict.ACT if same(observed, check.before) else Verdict.MOVED


class Executor:
    """Carries out steps and writes each down before and after. One run at a time."""

    def __init__(self, aws: Aws, clock: Clock, listener: Listener = silent) -> None:
        self._aws, self._clock, self._listener = aws, clock, listener

    def run(self, plan: MigrationPlan, journal: JournalWriter) -> None:
        """All steps that the journal does not have as done. ApplyError names what failed, is done, and is not."""
        written = journal.read()
        outputs: dict[str, Json] = written.outputs()
        done = list(written.done_steps())
        for step in plan.steps:
            if step.id in done:
                continue
            run = _Run(self, plan, journal, step, outputs)
            try:
                found = run.bring_about("intent", "done").outputs
                outputs |= {f"{step.id}/{name}": value for name, value in found.items()}
            except RedshiftMigrateError as error:
                raise self._tell_stop(run, error, done) from error
            done.append(step.id)
        journal.append(JournalEntry(at=self._clock.now(), event="finished", message="all steps are done"))

    def take_back(self, plan: MigrationPlan, journal: JournalWriter, step: Step) -> None:
        """One step's inverse, written down as that step's undoing."""
        if step.undo is None:
            raise StateConflict(f"Step {step.id} cannot be undone: {step.no_undo}")
        outputs = journal.read().outputs()
        back = invert(step, step.undo, outputs).model_copy(update={"id": step.id})
        _Run(self, plan, journal, back, outputs).bring_about("undo_intent", "undone")

    def _tell_stop(self, run: _Run, cause: RedshiftMigrateError, done: list[str]) -> ApplyError:
        step, plan = run.step, run.plan
        migration_id = run.journal.read().migration_id
        put_back, told = None, ""
        try:
            run.write("failed", message=cause.message)
            put_back, told = self._put_back(run, done)
        except StateNotWritten as error:
            told = "" if isinstance(cause, StateNotWritten) else error.message
        not_done = [other.id for other in plan.steps if other.id not in done]
        return ApplyError(
            f"Step {step.id} failed: {cause.message} {told}".strip(),
            hint=" ".join(
                part
                for part in (
                    cause.hint,
                    "" if put_back else f"When that is mended, go on with: resume migration {migration_id}",
                )
                if part
            ),
            step_id=step.id,
            cause=cause,
            done=done,
            not_done=not_done,
            migration_id=migration_id,
            put_back=put_back,
        )

    def _put_back(self, failed: _Run, done: list[str]) -> tuple[dict[str, Any] | None, str]:
        """Take the earlier step back if the failed one asks for it and surely changed nothing."""
        step_id = failed.step.put_back
        if not step_id or step_id not in done:
            return None, ""
        step = failed.plan.step(step_id)
        try:
            if not same(failed.probe().value, failed.check().before):
                return None, "It cannot be told whether it was applied, so nothing was put back; look before going on."
            self.take_back(failed.plan, failed.journal, step)
        except RedshiftMigrateError as error:
            return None, f"What step {step_id} removed could not be put back: {error.message}"
        done.remove(step_id)
        restored = failed.journal.read().read_back(step_id)
        return {"step_id": step_id, "now": restored}, f"What step {step_id} removed was put back as it was."


class _Run:
    """One step of one run."""

    def __init__(
        self, executor: Executor, plan: MigrationPlan, journal: JournalWriter, step: Step, outputs: Mapping[str, Json]
    ) -> None:
        self.plan, self.journal, self.step = plan, journal, step
        self._outputs = dict(outputs)
        self._aws, self._clock, self._listener = executor._aws, executor._clock, executor._listener

    def check(self) -> Check:
        """The step's check with what earlier steps put out; KeyError while one of them has not."""
        check = self.step.check
        return check.model_copy(update={"before": self._resolve(check.before), "after": self._resolve(check.after)})

    def bring_about(self, intent: Event, done: Event) -> Probe:
        """Make the step's value true, whatever of it is true already, and write down what AWS answers then."""
        check = self.check()
        self._say(self.step.summary)
        found = self._judge(check)
        if found is Verdict.ACT and self._was_begun(intent):
            # Another process may have made the call a moment ago, and AWS may not show it yet.
            found = self._settled_verdict(check)
        if found is Verdict.MOVED:
            raise self._tell_move(check)
        if found is Verdict.ACT:
            call = self._call(self.step.call)
            for guard in self.step.guards:
                self._check_guard(guard)
            self.write(intent, message=call.name)
            request_id, told = self._act(call, check)
            self.write("acted", request_id=request_id, message=told)
        for wait in self.step.waits:
            self._wait(wait)
        probe = self._read_back(check)
        self.write(done, observed=probe.value, outputs=probe.outputs)
        return probe

    def _judge(self, check: Check) -> Verdict:
        """What is to be done about it now."""
        found = verdict(self.probe().value, check)
        if self.step.is_unseen and found is Verdict.DONE and not self._was_begun("acted"):
            return Verdict.ACT
        return found

    def _check_guard(self, guard: Wait) -> None:
        value = look(self._aws, guard, self._outputs)
        if value not in guard.until:
            raise StateConflict(
                f"This step needs {guard.what}, and it is {canonical_json(value)}. This step changed nothing.",
                operation=self.step.call.name,
                observed=value,
            )

    def _settled_verdict(self, check: Check) -> Verdict:
        """The verdict once the resource has come to rest, so that a call under way is not made again."""
        for wait in self.step.ready:
            self._wait(wait)
        return self._judge(check)

    def _was_begun(self, event: Event) -> bool:
        return any(entry.step_id == self.step.id and entry.event == event for entry in self.journal.read().entries)

    def _act(self, call: Call, check: Check) -> tuple[str, str]:
        """Make the call until it is applied once. A lost answer or a conflict is settled by looking.

        Gives the request id, and what did not go at the first try.
        """
        started, pause, told = self._clock.monotonic_s(), BUSY_FIRST_S, ""
        while True:
            try:
                answer = self._aws.ask(call)
                again = f"it was sent {answer.retries + 1} times before AWS answered" if answer.retries else told
                return answer.request_id, again
            except (StateConflict, Unreachable, Throttled, ResourceNotFound) as error:
                found = self._judge(check)
                if found is Verdict.ACT and isinstance(error, Unreachable) and self.step.ready:
                    # The call may be under way, and the value come only with its end.
                    found = self._settled_verdict(check)
                if found is Verdict.DONE:
                    return error.request_id, f"{_NO_ANSWER.get(type(error), error.code)}; a look showed that it is done"
                if found is Verdict.MOVED:
                    raise self._tell_move(check) from error
                waited = self._clock.monotonic_s() - started
                if not isinstance(error, StateConflict) or waited > BUSY_FOR_S or "already exists" in error.message:
                    raise
            self._say("waiting: AWS is busy with it", self._clock.monotonic_s() - started)
            self._clock.sleep(pause)
            pause = min(pause * 1.5, BUSY_LONGEST_S)
            # What made it busy may have been this very call, whose reply was lost: look before calling again.
            if self._settled_verdict(check) is Verdict.DONE:
                return "", "AWS was busy with it; a look showed that it is done"
            told = "AWS was busy with it, so it was called again"

    def _wait(self, wait: Wait) -> None:
        started, pause = self._clock.monotonic_s(), POLL_FIRST_S
        self.write("waiting", message=wait.what)
        was_other = False
        while True:
            value = self._patient_look(wait)
            elapsed = self._clock.monotonic_s() - started
            if value in wait.until and (was_other or elapsed >= wait.settle_s):
                return
            was_other = was_other or value not in wait.until
            if value in wait.failed:
                raise WaitTimedOut(f"Waiting for {wait.what} is in vain: it is {value}.", operation=self.step.call.name)
            self._say(f"waiting for {wait.what} ({_tell_state(wait, value)})", elapsed, wait.usually_s)
            self._clock.sleep(pause)
            pause = min(pause * 1.5, POLL_LONGEST_S)

    def _patient_look(self, wait: Wait) -> Json:
        """What the wait asks for. Hours of waiting must not end because one read found no answer."""
        started = self._clock.monotonic_s()
        while True:
            try:
                return look(self._aws, wait, self._outputs)
            except (Unreachable, Throttled):
                elapsed = self._clock.monotonic_s() - started
                if elapsed > NO_ANSWER_FOR_S:
                    raise
                self._say(f"waiting for {wait.what} (AWS does not answer)", elapsed, wait.usually_s)
                self._clock.sleep(BUSY_LONGEST_S)

    def _read_back(self, check: Check) -> Probe:
        probe = self.probe()
        if not same(probe.value, check.after):
            raise StateConflict(
                f"After {self.step.call.name} AWS answers {canonical_json(probe.value)}, "
                f"but {canonical_json(check.after)} was asked for.",
                operation=self.step.call.name,
                observed=probe.value,
                wanted=check.after,
            )
        return probe

    def probe(self) -> Probe:
        """What the step's check reads now."""
        return probe(self._aws, self.step.check, self._outputs)

    def write(self, event: Event, **details: Any) -> None:
        """One line of the journal."""
        self.journal.append(JournalEntry(at=self._clock.now(), event=event, step_id=self.step.id, **details))

    def _tell_move(self, check: Check) -> StateConflict:
        found = self.probe().value
        return StateConflict(
            f"It is not as it was when the plan was made: {canonical_json(found)} is there, the plan expected "
            f"{canonical_json(check.before)} and would set {canonical_json(check.after)}. This step changed nothing.",
            hint="Ask for a new plan.",
            operation=self.step.call.name,
            observed=found,
        )

    def _call(self, call: Call) -> Call:
        return call.model_copy(update={"parameters": self._resolve(call.parameters)})

    def _resolve(self, value: Json) -> Any:
        return resolve(value, self._outputs)

    def _say(self, message: str, elapsed_s: float = 0, usually_s: int = 0) -> None:
        steps = self.plan.steps
        at = [step.id for step in steps].index(self.step.id)
        self._listener(
            Progress(
                migration_id=self.journal.read().migration_id,
                step_id=self.step.id,
                step_number=at + 1,
                steps_total=len(steps),
                message=message,
                elapsed_s=elapsed_s,
                usually_s=usually_s,
                before=steps[at - 1].summary if at else "",
                after=steps[at + 1].summary if at + 1 < len(steps) else "",
            )
        )


def _tell_state(wait: Wait, value: Json) -> str:
    """What a person sees of a wait: never that something waits to become what it is."""
    return "it is; this has to hold" if value in wait.until else f"now {'gone' if value is None else value}"
