"""Reads side by side: in order, bounded, never waiting for each other's threads, and none outlives who wanted it."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from pathlib import Path

import pytest

from redshift_migrate.aws import parallel
from redshift_migrate.aws.parallel import Begun, Reads, in_parallel
from tests.support.patience import PATIENCE_S

SOURCE = Path(__file__).parents[2] / "src"


class Together:
    """A read that ends only when so many of them are at work at the same time."""

    def __init__(self, parties: int) -> None:
        self._barrier = threading.Barrier(parties)

    def __call__(self) -> str:
        self._barrier.wait(PATIENCE_S)
        return threading.current_thread().name


@pytest.fixture
def one_thread(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """All reads together have one thread, besides those that ask."""
    with ThreadPoolExecutor(1) as pool:
        monkeypatch.setattr(parallel, "_POOL", pool)
        yield


def test_they_are_made_at_the_same_time_and_answered_in_order() -> None:
    together = Together(8)

    names = in_parallel([together] * 8)

    assert len(set(names)) == 8
    assert in_parallel([partial(int, each) for each in "31415926"]) == [3, 1, 4, 1, 5, 9, 2, 6]
    assert in_parallel([]) == []


def test_the_first_error_in_order_is_raised_after_all_have_ended() -> None:
    ended: list[str] = []
    later = threading.Event()

    def fail(name: str, wait: bool) -> None:
        if wait:
            later.wait(PATIENCE_S)
        ended.append(name)
        later.set()
        raise ValueError(name)

    with pytest.raises(ValueError, match="first"):
        in_parallel([partial(fail, name, name == "first") for name in ("first", "second", "third")])
    assert sorted(ended) == ["first", "second", "third"]


def test_no_more_than_asked_for_are_under_way() -> None:
    lock, now, most = threading.Lock(), 0, 0

    def read() -> None:
        nonlocal now, most
        with lock:
            now += 1
            most = max(most, now)
        threading.Event().wait(0.001)
        with lock:
            now -= 1

    in_parallel([read] * 60, at_once=3)

    assert most <= 3


def test_threads_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    in_parallel([Together(6)] * 6)
    started: list[threading.Thread] = []
    start = threading.Thread.start

    def note_and_start(self: threading.Thread) -> None:
        started.append(self)
        start(self)

    monkeypatch.setattr(threading.Thread, "start", note_and_start)

    for _ in range(20):
        in_parallel([Together(4)] * 4)

    assert len(started) < 20  # of 60; one that has just given its answer may not be free again yet


@pytest.mark.usefixtures("one_thread")
def test_reads_that_wait_for_reads_need_no_threads_of_their_own() -> None:
    def deep(depth: int) -> int:
        return 1 if depth == 0 else sum(in_parallel([partial(deep, depth - 1)] * 3))

    assert deep(4) == 81

    def begun_within(depth: int) -> int:
        if depth == 0:
            return 1
        with Reads() as reads:
            return sum(each.result() for each in [reads.begin(partial(begun_within, depth - 1)) for _ in range(3)])

    assert begun_within(4) == 81


@pytest.mark.usefixtures("one_thread")
def test_a_read_outlives_nobody_who_wanted_it() -> None:
    begun, free, ended = threading.Event(), threading.Event(), threading.Event()
    made: list[str] = []

    def slow() -> None:
        begun.set()
        free.wait(PATIENCE_S)
        ended.set()

    def leave() -> None:
        with Reads() as reads:
            reads.begin(slow)
            reads.begin(partial(made.append, "no thread was free"))
            begun.wait(PATIENCE_S)
            threading.Timer(0.05, free.set).start()
            raise LookupError

    with pytest.raises(LookupError):
        leave()
    assert ended.is_set()
    assert made == []


def test_an_interrupt_waits_for_no_read() -> None:
    begun, free = threading.Event(), threading.Event()

    def hang() -> None:
        begun.set()
        free.wait(PATIENCE_S)

    def leave() -> Begun[None]:
        with Reads() as reads:
            hanging = reads.begin(hang)
            begun.wait(PATIENCE_S)
            with suppress(KeyboardInterrupt), Reads() as more:
                hangs_too = more.begin(free.wait)
                raise KeyboardInterrupt
            assert not hangs_too.future.done()
            free.set()
        return hanging

    assert leave().future.done()


@pytest.mark.usefixtures("one_thread")
def test_an_interrupt_ends_it_and_no_further_read_is_begun() -> None:
    free = threading.Event()
    made: list[int] = []

    def interrupted() -> None:
        if threading.current_thread() is threading.main_thread():
            raise KeyboardInterrupt
        free.wait(PATIENCE_S)

    reads: list[Callable[[], object]] = [interrupted, interrupted, *(partial(made.append, each) for each in range(5))]
    with pytest.raises(KeyboardInterrupt):
        in_parallel(reads)
    free.set()

    assert made == []


FORKS = """
import os, sys, threading
from redshift_migrate.aws.parallel import in_parallel

def read_together():
    together = threading.Barrier(4)
    in_parallel([lambda: together.wait(20)] * 4)

read_together()
child = os.fork()
if not child:
    try:
        read_together()
    except threading.BrokenBarrierError:
        os._exit(1)
    os._exit(0)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""


def test_a_forked_process_has_threads_of_its_own() -> None:
    run = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", FORKS],
        env={"PYTHONPATH": str(SOURCE)},
        timeout=PATIENCE_S,
        check=False,
    )
    assert run.returncode == 0
