"""Ctrl-C while a line is carried out, and while the next one is awaited."""

from __future__ import annotations

import asyncio
import io
import os
import select
import signal
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer


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


class InterruptibleInput(io.RawIOBase):
    """The bytes of a descriptor; Ctrl-C ends a read that waits, however late it comes. For the main thread.

    A signal that comes after Python looked for one and before the kernel waits would be seen after that read only. So
    each signal also writes into a pipe, and both are waited for.
    """

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    def readable(self) -> bool:
        """It is."""
        return True

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        """Read what is there, at most as much as fits; 0 at the end."""
        with ExitStack() as stack:
            signalled, wakes = os.pipe()
            stack.callback(os.close, wakes)
            stack.callback(os.close, signalled)
            os.set_blocking(wakes, False)
            stack.callback(signal.set_wakeup_fd, signal.set_wakeup_fd(wakes, warn_on_full_buffer=False))
            while self._descriptor not in select.select([self._descriptor, signalled], [], [])[0]:
                os.read(signalled, 1)  # its handler has run, and ended nothing
        return os.readv(self._descriptor, [buffer])
