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

from tests.support.patience import PATIENCE_S
from tests.support.programs import run_program

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
        [CHAT, *arguments],
        input=stdin,
        capture_output=True,
        env=environment(state, more),
        timeout=PATIENCE_S,
        check=False,
    )
    return Ran(done.returncode, done.stdout.decode(encoding), done.stderr.decode(encoding))


def run_loaded(state: Path, *arguments: str, stdin: bytes = b"", more: Mapping[str, str] | None = None) -> Ran:
    """The same of the program alone, which is loaded already: where what it says is tested, and not how it starts."""
    done = run_program(*arguments, stdin=stdin, environ=environment(state, more))
    return Ran(done.returncode, done.stdout, done.stderr)


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

    def expect(self, text: str) -> None:
        """Wait until the text is written after what was expected last."""
        before = self._mark
        if not self.shows(text, PATIENCE_S):
            raise AssertionError(f"{text!r} did not come; since {before}: {self.screen[before:]!r}")
        self._mark = self.screen.index(text, before) + len(text)

    def shows(self, text: str, within_s: float) -> bool:
        """Whether the text is written in that time, after what was expected last."""
        end = time.monotonic() + within_s
        while text not in self.screen[self._mark :]:
            if time.monotonic() > end:
                return False
            self._read()
        return True

    def press(self, keys: str, until: str) -> None:
        """Press the keys, again and again, until the text is there: what they need is read aside."""
        for _ in range(round(PATIENCE_S)):
            self.type(keys)
            if self.shows(until, 1):
                return self.expect(until)
        raise AssertionError(f"{until!r} did not come: {self.screen[self._mark :]!r}")

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

    def ended(self) -> int:
        """Wait for the end; returns the exit code."""
        end = time.monotonic() + PATIENCE_S
        while self.child.isalive() or self._read():
            self._read()
            if time.monotonic() > end:
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
