"""Clauses that are commands: the form that fits, its values, and what it lacks."""

from __future__ import annotations

from typing import Any

from redshift_migrate.offline.forms import FORMS, REFUSALS, STATUS, Form, Refusal, Slot
from redshift_migrate.offline.history import History
from redshift_migrate.offline.meaning import Ask, Call, Calls, Meaning, NotUnderstood, Say
from redshift_migrate.offline.values import Found
from redshift_migrate.offline.words import unknown_words

_TARGETS = ("namespace_name", "workgroup_name")


def read_command(clause: str, history: History) -> Meaning | None:
    """What a clause that begins as a command means; None when it is no command."""
    refusal = next((each for each in REFUSALS if _fits(each, clause)), None)
    if refusal is not None:
        return Say(refusal.sentence)
    before = {done.call.tool for done in history.last_done}
    forms = [form for form in FORMS if _fits(form, clause) and (not form.after or before.intersection(form.after))]
    meanings = [_read(form, clause, history) for form in forms]
    return next((each for kind in (Calls, Ask, NotUnderstood) for each in meanings if isinstance(each, kind)), None)


def read_status(clause: str, history: History) -> Meaning | None:
    """How far a migration is; None when the clause is about something else."""
    meaning = _read(STATUS, clause, history) if STATUS.about(clause) else None
    return meaning if isinstance(meaning, Calls) else None


def _start(form: Form | Refusal, clause: str) -> str | None:
    return next((each for each in form.starts if f"{clause.lower()} ".startswith(f"{each} ") or not each), None)


def _fits(form: Form | Refusal, clause: str) -> bool:
    return _start(form, clause) is not None and form.about(clause)


def _read(form: Form, clause: str, history: History) -> Meaning:
    found: dict[str, Found] = {}
    rest = clause
    for slot in form.slots:
        found[slot.argument], rest = slot.pick(rest)
    for slot in reversed(form.slots):
        if slot.recall and not found[slot.argument]:
            found[slot.argument], rest = slot.recall(rest, history, found)
    if unknown := unknown_words(rest[len(_start(form, clause) or "") :], form.fillers):
        return NotUnderstood(clause, f"I do not know what to make of: {' '.join(unknown)}")
    if contradiction := _contradiction(form, found):
        return NotUnderstood(clause, contradiction)
    for slot in reversed(form.slots):
        if slot.ask and not found[slot.argument]:
            return Ask(slot.argument.partition("_")[0], slot.ask)
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
