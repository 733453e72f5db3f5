"""The findings that are somebody's work, in order of time, and which of them are done."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import NamedTuple

from redshift_migrate.models.catalogue import WORK, Group
from redshift_migrate.models.finding import Finding


class Item(NamedTuple):
    """One thing to do. What is to be copied is in its text, whole."""

    group: Group
    code: str
    text: str
    is_done: bool


def checklist(findings: Iterable[Finding], done: Collection[str]) -> tuple[Item, ...]:
    """What is to be done, first what is due first. A code that is done is done for all of its findings."""
    told = tuple(findings)
    return tuple(
        Item(group, found.code, found.message, found.code in done)
        for group in WORK
        for found in told
        if found.group == group
    )


def counts(items: Collection[Item]) -> tuple[int, int]:
    """How many are done, of how many."""
    return sum(item.is_done for item in items), len(items)
