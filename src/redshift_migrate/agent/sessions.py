"""Conversations that are kept: their names, and one writer at a time. Nothing here imports the agent SDK."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from redshift_migrate.errors import SettingsError, StateConflict
from redshift_migrate.state import files
from redshift_migrate.state.files import Lock, LockTaken

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_PREFIX = "session_"
"""How the agent SDK begins the name of a session's folder."""


@dataclass(frozen=True)
class SessionInfo:
    """One kept conversation."""

    name: str
    messages: int
    changed_at: datetime


def require_session_name(name: str) -> str:
    """The name, or SettingsError for one that cannot be a folder's."""
    if not _NAME.fullmatch(name):
        raise SettingsError(
            f"{name!r} cannot be the name of a session. Nothing was started.",
            hint="Use letters, digits, dots, dashes and underscores, 64 at most.",
        )
    return name


def list_sessions(folder: Path) -> tuple[SessionInfo, ...]:
    """The kept conversations, the newest first."""
    found = []
    for session in folder.glob(f"{_PREFIX}*"):
        if not _NAME.fullmatch(name := session.name.removeprefix(_PREFIX)):
            continue  # one that was set aside
        messages = list(session.glob("agents/*/messages/message_*.json"))
        newest = max((file.lstat().st_mtime for file in (*messages, session)), default=0.0)
        found.append(SessionInfo(name, len(messages), datetime.fromtimestamp(newest, UTC)))
    return tuple(sorted(found, key=lambda info: info.changed_at, reverse=True))


def set_aside(folder: Path, name: str) -> Path:
    """Move a damaged session out of the way under another name, so that nothing of it is lost. Returns where it is."""
    return files.set_aside(folder / f"{_PREFIX}{name}")


class SessionLock:
    """Held while a session is open. The kernel releases it when the process ends, however it ends."""

    def __init__(self, folder: Path, name: str) -> None:
        try:
            self._lock = Lock(folder / f"{require_session_name(name)}.lock")
        except LockTaken as taken:
            holder = f" (process {taken.holder})" if taken.holder else ""
            raise StateConflict(
                f"Session {name} is open in another chat{holder}. It was not opened here, so nothing of it is lost.",
                hint="Close the other chat, or use another --session name.",
            ) from taken

    def release(self) -> None:
        """Let another process open the session."""
        self._lock.release()
