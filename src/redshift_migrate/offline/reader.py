"""A plain request → what it means. Pure: the same text after the same conversation always means the same."""

from __future__ import annotations

from dataclasses import replace

from redshift_migrate.offline import values as v
from redshift_migrate.offline.commands import read_command, read_status
from redshift_migrate.offline.history import History
from redshift_migrate.offline.meaning import Ask, Call, Calls, Meaning, NotUnderstood, Say, call
from redshift_migrate.offline.reads import read_clusters, read_help, read_settings
from redshift_migrate.offline.repeats import read_repeat
from redshift_migrate.offline.words import (
    COMMA,
    END,
    LONGEST_REQUEST,
    NEGATIONS,
    Words,
    clauses_of,
    lower,
    phrases,
    unknown_words,
    vocabulary,
    words_in,
    words_of,
)

_SMALL_TALK = {
    "All right. Nothing was changed by that; a plan that was made stays saved.": """
        no, n, nope, no thanks, no thank you, never mind, nevermind, not now, don't, cancel, stop, abort, wait,
        don't apply it, don't proceed, forget it, no don't, leave it
    """,
    "Hello. Ask for a cluster's settings, or say what to change; `help` shows what I understand.": """
        hi, hello, hey, good morning, good afternoon, good evening, hi there
    """,
    "You are welcome. Nothing was called.": """
        thanks a lot, thank you very much, many thanks, thx, cheers, k, fine, good, great, perfect, nice, cool, bye, ta,
        well done, i see, alright, got it, understood, all right, very good, that 's all, that 's fine, that 's it
    """,
}
"""Whole requests that call nothing, by what is said to them."""
_ANSWERS = {phrase: answer for answer, texts in _SMALL_TALK.items() for phrase in phrases(texts)}
_LAST_WORDS = vocabulary("thanks thank you ok okay please")

_YES = vocabulary("yes y yep yeah sure")
_POLITE_YES = _YES | vocabulary("ok okay please")
_GO_ON = phrases("go, proceed, do it, do that, make it so, proceed with it")
_APPLY = phrases(
    """
    apply, apply it, apply that, apply the plan, apply this plan, apply that plan, run it, run the plan, execute it,
    execute the plan, proceed with the plan
    """
)
"""Requests for the plan at hand. None of them is an approval: that is asked for elsewhere."""


def read_request(text: str, history: History) -> Meaning:
    """The meaning of a request in its conversation. Either every part of it is understood, or nothing is called."""
    return _read_with_the_one_before(text, history) or _read(text, history)


def _read(text: str, history: History) -> Meaning:
    if len(text) > LONGEST_REQUEST:
        return NotUnderstood(f"{text[:60]}…", "it is too long for fixed rules")
    words = words_of(text)
    whole = tuple(word for word in lower(words) if word not in (END, COMMA))
    if said := _read_small_talk(whole) or _read_consent(whole, history):
        return said
    joined = whole[:1] in {("and",), ("also",), ("plus",), ("or",)}
    clauses = tuple(each for each in clauses_of(words) if not _is_courtesy(each)) or clauses_of(words)
    calls: list[Call] = []
    for clause in clauses:
        text_of_it = " ".join(_without_thanks(clause))
        meaning = _read_clause(text_of_it, history.after(calls), joined=joined or bool(calls))
        if isinstance(meaning, NotUnderstood) and len(clauses) == 1:
            return replace(meaning, part=text.strip())
        if not isinstance(meaning, Calls):
            return meaning
        calls += [each for each in meaning.calls if each not in calls]
    return Calls(tuple(calls)) if calls else NotUnderstood(text.strip())


def _read_clause(clause: str, history: History, *, joined: bool) -> Meaning:
    meaning = (
        read_status(clause, history)
        or read_help(clause)
        or read_repeat(clause, history, joined=joined)
        or read_command(clause, history)
        or read_clusters(clause)
        or read_settings(clause, history)
        or NotUnderstood(clause)
    )
    changes = isinstance(meaning, Calls) and any(each.changes for each in meaning.calls)
    negated = not NEGATIONS.isdisjoint(words_in(clause))
    return NotUnderstood(clause, "it says not to") if changes and negated else meaning


def _read_small_talk(whole: Words) -> Say | None:
    core = tuple(word for word in whole if word not in _LAST_WORDS)
    is_thanks = not core and whole not in ((), ("please",))
    answer = _ANSWERS.get(("thx",) if is_thanks else whole) or _ANSWERS.get(core)
    return Say(answer) if answer else None


def _read_consent(whole: Words, history: History) -> Meaning | None:
    """`yes`, `apply it` and the like; None for any other text."""
    core = tuple(word for word in whole if word not in _POLITE_YES)
    goes_on = core in _GO_ON or (not core and bool(set(whole) & _YES))
    if not goes_on and core not in _APPLY:
        return None
    digest = history.plan_just_made if goes_on else history.waiting_plan
    if digest is not None:
        return Calls((call("apply_plan", plan_digest=digest),))
    if history.waiting_plan:
        return Say("A plan that was made earlier is still waiting. To go on with it, say: apply the plan")
    return Say("There is no plan waiting to be applied. Say what you want changed, and I make one.")


def _is_courtesy(words: Words) -> bool:
    return _read_small_talk(lower(words)) is not None and not {"stop", "cancel"} & set(lower(words))


def _without_thanks(words: Words) -> Words:
    end = len(words)
    while end > 1 and (words[end - 1].lower() in _LAST_WORDS or words[end - 1] == COMMA):
        end -= 1
    return words[:end]


_AROUND_A_DETAIL = vocabulary("the for of on to in it is with keep them region retention plan digest")


def _read_with_the_one_before(text: str, history: History) -> Meaning | None:
    """The request before, when it lacked one detail and this text is exactly that detail."""
    before, earlier = history.last, History(history.turns[:-1])
    asked = _read(before.text, earlier) if before.text and not before.done else None
    detail = _detail(text, asked.missing) if isinstance(asked, Ask) else None
    if detail is None:
        return None
    meaning = _read(f"{before.text.rstrip(' .?!,;')} {detail}", earlier)
    return meaning if isinstance(meaning, Calls | Ask) else None


def _detail(text: str, missing: str) -> str | None:
    """The detail as it is said within a request."""
    clause = " ".join(word for word in words_of(text) if word not in (END, COMMA))
    if missing == "retention":
        clause = f"retention {' '.join(word for word in clause.split() if word.lower() not in _AROUND_A_DETAIL)}"
    pickers = {"destination": v.pick_any_region, "track": v.pick_track, "retention": v.pick_retention}
    values, rest = pickers.get(missing, v.pick_digest if missing == "plan" else v.pick_first_name)(clause)
    if len(values) != 1 or unknown_words(rest, _AROUND_A_DETAIL | {missing}):
        return None
    ways = {"retention": "with {} day retention", "destination": "to {}", "track": "to {}"}
    return ways.get(missing, f"{missing} {{}}").format(values[0])
