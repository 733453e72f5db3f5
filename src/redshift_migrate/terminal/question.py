"""What a person may answer when a plan waits for them: yes, no, or first a closer look, as often as they like. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, NamedTuple

from redshift_migrate.models.plan import MigrationPlan
from redshift_migrate.planner.summary import data_lost
from redshift_migrate.terminal import planview
from redshift_migrate.terminal.shown import Several, Shown, Words
from redshift_migrate.text import visible

YES, NO, DETAILS = ("y", "yes"), ("", "n", "no"), ("d", "details")


class Heard(NamedTuple):
    """What an answer means. Without a verdict the question is asked again."""

    verdict: Literal["yes", "no"] | None = None
    comment: str = ""
    """What was said besides a no, for whoever asked for the change."""
    command: str = ""
    """A slash command that was typed instead."""
    shown: Shown | None = None
    typed: str = ""
    """The name that was typed to say yes, where the approval holds it."""


def question(plan: MigrationPlan) -> str:
    """How the person is asked; what destroys data takes more than a letter."""
    names = _names(plan)
    if not names:
        return "Apply this plan? [y/N/d=details] "
    if not data_lost(plan):
        return f"This cuts off whoever still needs it. Type {names[0]} to apply the plan [{names[0]}/N/d=details] "
    return f"This destroys data. Type {names[0]} to apply the plan [{names[0]}/N/d=details] "


def hear(plan: MigrationPlan, said: str) -> Heard:
    """The meaning of an answer. Whatever is not understood as a question about the plan is a no with a comment."""
    word, names = said.lower(), _names(plan)
    if names and said in names:
        return Heard("yes", typed=plan.must_type)
    if word in YES:
        return Heard(shown=Words(f"A yes is not enough: {names[0]} must be typed in full.")) if names else Heard("yes")
    if word in NO:
        return Heard("no")
    if word in DETAILS:
        whole = Words(f"Digest: {plan.digest}")
        return Heard(shown=Several((planview.section(plan, "all"), whole)))
    if said.startswith("/"):
        return Heard(command=said)
    parts = tuple(_parts_in(plan, word))
    if parts:
        return Heard(shown=Several(tuple(planview.section(plan, part) for part in parts)))
    if said.endswith("?"):
        return Heard(shown=Words(_LATER.format(digest=plan.digest[: planview.SHORT_DIGEST])))
    return Heard("no", comment=visible(said, 500))


_LATER = (
    "While a plan waits, only the plan itself answers: say d, settings, findings, steps, calls, or a code from above. "
    "To ask about something else, answer n first; /approve {digest} applies this plan later."
)


def _names(plan: MigrationPlan) -> tuple[str, ...]:
    """Any of these is typed in place of a yes."""
    if plan.must_type:
        return (plan.must_type,)
    return tuple(dict.fromkeys(name for name, _ in data_lost(plan)))


def _parts_in(plan: MigrationPlan, said: str) -> Iterator[str]:
    """The parts and codes that a sentence names, and nothing of one that is no question and says more than a name."""
    words = [word.strip(".,;:!?\"'`()") for word in said.split()]
    known = [*planview.SECTIONS, *dict.fromkeys(found.code for found in plan.findings)]
    if said.endswith("?") or len(words) == 1:
        yield from (name for name in known if name in words)
