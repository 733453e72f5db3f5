"""One turn on a terminal: the answer as it comes, tool calls as lines, plans as questions, Ctrl-C as a stop."""

from __future__ import annotations

import asyncio
import contextlib
import sys
import termios
from collections.abc import Awaitable, Callable, Iterator
from typing import TYPE_CHECKING

from redshift_migrate.agent.approver import Decision
from redshift_migrate.errors import RedshiftMigrateError
from redshift_migrate.planner.summary import data_lost
from redshift_migrate.state.owner import whoami
from redshift_migrate.terminal import commands
from redshift_migrate.terminal.approving import ScriptedApprover, approve_command, digest_and_name, digests_in
from redshift_migrate.terminal.interrupts import heed_interrupts
from redshift_migrate.terminal.prompt import ask_now
from redshift_migrate.terminal.question import Heard, hear, question
from redshift_migrate.terminal.screen import Screen, new_console
from redshift_migrate.terminal.shown import Problem, Shown, Words, plans_in, problem
from redshift_migrate.terminal.stage import Stage
from redshift_migrate.terminal.watching import Told, Watch
from redshift_migrate.text import visible

if TYPE_CHECKING:
    from redshift_migrate.agent.events import ToolCall, ToolResult, TurnEvent
    from redshift_migrate.migration.executor import Progress
    from redshift_migrate.models.plan import MigrationPlan
    from redshift_migrate.terminal.desk import Desk, SeenCall
    from redshift_migrate.terminal.program import Talk


