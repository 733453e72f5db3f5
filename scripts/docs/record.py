"""docs/assumed-not-verified.md, whole: the beliefs, and the dated record of what AWS does."""

from __future__ import annotations

import redshift_facts as record
from scripts.docs.blocks import table

INTRODUCTION = """\
# Assumed, not verified

No AWS account is used to build or test this program. What follows is therefore a belief: taken from the service
models, the documentation or public reports, or chosen to be stricter than AWS where nothing says what AWS does. Each
line says what is assumed and why. A line goes away when a real account has confirmed or refuted it.

This page is printed from `src/redshift_facts/data`; the program and the simulated account read the same files."""

RECORD = """\
## The dated record

What AWS answers unasked, accepts and refuses, as the program and the simulated account take it. `documented` is what
AWS writes, `seen` what others saw on real accounts, `derived` follows from the two, `assumed` is a belief."""


def generate(_: str) -> str:
    """The page."""
    beliefs = [
        f"## {about}\n\n{table(('assumed', 'why'), [(row.assumed, row.why) for row in rows])}"
        for about, rows in record.assumptions().items()
    ]
    facts = [
        f"### {_words(file)}: {_words(name)}\n\n{_facts(f'{file}.{name}')}"
        for file in record.FILES
        for name in record.tables(file)
    ]
    return "\n\n".join((INTRODUCTION, *beliefs, RECORD, *facts)) + "\n"


def _facts(name: str) -> str:
    rows = [
        (f"`{fact.key}`", _value(fact), fact.standing, fact.date, fact.source, fact.note)
        for fact in record.facts(name).values()
    ]
    return table(("what", "value", "standing", "date", "source", "note"), rows)


def _value(fact: record.Fact) -> str:
    if isinstance(fact.value, bool):
        return "true" if fact.value else "false"
    return f"`{fact.value}`" if fact.value != "" else "empty"


def _words(name: str) -> str:
    return name.replace("_", " ")
