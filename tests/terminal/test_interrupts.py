"""Ctrl-C is heard whenever it comes."""

import asyncio
import io
import os
import signal
import threading
import time

import pytest

from redshift_migrate.terminal.interrupts import InterruptibleInput, heed_interrupts


@pytest.mark.parametrize("turns_left", [0, 1, 5])
def test_no_interrupt_is_forgotten_however_late_it_comes(turns_left: int) -> None:
    heard: list[bool] = []
    before = signal.getsignal(signal.SIGINT)

    async def work() -> None:
        with heed_interrupts(lambda: heard.append(True)):
            os.kill(os.getpid(), signal.SIGINT)
            for _ in range(turns_left):
                await asyncio.sleep(0)

    asyncio.run(work())

    assert heard == [True]
    assert signal.getsignal(signal.SIGINT) is before


def test_a_loop_that_only_waits_hears_it() -> None:
    async def work() -> bool:
        heard = asyncio.Event()
        with heed_interrupts(heard.set):
            asyncio.get_running_loop().run_in_executor(None, os.kill, os.getpid(), signal.SIGINT)
            return await heard.wait()

    assert asyncio.run(work())


def test_a_read_that_already_waits_hears_what_did_not_wake_it() -> None:
    """As a signal does that comes between Python's last look and the kernel's waiting: here another thread gets it."""
    readable, writable = os.pipe()
    heard, in_time = threading.Event(), []

    def interrupt() -> None:
        time.sleep(0.05)  # the read mostly waits by then; if not, the test is only weaker
        signal.pthread_kill(threading.get_ident(), signal.SIGINT)
        in_time.append(heard.wait(5))
        os.close(writable)

    thread = threading.Thread(target=interrupt)
    thread.start()
    try:
        with pytest.raises(KeyboardInterrupt):
            io.BufferedReader(InterruptibleInput(readable)).readline()
        heard.set()
    finally:
        thread.join()
        os.close(readable)

    assert in_time == [True]


def test_a_signal_that_ends_nothing_loses_no_input() -> None:
    readable, writable = os.pipe()
    before = signal.signal(signal.SIGUSR1, lambda *_: os.write(writable, b"a line\n"))
    thread = threading.Timer(0.05, os.kill, (os.getpid(), signal.SIGUSR1))
    thread.start()
    try:
        assert io.BufferedReader(InterruptibleInput(readable)).readline() == b"a line\n"
    finally:
        thread.join()
        signal.signal(signal.SIGUSR1, before)
        os.close(readable)
        os.close(writable)