class Turns:
    """Carries out what was typed. It is also the approver: the person is at this keyboard."""

    def __init__(
        self, desk: Desk, screen: Screen | None = None, ask: Callable[[str], Awaitable[str]] = ask_now
    ) -> None:
        self._desk, self._ask = desk, ask
        self._said_at_start = ScriptedApprover(desk.settings, lambda plan, decision: None)
        self.screen = screen or Screen(new_console())
        self._watch, self._told = Watch(self._on_progress), Told()
        desk.listener = self._watch
        self._stage = Stage(self.screen, self._watch.checklist)
        self._changing = self._refused = False
        self._used = ""
        self._done: list[str] = []
        self._stopped_change: Problem | None = None

    # --- commands ------------------------------------------------------------------------------------

    async def command(self, line: str) -> None:
        """A slash command. Ctrl-C leaves it alone when it only reads."""
        line = await self._confirm(line)
        if not line:
            return
        self._begin_change(commands.changes_the_account(line))
        work = asyncio.ensure_future(asyncio.to_thread(commands.answer, self._desk, line))
        stopped = asyncio.Event()
        if self._changing:
            self._stage.open()
        with heed_interrupts(lambda: self._stop_change() if self._changing else stopped.set()), _no_echo():
            waiting = asyncio.ensure_future(stopped.wait())
            await asyncio.wait([work, waiting], return_when=asyncio.FIRST_COMPLETED)
            waiting.cancel()
        self._stage.close()
        self._changing = False
        shown: Shown = work.result() if work.done() else Problem("Stopped. Nothing was changed.")
        if shown != Words(""):
            self._show(shown)

    def _show(self, shown: Shown) -> None:
        self.screen.page(shown)
        for plan in plans_in(shown):
            self._desk.note_shown(plan)

    async def _confirm(self, line: str) -> str:
        """The line to carry out; nothing for an approval that the person does not mean after all: they are asked about
        a plan that nobody had seen, and about one that destroys data.
        """
        name, digest = commands.split(line)
        if name != "approve":
            return line
        digest, typed = digest_and_name(digest)
        several = digests_in(digest)
        if typed:
            return line  # what takes a name has it, and another is refused, as is one where none is taken
        if len(several) > 1:
            return line if all([await self._confirm(f"/approve {each}") for each in several]) else ""
        try:
            service = await asyncio.to_thread(lambda: self._desk.program.service)
            plan = await asyncio.to_thread(service.plan, digest.lower())
            takes_a_name = bool(data_lost(plan) or plan.must_type)
            if plan.blockers or (service.was_shown(plan.digest) and not takes_a_name):
                return line
        except RedshiftMigrateError:
            return line  # the command meets the same error, and tells it
        self._show(await asyncio.to_thread(self._desk.draw, plan))
        heard = await self._ask_person(plan)
        if heard.verdict == "yes":
            return f"{line} {heard.typed}".strip()
        self.screen.note("Nothing was approved, and nothing was changed.")
        return ""

    # --- turns ---------------------------------------------------------------------------------------

    async def turn(self, prompt: str) -> None:
        """A prompt for the model, until its answer."""
        self._done, self._stopped_change = [], None
        talk = await self._open_talk()
        if talk is None:
            return
        self._stage.doing("")
        self._stage.open()
        with heed_interrupts(lambda: self._stop_turn(talk)), _no_echo():
            try:
                async for event in talk.turn(prompt):
                    self._event(event)
            finally:
                self._stage.close()

    async def _open_talk(self) -> Talk | None:
        """The conversation, which may still be loading; Ctrl-C gives up waiting for it."""
        is_new = self._desk.talk is None
        work = asyncio.ensure_future(asyncio.to_thread(self._desk.open_talk, self))
        try:
            if is_new:
                self._stage.doing("getting ready")
                self._stage.open()
            with heed_interrupts(lambda: _cancel(work)), _no_echo():
                talk = await work
                unseen = await asyncio.to_thread(lambda: self._said_at_start.resolve(self._desk.program.service))
        except asyncio.CancelledError:
            self._stage.close()
            self.screen.show(Problem("Stopped before anything was asked."))
            return None
        except RedshiftMigrateError as error:
            self._stage.close()
            self.screen.show(problem(error))
            return None
        self._stage.close()
        if is_new and talk.notice:
            self.screen.note(talk.notice)
        for plan in unseen:
            self.screen.note("--approve does not count yet: this plan was not shown before.")
            self._show(self._desk.draw(plan, approve_command(plan, self._desk.settings, "terminal")))
        return talk

    def _event(self, event: TurnEvent) -> None:
        match event.kind:
            case "text":
                self._stage.write(event.text)
            case "text_reset":
                self._stage.reset(event.reason)
            case "tool_call":
                self._on_tool_call(event)
            case "tool_result":
                self._on_tool_result(event)
            case "usage":
                self._used = self._desk.tally.count(event).line()
            case "answer":
                self._stage.flush()
                if self._used:
                    self.screen.note(self._used)
            case "error":
                self._stage.flush()
                self.screen.show(Problem(event.message, event.hint))
                if self._done:
                    self.screen.note(f"Done in this turn before: {'; '.join(self._done)}.")
                if self._stopped_change is not None:  # no model is there any more to tell how to go on
                    self.screen.show(self._stopped_change)

    def _on_tool_call(self, event: ToolCall) -> None:
        seen = self._desk.remember_call(event.name, event.arguments)
        self._begin_change(event.may_change)
        self._stage.doing(_describe_call(seen))

    def _on_tool_result(self, event: ToolResult) -> None:
        seen = self._desk.calls[-1]
        seen.result = event
        outcome = self._outcome(event)
        self._begin_change(False)
        self._stage.doing("")
        self._done.append(f"{event.name}: {outcome}")
        self.screen.note(f"[{seen.number}] {outcome}, {event.duration_s:.1f} s: {_describe_call(seen)}", one_line=True)

    def _outcome(self, event: ToolResult) -> str:
        """The tool's own word for it where it changes something; `ok` or `failed` otherwise."""
        refused, self._refused = self._refused, False
        if refused:
            return "not approved"
        if self._changing and not event.ok:
            error = event.result.get("error") or {}
            self._stopped_change = Problem(str(event.result.get("message", "")), str(error.get("hint", "")))
        status = event.result.get("status")
        if self._changing and isinstance(status, str):
            return visible(status.replace("_", " "), 40)
        return event.outcome

    def _begin_change(self, is_one: bool) -> None:
        self._watch.begin()
        self._changing = is_one

    def _on_progress(self, progress: Progress, line: str) -> None:
        if not self._stage.is_moving and self._told.is_news(progress):
            self.screen.note(line)

    # --- the person ----------------------------------------------------------------------------------

    async def decide(self, plan: MigrationPlan) -> Decision:
        """Show our plan and take the answer from the keyboard; anything but an explicit yes is no."""
        self._stage.close()
        self.screen.show(await asyncio.to_thread(self._desk.draw, plan))
        decision = await self._said_at_start.decide(plan)
        if decision.approved:
            self.screen.note(f"Approved when the chat was started, by {decision.approved_by}.")
            self._stage.open()
            return decision
        heard = await self._ask_person(plan)
        approved = heard.verdict == "yes"
        self._refused = not approved
        self._stage.open()
        name = whoami()
        return Decision(approved, name, shown_to=name, channel="terminal", comment=heard.comment, typed=heard.typed)

    async def _ask_person(self, plan: MigrationPlan) -> Heard:
        """Until there is a yes or a no; a closer look in between, as often as it is wanted."""
        while True:
            heard = hear(plan, await self._ask(question(plan)))
            if heard.verdict is not None:
                return heard
            if heard.command:
                await self._command_beside(heard.command)
            elif heard.shown is not None:
                self._show(heard.shown)

    async def _command_beside(self, line: str) -> None:
        """A command typed instead of an answer; one that changes something has to wait."""
        if commands.changes_the_account(line) or commands.split(line)[0] == "exit":
            self._show(Problem("Answer the question first: y, or n. Nothing was changed.", "A plan waits above."))
            return
        shown = await asyncio.to_thread(commands.answer, self._desk, line)
        self._show(shown)

    def _stop_turn(self, talk: Talk) -> None:
        if self._changing:
            self._stop_change()
        talk.cancel()

    def _stop_change(self) -> None:
        self.screen.note(self._watch.stop())


def _cancel(work: asyncio.Future[Talk]) -> None:
    work.cancel()


def _describe_call(seen: SeenCall) -> str:
    arguments = ", ".join(f"{name}={value}" for name, value in seen.arguments.items() if value is not None)
    return f"{seen.name}({arguments})"


@contextlib.contextmanager
def _no_echo() -> Iterator[None]:
    """What is typed while something runs is not drawn into it; it is there at the next prompt."""
    if not sys.stdin.isatty():
        yield
        return
    before = termios.tcgetattr(sys.stdin)
    quiet = termios.tcgetattr(sys.stdin)
    quiet[3] &= ~termios.ECHO
    termios.tcsetattr(sys.stdin, termios.TCSADRAIN, quiet)
    try:
        yield
    finally:
        termios.tcsetattr(sys.stdin, termios.TCSADRAIN, before)
