"""A kept conversation is opened again: locked, read, checked, and set aside instead of failing when it is damaged."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from strands import Agent
from strands.models import Model
from strands.session import FileSessionManager
from strands.types.exceptions import SessionException

from redshift_migrate.agent.approver import Approver
from redshift_migrate.agent.conversation import Conversation, create_agent
from redshift_migrate.agent.meanwhile import Meanwhile
from redshift_migrate.agent.sessions import SessionLock, set_aside
from redshift_migrate.migration.service import MigrationService

_UNREADABLE = (SessionException, OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError)
"""What the SDK raises over files that are torn or were written by something else."""


def open_conversation(
    service: MigrationService,
    model: Model,
    *,
    folder: Path,
    name: str,
    approver: Approver | None,
    read_only: bool = False,
) -> Conversation:
    """The conversation kept under that name, or a new one. StateConflict while another process has it open."""
    with contextlib.ExitStack() as undo:
        lock = SessionLock(folder, name)
        undo.callback(lock.release)

        def build() -> Agent:
            manager = FileSessionManager(name, storage_dir=str(folder))
            agent = create_agent(service, model, approver=approver, read_only=read_only, session_manager=manager)
            if faults := pair_faults(agent.messages):
                raise SessionException("; ".join(faults))
            return agent

        try:
            agent, notice = build(), ""
        except _UNREADABLE:
            aside = set_aside(folder, name)
            agent = build()
            notice = f"Session {name} could not be read and was set aside as {aside.name}; this is a new one."
        undo.pop_all()
    if not notice and agent.messages:
        notice = f"Session {name} goes on after {len(agent.messages)} messages."
    return Conversation(agent, Meanwhile(service), notice=notice, on_close=lock.release)


def usable_history(history: list[Any]) -> list[Any]:
    """The kept history, or nothing of one that a model's provider would refuse."""
    try:
        return [] if pair_faults(history) else history
    except _UNREADABLE:
        return []


def pair_faults(messages: Iterable[Any]) -> list[str]:
    """What a model's provider would refuse in this history; tool calls at its very end are mended on the next turn."""
    faults: list[str] = []
    asked: set[str] = set()
    for number, message in enumerate(messages):
        results = {part["toolResult"]["toolUseId"] for part in message["content"] if "toolResult" in part}
        if results != asked:
            faults.append(f"message {number} answers {sorted(results)} where {sorted(asked)} was asked")
        asked = {part["toolUse"]["toolUseId"] for part in message["content"] if "toolUse" in part}
        if message["role"] not in ("user", "assistant"):
            faults.append(f"message {number} is by {message['role']!r}")
    return faults
