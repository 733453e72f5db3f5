"""The chat on a terminal: a prompt at once, everything heavy behind it."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import threading
from typing import TYPE_CHECKING

from prompt_toolkit import PromptSession
from prompt_toolkit.application import Application

from redshift_migrate.terminal.completion import ChatCompleter, Names
from redshift_migrate.terminal.desk import Desk
from redshift_migrate.terminal.lines import prompt_of
from redshift_migrate.terminal.prompt import new_prompt, open_history, toolbar_text
from redshift_migrate.terminal.streams import Output
from redshift_migrate.threads import LeavableThreads, start_leavable

if TYPE_CHECKING:
    from redshift_migrate.terminal.program import Program
    from redshift_migrate.terminal.turns import Turns

LEFT, INTERRUPTED = 0, 130


def run_interactive(program: Program) -> int:
    """Talk until Ctrl-D, /exit, or Ctrl-C twice at the empty prompt."""
    try:
        return asyncio.run(Chat(program, Output(sys.stdout)).main())
    except KeyboardInterrupt:  # in the moment in which prompt_toolkit has put Python's own handler back
        return INTERRUPTED


class Chat:
    """Reads lines and has them carried out."""

    def __init__(self, program: Program, out: Output) -> None:
        self._out = out
        self._desk = Desk(program, "terminal")
        self._names = Names(self._desk, self._redraw)
        self._turns: Turns | None = None
        self._loading = threading.Lock()
        self._prompt = self._new_prompt()
        self._is_begun = False
        self._interrupts = 0

    async def main(self) -> int:
        """Until the person leaves."""
        if self._desk.settings.demo:
            self._out.line("Simulated AWS account (--demo): nothing here is real and nothing is billed.")
        self._out.line("Say what you want in plain words; /help lists commands, Ctrl-D leaves.")
        asyncio.get_running_loop().set_default_executor(LeavableThreads())
        signal.signal(signal.SIGINT, self._on_interrupt)
        try:
            while not self._desk.wants_to_leave:
                try:
                    text = await self._prompt.prompt_async(pre_run=self._leave_if_asked)
                except KeyboardInterrupt:
                    if self._prompt.default_buffer.text:
                        self._interrupts = 0  # it cleared the line, which is what it was for
                    else:
                        self._on_interrupt()
                except EOFError:
                    break
                else:
                    self._interrupts = 0
                    await self._carry_out(text)
                if self._interrupts > 1:
                    return INTERRUPTED
            return LEFT
        finally:
            self._desk.close()

    def _on_interrupt(self, *_: object) -> None:
        """Ctrl-C at the empty prompt, or in the moment between two prompts."""
        self._interrupts += 1
        if self._interrupts == 1:
            self._out.line("Ctrl-C again, or Ctrl-D, leaves.")

    def _leave_if_asked(self) -> None:
        """The second Ctrl-C may come while the prompt is being set up."""
        if self._interrupts > 1:
            self._prompt.app.exit(exception=KeyboardInterrupt)

    async def _carry_out(self, text: str) -> None:
        line = prompt_of(text)
        if line.refused:
            self._out.line(f"The prompt {line.refused}.")
            return
        if not line.text or line.text.startswith("#"):
            return
        turns = await asyncio.to_thread(self._load_turns)
        if line.notice:
            turns.screen.note(f"What you typed {line.notice}.")
        if line.text.startswith("/"):
            await turns.command(line.text)
        else:
            await turns.turn(line.text)
        self._names.refresh()

    # --- behind the prompt ---------------------------------------------------------------------------

    def _new_prompt(self) -> PromptSession[str]:
        is_plain = bool(os.environ.get("NO_COLOR"))
        history = open_history(self._desk.program.state_folder / "history")
        session = new_prompt(history, ChatCompleter(self._desk, self._names), self._toolbar, is_plain=is_plain)
        session.app.after_render += self._begin
        return session

    def _begin(self, _: Application[str]) -> None:
        """After the first render: load what the first turn will need."""
        if not self._is_begun:
            self._is_begun = True
            start_leavable(self._load, "loading")

    def _load(self) -> None:
        from redshift_migrate.errors import RedshiftMigrateError

        try:
            self._desk.program.start()
            self._desk.open_talk(self._load_turns())
        except RedshiftMigrateError:
            return  # the first turn meets it again and tells it
        finally:
            self._names.refresh()  # not before: a first question may be waiting for the agent

    def _load_turns(self) -> Turns:
        from redshift_migrate.terminal.turns import Turns

        with self._loading:
            if self._turns is None:
                self._turns = Turns(self._desk)
            return self._turns

    def _toolbar(self) -> str:
        return toolbar_text(self._desk, self._names)

    def _redraw(self) -> None:
        self._prompt.app.invalidate()
