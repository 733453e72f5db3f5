"""Clauses that are commands: the form that fits, its values, and what it lacks."""

from __future__ import annotations

from typing import Any

from redshift_migrate.offline.forms import FORMS, REFUSALS, STATUS, Form, Refusal, Slot
from redshift_migrate.offline.history import History
from redshift_migrate.offline.meaning import Ask, Call, Calls, Meaning, NotUnderstood, Say
from redshift_migrate.offline.values import Found, leftover
from redshift_migrate.offline.words import Words, lower

_TARGETS = ("namespace_name", "workgroup_name")


def read_command(words: Words, history: History) -> Meaning | None:
    """What a clause that begins as a command means; None when it is no command."""
    refusal = next((each for each in REFUSALS if _start(each, words) is not None), None)
    if refusal is not None:
        return Say(refusal.sentence)
    meanings = [
        _read(form, words, start, history)
        for form in FORMS
        if (start := _start(form, words)) is not None
        and (not form.after or any(done.call.tool in form.after for done in history.last_done))
    ]
    return next((each for kind in (Calls, Ask, NotUnderstood) for each in meanings if isinstance(each, kind)), None)


def read_status(words: Words, history: History) -> Meaning | None:
    """How far a migration is; None when the clause is about something else."""
    meaning = _read(STATUS, words, 0, history) if STATUS.about(words) else None
    return meaning if isinstance(meaning, Calls) else None


def _start(form: Form | Refusal, words: Words) -> int | None:
    """How many words the beginning of the form takes in these words; None when it does not fit."""
    low = lower(words)
    starts = (tuple(start.split()) for start in form.starts)
    return next((len(start) for start in starts if low[: len(start)] == start and form.about(words)), None)


def _read(form: Form, words: Words, start: int, history: History) -> Meaning:
    found: dict[str, Found] = {}
    rest = words
    for slot in form.slots:
        found[slot.argument], rest = slot.pick(rest)
    for slot in reversed(form.slots):
        if slot.recall and not found[slot.argument]:
            found[slot.argument], rest = slot.recall(rest, history, found)
    if unknown := leftover(rest[start:], form.fillers):
        return NotUnderstood(" ".join(words), f"I do not know what to make of: {' '.join(unknown)}")
    if contradiction := _contradiction(form, found):
        return NotUnderstood(" ".join(words), contradiction)
    for slot in reversed(form.slots):
        if slot.ask and not found[slot.argument]:
            return Ask(slot.missing, slot.ask)
    return Calls(_calls(form, found, history))


def _contradiction(form: Form, found: dict[str, Found]) -> str:
    """What was said twice and differently, empty when nothing was."""
    for slot in form.slots:
        targets = any(found.get(name) for name in _TARGETS if name != slot.argument)
        if len(found[slot.argument]) > 1 and not slot.listed and (not slot.each or targets):
            return f"it names more than one {slot.argument.replace('_', ' ')}"
    return ""


def _calls(form: Form, found: dict[str, Found], history: History) -> tuple[Call, ...]:
    arguments = {slot.argument: _value(slot, found[slot.argument], history) for slot in reversed(form.slots)}
    first = Call(form.tool, then_apply=form.then_apply).having(**arguments)
    each = next((slot.argument for slot in form.slots if slot.each), None)
    return tuple(first.having(**{each: value}) for value in found[each]) if each else (first,)


def _value(slot: Slot, values: Found, history: History) -> Any:
    if slot.listed or not values:
        return list(values) or None
    value = slot.complete(values[0], history) if slot.complete else values[0]
    return None if value == slot.unsaid else value
