"""When a schedule expression of EventBridge fires next, which neither of its APIs tells.

Source: EventBridge user guide, "Cron expressions reference"; Scheduler user guide, "Schedule types".
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from redshift_migrate.models.scheduled_query_forms import at_moment

DAYS_AHEAD = 366 * 8
"""A 29 February can be eight years away."""

_CRON = re.compile(r"cron\(\s*(\S+)\s+(\S+)\s+(\S+)\s+(\S+)\s+(\S+)\s+(\S+)\s*\)")
_RATE = re.compile(r"rate\(\s*(\d+)\s+(minute|hour|day)s?\s*\)")
_MONTHS = {name.upper(): number for number, name in enumerate(calendar.month_abbr) if name}
_WEEKDAYS = {name: number for number, name in enumerate(("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"), start=1)}
_NAMES = {(1, 12): _MONTHS, (1, 7): _WEEKDAYS}
_UNITS = {"minute": timedelta(minutes=1), "hour": timedelta(hours=1), "day": timedelta(days=1)}


def next_run(
    expression: str, timezone: str | None, after: datetime, start_date: str | None = None, end_date: str | None = None
) -> str | None:
    """The next moment after `after` as ISO 8601 in the schedule's time zone; None when there is none to be told.

    A rate without a start date counts from a moment that AWS keeps to itself, so it is told as "within 1 hour".
    """
    try:
        zone = ZoneInfo(timezone or "UTC")
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None
    start, end = _moment(start_date), _moment(end_date)
    rate = _RATE.fullmatch(expression)
    if rate is not None and int(rate[1]):
        every = int(rate[1]) * _UNITS[rate[2]]
        if start is None:
            return None if end is not None and end <= after else f"within {rate[1]} {rate[2]}{'s' * (rate[1] != '1')}"
        found: datetime | None = start if start > after else start + ((after - start) // every + 1) * every
    elif expression.startswith("at("):
        moment = at_moment(expression, timezone)
        found = moment if moment is not None and moment > after else None
    else:
        cron = _CRON.fullmatch(expression)
        found = _first(cron.groups(), zone, max(after, start or after)) if cron else None
    if found is None or (end is not None and found > end):
        return None
    return found.astimezone(zone).isoformat(timespec="minutes")


def _first(fields: tuple[str, ...], zone: ZoneInfo, after: datetime) -> datetime | None:
    try:
        return next(_runs(fields, zone, after), None)
    except ValueError:  # a number where AWS would not have taken one
        return None


def _runs(fields: tuple[str, ...], zone: ZoneInfo, after: datetime) -> Iterator[datetime]:
    """The moments of a cron expression after `after`. A local time that the clock skips does not run."""
    minutes, hours = _values(fields[0], 0, 59), _values(fields[1], 0, 23)
    first = after.astimezone(zone).date()
    for number in range(DAYS_AHEAD):
        day = first + timedelta(days=number)
        if not _is_day(day, fields):
            continue
        for hour in sorted(hours):
            for minute in sorted(minutes):
                moment = datetime.combine(day, time(hour, minute), zone)
                exists = moment.astimezone(UTC).astimezone(zone).replace(tzinfo=None) == moment.replace(tzinfo=None)
                if exists and moment > after:
                    yield moment


def _is_day(day: date, fields: tuple[str, ...]) -> bool:
    _, _, of_month, month, of_week, year = fields
    return (
        day.year in _values(year, 1970, 2199)
        and day.month in _values(month, 1, 12)
        and (of_month == "?" or _is_day_of_month(day, of_month))
        and (of_week == "?" or _is_day_of_week(day, of_week))
    )


def _is_day_of_month(day: date, field: str) -> bool:
    last = calendar.monthrange(day.year, day.month)[1]
    if field == "L":
        return day.day == last
    if field.endswith("W"):
        wanted = field.removesuffix("W")
        return day == _nearest_weekday(day, last if wanted == "L" else min(int(wanted), last))
    return day.day in _values(field, 1, 31)


def _nearest_weekday(day: date, number: int) -> date:
    """The weekday nearest to that day of the month, without leaving the month."""
    wanted = day.replace(day=number)
    last = calendar.monthrange(day.year, day.month)[1]
    if wanted.weekday() == calendar.SATURDAY:
        return wanted + timedelta(days=-1 if number > 1 else 2)
    if wanted.weekday() == calendar.SUNDAY:
        return wanted + timedelta(days=1 if number < last else -2)
    return wanted


def _is_day_of_week(day: date, field: str) -> bool:
    number = day.isoweekday() % 7 + 1
    last = calendar.monthrange(day.year, day.month)[1]
    if "#" in field:
        name, _, which = field.partition("#")
        return number in _values(name, 1, 7) and (day.day - 1) // 7 + 1 == int(which)
    if len(field) > 1 and field.endswith("L"):
        return number in _values(field.removesuffix("L"), 1, 7) and day.day > last - 7
    if field == "L":
        return number == _WEEKDAYS["SAT"]
    return number in _values(field, 1, 7)


@lru_cache(maxsize=1_000)
def _values(field: str, low: int, high: int) -> frozenset[int]:
    """The numbers that one field means; nothing for a field that cannot be read."""
    names = _NAMES.get((low, high), {})
    found: set[int] = set()
    for part in field.upper().split(","):
        span, _, step = part.partition("/")
        begin, _, end = span.partition("-")
        try:
            first = low if begin in ("*", "?", "") else _number(begin, names)
            open_end = high if step or begin in ("*", "?", "") else first
            last = _number(end, names) if end else open_end
            every = int(step) if step else 1
        except ValueError:
            return frozenset()
        if every < 1 or not (low <= first <= high and low <= last <= high):
            return frozenset()
        if first <= last:
            found |= set(range(first, last + 1, every))
        else:  # FRI-MON
            found |= {*range(first, high + 1), *range(low, last + 1)}
    return frozenset(found)


def _number(text: str, names: dict[str, int]) -> int:
    return names[text] if text in names else int(text)


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
