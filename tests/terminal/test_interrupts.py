"""Ctrl-C is heard whenever it comes."""

import asyncio
import os
import signal

import pytest

from redshift_migrate.terminal.interrupts import heed_interrupts


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
