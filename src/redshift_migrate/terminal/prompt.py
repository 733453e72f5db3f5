"""The line that is typed: keys, history, completion, toolbar. Only prompt_toolkit is needed here."""

from __future__ import annotations

import contextlib
import os
import sys
import termios
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from prompt_toolkit import PromptSession
from prompt_toolkit.auto_suggest import AutoSuggestFromHistory
from prompt_toolkit.completion import Completer
from prompt_toolkit.filters import Condition
from prompt_toolkit.history import FileHistory, History, InMemoryHistory, ThreadedHistory
from prompt_toolkit.input.typeahead import clear_typeahead
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.styles import Style

from redshift_migrate.state.files import private_folder
from redshift_migrate.text import visible

if TYPE_CHECKING:
    from redshift_migrate.models.place import Place
    from redshift_migrate.terminal.completion import Names
    from redshift_migrate.terminal.desk import Desk

STYLE = Style.from_dict({"bottom-toolbar": "noreverse fg:ansibrightblack", "prompt": "bold"})
PLAIN_STYLE = Style.from_dict({"bottom-toolbar": "noreverse"})


def new_prompt(
    history: History, completer: Completer, toolbar: Callable[[], str], *, is_plain: bool
) -> PromptSession[str]:
    """The prompt of the chat. Enter sends, Alt-Enter or a trailing backslash begins another line."""
    return PromptSession(
        message=[("class:prompt", "> ")],
        history=history,
        completer=completer,
        auto_suggest=AutoSuggestFromHistory(),
        complete_while_typing=Condition(_is_command),
        multiline=True,
        prompt_continuation="  ",
        bottom_toolbar=toolbar,
        key_bindings=_keys(),
        style=PLAIN_STYLE if is_plain else STYLE,
        enable_suspend=True,
        reserve_space_for_menu=4,
    )


def toolbar_text(desk: Desk, names: Names) -> str:
    """The most important first: a narrow window cuts the rest off. Over --endpoint it is about the endpoint."""
    settings, tokens, place = desk.settings, desk.tokens, names.place
    parts = [
        "SIMULATED" if settings.demo or (place and place.simulated) else "",
        f"endpoint {settings.endpoint}" if settings.endpoint else "",
        "read-only" if settings.read_only or (place and place.read_only) else "",
        settings.region or (place and place.region) or "no region yet",
        "" if settings.demo else _who(settings.profile, place),
        names.trouble,
        (place.model if place else "") if settings.endpoint else settings.model,
        f"session {settings.session}" if settings.session else "",
        f"{tokens:,} tokens" if tokens else "",
    ]
    return " " + " | ".join(visible(part, 60) for part in parts if part)


def _who(profile: str | None, place: Place | None) -> str:
    account = (place.account_id or "account unknown") if place else ""
    return " ".join(part for part in (profile, account) if part)


def open_history(file: Path) -> History:
    """What was typed before, in a file that only its owner reads; in memory where no file can be written."""
    try:
        private_folder(file.parent)
        os.close(os.open(file, os.O_CREAT | os.O_WRONLY, 0o600))
    except OSError:
        return InMemoryHistory()
    return ThreadedHistory(PrivateHistory(str(file)))


class PrivateHistory(FileHistory):
    """Leaves out lines that begin with a space, as shells do."""

    def store_string(self, string: str) -> None:
        """Write one entry; a full disk costs the history, not the chat."""
        if not string.startswith(" "):
            with contextlib.suppress(OSError):
                super().store_string(string.encode("utf-8", "replace").decode("utf-8"))


async def ask_now(question: str) -> str:
    """One line from the keyboard, asked for now: what was typed or pasted before the question does not count.

    Ctrl-C and Ctrl-D answer with nothing.
    """
    session: PromptSession[str] = PromptSession(style=PLAIN_STYLE)
    clear_typeahead(session.app.input)
    if sys.stdin.isatty():
        termios.tcflush(sys.stdin, termios.TCIFLUSH)
    with contextlib.suppress(KeyboardInterrupt, EOFError):
        return (await session.prompt_async(question)).strip()
    return ""


def _is_command() -> bool:
    from prompt_toolkit.application import get_app

    return get_app().current_buffer.text.startswith("/")


def _keys() -> KeyBindings:
    keys = KeyBindings()

    @keys.add("enter", filter=~Condition(_is_searching))
    def _(event: KeyPressEvent) -> None:
        buffer = event.current_buffer
        if buffer.complete_state is not None and buffer.complete_state.current_completion is not None:
            buffer.complete_state = None  # the chosen completion is in the text already
        elif buffer.document.text_before_cursor.endswith("\\") and buffer.document.is_cursor_at_the_end:
            buffer.delete_before_cursor()
            buffer.insert_text("\n")
        else:
            buffer.validate_and_handle()

    @keys.add("escape", "enter")
    def _(event: KeyPressEvent) -> None:
        event.current_buffer.insert_text("\n")

    @keys.add("c-o")
    def _(event: KeyPressEvent) -> None:
        event.current_buffer.text = "/json"
        event.current_buffer.validate_and_handle()

    return keys


def _is_searching() -> bool:
    from prompt_toolkit.application import get_app

    return get_app().layout.is_searching
