"""Clauses that are commands: the form that fits, its values, and what it lacks."""

from __future__ import annotations

from typing import Any

from redshift_migrate.offline.forms import FORMS, STATUS, Form, Slot
from redshift_migrate.offline.history import History
from redshift_migrate.offline.meaning import Ask, Call, Calls, Meaning, NotUnderstood, Say
from redshift_migrate.offline.values import Found
from redshift_migrate.offline.words import unknown_words

_TARGETS = ("namespace_name", "workgroup_name")


def read_command(clause: str, history: History) -> Meaning | None:
    """What a clause that begins as a command means; None when it is no command."""
    before = {done.call.tool for done in history.last_done}
    forms = [form for form in FORMS if not form.after or before.intersection(form.after)]
    meanings = [
        _read(form, clause, len(start), history)
        for form in forms
        if (start := _start(form, clause)) is not None and form.about(clause)
    ]
    kinds = (Say, Calls, Ask, NotUnderstood)
    return next((each for kind in kinds for each in meanings if isinstance(each, kind)), None)


def read_status(clause: str, history: History) -> Meaning | None:
    """How far a migration is; None when the clause is about something else."""
    meaning = _read(STATUS, clause, 0, history) if STATUS.about(clause) else None
    return meaning if isinstance(meaning, Calls) else None


def _start(form: Form, clause: str) -> str | None:
    return next((each for each in form.starts if f"{clause.lower()} ".startswith(f"{each} ") or not each), None)


def _read(form: Form, clause: str, start: int, history: History) -> Meaning:
    if form.refusal:
        return Say(form.refusal)
    found: dict[str, Found] = {}
    rest = clause
    for slot in form.slots:
        found[slot.argument], rest = slot.pick(rest)
    for slot in reversed(form.slots):
        if slot.recall and not found[slot.argument]:
            found[slot.argument], rest = slot.recall(rest, history, found)
    if unknown := unknown_words(rest[start:], form.fillers):
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
        if len(found[slot.argument]) > 1 and slot.several != "list" and (not slot.several or targets):
            return f"it names more than one {slot.argument.replace('_', ' ')}"
    return ""


def _calls(form: Form, found: dict[str, Found], history: History) -> tuple[Call, ...]:
    said = [(slot, found[slot.argument]) for slot in reversed(form.slots) if found[slot.argument]]
    arguments = {slot.argument: _value(slot, values, history) for slot, values in said}
    first = Call(form.tool, then_apply=form.then_apply).having(**arguments)
    each = next((slot.argument for slot in form.slots if slot.several == "calls"), None)
    return tuple(first.having(**{each: value}) for value in found[each]) if each else (first,)


def _value(slot: Slot, values: Found, history: History) -> Any:
    if slot.several == "list":
        return list(values)
    value = slot.complete(values[0], history) if slot.complete else values[0]
    return None if value == slot.unsaid else value
