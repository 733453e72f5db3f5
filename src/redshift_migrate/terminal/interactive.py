"""The chat on a terminal."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import sys
from typing import TYPE_CHECKING

from prompt_toolkit import PromptSession

from redshift_migrate.agent.approver import Decision
from redshift_migrate.errors import RedshiftMigrateError
from redshift_migrate.terminal import commands
from redshift_migrate.terminal.approving import whoami
from redshift_migrate.terminal.lines import prompt_of
from redshift_migrate.terminal.plain import plain
from redshift_migrate.terminal.shown import PlanShown, Problem, Words, problem
from redshift_migrate.terminal.streams import Output

if TYPE_CHECKING:
    from redshift_migrate.models.plan import MigrationPlan
    from redshift_migrate.terminal.program import Program, Talk


def run_interactive(program: Program) -> int:
    """Talk until Ctrl-D."""
    return asyncio.run(Chat(program, Output(sys.stdout)).main())


class Chat:
    """The prompt, and what follows each line."""

    def __init__(self, program: Program, out: Output) -> None:
        self._program, self._out = program, out
        self._prompt: PromptSession[str] = PromptSession()
        self._talk: Talk | None = None

    async def main(self) -> int:
        """Until the end of input."""
        if self._program.settings.demo:
            self._out.line("Simulated AWS account (--demo): nothing here is real and nothing is billed.")
        while True:
            try:
                text = (await self._prompt.prompt_async("> ")).strip()
            except KeyboardInterrupt:
                continue
            except EOFError:
                return 0
            line = prompt_of(text)
            if text in ("/exit", "/quit"):
                return 0
            if line.refused:
                self._out.line(plain(Problem(f"The prompt {line.refused}.")))
            elif line.text.startswith("/"):
                context = commands.Context(self._program, "terminal")
                self._out.line(plain(await asyncio.to_thread(commands.answer, context, line.text)))
            elif line.text:
                await self._turn(line.text)

    async def _turn(self, prompt: str) -> None:
        try:
            if self._talk is None:
                self._talk = await asyncio.to_thread(self._program.conversation, self)
        except RedshiftMigrateError as error:
            self._out.line(plain(problem(error)))
            return
        loop = asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGINT, self._talk.cancel)
        try:
            async for event in self._talk.turn(prompt):
                match event.kind:
                    case "answer":
                        self._out.line(plain(Words(event.text)))
                    case "error":
                        self._out.line(plain(Problem(event.message, event.hint)))
                    case "tool_result":
                        self._out.line(f"- {event.name}: {'ok' if event.ok else 'failed'}, {event.duration_s:.1f} s")
        finally:
            loop.remove_signal_handler(signal.SIGINT)

    async def decide(self, plan: MigrationPlan) -> Decision:
        """Show the plan and take the answer from the keyboard; anything but an explicit yes is no."""
        self._out.line(plain(PlanShown(plan)))
        said = ""
        with contextlib.suppress(KeyboardInterrupt, EOFError):
            said = await PromptSession[str]().prompt_async("Apply this plan? [y/N/d] ")
        return Decision(approved=said.strip().lower() in ("y", "yes"), approved_by=whoami(), channel="terminal")
