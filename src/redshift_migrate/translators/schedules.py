"""Snapshot schedules of a cluster, written as serverless wants them."""

from __future__ import annotations

import re

from redshift_migrate.errors import SettingsError

_RATE = re.compile(r"rate\(\s*(\d{1,6})\s+(hours?|days?)\s*\)", re.IGNORECASE)
_CRON = re.compile(r"cron\(\s*(\S+)\s+(\S+)\s+(\S+)\s*\)", re.IGNORECASE)
_HOURS = re.compile(r"(\d{1,2})(?:-(\d{1,2}))?(?:/(\d{1,2}))?")
_DAY = r"(?:[1-7]|SUN|MON|TUE|WED|THU|FRI|SAT)"
_DAYS = re.compile(rf"{_DAY}(?:-{_DAY})?(?:,{_DAY}(?:-{_DAY})?)*|[1-7]?L|{_DAY}L|{_DAY}#[1-5]")


def serverless_schedule(definition: str) -> tuple[str, str | None]:
    """The schedule as six cron fields without the word cron, and what is different about it, if anything.

    A cluster's cron has three fields (minutes, hours, day of week); of the six (minutes, hours, day of month, month,
    day of week, year) exactly one of the two days is `?`. Both are UTC. SettingsError for anything else, or for runs
    less than an hour apart. Source: Management Guide, "Snapshot schedules"; API reference, CreateScheduledAction.
    """
    text = definition.strip()
    rate = _RATE.fullmatch(text)
    if rate:
        hours = int(rate[1]) * (24 if rate[2].lower().startswith("day") else 1)
        return _from_rate(hours, definition)
    cron = _CRON.fullmatch(text)
    if cron:
        return _from_cron(cron[1], cron[2], cron[3].upper(), definition), None
    raise _unreadable(definition)


def _from_rate(hours: int, definition: str) -> tuple[str, str | None]:
    if not 1 <= hours <= 24:
        raise _unreadable(definition)
    if hours == 1:
        return "(0 * * * ? *)", None
    if hours == 24:
        return "(0 0 * * ? *)", None
    if 24 % hours == 0:
        return f"(0 0/{hours} * * ? *)", None
    times = range(0, 24, hours)
    note = (
        f"24 hours cannot be divided by {hours}: snapshots are taken at {', '.join(map(str, times))} o'clock UTC, and "
        f"the last interval of a day is {24 - times[-1]} hours."
    )
    return f"(0 {','.join(map(str, times))} * * ? *)", note


def _from_cron(minutes: str, hours: str, days: str, definition: str) -> str:
    # One minute only: any more would be runs less than an hour apart, which both products refuse.
    if not (minutes.isascii() and minutes.isdigit() and len(minutes) <= 2 and int(minutes) < 60):
        raise _unreadable(definition)
    fields = f"{int(minutes)} {_hours(hours, definition)}"
    if days in ("*", "?"):
        return f"({fields} * * ? *)"
    if not _DAYS.fullmatch(days):
        raise _unreadable(definition)
    return f"({fields} ? * {days} *)"


def _hours(text: str, definition: str) -> str:
    if text == "*":
        return text
    if text.startswith("*/"):
        text = "0/" + text[2:]
    for part in text.split(","):
        match = _HOURS.fullmatch(part) if part.isascii() else None
        if match is None or int(match[1]) > 23 or int(match[2] or 0) > 23 or int(match[3] or 1) not in range(1, 24):
            raise _unreadable(definition)
    return text


def _unreadable(definition: str) -> SettingsError:
    return SettingsError(
        f"{definition!r} is no snapshot schedule that serverless could follow. Nothing was changed.",
        hint="Schedules are rate(12 hours), or cron(30 12 *) with minutes, hours and day of week, at least an hour and "
        "at most a day apart.",
        definition=definition,
    )
