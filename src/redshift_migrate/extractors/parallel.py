"""Independent reads at the same time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from typing import Any

MOST_AT_ONCE = 50
"""As many roles as a cluster can have, and more reads than it needs besides."""


def in_parallel(reads: Sequence[Callable[[], Any]]) -> list[Any]:
    """The results, in the order of the reads. The first error in that order is raised, after all have ended."""
    if len(reads) <= 1:
        return [read() for read in reads]
    pool = ThreadPoolExecutor(min(len(reads), MOST_AT_ONCE), thread_name_prefix="read")
    futures = [pool.submit(read) for read in reads]
    try:
        wait(futures)
    finally:
        # All have ended, or a person pressed Ctrl-C and does not wait for reads that nobody wants any more.
        pool.shutdown(wait=False, cancel_futures=True)
    return [future.result() for future in futures]
