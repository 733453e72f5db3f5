"""The program with pipes, forked from a process that has loaded it already: what it says is tested, not its start.

A run of its own process, environment, folder and streams, as `./chat` is; most of what that costs is loading.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from multiprocessing import reduction
from pathlib import Path
from typing import Any

from tests.support.driver import START
from tests.support.patience import PATIENCE_S

ROOT = Path(__file__).resolve().parents[2]


class _Descriptor:
    """A descriptor of this process, as an argument for a child."""

    def __init__(self, number: int) -> None:
        self._number = number

    def __reduce__(self) -> tuple[Callable[[Any], int], tuple[Any]]:
        return _detach, (reduction.DupFd(self._number),)


def _detach(duplicate: Any) -> int:
    return int(duplicate.detach())


class Program:
    """A run of the program with these arguments. `before`: what the child does first."""

    def __init__(self, *arguments: str, environ: Mapping[str, str], before: Callable[[], None] | None = None) -> None:
        pipes = [os.pipe() for _ in range(3)]
        (ask, self.stdin), (self.stdout, said), (self.stderr, complained) = pipes
        streams = map(_Descriptor, (ask, said, complained))
        self._child = START.Process(target=_be_the_program, args=(arguments, dict(environ), *streams, before))
        self._child.start()
        for number in (ask, said, complained):
            os.close(number)

    def interrupt(self) -> None:
        """Ctrl-C."""
        os.kill(int(self._child.pid or 0), signal.SIGINT)

    def wait(self) -> int:
        """The exit code, as a shell would see it but for signals, which are negative."""
        self._child.join(PATIENCE_S)
        if self._child.is_alive():
            self._child.kill()
            raise AssertionError("the program did not come to its end")
        return int(self._child.exitcode or 0)


def run_program(
    *arguments: str, stdin: bytes = b"", environ: Mapping[str, str], before: Callable[[], None] | None = None
) -> subprocess.CompletedProcess[str]:
    """One run of the program from its start to its end."""
    program = Program(*arguments, environ=environ, before=before)
    with ThreadPoolExecutor(3) as pool:
        pool.submit(_write, program.stdin, stdin)
        streams = [pool.submit(_read, number) for number in (program.stdout, program.stderr)]
        code = program.wait()
        return subprocess.CompletedProcess(arguments, code, *(stream.result().decode() for stream in streams))


def _write(number: int, data: bytes) -> None:
    with suppress(BrokenPipeError), open(number, "wb", buffering=0) as stream:
        while data:
            data = data[stream.write(data) or 0 :]


def _read(number: int) -> bytes:
    with open(number, "rb") as stream:
        return stream.read()


def _be_the_program(
    arguments: tuple[str, ...],
    environ: dict[str, str],
    stdin: int,
    stdout: int,
    stderr: int,
    before: Callable[[], None] | None,
) -> None:
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a fork server ignores it
    os.environ.clear()
    os.environ.update(environ)
    time.tzset()
    os.chdir(ROOT)
    for number, place in enumerate((stdin, stdout, stderr)):
        os.dup2(place, number)
        os.close(place)
    sys.stdin = os.fdopen(0, encoding="utf-8", errors="surrogateescape", closefd=False)
    sys.stdout = os.fdopen(1, "w", encoding="utf-8", errors="surrogateescape", closefd=False)
    sys.stderr = os.fdopen(2, "w", buffering=1, encoding="utf-8", errors="backslashreplace", closefd=False)
    sys.argv = ["redshift_agent.py", *arguments]
    if before is not None:
        before()
    from redshift_agent import main

    sys.exit(main())
