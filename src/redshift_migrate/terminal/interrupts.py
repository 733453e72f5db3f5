"""Ctrl-C while a line is carried out."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def heed_interrupts(interrupt: Callable[[], None]) -> Iterator[None]:
    """Ctrl-C calls `interrupt`, in the running loop, while the block runs.

    A loop's own handler forgets the Ctrl-C that comes after its last turn; here it is called when the block ends.
    """
    loop = asyncio.get_running_loop()
    waiting: list[int] = []

    def hear(number: int, _: object) -> None:
        waiting.append(number)
        loop.call_soon_threadsafe(call)

    def call() -> None:
        if waiting:
            waiting.pop()
            interrupt()

    before = signal.signal(signal.SIGINT, hear)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
        while waiting:
            call()
