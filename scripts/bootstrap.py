"""Make or refresh a virtual environment from a hash-locked requirements file: the slow path of ensure_venv.

    bootstrap.py VENV LOCK [ALSO_GOOD_LOCK ...]

Runs under any Python >= 3.11 with the standard library alone. `VENV/installed.lock`, the stamp, is the very
file that pip installed from, renamed into place last; without it an environment counts as half made and is
made again. Where packages come from is the user's own pip configuration; pip is told about hashes alone.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import FrameType
from typing import TextIO

STAMP = "installed.lock"
WANTED = "wanted.lock"
GUARD = "setup.guard"
LOG = "setup.log"
LOG_TAIL_LINES = 15
ONE_PACKAGE = ("Collecting ", "Processing ", "Ignoring ", "Requirement already satisfied: ")
"""How pip's lines begin that stand for one line of the lock."""


class SetupFailed(Exception):
    """The environment could not be made; the text is for the user."""


def say(text: str) -> None:
    """One progress line on stderr, at once."""
    print(text, file=sys.stderr, flush=True)


def is_ready(venv: Path, locks: Sequence[Path]) -> bool:
    """Whether the environment was completely installed from one of the locks."""
    stamp = venv / STAMP
    if not os.access(venv / "bin" / "python", os.X_OK) or not stamp.is_file():
        return False
    installed = stamp.read_bytes()
    return any(lock.is_file() and lock.read_bytes() == installed for lock in locks)


@contextlib.contextmanager
def only_one(venv: Path) -> Iterator[int]:
    """Hold the environment's guard file, waiting for whoever has it; the kernel frees it when a holder dies.

    pip inherits the descriptor, so the guard outlives this process for as long as an orphaned pip writes.
    """
    venv.mkdir(parents=True, exist_ok=True)
    guard = os.open(venv / GUARD, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        try:
            fcntl.flock(guard, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say(f"Another start is setting up {venv.name}; waiting for it …")
            fcntl.flock(guard, fcntl.LOCK_EX)
        if not (venv / GUARD).exists():
            raise SetupFailed(f"{venv} was removed while it was being set up; start again.")
        yield guard
    finally:
        os.close(guard)


def clear(venv: Path) -> None:
    """Remove everything in the environment but the guard, after a look that it is one."""
    names = {path.name for path in venv.iterdir()} - {GUARD}
    if names and not names & {"pyvenv.cfg", WANTED, LOG}:
        raise SetupFailed(f"{venv} is not a virtual environment; move it away and start again.")
    for path in venv.iterdir():
        if path.name == GUARD:
            continue
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()


def versioned_python() -> str:
    """This Python by its versioned name, if it has one.

    An environment made from a bare `python3` keeps starting, without its packages, once the system moves on
    to the next minor version; one made from `python3.12` visibly breaks, and is made again.
    """
    base = Path(getattr(sys, "_base_executable", sys.executable))
    versioned = base.with_name(f"python{sys.version_info.major}.{sys.version_info.minor}")
    return str(versioned if os.access(versioned, os.X_OK) else base)


def progress(lines: Iterator[str], log: TextIO, total: int) -> None:
    """Log pip's lines; on a terminal also count the packages on one line."""
    seen = 0
    live = sys.stderr.isatty()
    for line in lines:
        log.write(line)
        if live and line.startswith(ONE_PACKAGE):
            seen += 1
            print(f"\r  package {min(seen, total)} of {total}", end="", file=sys.stderr, flush=True)
        if live and line.startswith("Installing collected packages"):
            print("\r  unpacking …          ", end="", file=sys.stderr, flush=True)
    if live:
        print("\r                       \r", end="", file=sys.stderr, flush=True)


def run(command: Sequence[str], venv: Path, guard: int, total: int = 0) -> None:
    """Run one step to its end, its output going to the log; a failure shows the end of the log."""
    log_path = venv / LOG
    with (
        log_path.open("a", encoding="utf-8") as log,
        subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            pass_fds=[guard],
        ) as child,
    ):
        assert child.stdout is not None
        try:
            progress(iter(child.stdout), log, total)
        except BaseException:
            child.terminate()
            raise
    if child.returncode:
        tail = log_path.read_text(encoding="utf-8").splitlines()[-LOG_TAIL_LINES:]
        raise SetupFailed("\n".join([*tail, "", f"Setting up {venv.name} failed; the lines above say why."]))


def install(venv: Path, lock: Path, guard: int) -> None:
    """Make the environment if need be, install the lock, and stamp it."""
    wanted = lock.read_bytes()
    total = sum(b"==" in line for line in wanted.splitlines() if line[:1].isalnum())
    complete = (venv / STAMP).is_file() and os.access(venv / "bin" / "python", os.X_OK)
    started = time.monotonic()
    version = ".".join(map(str, sys.version_info[:3]))
    if complete:
        say(f"{lock.name} changed: refreshing {venv.name} …")
        (venv / STAMP).unlink()
    else:
        say(f"Setting up {venv.name} (once, about a minute) …")
        clear(venv)
        say(f"  1/2 a virtual environment with Python {version}")
        run([versioned_python(), "-I", "-m", "venv", str(venv)], venv, guard)
    say(f"  2/2 {total} packages from {lock.name}, each checked against its hash")
    (venv / WANTED).write_bytes(wanted)
    python = str(venv / "bin" / "python")
    pip = [python, "-I", "-m", "pip", "--disable-pip-version-check", "--no-input", "install"]
    # --no-deps: the lock is complete, and the pip of Python 3.11 does not see that `name==1` pins `name[extra]`.
    # --no-user: a `user = true` in the user's pip configuration is not meant for an environment.
    pip += ["--progress-bar", "off", "--require-hashes", "--no-deps", "--no-user", "-r", str(venv / WANTED)]
    run(pip, venv, guard, total)
    (venv / WANTED).replace(venv / STAMP)
    say(f"Ready after {time.monotonic() - started:.0f} s.")


def stop(signum: int, _frame: FrameType | None) -> None:
    """A polite kill unwinds like any other exit, so that pip is stopped too."""
    raise SystemExit(128 + signum)


def main(arguments: Sequence[str]) -> int:
    """Exit 0 when the environment is ready, 1 when it could not be made, 130 when interrupted."""
    venv, *locks = (Path(argument) for argument in arguments)
    signal.signal(signal.SIGTERM, stop)
    try:
        with only_one(venv) as guard:
            if not is_ready(venv, locks):
                install(venv, locks[0], guard)
    except SetupFailed as failure:
        say(str(failure))
        return 1
    except OSError as failure:
        say(f"Setting up {venv.name} failed: {failure}")
        return 1
    except KeyboardInterrupt:
        say("Interrupted; the next start sets up again.")
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
