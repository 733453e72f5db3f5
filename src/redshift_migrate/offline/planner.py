"""A conversation → the next thing the offline model does: call tools, or say something. Pure."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from redshift_migrate.offline.answers import MARK, answer
from redshift_migrate.offline.facts import Done, Message, read_conversation
from redshift_migrate.offline.intents import Ask, Call, NotUnderstood, Say
from redshift_migrate.offline.reader import read_request
from redshift_migrate.offline.replies import asked, not_offered, not_understood
from redshift_migrate.tools import CHANGING_TOOLS


@dataclass(frozen=True)
class CallTools:
    """Call these, all at once."""

    calls: tuple[Call, ...]


@dataclass(frozen=True)
class Reply:
    """Say this; the turn is over."""

    text: str


NextStep = CallTools | Reply


def next_step(messages: Sequence[Message], offered: Collection[str]) -> NextStep:
    """What comes next. `offered` are the names of the tools there are.

    Reads that follow each other are one batch. Changes go one by one, each after the one before has worked, so
    that nothing is done on top of a failure.
    """
    facts, turn = read_conversation(messages)
    intent = read_request(turn.text, facts)
    if isinstance(intent, Ask):
        return _reply(asked(intent))
    if isinstance(intent, NotUnderstood):
        return _reply(not_understood(intent))
    if isinstance(intent, Say):
        return _reply(intent.sentence)
    missing = tuple(dict.fromkeys(call.tool for call in intent.calls if call.tool not in offered))
    if missing:
        return _reply(
            not_offered(missing, read_only=set(missing) <= CHANGING_TOOLS and not CHANGING_TOOLS & set(offered))
        )
    whole = _with_applies(intent.calls, turn.done) if "apply_plan" in offered else intent.calls
    left = whole[len(turn.done) :]
    stopped = any(done.call.changes and not done.worked for done in turn.done)
    if left and not stopped:
        return CallTools(_batch(left))
    return _reply(answer(turn.done) + _not_done(left, turn.done))


def _with_applies(calls: tuple[Call, ...], done: tuple[Done, ...]) -> tuple[Call, ...]:
    """The calls with each plan that was made for the deed followed by the call that applies it."""
    whole: list[Call] = []
    for each in calls:
        whole.append(each)
        made = done[len(whole) - 1] if len(whole) <= len(done) else None
        if each.then_apply and made is not None and made.worked and made.value("plan_digest"):
            whole.append(Call("apply_plan", {"plan_digest": made.value("plan_digest")}))
    return tuple(whole)


def _batch(left: tuple[Call, ...]) -> tuple[Call, ...]:
    """The next change (or plan to be applied) alone, or the reads up to the next one."""
    if left[0].changes or left[0].then_apply:
        return left[:1]
    first_change = next((index for index, call in enumerate(left) if call.changes or call.then_apply), len(left))
    return left[:first_change]


def _not_done(left: tuple[Call, ...], done: tuple[Done, ...]) -> str:
    if not left:
        return ""
    names = ", ".join(f"`{call.tool}`" for call in left)
    return f"\n\nBecause `{done[-1].call.tool}` did not go through, the rest was not called: {names}."


def _reply(text: str) -> Reply:
    return Reply(f"{text}\n\n{MARK}")
