"""When an expression fires next, in its own time zone."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from redshift_migrate.translators.next_run import next_run

NOW = datetime(2026, 12, 1, 12, 0, tzinfo=UTC)  # a Tuesday

CASES: list[tuple[str, str | None, str | None]] = [
    ("cron(0 3 * * ? *)", None, "2026-12-02T03:00+00:00"),
    ("cron(0 12 * * ? *)", None, "2026-12-02T12:00+00:00"),
    ("cron(1 12 * * ? *)", None, "2026-12-01T12:01+00:00"),
    ("cron(0/15 * * * ? *)", None, "2026-12-01T12:15+00:00"),
    ("cron(30 6 ? * MON-FRI *)", "Europe/Berlin", "2026-12-02T06:30+01:00"),
    ("cron(0 9 ? * 1 *)", None, "2026-12-06T09:00+00:00"),
    ("cron(0 9 ? * SAT,sun *)", None, "2026-12-05T09:00+00:00"),
    ("cron(0 9 ? * FRI-MON *)", None, "2026-12-04T09:00+00:00"),
    ("cron(0 9 ? * 6#2 *)", None, "2026-12-11T09:00+00:00"),
    ("cron(0 9 ? * 6L *)", None, "2026-12-25T09:00+00:00"),
    ("cron(0 9 L * ? *)", None, "2026-12-31T09:00+00:00"),
    ("cron(0 9 5W * ? *)", None, "2026-12-04T09:00+00:00"),
    ("cron(0 9 LW 1 ? *)", None, "2027-01-29T09:00+00:00"),
    ("cron(0 9 1 1,4,7,10 ? *)", None, "2027-01-01T09:00+00:00"),
    ("cron(0 9 29 FEB ? *)", None, "2028-02-29T09:00+00:00"),
    ("cron(0 9 * * ? 2028-2029)", None, "2028-01-01T09:00+00:00"),
    ("cron(0 9 * * ? 2020)", None, None),
    ("cron(0 9 * *)", None, None),
    ("cron(x y * * ? *)", None, None),
    ("rate(1 hour)", None, "within 1 hour"),
    ("rate(5 minutes)", None, "within 5 minutes"),
    ("at(2027-01-01T09:00:00)", "Asia/Tokyo", "2027-01-01T09:00+09:00"),
    ("at(2026-01-01T09:00:00)", None, None),
    ("cron(0 3 * * ? *)", "Nowhere/Land", None),
    ("every day", None, None),
]


@pytest.mark.parametrize(("expression", "timezone", "expected"), CASES)
def test_the_next_run_is_told(expression: str, timezone: str | None, expected: str | None) -> None:
    assert next_run(expression, timezone, NOW) == expected


def test_start_and_end_bound_it() -> None:
    assert next_run("cron(0 3 * * ? *)", None, NOW, "2027-05-01T03:00:00Z") == "2027-05-02T03:00+00:00"
    assert next_run("cron(0 3 * * ? *)", None, NOW, None, "2026-12-02T00:00:00Z") is None
    assert next_run("rate(7 days)", None, NOW, "2026-11-25T08:00:00Z") == "2026-12-02T08:00+00:00"
    assert next_run("rate(7 days)", None, NOW, "2027-01-01T08:00:00Z") == "2027-01-01T08:00+00:00"
    assert next_run("rate(1 hour)", None, NOW, None, "2026-11-30T00:00:00Z") is None


def test_an_hour_that_the_clock_skips_does_not_run() -> None:
    spring = datetime(2027, 3, 27, 12, 0, tzinfo=UTC)

    assert next_run("cron(30 2 * * ? *)", "Europe/Berlin", spring) == "2027-03-29T02:30+02:00"


@given(text=st.text("0123456789*/?,-LW#MONJAN", max_size=8))
def test_no_field_breaks_it(text: str) -> None:
    field = text.replace(" ", "") or "*"
    for expression in (f"cron({field} 3 * * ? *)", f"cron(0 3 * * {field} *)", f"cron(0 3 {field} * ? *)"):
        next_run(expression, None, NOW)
