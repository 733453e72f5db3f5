"""The real ./chat: as a process with pipes, and in a pseudo-terminal."""

from __future__ import annotations

import os
import re
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pexpect

ROOT = Path(__file__).resolve().parents[2]
CHAT = str(ROOT / "chat")
CONTROLS = re.compile(r"\x1b\[[0-9;?]*[a-zA-Z]|\x1b[()][A-Z0]|\x1b[=>]|\r")
READY, PROMPT = "\x1b[?2004h", "<prompt>"
"""What prompt_toolkit writes when it begins to listen, and how `screen` spells it."""

COLOUR = re.compile(r"\x1b\[[0-9;]*(?:3[0-7]|4[0-7]|9[0-7]|38|48)[0-9;]*m")


def environment(state: Path, more: Mapping[str, str] | None = None) -> dict[str, str]:
    """What a user's shell would give, and nothing of the machine that runs the tests."""
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(state),
        "LANG": "C.UTF-8",
        "TERM": "xterm-256color",
        "REDSHIFT_AGENT_STATE": str(state),
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": "/dev/null",
        "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
        **(more or {}),
    }


@dataclass(frozen=True)
class Ran:
    """How a process ended."""

    code: int
    out: str
    err: str


def run(
    state: Path, *arguments: str, stdin: bytes = b"", more: Mapping[str, str] | None = None, encoding: str = "utf-8"
) -> Ran:
    """One run of ./chat with pipes."""
    done = subprocess.run(
        [CHAT, *arguments], input=stdin, capture_output=True, env=environment(state, more), timeout=60, check=False
    )
    return Ran(done.returncode, done.stdout.decode(encoding), done.stderr.decode(encoding))


class Terminal:
    """./chat in a pseudo-terminal. `screen` is everything written so far, without control sequences."""

    def __init__(self, state: Path, *arguments: str, columns: int = 100, more: Mapping[str, str] | None = None) -> None:
        self.raw = ""
        self._mark = 0
        self.child = pexpect.spawn(
            CHAT,
            list(arguments),
            env=environment(state, more),
            encoding="utf-8",
            dimensions=(40, columns),
            timeout=20,
        )
        self.child.delaybeforesend = 0
        self.expect(PROMPT)

    def __enter__(self) -> Terminal:
        return self

    def __exit__(self, *_: object) -> None:
        self.child.close(force=True)

    @property
    def screen(self) -> str:
        """What was written, as text."""
        return CONTROLS.sub("", self.raw.replace(READY, PROMPT))

    def expect(self, text: str, timeout_s: float = 20) -> float:
        """Wait until the text is written after what was expected last. Returns the seconds it took."""
        started, seen = time.monotonic(), len(self.screen)
        before = self._mark
        while text not in self.screen[before:]:
            if time.monotonic() - started > timeout_s:
                raise AssertionError(f"{text!r} did not come; since {before}: {self.screen[before:]!r} of {seen}")
            self._read()
        self._mark = self.screen.index(text, before) + len(text)
        return time.monotonic() - started

    def type(self, text: str) -> None:
        """Keys, as a person presses them."""
        self.child.send(text)

    def enter(self, text: str) -> None:
        """A line and Enter."""
        self.type(f"{text}\r")

    def leave(self) -> int:
        """Ctrl-D at the next prompt; returns the exit code."""
        self.expect(PROMPT)
        self.child.sendeof()
        return self.ended()

    def ended(self, timeout_s: float = 20) -> int:
        """Wait for the end; returns the exit code."""
        started = time.monotonic()
        while self.child.isalive() or self._read():
            self._read()
            if time.monotonic() - started > timeout_s:
                raise AssertionError(f"it did not end: {self.screen[self._mark :]!r}")
        return -int(self.child.signalstatus or 0) if self.child.exitstatus is None else self.child.exitstatus

    def _read(self) -> bool:
        try:
            new = self.child.read_nonblocking(4096, timeout=0.02)
            self.raw += new
            if "\x1b[6n" in new:  # "where is the cursor?"
                self.child.send("\x1b[3;1R")
        except pexpect.TIMEOUT:
            return False
        except pexpect.EOF:
            return False
        return True
