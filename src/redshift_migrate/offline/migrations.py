"""Requests about whole migrations: plan, verify, status, apply, resume, undo, cut over."""

from __future__ import annotations

import itertools
import re

from redshift_migrate.offline.facts import DIGEST, Facts
from redshift_migrate.offline.intents import Ask, Calls, Intent, NotUnderstood, Say, call
from redshift_migrate.offline.slots import (
    Found,
    leftover,
    pick_bare_names,
    pick_capacity,
    pick_names,
    pick_region,
    subjects_of,
)
from redshift_migrate.offline.words import (
    Words,
    is_name,
    lowered,
    vocabulary,
)

AFFIRMATIONS = frozenset(
    {
        *("yes", "y", "yep", "yeah", "sure", "go", "proceed", "do it", "do that", "make it so", "yes please"),
        *("yes proceed", "yes please proceed", "proceed please", "ok proceed", "okay proceed", "proceed with it"),
        *("yes do it", "ok do it", "please do it", "ok yes", "yes ok", "proceed with the plan", "yes go"),
        *("apply", "apply it", "apply that", "apply the plan", "apply this plan", "apply that plan"),
        *("yes apply it", "yes apply the plan", "ok apply it", "ok apply the plan", "please apply it"),
        *("please apply the plan", "yes please apply it", "run it", "run the plan", "execute it", "execute the plan"),
    }
)
"""Whole requests that ask for the plan at hand. None of them is an approval: that is asked for elsewhere."""

_NAMES_THE_PLAN = frozenset({"apply", "plan", "run", "execute"})

_PLAN_FILLERS = vocabulary(
    """
    the a an of for on to in with by at from and its it please now too also redshift serverless cluster my our
    this that into as base capacity migration migrating plan namespace workgroup data region settings setting
    thanks using use of
    """
)
_RUN_FILLERS = vocabulary("the of for a my our this that it migration migrations run please now id last latest")
_STATUS_FILLERS = _RUN_FILLERS | vocabulary(
    """
    status state progress how far is 's 're are doing going what where stand along show get tell me see check
    with on about there any has have come we now do does it's running your current all list report
    """
)


def read_affirmation(text: str, facts: Facts) -> Intent | None:
    """`yes`, `apply it` and the like; None for any other text."""
    if text not in AFFIRMATIONS:
        return None
    digest = facts.waiting_plan if _NAMES_THE_PLAN & set(text.split()) else facts.plan_just_made
    if digest is None and facts.waiting_plan:
        return Say("A plan that was made earlier is still waiting. To go on with it, say: apply the plan")
    if digest is None:
        return Say("There is no plan waiting to be applied. Say what you want changed, and I make one.")
    return Calls((call("apply_plan", plan_digest=digest),))


def read_apply(words: Words, facts: Facts) -> Intent | None:
    """`apply plan DIGEST`; None when the clause is about something else."""
    low = lowered(words)
    if low[0] not in ("apply", "run", "execute"):
        return None
    digests = [word for word in low[1:] if DIGEST.fullmatch(word)]
    unknown = [word for word in low[1:] if word not in digests and word not in ("the", "plan", "with", "digest", "now")]
    if len(digests) != 1 or unknown:
        return NotUnderstood(" ".join(words), "a plan is named by its digest, 8 or more of its characters")
    return Calls((call("apply_plan", plan_digest=facts.digest_starting(digests[0])),))


def read_migration_run(words: Words, facts: Facts) -> Intent | None:
    """Resume, undo or cut over a migration; None when the clause is about something else."""
    low = lowered(words)
    tool = {
        "resume": "resume_migration",
        "continue": "resume_migration",
        "undo": "undo_migration",
        "revert": "undo_migration",
        "cutover": "cut_over_scheduled_queries",
    }.get(low[0])
    if tool is None:
        return None
    named, rest = _migration_id(words[1:])
    if tool == "cut_over_scheduled_queries":
        rest = tuple("" if word.lower() in ("scheduled", "queries") else word for word in rest)
    unknown = leftover(rest, _RUN_FILLERS)
    if unknown:
        return NotUnderstood(" ".join(words), f"I do not know what to make of: {' '.join(unknown)}")
    found = named or facts.migration_id
    if found is None:
        return Ask("migration", "Which migration? `status` shows their ids.")
    return Calls((call(tool, migration_id=found),))


def read_status(words: Words) -> Intent | None:
    """How far a migration is; None when the clause is about something else."""
    low = set(lowered(words))
    if not low & {"status", "progress", "migration", "migrations"}:
        return None
    named, rest = _migration_id(words)
    if leftover(rest, _STATUS_FILLERS) or not (low & {"status", "progress", "far", "doing", "going", "show", "list"}):
        return None
    return Calls((call("get_migration_status", migration_id=named),))


def _migration_id(words: Words) -> tuple[str | None, Words]:
    found, rest = pick_names(words, "migration")
    if not found:
        taken = [word for word in words if is_name(word) and re.search(r"\d", word)]
        found, rest = tuple(taken), tuple("" if word in taken else word for word in words)
    return (found[0], rest) if len(found) == 1 else (None, words if found else rest)


