"""Questions about many clusters, how ready they are, and what one costs. They only read, and may be worded freely."""

from __future__ import annotations

import re

from redshift_migrate.models.listing import ALL_REGIONS
from redshift_migrate.offline import values as v
from redshift_migrate.offline.forms import REFERS
from redshift_migrate.offline.history import History
from redshift_migrate.offline.lists import pick_filters, takes_all_regions
from redshift_migrate.offline.meaning import Ask, Calls, Meaning, NotUnderstood, call
from redshift_migrate.offline.words import CHANGE_VERBS, unknown_words, vocabulary, words_in

_READINESS = (
    ("unknown", r"unknown|not known"),
    ("blocked", r"blocked|not ready|not yet ready|(?:can ?not|can't|cannot) (?:be moved|move|be migrated|migrate)"),
    ("decide", r"(?:ready )?with decisions|(?:need|needs|needing|have|with) (?:a )?decisions?"),
    ("ready", r"ready|can (?:be )?(?:moved?|migrated?)"),
)
_GENERAL = re.compile(
    r"\b(?:readiness|how ready|assess(?:ment)?(?: of)?|fleet|estate"
    r"|ready or not|ready and (?:which|what) (?:are|is) not)\b",
    re.IGNORECASE,
)
_FLEET_WORDS = vocabulary(
    """
    which what who how many much are is 's 're of my our the a all clusters cluster fleet for to serverless redshift
    show list get give tell me us about can could be moved move migrated ready readiness assess assessment please now
    do does have there in on over every each region regions account accounts and or number count provisioned report
    overview state status yet already migration with not
    """
)
_COSTS = vocabulary("cost costs price prices expensive cheaper costing pay spend bill billed budget estimate")
_COST_WORDS = vocabulary(
    """
    what does do would will how much is are it the a of for in on to be cost costs price prices expensive cheaper
    costing pay spend bill billed budget estimate show tell me us give cluster clusters serverless redshift month
    monthly per than as against versus vs compare compared today now later after before with and we our my i if moved
    migration migrating moving stay staying or can you please this that its 's running run base capacity estimated
    """
)


def read_fleet(clause: str) -> Meaning | None:
    """How ready clusters are; None when the clause is about something else."""
    low = words_in(clause)
    lowered = f" {clause.lower()} "
    kinds = [kind for kind, words in _READINESS if re.search(rf"\b(?:{words})\b", lowered)]
    if {"wave", "waves"} & set(low) or not (_GENERAL.search(lowered) or (kinds and {"clusters", "cluster"} & set(low))):
        return None
    if not (CHANGE_VERBS - {"plan"}).isdisjoint(set(low) - {"move", "migrate", "moved", "migrated"}) or "plan" in low:
        return None
    wanted = "" if _GENERAL.search(lowered) else next(iter(kinds), "")
    rest = re.sub("|".join(rf"\b(?:{words})\b" for _, words in _READINESS), " ", _GENERAL.sub(" ", lowered))
    columns, rest = pick_filters(" ".join(rest.split()))
    regions, rest = v.pick_any_region(rest)
    named, rest = v.first_of(v.names_of("cluster"), v.pick_identifiers)(rest)
    filters = (*columns, *(f"name={name}" for name in named), *([f"readiness={wanted}"] if wanted else []))
    everywhere, rest = takes_all_regions(rest)
    if unknown := unknown_words(rest, _FLEET_WORDS):
        return NotUnderstood(clause, f"of many clusters I do not know what to make of: {' '.join(unknown)}")
    if len(regions) > 1:
        return NotUnderstood(clause, "name one region, or none for all")
    region = ALL_REGIONS if everywhere else None
    return Calls((call("get_fleet", region=regions[0] if regions else region, filters=list(filters) or None),))


def read_cost(clause: str, history: History) -> Meaning | None:
    """What a cluster costs; None when the clause is about something else."""
    low = words_in(clause)
    if _COSTS.isdisjoint(low):
        return None
    regions, rest = v.pick_any_region(clause)
    capacities, rest = v.pick_capacity(rest)
    names, rest = v.first_of(v.names_of("cluster"), v.pick_identifiers, v.pick_bare_names)(rest)
    if unknown_words(rest, _COST_WORDS):
        return None
    if not names and REFERS(clause) and (last := history.newest("cluster_id")):
        names = (last,)
    if not names:
        return Ask("cluster", "Of which cluster?") if low[0] in ("estimate", "what", "how") else None
    region = regions[0] if len(regions) == 1 else None
    capacity = capacities[0] if len(capacities) == 1 else None
    return Calls(
        tuple(call("estimate_cost", cluster_id=name, region=region, base_capacity_rpu=capacity) for name in names)
    )
