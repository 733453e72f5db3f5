"""Threads that a program may leave behind: a read that waits for AWS must not hold up the way out."""

from __future__ import annotations

import logging
import os
import sys
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

_LEFT: list[threading.Thread] = []


def start_leavable(work: Callable[[], None], name: str) -> threading.Thread:
    """Do it in a daemon thread, which the end of the program does not wait for."""
    _LEFT[:] = [each for each in _LEFT if each.is_alive()]
    thread = threading.Thread(target=work, name=name, daemon=True)
    _LEFT.append(thread)
    thread.start()
    return thread


def end_with(code: int) -> int:
    """The exit code; the process ends with it right here while such a thread is at work.

    Python ends a daemon thread wherever it is, and within a compiled module that is the end of the whole process
    (SIGABRT in the place of the code). All that has to be written or released is so before this is called.
    """
    if any(each.is_alive() for each in _LEFT):
        logging.shutdown()
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
        os._exit(code)
    return code


class LeavableThreads(ThreadPoolExecutor):
    """A daemon thread for each task. Python's own pool is joined at exit, however long its tasks take.

    Who must see a task's end, such as that of a change, waits for its future.
    """

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Begin the task at once."""
        future: Future[T] = Future()

        def work() -> None:
            if not future.set_running_or_notify_cancel():
                return
            try:
                future.set_result(fn(*args, **kwargs))
            except BaseException as error:  # noqa: BLE001  # it belongs to whoever waits for the future
                future.set_exception(error)

        start_leavable(work, "task")
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Nothing is waited for."""
