"""A conversation → the next thing the offline model does: call tools, or say something. Pure."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from redshift_migrate.offline.answers import MARK, answer, say_not_offered, say_not_understood
from redshift_migrate.offline.history import Message, Turn, read_conversation
from redshift_migrate.offline.meaning import Ask, Call, Calls, NotUnderstood, Say, call
from redshift_migrate.offline.reader import read_request
from redshift_migrate.tools import CHANGING_TOOLS


def next_step(messages: Sequence[Message], offered: Collection[str]) -> tuple[Call, ...] | str:
    """The calls to make at once, or what to say at the end of the turn. `offered` are the names of the tools there are.

    Reads that follow each other are one batch. Changes go one by one, each after the one before has worked, so
    that nothing is done on top of a failure.
    """
    history, turn = read_conversation(messages)
    meaning = read_request(turn.text, history)
    step = _carry_out(meaning, turn, offered) if isinstance(meaning, Calls) else _say(meaning)
    if not isinstance(step, str):
        return step
    said = f"{step}\n\n{MARK}"
    return Puzzled(said) if isinstance(meaning, NotUnderstood) else said


class Puzzled(str):
    """What is said to a request that was not understood; a script has to notice it."""

    __slots__ = ()


def _say(meaning: Ask | Say | NotUnderstood) -> str:
    if isinstance(meaning, Ask):
        return f"{meaning.sentence} Nothing was called yet."
    return meaning.sentence if isinstance(meaning, Say) else say_not_understood(meaning)


def _carry_out(meaning: Calls, turn: Turn, offered: Collection[str]) -> tuple[Call, ...] | str:
    missing = {each.tool: None for each in meaning.calls if each.tool not in offered}
    if missing:
        read_only = set(missing) <= CHANGING_TOOLS and not CHANGING_TOOLS & set(offered)
        return say_not_offered(tuple(missing), read_only=read_only)
    whole = _with_applies(meaning.calls, turn) if "apply_plan" in offered else meaning.calls
    left = whole[len(turn.done) :]
    if left and all(done.worked for done in turn.done if done.call.changes):
        alone = next((at for at, each in enumerate(left) if each.changes or each.then_apply), len(left))
        return left[: max(alone, 1)]
    names = ", ".join(f"`{each.tool}`" for each in left)
    because = f"\n\nBecause `{turn.done[-1].call.tool}` did not go through, the rest was not called: {names}."
    return answer(turn.done, can_apply="apply_plan" in offered) + (because if left else "")


def _with_applies(calls: tuple[Call, ...], turn: Turn) -> tuple[Call, ...]:
    """The calls with each plan that was made for the deed followed by the call that applies it."""
    whole: list[Call] = []
    for each in calls:
        whole.append(each)
        made = turn.done[len(whole) - 1] if len(whole) <= len(turn.done) else None
        if each.then_apply and made is not None and made.worked and made.plan_digest:
            whole.append(call("apply_plan", plan_digest=made.plan_digest))
    return tuple(whole)
