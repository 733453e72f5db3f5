"""Something heavy that is made in a thread of its own, while everybody who needs it waits without blocking."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import Future
from functools import partial
from typing import Generic, TypeVar

from redshift_migrate.threads import start_leavable

Made = TypeVar("Made")


class Loading(Generic[Made]):
    """Made once, as soon as it is started or first asked for; a failure is told to everybody, and tried again then."""

    def __init__(self, make: Callable[[], Made]) -> None:
        self._make = make
        self._lock = threading.Lock()
        self._made: Future[Made] | None = None

    def start(self, after_s: float = 0) -> None:
        """Begin, a little later if the machine has something more urgent to do."""
        timer = threading.Timer(after_s, self._begun)
        timer.daemon = True
        timer.start()

    async def value(self) -> Made:
        """What was made. Raises what kept it from being made."""
        return await asyncio.shield(asyncio.wrap_future(self._begun()))

    def if_made(self) -> Made | None:
        """What was made, None if it is not there yet."""
        made = self._made
        return made.result() if made is not None and made.done() and made.exception() is None else None

    def _begun(self) -> Future[Made]:
        with self._lock:
            if self._made is None or (self._made.done() and self._made.exception() is not None):
                self._made = Future()
                start_leavable(partial(self._run, self._made), "loading")
            return self._made

    def _run(self, made: Future[Made]) -> None:
        try:
            made.set_result(self._make())
        except BaseException as error:  # noqa: BLE001  # handed over to whoever waits, nothing is lost
            made.set_exception(error)
