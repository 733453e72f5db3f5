"""Independent reads at the same time, in threads that are kept: beginning one costs as much as a short read."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import Any, Generic, Self, TypeVar

T = TypeVar("T")

MOST_AT_ONCE = 50
"""As many roles as a cluster can have, and more reads than it needs besides."""
_MOST_THREADS = 128
"""Of all reads together. With all of them busy, who asks reads alone."""


class Begun(Generic[T]):
    """A read that is under way. Whoever wants its answer before a thread was free makes it himself.

    So a read may wait for others, however many threads there are.
    """

    def __init__(self, read: Callable[[], T]) -> None:
        self._read = read
        self._taken = threading.Lock()
        self.future: Future[T] = Future()

    def run(self) -> None:
        """Make the read, unless somebody does already."""
        if not self._taken.acquire(blocking=False):
            return
        try:
            self.future.set_result(self._read())
        except Exception as error:  # noqa: BLE001  # it belongs to whoever asks for the answer
            self.future.set_exception(error)
        except BaseException as error:
            self.future.set_exception(error)
            raise

    def result(self) -> T:
        """The answer, or what was raised instead."""
        self.run()
        return self.future.result()

    def give_up(self) -> bool:
        """Not make it any more; False if somebody makes it already, or has."""
        return self._taken.acquire(blocking=False)


class Reads:
    """Reads whose answers are wanted later. None of them lasts longer than this, unless a person pressed Ctrl-C."""

    def __init__(self) -> None:
        self._begun: list[Begun[Any]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        under_way = [each.future for each in self._begun if not each.give_up()]
        if kind is None or issubclass(kind, Exception):
            wait(under_way)

    def begin(self, read: Callable[[], T]) -> Begun[T]:
        """Begin a read."""
        begun = Begun(read)
        self._begun.append(begun)
        _POOL.submit(begun.run)
        return begun


def in_parallel(reads: Sequence[Callable[[], Any]], at_once: int = MOST_AT_ONCE) -> list[Any]:
    """The results, in the order of the reads. The first error in that order is raised, after all have ended."""
    begun = [Begun(read) for read in reads]
    waiting = iter(begun)  # of all threads together: where one has been, none looks again

    def work() -> None:
        for each in waiting:
            each.run()

    for _ in range(min(len(reads), at_once) - 1):
        _POOL.submit(work)
    try:
        work()
        wait([each.future for each in begun])
    finally:
        # All have ended, or a person pressed Ctrl-C and does not wait for reads that nobody wants any more.
        for each in begun:
            each.give_up()
    return [each.future.result() for each in begun]


def _new_pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(_MOST_THREADS, thread_name_prefix="read")


def _forget_threads() -> None:
    """A forked process has none of the threads that its parent kept."""
    global _POOL
    _POOL = _new_pool()


_POOL = _new_pool()
os.register_at_fork(after_in_child=_forget_threads)
