"""What one caller may use in a day: counted by everybody together, told with the moment from which it goes on."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from starlette.responses import JSONResponse

from redshift_migrate.clock import Clock
from redshift_migrate.endpoint.problems import error_response
from redshift_migrate.errors import LimitReached
from redshift_migrate.state.quota import Limits, Quota
from redshift_simulator import SimulatedAws
from tests.support.own_parts import own_parts

NOON = datetime(2026, 12, 1, 12, tzinfo=UTC)


class Day:
    """A clock that the test sets."""

    def __init__(self) -> None:
        self.at = NOON

    @property
    def clock(self) -> Clock:
        return Clock(now=lambda: self.at)


def test_turns_and_tokens_of_a_day_are_counted_by_all_processes_together(aws: SimulatedAws) -> None:
    table, _ = own_parts(aws)
    day = Day()
    one, other = (Quota(table, Limits(turns_per_day=3, tokens_per_day=100), day.clock) for _ in range(2))

    for quota in (one, other, one):
        quota.begin_turn("ana")
    with pytest.raises(LimitReached, match="3 turns") as reached:
        other.begin_turn("ana")
    other.begin_turn("bob")
    one.add_tokens("bob", 120)
    with pytest.raises(LimitReached, match="100 tokens"):
        other.begin_turn("bob")

    assert "2026-12-02 00:00 UTC" in reached.value.hint
    answer: JSONResponse = error_response(reached.value, "r1")
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "43200")
    day.at += timedelta(hours=12)
    one.begin_turn("ana")


def test_without_limits_nobody_is_refused(aws: SimulatedAws) -> None:
    table, _ = own_parts(aws)
    quota = Quota(table, Limits(), Day().clock)

    for _ in range(5):
        quota.begin_turn("ana")
        quota.add_tokens("ana", 10**9)
