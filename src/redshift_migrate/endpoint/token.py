"""The secret between a server on this machine and its callers: made when the server starts, in a file of its user."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from redshift_migrate.errors import SettingsError
from redshift_migrate.state.files import read_whole, write_whole

VARIABLE = "REDSHIFT_AGENT_TOKEN"
SHORTEST = 32
"""Characters of a token that holds against whoever can reach the address."""


class ServerToken:
    """What callers must show: the token in the environment, or a new one in a file that only its user can read."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.given = os.environ.get(VARIABLE, "")
        self.value = self.given or secrets.token_urlsafe(SHORTEST)
        self._file: Path | None = None

    def require_safe(self, address: str) -> None:
        """SettingsError unless a token was given that may stand before an address which others can reach."""
        if not self.given:
            raise SettingsError(
                f"--serve {address} could be reached from other machines, and would change what they ask for. "
                "Nothing was started.",
                hint=f"Serve on 127.0.0.1, or set {VARIABLE} to a long random text that callers must send as a bearer "
                "token.",
            )
        if len(self.given) < SHORTEST:
            raise SettingsError(
                f"{VARIABLE} has {len(self.given)} characters, which can be guessed from other machines. Nothing was "
                "started.",
                hint=f"Set it to {SHORTEST} or more random characters.",
            )

    def publish(self, port: int) -> str:
        """Let the user's own clients find the token. What to tell about it."""
        if self.given:
            return f"Callers need the token in {VARIABLE}."
        self._file = _file(self._folder, port)
        write_whole(self._file, self.value)
        return f"Callers need the token in {self._file}; ./chat --endpoint finds it there."

    def withdraw(self) -> None:
        """The server has ended, and its token with it."""
        if self._file is not None:
            self._file.unlink(missing_ok=True)


def find_token(folder: Path, port: int) -> str:
    """The token for a server on that port of this machine; empty if there is none. StateDamaged for a broken file."""
    return os.environ.get(VARIABLE) or read_whole(_file(folder, port)) or ""


def _file(folder: Path, port: int) -> Path:
    return folder / f"endpoint-{port}.token"
