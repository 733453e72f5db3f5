"""A plain request → what it means. Pure: the same text after the same conversation always means the same."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from redshift_migrate.offline import values as v
from redshift_migrate.offline.conditions import DECIDES_NONE, condition_in
from redshift_migrate.offline.fleet import read_cost, read_fleet
from redshift_migrate.offline.forms import FORMS, STATUS, Form, Slot
from redshift_migrate.offline.history import History
from redshift_migrate.offline.lists import read_clusters
from redshift_migrate.offline.meaning import Ask, Call, Calls, Meaning, NotUnderstood, Say, call
from redshift_migrate.offline.places import settle_places
from redshift_migrate.offline.reads import read_help, read_settings
from redshift_migrate.offline.repeats import read_repeat
from redshift_migrate.offline.spelling import meant_verb, mend
from redshift_migrate.offline.words import (
    CHANGE_VERBS,
    COMMA,
    END,
    LAST_WORDS,
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

_LONGEST = 2_000  # characters
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
    if len(text) > _LONGEST:
        return NotUnderstood(f"{text[:60]}…", "it is too long for fixed rules")
    placed = settle_places(text, history)
    if isinstance(placed, NotUnderstood):
        return placed
    words = words_of(placed)
    if word := condition_in(" ".join(words)):
        return NotUnderstood(text.strip(), DECIDES_NONE.format(word=word))
    whole = tuple(word for word in lower(words) if word not in (END, COMMA))
    if said := _read_small_talk(whole) or _read_place(whole, history) or _read_consent(whole, history):
        return said
    joined = whole[:1] in {("and",), ("also",), ("plus",), ("or",)}
    clauses = [each for each in clauses_of(words) if _asks_something(each)] or clauses_of(words)
    calls: list[Call] = []
    for clause in clauses:
        meaning = _read_clause(" ".join(clause), history.after(calls), joined=joined or bool(calls))
        if isinstance(meaning, NotUnderstood) and len(clauses) == 1:
            return replace(meaning, part=text.strip())
        if not isinstance(meaning, Calls):
            return meaning
        calls += [each for each in meaning.calls if each not in calls]
    return Calls(tuple(calls)) if calls else NotUnderstood(text.strip())


def _read_clause(typed: str, history: History, *, joined: bool) -> Meaning:
    if verb := meant_verb(tuple(typed.split())):
        return NotUnderstood(typed, f"did you mean: {verb} {typed.partition(' ')[2]}")
    reads = CHANGE_VERBS.isdisjoint(words_in(typed))
    clause = " ".join(mend(tuple(typed.split()))) if reads else typed
    meaning = (
        _read_status(clause, history)
        or read_cost(clause, history)
        or read_fleet(clause)
        or read_help(clause)
        or read_repeat(clause, history, joined=joined)
        or _read_command(clause, history)
        or read_clusters(clause)
        or read_settings(clause, history)
        or NotUnderstood(clause)
    )
    changes = isinstance(meaning, Calls) and any(each.changes for each in meaning.calls)
    negated = not NEGATIONS.isdisjoint(words_in(clause))
    if isinstance(meaning, NotUnderstood):
        return replace(meaning, part=typed)
    return NotUnderstood(clause, "it says not to") if changes and negated else meaning


def _read_place(whole: Words, history: History) -> Say | None:
    """Who and where one is, as the program said it."""
    if tuple(word for word in whole if word not in LAST_WORDS) not in _WHERE:
        return None
    told = history.place.removeprefix("(").removesuffix(")")
    return Say(told or "That was not told here; the toolbar and `/region` show it.")


_WHERE = phrases(
    """
    who am i, where am i, which account is this, which account am i in, what account is this, which region is this,
    which region am i in, what is the date, what day is it, is this real, is this simulated, where does this run
    """
)


def _read_small_talk(whole: Words) -> Say | None:
    core = tuple(word for word in whole if word not in LAST_WORDS)
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


def _asks_something(words: Words) -> bool:
    return _read_small_talk(lower(words)) is None or bool({"stop", "cancel"} & set(lower(words)))


def _read_command(clause: str, history: History) -> Meaning | None:
    """What a clause that begins as a command means; None when it is no command."""
    before = {done.call.tool for done in history.last_done}
    forms = [form for form in FORMS if not form.after or before.intersection(form.after)]
    meanings = [
        _read_form(form, clause, 0 if form.begins_with_value else len(start), history)
        for form in forms
        if (start := _start(form, clause)) is not None and form.about(clause)
    ]
    kinds = (Say, Calls, Ask, NotUnderstood)
    return next((each for kind in kinds for each in meanings if isinstance(each, kind)), None)


def _read_status(clause: str, history: History) -> Meaning | None:
    """How far a migration is; None when the clause is about something else."""
    meaning = _read_form(STATUS, clause, 0, history) if STATUS.about(clause) else None
    return meaning if isinstance(meaning, Calls) else None


def _start(form: Form, clause: str) -> str | None:
    return next((each for each in form.starts if f"{clause.lower()} ".startswith(f"{each} ") or not each), None)


def _read_form(form: Form, clause: str, start: int, history: History) -> Meaning:
    if form.refusal:
        return Say(form.refusal)
    found: dict[str, v.Found] = {}
    rest = clause
    for slot in form.slots:
        found[slot.argument], rest = slot.pick(rest)
    for slot in reversed(form.slots):
        if slot.recall and not found[slot.argument]:
            found[slot.argument], rest = slot.recall(rest, history, found)
        if slot.adds_to:
            before, rest = slot.adds_to(rest, history, found)
            found[slot.argument] = tuple(dict.fromkeys((*before, *found[slot.argument])))
    if unknown := unknown_words(rest[start:], form.fillers):
        return NotUnderstood(clause, f"I do not know what to make of: {' '.join(unknown)}")
    if contradiction := _contradiction(form, found):
        return NotUnderstood(clause, contradiction)
    for slot in reversed(form.slots):
        if slot.ask and not found[slot.argument]:
            return Ask(slot.argument.partition("_")[0], slot.ask)
    said = {slot.argument: _value(slot, found[slot.argument], history) for slot in reversed(form.slots)}
    first = Call(form.tool, then_apply=form.then_apply).having(**said)
    each = [slot.argument for slot in form.slots if slot.several == "calls"]
    return Calls(tuple(first.having(**{name: value}) for name in each for value in found[name]) or (first,))


def _contradiction(form: Form, found: dict[str, v.Found]) -> str:
    """What was said twice and differently, empty when nothing was."""
    for slot in form.slots:
        targets = any(found.get(name) for name in ("namespace_name", "workgroup_name") if name != slot.argument)
        if len(found[slot.argument]) > 1 and slot.several not in ("list", "joined") and (not slot.several or targets):
            return f"it names more than one {slot.argument.replace('_', ' ')}"
    return ""


def _value(slot: Slot, values: v.Found, history: History) -> Any:
    if slot.several == "list" or not values:
        return list(values) or None
    if slot.several == "joined" and slot.complete:
        return " ".join(slot.complete(value, history) for value in values)
    value = slot.complete(values[0], history) if slot.complete else values[0]
    return None if value == slot.unsaid else value


_AROUND_A_DETAIL = vocabulary("the for of on to in it is with keep them region retention plan digest")


def _read_with_the_one_before(text: str, history: History) -> Meaning | None:
    """The request before, when it lacked one detail and this text is exactly that detail."""
    if not history.turns or history.turns[-1].done:
        return None
    before, earlier = history.turns[-1].text, replace(history, turns=history.turns[:-1])
    asked = _read(before, earlier)
    detail = _detail(text, asked.missing) if isinstance(asked, Ask) else None
    meaning = _read(f"{before.rstrip(' .?!,;')} {detail}", earlier) if detail else None
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