def read_migrate(words: Words, facts: Facts) -> Intent | None:
    """Plan a migration; None when the clause is about something else."""
    low = lowered(words)
    if low[0] == "plan" or low[:2] in {("make", "a"), ("create", "a"), ("show", "the"), ("show", "a")}:
        if not {"migration", "migrating"} & set(low) or "plan" not in low:
            return None
    elif low[0] not in ("migrate", "convert", "move"):
        return None
    if low[0] == "move" and "serverless" not in low:
        return None
    regions, rest = pick_region(words[1:])
    data, rest = _data(rest)
    rest, only, without, strange = _subjects(rest)
    rpus, rest = pick_capacity(rest)
    namespaces, rest = pick_names(rest, "namespace")
    workgroups, rest = pick_names(rest, "workgroup")
    clusters, rest = _clusters(rest, facts)
    unknown = strange + leftover(rest, _PLAN_FILLERS | {"make", "create", "show"})
    several = any(len(values) > 1 for values in (regions, rpus, namespaces, workgroups)) or (
        len(clusters) > 1 and (namespaces or workgroups)
    )
    if unknown or several:
        why = f"I do not know what to make of: {' '.join(unknown)}" if unknown else "it names several targets"
        return NotUnderstood(" ".join(words), why)
    if not clusters:
        return Ask("cluster", "Which cluster?")
    does_it = low[0] in ("migrate", "convert", "move")
    return Calls(
        tuple(
            call(
                "plan_migration",
                cluster_id=cluster,
                namespace_name=namespaces[0] if namespaces else None,
                workgroup_name=workgroups[0] if workgroups else None,
                base_capacity_rpu=rpus[0] if rpus else None,
                include=list(only) or None,
                exclude=list(without) or None,
                data=data,
                region=regions[0] if regions else None,
            ).applied(does_it)
            for cluster in clusters
        )
    )


def read_verify(words: Words, facts: Facts) -> Intent | None:
    """Compare a cluster with the namespace it was moved to; None when the clause is about something else."""
    low = lowered(words)
    if low[0] not in ("verify", "check") or (low[0] == "check" and "migration" not in low):
        return None
    regions, rest = pick_region(words[1:])
    namespaces, rest = pick_names(rest, "namespace")
    workgroups, rest = pick_names(rest, "workgroup")
    clusters, rest = _clusters(rest, facts)
    if not namespaces:  # "verify X against N"
        namespaces, rest = _after(rest, ("against", "to", "into", "with"))
    unknown = leftover(rest, _PLAN_FILLERS | {"against", "was", "been"})
    if unknown or any(len(values) > 1 for values in (regions, namespaces, workgroups, clusters)):
        return NotUnderstood(" ".join(words), f"I do not know what to make of: {' '.join(unknown)}" if unknown else "")
    if not clusters:
        return Ask("cluster", "Which cluster?")
    planned = next(
        (
            done.call.arguments
            for done in reversed(facts.done)
            if done.call.tool == "plan_migration" and done.call.arguments.get("cluster_id") == clusters[0]
        ),
        {},
    )
    namespace = namespaces[0] if namespaces else planned.get("namespace_name")
    if not namespace:
        return Ask("namespace", f"To which namespace was {clusters[0]} moved?")
    return Calls(
        (
            call(
                "verify_migration",
                cluster_id=clusters[0],
                namespace_name=namespace,
                workgroup_name=workgroups[0] if workgroups else planned.get("workgroup_name"),
                region=regions[0] if regions else planned.get("region"),
            ),
        )
    )


def _clusters(words: Words, facts: Facts) -> tuple[Found, Words]:
    named, rest = pick_names(words, "cluster")
    if named:
        return named, rest
    bare, rest = pick_bare_names(words)
    if bare:
        return bare, rest
    for index, word in enumerate(words):
        if is_name(word):
            return (word.lower(),), (*words[:index], "", *words[index + 1 :])
    newest = facts.newest("cluster_id")
    refers = {"it", "this", "that"} & set(lowered(words))
    return ((newest,) if newest and refers else ()), words


def _after(words: Words, leads: tuple[str, ...]) -> tuple[Found, Words]:
    for index, word in enumerate(words[:-1]):
        if word.lower() in leads and is_name(words[index + 1]):
            return (words[index + 1].lower(),), (*words[: index + 1], "", *words[index + 2 :])
    return (), words


_WITHOUT_DATA: tuple[Words, ...] = (
    ("without", "the", "data"),
    ("without", "its", "data"),
    ("without", "any", "data"),
    ("without", "data"),
    ("no", "data"),
    ("settings", "only"),
    ("only", "the", "settings"),
    ("only", "settings"),
    ("just", "the", "settings"),
)


def _data(words: Words) -> tuple[str | None, Words]:
    """`none` for a move without data, a snapshot's name where one is named; None leaves it to the tool."""
    low = lowered(words)
    for index in range(len(words)):
        for phrase in _WITHOUT_DATA:
            if low[index : index + len(phrase)] == phrase:
                return "none", (*words[:index], "", *words[index + len(phrase) :])
        named = low[index] == "snapshot" and index + 1 < len(words) and is_name(words[index + 1])
        if named and index and low[index - 1] in ("from", "using", "with"):
            return words[index + 1], (*words[: index - 1], "", *words[index + 2 :])
    return None, words


def _subjects(words: Words) -> tuple[Words, Found, Found, Words]:
    """The rest of the words; the subjects wanted alone; those not wanted; what could not be understood of them."""
    low = lowered(words)
    leads = {"only": "only", "just": "only", "except": "not", "without": "not", "excluding": "not", "but": "not"}
    starts = [index for index, word in enumerate(low) if word in leads]
    only: Found = ()
    without: Found = ()
    strange: Words = ()
    rest = words[: starts[0]] if starts else words
    for start, end in itertools.pairwise([*starts, len(words)]):
        stop = next((index for index in range(start, end) if _ends_a_list(words, index)), end)
        named, unknown = subjects_of(tuple(word for word in words[start + 1 : stop] if word.lower() != "not"))
        if leads[low[start]] == "only":
            only += named
        else:
            without += named
        strange += unknown
        rest += words[stop:end]
    return rest, only, without, strange


def _ends_a_list(words: Words, index: int) -> bool:
    return words[index] == "" or words[index].lower() in ("as", "to", "into", "in", "with", "namespace", "workgroup")
