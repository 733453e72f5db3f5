"""A conversation → the next thing the offline model does: call tools, or say something. Pure."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from redshift_migrate.offline.answers import MARK, answer, say_not_offered, say_not_understood
from redshift_migrate.offline.history import Done, Message, Turn, read_conversation
from redshift_migrate.offline.meaning import NEWEST, Ask, Call, Calls, NotUnderstood, Say, call
from redshift_migrate.offline.reader import read_request
from redshift_migrate.tools import CHANGING_TOOLS, tools_about


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
    whole = _whole(meaning.calls, turn, can_apply="apply_plan" in offered)
    left = whole[len(turn.done) :]
    if left and all(done.worked for done in turn.done if done.call.changes):
        alone = next((at for at, each in enumerate(left) if each.changes or each.then_apply), len(left))
        return left[: max(alone, 1)]
    names = ", ".join(f"`{each.tool}`" for each in left)
    because = f"\n\nBecause `{turn.done[-1].call.tool}` did not go through, the rest was not called: {names}."
    return answer(turn.done, can_apply="apply_plan" in offered) + (because if left else "")


def _whole(calls: tuple[Call, ...], turn: Turn, *, can_apply: bool) -> tuple[Call, ...]:
    """The calls with what belongs before and after them: a look at what a "last" one is, as long as that is not known;
    and of a plan that was made for the deed the call that applies it.
    """
    whole: list[Call] = []

    def result_of_last() -> Done | None:
        return turn.done[len(whole) - 1] if len(whole) <= len(turn.done) else None

    for each in calls:
        argument = next((name for name, value in each.arguments.items() if value == NEWEST), "")
        if argument:
            whole.append(_LOOKS[argument])
            looked = result_of_last()
            found = looked.value(argument) if looked is not None and looked.worked else None
            if not isinstance(found, str):
                break
            each = each.having(**{argument: found})
        whole.append(each)
        plan = result_of_last()
        if can_apply and each.then_apply and plan is not None and plan.worked and plan.plan_digest:
            whole.append(call("apply_plan", plan_digest=plan.plan_digest))
        elif plan is not None and plan.is_namespace and each.tool in tools_about("cluster", "read"):
            whole.append(call("get_serverless_settings", namespace_name=each.arguments["cluster_id"]))
    return tuple(whole)


_LOOKS = {"plan_digest": call("get_plan"), "migration_id": call("get_migration_status")}
"""What shows the newest, by the argument that names it."""
