"""Conversations that are kept: their names, and one writer at a time. Nothing here imports the agent SDK."""

from __future__ import annotations

import contextlib
import fcntl
import os
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from redshift_migrate.errors import SettingsError, StateConflict
from redshift_migrate.state.files import private_folder

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_PREFIX = "session_"
"""How the agent SDK begins the name of a session's folder."""


@dataclass(frozen=True)
class SessionInfo:
    """One kept conversation."""

    name: str
    messages: int
    changed_at: datetime


def checked_name(name: str) -> str:
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
        newest = max((file.stat().st_mtime for file in (*messages, session)), default=0.0)
        found.append(SessionInfo(name, len(messages), datetime.fromtimestamp(newest, UTC)))
    return tuple(sorted(found, key=lambda info: info.changed_at, reverse=True))


def set_aside(folder: Path, name: str) -> Path:
    """Move a session out of the way under another name, so that nothing of it is lost. Returns where it is."""
    session = folder / f"{_PREFIX}{name}"
    number = 1
    while (aside := folder / f"damaged-{number}-{session.name}").exists():
        number += 1
    session.rename(aside)
    return aside


class SessionLock:
    """Held while a session is open. The kernel releases it when the process ends, however it ends."""

    def __init__(self, folder: Path, name: str) -> None:
        path = private_folder(folder) / f"{checked_name(name)}.lock"
        self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            holder = os.pread(self._descriptor, 20, 0).decode("ascii", "replace").strip()
            os.close(self._descriptor)
            raise StateConflict(
                f"Session {name} is open in another chat{f' (process {holder})' if holder else ''}. "
                "It was not opened here, so nothing of it is lost.",
                hint="Close the other chat, or use another --session name.",
            ) from error
        os.ftruncate(self._descriptor, 0)
        os.pwrite(self._descriptor, str(os.getpid()).encode(), 0)

    def release(self) -> None:
        """Let another process open the session."""
        with contextlib.suppress(OSError):  # released already
            os.close(self._descriptor)
