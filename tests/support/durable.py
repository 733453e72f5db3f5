"""The durable execution SDK's own test runner, with the event loop that it leaves open closed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from aws_durable_execution_sdk_python_testing import DurableFunctionTestRunner


@contextmanager
def durable_runner(handler: Callable[[Any, Any], Any]) -> Iterator[DurableFunctionTestRunner]:
    """A runner of that handler; waits take no time."""
    runner = DurableFunctionTestRunner(handler)
    try:
        yield runner
    finally:
        runner.close()  # type: ignore[no-untyped-call]  # the SDK says nothing about it
        runner._scheduler._loop.close()
