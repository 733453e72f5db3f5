"""What a test may cost: CPU time, not wall time, in seconds of a quiet machine.

A test over the limit fails, unless `EXPENSIVE` names it with its reason. On a machine where the same work takes more
CPU time, because it is slower or others use its cores, a test may take as much more as a fixed piece of work does.
"""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Callable, Generator, Iterator, Mapping
from typing import Any

import pytest

EXPENSIVE: Mapping[str, str] = {}
"""Tests that may take more, by their node id without parameters, and why each has to. They are begun first."""

LIMIT_S = 20.0
MARGIN = 1.5
"""How many times the limit a test has to take before it fails, so that none fails by chance."""
REFERENCE_S = 0.1
"""CPU time of `_fixed_work` on a quiet core of a small server of 2023."""

_TASKS = "/proc/self/task"
_TICKS_S = os.sysconf("SC_CLK_TCK")


def cpu_s() -> float:
    """CPU time of this process, of its children that ended, and, where /proc tells, of those that run and theirs."""
    times = os.times()
    ended = times.user + times.system + times.children_user + times.children_system
    return ended + sum(map(_of_process, _children()))


def _children() -> list[str]:
    tasks = os.listdir(_TASKS) if os.path.isdir(_TASKS) else ()
    return [pid for task in tasks for pid in _text(f"{_TASKS}/{task}/children").split()]


def _of_process(pid: str) -> float:
    """User and system time of a process and of its children that ended; nothing of one that is gone."""
    fields = _text(f"/proc/{pid}/stat").rpartition(")")[2].split()
    return sum(map(int, fields[11:15])) / _TICKS_S


def _text(file: str) -> str:
    """A file of /proc, whose thread or process may have ended meanwhile."""
    try:
        with open(file, encoding="utf-8") as opened:
            return opened.read()
    except OSError:
        return ""


def pace() -> float:
    """How many times as much CPU time work takes here and now as on the reference, at least 1."""
    started = time.process_time()
    _fixed_work()
    return max(1.0, (time.process_time() - started) / REFERENCE_S)


def _fixed_work() -> None:
    """What tests spend their time on: small objects, JSON and some hashing."""
    for number in range(1500):
        document = {f"key-{index}": [index, str(number), {"of": index * number}] for index in range(20)}
        hashlib.sha256(json.dumps(json.loads(json.dumps(document))).encode()).hexdigest()


class Budget:
    """The plugin that holds every test to the limit. What a fixture of several tests costs is on nobody's account."""

    def __init__(
        self, limit_s: float = LIMIT_S, expensive: Mapping[str, str] = EXPENSIVE, pace: Callable[[], float] = pace
    ) -> None:
        self._limit_s, self._expensive, self._pace = limit_s, expensive, pace
        self._began_s = 0.0
        self._shared_depth = 0

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """The longest first: one that begins last would keep a single worker busy at the end."""
        items.sort(key=lambda item: not self._is_expensive(item.nodeid))

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_setup(self) -> Iterator[None]:
        self._began_s = cpu_s()
        yield

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(self, fixturedef: pytest.FixtureDef[Any]) -> Generator[None, object, object]:
        """Do not charge for what is made once for several tests."""
        is_shared = fixturedef.scope != "function"
        before_s = cpu_s() if is_shared and not self._shared_depth else 0.0
        self._shared_depth += is_shared
        try:
            return (yield)
        finally:
            self._shared_depth -= is_shared
            if is_shared and not self._shared_depth:
                self._began_s += cpu_s() - before_s

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_teardown(self, item: pytest.Item) -> Iterator[None]:
        cost_s = cpu_s() - self._began_s
        yield
        if complaint := self.complaint(item.nodeid, cost_s):
            pytest.fail(complaint, pytrace=False)

    def complaint(self, test: str, cost_s: float) -> str | None:
        """What is wrong with a test that took so much CPU time."""
        allowed_s = self._limit_s * MARGIN
        if cost_s <= allowed_s or self._is_expensive(test):
            return None
        there_s = cost_s / self._pace()
        if there_s <= allowed_s:
            return None
        return (
            f"{test} took {there_s:.1f} s of a quiet CPU, and {self._limit_s:.1f} s is the limit."
            " Make it cheaper, or name it with its reason in tests/support/budget.py."
        )

    def _is_expensive(self, test: str) -> bool:
        return test.partition("[")[0] in self._expensive
