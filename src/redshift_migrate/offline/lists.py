"""Lists of clusters: which are meant, by name, region and the columns of the list. Whatever else is said is told."""

from __future__ import annotations

import re

from redshift_migrate.models.listing import ALL_REGIONS, NONE
from redshift_migrate.offline import values as v
from redshift_migrate.offline.meaning import Meaning, NotUnderstood, one_each
from redshift_migrate.offline.words import CHANGE_VERBS, REGION, unknown_words, vocabulary, words_in

_STATUSES = "available|paused|pausing|resuming|resizing|rebooting|modifying|creating|deleting|maintenance|unavailable"
_NOT = (
    r"(?P<no>(?:not|no|without|excluding|except|but not|aren't|isn't|don't|doesn't|other than) "
    r"(?:(?:the|a|any|on|in|to|of) )*)?"
)
_COPY = (
    r"(?:cross-region )?(?:snapshot )?(?:copy|copies|copied|copying|replicated)"
    r"(?: (?:of )?(?:their |its |the )?snapshots?)?"
)

_FILTERS: tuple[tuple[str, str], ...] = (
    ("copies_to", rf"{_NOT}(?:snapshots? )?{_COPY} (?:to|into) (?P<value>{REGION})"),
    ("copies_to", rf"{_NOT}(?:snapshots? )?{_COPY}"),
    (
        "track",
        rf"{_NOT}(?:(?:on|with|of|the|maintenance) )*(?:track )?(?P<value>trailing|current|preview_\w+)(?: track)?",
    ),
    ("node_type", rf"{_NOT}(?:(?:of|the|node|type|with) )*(?P<value>(?:dc2|ds2|ra3|rg)(?:\.\w+)?)(?: nodes?)?"),
    ("account", rf"{_NOT}(?:(?:in|of|from) )?(?:the )?account (?P<value>[a-z][\w.-]*)"),
    ("environment", rf"{_NOT}(?P<value>production|staging|development)(?: environment)?"),
    ("nodes", rf"{_NOT}(?:with )?(?P<value>\d{{1,3}}) nodes?"),
    ("status", rf"{_NOT}(?P<value>{_STATUSES})"),
)
"""Columns by how they are spoken of. A copy without a region is any copy."""
_ALL_REGIONS = re.compile(r"\b(?:all|every|each|any)(?: the| aws| of the| my| our)* regions?\b|\beverywhere\b")
_EXCEPT = re.compile(
    r"(?:except|without|excluding|but not|other than)(?: (?:for|the|cluster))* (?P<name>[a-z][a-z0-9]*-[a-z0-9-]+)"
)

_FILLERS = vocabulary(
    """
    list show get give tell display print find fetch see view me us all every each any the my our of a cluster clusters
    redshift provisioned in region regions which what that who there here is are 's 're be have has had do does did we i
    you use using used with run running on and please names name how many count number total currently now one ones
    exist exists called at from by their its them those these only just to for can could
    like contain contains containing match matches matching named whose
    """
)
_NO_LIST = CHANGE_VERBS - {"copy", "update", "plan", "run"}


def read_clusters(clause: str) -> Meaning | None:
    """A list of clusters; None when the clause is about something else."""
    low = words_in(clause)
    if not _NO_LIST.isdisjoint(low) or ("clusters" not in low and low[:2] != ("cluster", "list")):
        return None
    filters, rest = pick_filters(clause)
    regions, rest = v.pick_any_region(rest)
    if not regions:
        everywhere, rest = takes_all_regions(rest)
        regions = (ALL_REGIONS,) if everywhere else ()
    parts, rest = v.pick_part_of_names(rest)
    left = unknown_words(rest, _FILLERS)
    if left and v.first_of(v.names_of("cluster"), v.pick_identifiers)(rest)[0]:
        return None
    if left:
        return NotUnderstood(clause, f"of a list of clusters I do not know what to make of: {' '.join(left)}")
    name = parts[0] if parts else None
    return one_each("list_clusters", "region", regions or (None,), name_contains=name, filters=list(filters) or None)


def takes_all_regions(clause: str) -> tuple[bool, str]:
    """Whether every region is meant, and what is left of the clause."""
    return bool(_ALL_REGIONS.search(clause)), " ".join(_ALL_REGIONS.sub("", clause).split())


def pick_filters(clause: str) -> v.Picked:
    """The filters that a clause speaks of, and what is left of it."""
    rest, filters = f" {clause.lower()} ", list[str]()
    for column, pattern in _FILTERS:
        for found in re.finditer(rf"(?<= ){pattern}(?= )", rest):
            value = found.groupdict().get("value")
            negated = bool(found["no"])
            equals = "!=" if negated is (value is not None) else "="
            filters.append(f"{column}{equals}{value or NONE}")
        rest = re.sub(rf"(?<= ){pattern}(?= )", "", rest)
    filters += [f"name!={found['name']}" for found in _EXCEPT.finditer(rest)]
    return tuple(filters), " ".join(_EXCEPT.sub("", rest).split())
