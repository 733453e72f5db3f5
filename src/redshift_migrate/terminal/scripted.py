"""One-shot and piped use: a prompt a line, answers on stdout, everything else on stderr, an exit code that tells."""

from __future__ import annotations

import asyncio
import io
import json
import os
import sys
import textwrap
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Literal

from redshift_migrate.errors import PlanNotFound, PlanNotShown, RedshiftMigrateError, SettingsError
from redshift_migrate.state.owner import whoami
from redshift_migrate.terminal import commands
from redshift_migrate.terminal.approving import (
    DIGEST,
    WHOLE,
    ScriptedApprover,
    apply_plan,
    apply_plans,
    approve_command,
    digest_and_name,
    digests_in,
    outcome_shown,
    parse_approve_line,
)
from redshift_migrate.terminal.desk import Desk
from redshift_migrate.terminal.interrupts import InterruptibleInput, heed_interrupts
from redshift_migrate.terminal.lines import Line, prompt_of, read_lines
from redshift_migrate.terminal.plain import render_text
from redshift_migrate.terminal.shown import (
    Problem,
    Shown,
    Words,
    as_json,
    has_problem,
    plans_in,
    problem,
)
from redshift_migrate.terminal.streams import Output
from redshift_migrate.terminal.watching import Told, Watch
from redshift_migrate.text import visible, visible_values
from redshift_migrate.threads import LeavableThreads

if TYPE_CHECKING:
    from redshift_migrate.agent.approver import Decision
    from redshift_migrate.agent.events import ToolResult, TurnEvent
    from redshift_migrate.migration.executor import Progress
    from redshift_migrate.models.approval import Channel
    from redshift_migrate.models.plan import MigrationPlan
    from redshift_migrate.terminal.program import Program

MODEL_INDENT = "  "
"""Before every line of a model. A line of its own cannot begin further left."""

DONE, FAILED, USAGE, WAITING, INTERRUPTED = 0, 1, 2, 3, 130
"""Exit codes. A failure is told before a plan that waits: what failed may be why it waits."""


def run_scripted(program: Program) -> int:
    """Run the prompt of the command line, or every line of standard input. Returns the exit code."""
    run = ScriptedRun(program, Output(sys.stdout), Output(sys.stderr))
    try:
        return run.main(_input(program))
    except KeyboardInterrupt:
        return INTERRUPTED


def _input(program: Program) -> Iterator[Line]:
    if program.settings.prompt:
        return iter([prompt_of(program.settings.prompt)])
    if sys.stdin is None:
        return iter([])
    return read_lines(io.BufferedReader(InterruptibleInput(sys.stdin.fileno())))


