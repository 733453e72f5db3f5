"""Which schedule expressions EventBridge and its Scheduler take: `rate(…)`, `cron(…)` of six fields, `at(…)`."""

from __future__ import annotations

import re
from datetime import datetime

RATE = re.compile(r"rate\(([1-9]\d*) (minute|minutes|hour|hours|day|days)\)")
CRON = re.compile(r"cron\((\S+ +\S+ +\S+ +\S+ +\S+ +\S+)\)")
AT = re.compile(r"at\((\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})\)")
FIELD = re.compile(r"[0-9A-Z,\-*/?LW#]+", re.IGNORECASE)


def is_recurring(expression: str) -> bool:
    """A rate whose unit agrees with its number, or a cron in which exactly one day field is `?`."""
    rate = RATE.fullmatch(expression)
    if rate is not None:
        return (rate[1] == "1") != rate[2].endswith("s")
    cron = CRON.fullmatch(expression)
    if cron is None:
        return False
    fields = cron[1].split()
    return all(FIELD.fullmatch(field) for field in fields) and (fields[2] == "?") != (fields[4] == "?")


def once(expression: str) -> datetime | None:
    """The moment of an `at(…)`, without a time zone; None for anything else."""
    found = AT.fullmatch(expression)
    try:
        return datetime.fromisoformat(found[1]) if found else None
    except ValueError:
        return None
