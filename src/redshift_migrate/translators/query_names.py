"""Names for what a workgroup's copy of a rule or schedule is called: beside the old one, so never the same."""

from __future__ import annotations

from collections.abc import Iterable

from redshift_migrate.models.base import sha256_hex
from redshift_migrate.models.scheduled_query import Home, ScheduledQuery

LONGEST = 64
"""Of a rule's and of a schedule's name. Source: API references, PutRule and CreateSchedule."""
HASH = 8

Place = tuple[Home, str, str]


def new_names(queries: Iterable[ScheduledQuery], workgroup_name: str) -> dict[Place, str]:
    """The new name of each rule and schedule: `NAME-WORKGROUP`, which keeps a console's prefix.

    Too long or taken (by another of these, old or new): cut, with a hash of the old ARN and the workgroup at the end.
    The same queries always get the same names, in whatever order they come.
    """
    arns = {query.place: query.arn for query in queries}
    taken = {(home, group, name) for home, group, name in arns}
    names: dict[Place, str] = {}
    for place in sorted(arns):
        home, group, name = place
        new = _new_name(name, arns[place], workgroup_name, {used for h, g, used in taken if (h, g) == (home, group)})
        names[place] = new
        taken.add((home, group, new))
    return names


def _new_name(name: str, arn: str, workgroup_name: str, taken: set[str]) -> str:
    plain = f"{name}-{workgroup_name}"
    if len(plain) <= LONGEST and plain not in taken:
        return plain
    attempt = 0
    while True:
        end = sha256_hex(f"{arn} {workgroup_name} {attempt or ''}")[:HASH]
        short = f"{name[: LONGEST - HASH - 1]}-{end}"
        if short not in taken:
            return short
        attempt += 1