class ScriptedRun:
    """One run: what failed, what waits, and where it is written."""

    def __init__(self, program: Program, answers: Output, notices: Output) -> None:
        self._program, self._answers, self._notices = program, answers, notices
        self._json = program.settings.json
        self._is_quiet = program.settings.quiet or self._json
        self._approver = ScriptedApprover(program.settings, self._plan_decided)
        self._watch, self._told = Watch(self._on_progress), Told()
        channel: Channel = "command line" if program.settings.prompt else "script"
        self._desk = Desk(program, channel, listener=self._watch)
        self._failed = self._interrupted = self._in_turn = self._changing = False
        self._waiting: dict[str, MigrationPlan] = {}

    def main(self, lines: Iterator[Line]) -> int:
        """All lines, one after the other."""
        if self._program.settings.demo and not self._program.settings.quiet:
            self._notices.line("Simulated AWS account (--demo): nothing here is real and nothing is billed.")
        try:
            if self._program.settings.approve:
                for plan in self._approver.resolve(self._program.service):
                    self._plan_waits(plan, "--approve does not count yet: this plan was not shown before.")
            # Lines are read outside the loop: there, Ctrl-C ends a read that waits.
            with asyncio.Runner() as runner:
                loop = runner.get_loop()
                loop.set_default_executor(LeavableThreads())
                for line in lines:
                    with heed_interrupts(self._interrupt, loop):
                        runner.run(self._line(line))
                    if self._interrupted or self._answers.is_broken or self._desk.wants_to_leave:
                        break
        except SettingsError as error:
            self._show_problem(problem(error))
            return USAGE
        except RedshiftMigrateError as error:  # such as a session that is open elsewhere
            self._fail(problem(error))
        finally:
            self._desk.close()
        return self._exit_code()

    def _exit_code(self) -> int:
        if self._interrupted:
            return INTERRUPTED
        if self._failed:
            return FAILED
        return WAITING if self._waiting else DONE

    def _interrupt(self) -> None:
        """Ctrl-C: stop the model's turn; leave at once when nothing is being changed."""
        again, self._interrupted = self._interrupted, True
        if self._desk.talk is not None:
            self._desk.talk.cancel()
        if self._changing:
            self._notices.line(self._watch.stop())
        elif again or not self._in_turn:
            os._exit(INTERRUPTED)  # a read that waits for AWS would hold a normal exit up; the demo account sees it

    async def _line(self, line: Line) -> None:
        if line.refused:
            self._fail(Problem(f"Line {line.number} {line.refused}." if line.number else f"The prompt {line.refused}."))
            return
        if line.notice:
            self._notices.line(f"{f'Line {line.number}' if line.number else 'The prompt'} {line.notice}.")
        self._emit("prompt", "user", text=line.text)
        digest = parse_approve_line(line.text)
        if digest is not None:
            await asyncio.to_thread(self._approve, digest)
        elif line.text.startswith("/"):
            await self._command(line.text)
        else:
            await self._turn(line.text)

    async def _command(self, text: str) -> None:
        self._begin_change(commands.changes_the_account(text))
        self._answer(await asyncio.to_thread(commands.answer, self._desk, text))
        self._changing = False

    def _begin_change(self, is_one: bool) -> None:
        self._watch.begin()
        self._changing = is_one

    # --- approvals -----------------------------------------------------------------------------------

    def _approve(self, digest: str) -> None:
        digest, typed = digest_and_name(digest)
        if len(digests_in(digest)) > 1:
            self._begin_change(True)
            self._approve_several(digests_in(digest))
            self._changing = False
            return
        if not DIGEST.fullmatch(digest):
            said = f"{digest!r} is not a plan digest; nothing was approved."
            self._fail(Problem(said, "Write approve and 8 or more characters of the digest (0-9, a-f).", "usage"))
            return
        self._begin_change(True)
        try:
            self._approve_saved(digest, typed)
        except RedshiftMigrateError as error:
            self._fail(problem(error))
        finally:
            self._changing = False

    def _approve_several(self, digests: tuple[str, ...]) -> None:
        """Plans that nobody saw are shown, and none of them is begun then."""
        service = self._program.service
        try:
            plans = [service.plan(digest) for digest in digests]
            for plan in plans:
                if not service.was_shown(plan.digest):
                    self._plan_waits(plan, "Nobody has seen this plan yet, so none of them was begun.")
            if not any(plan.digest in self._waiting for plan in plans):
                self._answer(apply_plans(self._desk, digests))
        except RedshiftMigrateError as error:
            self._fail(problem(error))

    def _approve_saved(self, digest: str, typed: str) -> None:
        service = self._program.service
        try:
            plan = service.plan(digest)
        except PlanNotFound:
            if len(digest) < WHOLE:
                raise
            self._approver.remember(digest, "script")
            self._notices.line(f"No saved plan is {digest}; the approval counts if this run makes that plan.")
            return
        try:
            outcome = apply_plan(self._desk, plan.digest, typed)
        except PlanNotShown as error:
            self._plan_waits(plan, error.message)
            return
        self._emit_approval(plan, whoami(), self._desk.channel)
        self._answer(outcome_shown(outcome))

    def _plan_decided(self, plan: MigrationPlan, decision: Decision) -> None:
        if not decision.approved:
            self._plan_waits(plan)
            return
        shown = self._desk.draw(plan)
        self._emit("plan", **as_json(shown), approved=True)
        self._emit_approval(plan, decision.approved_by, decision.channel)
        self._progress(render_text(shown))

    def _emit_approval(self, plan: MigrationPlan, approved_by: str, channel: Channel) -> None:
        self._waiting.pop(plan.digest, None)
        self._emit("approval", plan_digest=plan.digest, approved=True, approved_by=approved_by, channel=channel)

    def _plan_waits(self, plan: MigrationPlan, why: str = "") -> None:
        """Show the plan, once a run, and leave it open; only after that can it be approved."""
        if why and not self._json:
            self._notices.line(visible(why, None))
        if plan.digest in self._waiting:
            return
        self._waiting[plan.digest] = plan
        shown = self._desk.draw(plan, approve_command(plan, self._program.settings))
        self._emit("plan", **as_json(shown), approved=False)
        if not self._json:
            self._answers.line(render_text(shown) + "\n")
        self._desk.note_shown(plan)

    # --- turns ---------------------------------------------------------------------------------------

    async def _turn(self, prompt: str) -> None:
        if self._desk.talk is None:
            talk = await asyncio.to_thread(self._desk.open_talk, self._approver)
            self._progress(talk.notice)
        last_ok: dict[str, bool] = {}
        self._in_turn = True
        async for event in self._desk.open_talk(self._approver).turn(prompt):
            if event.kind == "tool_call":
                self._begin_change(event.may_change)
                self._desk.remember_call(event.name, event.arguments)
            elif event.kind == "tool_result":
                self._changing = False
                self._desk.calls[-1].result = event
                last_ok[event.name] = event.outcome == "ok"
            elif event.kind == "usage":
                self._desk.tally.count(event)
            self._event(event)
        self._in_turn = self._changing = False
        self._failed = self._failed or not all(last_ok.values())

    def _event(self, event: TurnEvent) -> None:
        if event.kind not in ("text", "text_reset", "error"):
            self._emit(by="model" if event.kind in ("tool_call", "answer") else "program", **event.as_json())
        match event.kind:
            case "tool_result":
                self._progress(_tool_line(event))
            case "answer":
                self._write_answer(event.text)
                self._failed = self._failed or event.was_not_understood
            case "error":
                self._fail(Problem(event.message, event.hint, event.code))
            case _:
                return

    # --- writing -------------------------------------------------------------------------------------

    def _write_answer(self, text: str) -> None:
        """Indented, which what we say ourselves never is at its beginning: a model cannot write a plan of ours."""
        if not self._json:
            self._answers.line(textwrap.indent(render_text(Words(text)), MODEL_INDENT))

    def _answer(self, shown: Shown) -> None:
        if has_problem(shown):
            self._fail(shown)
        elif self._json:
            self._emit("answer", text="", result=as_json(shown))
        elif shown != Words(""):
            self._answers.line(render_text(shown))
        for plan in plans_in(shown):
            self._desk.note_shown(plan)

    def _fail(self, shown: Shown) -> None:
        self._failed = True
        self._show_problem(shown)

    def _show_problem(self, shown: Shown) -> None:
        if self._json:
            self._emit("error", **(as_json(shown) if isinstance(shown, Problem) else {"problems": as_json(shown)}))
        else:
            self._notices.line(render_text(shown))

    def _progress(self, text: str) -> None:
        if text and not self._is_quiet:
            self._notices.line(visible(text, None, lines=True))

    def _on_progress(self, progress: Progress, line: str) -> None:
        if self._told.is_news(progress):
            self._emit("progress", **progress.as_json())
            self._progress(line)

    def _emit(self, kind: str, by: Literal["user", "model", "program"] = "program", **values: Any) -> None:
        """One JSON line, which says who speaks; ASCII only, so that every character set and line reader can take it."""
        if self._json:
            self._answers.line(json.dumps({"kind": kind, "by": by} | visible_values(values, None)))


def _tool_line(event: ToolResult) -> str:
    return f"- {event.name}: {event.outcome}, {event.duration_s:.1f} s"
