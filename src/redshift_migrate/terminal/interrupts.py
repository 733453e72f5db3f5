"""Ctrl-C while a line is carried out."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def heed_interrupts(interrupt: Callable[[], None], loop: asyncio.AbstractEventLoop | None = None) -> Iterator[None]:
    """Ctrl-C calls `interrupt`, in that loop or the running one, while the block runs.

    A loop's own handler forgets the Ctrl-C that comes after its last turn; here it is called when the block ends.
    """
    of_block = loop or asyncio.get_running_loop()
    waiting: list[int] = []

    def hear(number: int, _: object) -> None:
        waiting.append(number)
        of_block.call_soon_threadsafe(call)

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
