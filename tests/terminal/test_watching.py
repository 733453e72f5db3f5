"""A run is stopped between its calls only."""

from __future__ import annotations

import pytest

from redshift_migrate.errors import RunStopped
from redshift_migrate.migration.executor import Progress
from redshift_migrate.terminal.watching import Watch


def progress(step: int, message: str = "working", elapsed_s: float = 0) -> Progress:
    return Progress(
        migration_id="m", step_id=f"s{step}", step_number=step, steps_total=3, message=message, elapsed_s=elapsed_s
    )


def test_once_lets_the_step_end_and_begins_no_other() -> None:
    watch = Watch(lambda line: None)
    watch(progress(1))
    watch.stop()
    watch(progress(1, "waiting"))

    with pytest.raises(RunStopped):
        watch(progress(2))


def test_twice_gives_up_a_wait_and_lets_what_is_put_back_be_put_back() -> None:
    watch = Watch(lambda line: None)
    watch(progress(1))
    watch.stop()
    watch.stop()
    with pytest.raises(RunStopped):
        watch(progress(1, "waiting"))

    watch(progress(1, "Taking back"))


def test_a_new_change_does_not_inherit_the_stop() -> None:
    watch = Watch(lambda line: None)
    watch(progress(1))
    watch.stop()
    watch.begin()
    watch(progress(2))

    assert watch.line() == "step 2/3: working"


def test_the_line_tells_step_message_and_time() -> None:
    told: list[str] = []
    Watch(told.append)(progress(2, "waiting for the workgroup", 3725))

    assert told == ["step 2/3: waiting for the workgroup, 1 h 02 min"]
