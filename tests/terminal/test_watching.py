"""A run is stopped between its calls only."""

from __future__ import annotations

import pytest

from redshift_migrate.errors import RunStopped
from redshift_migrate.migration.executor import Progress
from redshift_migrate.terminal.watching import Told, Watch


def progress(step: int, message: str = "working", elapsed_s: float = 0) -> Progress:
    return Progress(
        migration_id="m", step_id=f"s{step}", step_number=step, steps_total=3, message=message, elapsed_s=elapsed_s
    )


def test_once_lets_the_step_end_and_begins_no_other() -> None:
    watch = Watch(lambda *_: None)
    watch(progress(1))
    watch.stop()
    watch(progress(1, "waiting"))

    with pytest.raises(RunStopped):
        watch(progress(2))


def test_twice_gives_up_a_wait_and_lets_what_is_put_back_be_put_back() -> None:
    watch = Watch(lambda *_: None)
    watch(progress(1))
    watch.stop()
    watch.stop()
    with pytest.raises(RunStopped):
        watch(progress(1, "waiting"))

    watch(progress(1, "Taking back"))


def test_a_new_change_does_not_inherit_the_stop() -> None:
    watch = Watch(lambda *_: None)
    watch(progress(1))
    watch.stop()
    watch.begin()
    watch(progress(2))

    assert watch.line() == "step 2/3: working"


def test_the_line_tells_step_and_time_first_and_what_is_usual_last() -> None:
    told: list[str] = []
    watch = Watch(lambda _, line: told.append(line))
    watch(progress(2, "waiting for the workgroup (now CREATING)", 3725).model_copy(update={"usually_s": 300}))

    assert told == ["step 2/3, 1 h 02 min: waiting for the workgroup (now CREATING), usually 5 min"]


def test_on_a_screen_it_is_a_checklist_with_a_bar() -> None:
    watch = Watch(lambda *_: None)
    assert watch.checklist() is None
    watch(progress(2, "two").model_copy(update={"before": "one", "after": "three"}))
    assert watch.checklist() == ("[x] 1/3 one", "[#######-------------] step 2/3: two", "[ ] 3/3 three")
    watch(progress(1, "one").model_copy(update={"after": "two"}))
    assert watch.checklist() == ("", "[--------------------] step 1/3: one", "[ ] 2/3 two")


def test_where_nothing_moves_a_step_is_one_line_and_a_long_wait_is_told_again() -> None:
    told = Told()
    waits = [progress(1)] + [progress(1, "waiting", 15.0 * n) for n in range(121)] + [progress(2), progress(2, "w", 1)]
    news = [(each.step_number, each.elapsed_s) for each in waits if told.is_news(each)]

    assert news == [(1, 0), *((1, 300.0 * n) for n in range(1, 7)), (2, 0)]
