"""Tests wait for conditions. How long one waits for what has to come only decides when a hang is called one."""

from __future__ import annotations

import time
from collections.abc import Callable

PATIENCE_S = 600.0
"""Longer than the busiest machine takes for anything here, and shorter than pytest's own limit for a test."""

_LOOK_EVERY_S = 0.02


def until(condition: Callable[[], object], what: str = "the condition") -> None:
    """Return once it holds."""
    if not holds_within(PATIENCE_S, condition):
        raise AssertionError(f"{what} did not come true")


def holds_within(seconds: float, condition: Callable[[], object]) -> bool:
    """True as soon as it holds, False when it did not in that time."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(_LOOK_EVERY_S)
    return True
