"""What a conversation remembers is bounded by tokens; what was planned and run outlives the words about it."""

from __future__ import annotations

import asyncio
import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from strands.types.exceptions import ContextWindowOverflowException

from redshift_migrate.agent.conversation import Conversation, create_agent
from redshift_migrate.agent.meanwhile import Meanwhile, tell_place
from redshift_migrate.agent.memory import MOST_TOKENS, NOTE, Memory, note_of, tokens_of
from redshift_migrate.agent.restoring import open_conversation, pair_faults
from redshift_migrate.errors import AwsError
from redshift_migrate.migration.service import MigrationService
from redshift_migrate.models.approval import Consent
from redshift_migrate.models.place import HERE
from tests.agent.test_gate import Person
from tests.agent.test_meanwhile import CALL, REQUEST, converse
from tests.support.scripted_model import ScriptedModel, Step

LONG = "x" * 20_000
"""A fifth of the tokens of a conversation, in one answer."""


async def say(conversation: Conversation, prompt: str) -> str:
    """One turn; what the program put before the prompt."""
    model = conversation.agent.model
    assert isinstance(model, ScriptedModel)
    begun = len(model.requests)
    assert [event async for event in conversation.turn(prompt)]
    said = [part["text"] for part in model.requests[begun][-1]["content"]]
    assert said[-1] == prompt
    return " ".join(said[:-1])


def requests_of(conversation: Conversation) -> list[Any]:
    assert isinstance(conversation.agent.model, ScriptedModel)
    return conversation.agent.model.requests


def asks(text: str) -> dict[str, Any]:
    return {"role": "user", "content": [{"text": text}]}


def says(text: str) -> dict[str, Any]:
    return {"role": "assistant", "content": [{"text": text}]}


def calls(name: str, use_id: str = "u") -> dict[str, Any]:
    return {"role": "assistant", "content": [{"toolUse": {"toolUseId": use_id, "name": name, "input": {}}}]}


def answers(result: dict[str, Any], use_id: str = "u") -> dict[str, Any]:
    content = [{"json": result}]
    return {"role": "user", "content": [{"toolResult": {"toolUseId": use_id, "status": "success", "content": content}}]}


class Holder:
    """As much of an agent as memory looks at."""

    def __init__(self, messages: list[Any]) -> None:
        self.messages = messages


def cut(messages: list[Any], memory: Memory | None = None) -> list[Any]:
    holder: Any = Holder(messages)
    (memory or Memory(most_tokens=2_000, kept_tokens=500)).apply_management(holder)
    return messages


def facts(note: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(note.removeprefix(NOTE).removesuffix(")"))
    return found


def test_a_long_conversation_stays_bounded_and_is_cut_rarely(service: MigrationService) -> None:
    """Between two cuts every request begins with the whole of the one before, so that providers have it cached."""
    replies: list[list[Step]] = [[f"{n} {LONG}"] for n in range(40)]

    async def talk() -> list[Any]:
        conversation = converse(service, Person(None), [], *replies)
        for n in range(40):
            await say(conversation, f"question {n}")
            assert pair_faults(conversation.history) == []
            assert tokens_of(conversation.history) <= MOST_TOKENS
        return requests_of(conversation)

    requests = asyncio.run(talk())
    broken = [one for one, following in pairwise(requests) if not goes_on(one, following)]
    assert 3 <= len(broken) <= 40 // 4
    assert all(tokens_of(request) <= MOST_TOKENS for request in requests)
    assert requests[-1][0]["content"][0]["text"].startswith(NOTE)
    assert all(any(HERE in json.dumps(message) for message in request) for request in requests)


def goes_on(one: list[Any], next_one: list[Any]) -> bool:
    return json.dumps(next_one).startswith(json.dumps(one)[:-1])


def test_the_last_plan_and_what_waits_outlive_the_words(service: MigrationService) -> None:
    replies: list[list[Step]] = [[LONG]] * 12

    async def talk() -> Any:
        conversation = converse(service, Person(None), [], [CALL], *replies)
        for n in range(11):
            await say(conversation, f"copy it, {n}")
        return conversation.history

    noted = facts(asyncio.run(talk())[0]["content"][0]["text"])
    plan = service.prepare(REQUEST)
    assert noted["last_plan"]["plan_digest"] == plan.digest
    assert noted["last_plan"]["status"] == "approval_required"
    assert list(noted["waiting"]) == [plan.digest]


def test_what_was_applied_waits_no_longer_and_older_notes_are_carried_on() -> None:
    planned = {"status": "approval_required", "plan_digest": "a" * 64, "message": "Copy: it waits"}
    first = [asks("copy"), calls("configure"), answers(planned), says("It waits."), asks("x" * 9000), says("Well.")]
    after_one = cut(first)
    assert facts(after_one[0]["content"][0]["text"])["waiting"] == {"a" * 64: "Copy: it waits"}

    done = {"status": "success", "plan_digest": "a" * 64, "migration_id": "m-1", "message": "all steps are done"}
    longer = [
        *after_one,
        asks("apply"),
        calls("apply_plan"),
        answers(done),
        says("Done."),
        asks("y" * 9000),
        says("So."),
    ]
    noted = facts(cut(longer)[0]["content"][0]["text"])
    assert (noted["waiting"], noted["runs"]) == ({}, {"m-1": "all steps are done"})
    assert noted["last_plan"]["plan_digest"] == "a" * 64


def test_a_note_that_was_altered_is_no_note() -> None:
    altered: list[Any] = [asks(f"{NOTE}[not json)"), says("(Noted.)")]
    assert facts(note_of(altered)) == {"last_plan": None, "waiting": {}, "runs": {}}


def test_the_last_turn_is_left_whole_however_long_it_is() -> None:
    """It is what the next question will be about."""
    turn = [asks("all of it"), calls("get"), answers({"message": "z" * 20_000}), says("Here.")]
    assert cut([asks("before"), says("yes"), *turn])[2:] == turn


def test_what_does_not_fit_is_halved_then_shortened_then_told() -> None:
    memory = Memory()
    turn = [asks("all"), calls("get", "1"), answers({"message": "z" * 9_000}, "1"), calls("get", "2"), answers({}, "2")]
    holder: Any = Holder([asks("a"), says("b" * 4_000), *turn])

    memory.reduce_context(holder)
    assert holder.messages[2:] == turn  # after the note
    memory.reduce_context(holder)
    assert "z" not in json.dumps(holder.messages[-1:])
    assert "left out" in json.dumps(holder.messages[4])
    with pytest.raises(ContextWindowOverflowException):
        memory.reduce_context(holder)


def test_a_kept_session_goes_on_after_a_cut(service: MigrationService, tmp_path: Path) -> None:
    def opened() -> Any:
        model = ScriptedModel(lambda _, n: [CALL] if n == 1 and not kept else [LONG])
        return open_conversation(service, model, folder=tmp_path, name="kept", approver=Person(None))

    async def talk(times: int) -> Any:
        conversation = opened()
        before = conversation.history
        for n in range(times):
            await say(conversation, f"copy it, {n}")
        conversation.close()
        return before, conversation.history

    kept = ()
    _, kept = asyncio.run(talk(14))
    again, _ = asyncio.run(talk(1))
    assert json.dumps(kept[0]).count(NOTE[:-1]) == 1
    assert [message["content"] for message in again] == [message["content"] for message in kept]


def test_a_session_of_the_version_before_is_opened(service: MigrationService) -> None:
    """It has the state of another manager; its messages are good."""
    state = {"__name__": "SlidingWindowConversationManager", "removed_message_count": 4, "model_call_count": 0}
    memory = Memory()
    assert memory.restore_from_session(state) is None
    assert memory.removed_message_count == 4
    assert isinstance(create_agent(service, ScriptedModel(lambda *_: ["x"])).conversation_manager, Memory)


# --- the place -------------------------------------------------------------------------------------------


def test_where_it_runs_is_told_once_a_day_and_when_it_changes(service: MigrationService) -> None:
    async def talk() -> None:
        conversation = converse(service, Person(None), [], ["Yes."], ["Yes."], ["Yes."], ["Yes."])
        told = await say(conversation, "one")
        assert told == "(Where this runs: today is 2026-12-01; account 123456789012; default region us-east-2.)"
        assert await say(conversation, "two") == ""
        service._clock.sleep(24 * 3600)
        assert "today is 2026-12-02" in await say(conversation, "three")
        assert await say(conversation, "four") == ""

    asyncio.run(talk())


def test_an_account_that_cannot_be_asked_for_is_unknown(
    service: MigrationService, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = list[Any]()

    def refuse(self: Any) -> Any:
        asked.append(self)
        raise AwsError("The token has expired.")

    monkeypatch.setattr(type(service), "identity", refuse)
    meanwhile = Meanwhile(service)
    assert "account unknown;" in " ".join(meanwhile.tell(()))
    assert len(asked) == 1
    assert meanwhile.tell(({"content": [{"text": tell_place(service.place(), service.now())}]},)) == ()
    asked.clear()
    meanwhile.tell(())
    assert asked == []  # who did not answer is not asked for every turn
    service._clock.sleep(180)
    meanwhile.tell(())
    assert len(asked) == 1


def test_the_demo_and_read_only_are_told(service: MigrationService) -> None:
    for_demo = MigrationService(
        aws=service._aws, regions=service._regions, store=service._store, read_only=True, simulated=True
    )
    told = " ".join(Meanwhile(for_demo).tell(()))
    assert "simulated" in told
    assert "read-only: nothing can be changed" in told
    assert "default region none: it must be named" in told


def test_a_consent_elsewhere_is_still_told_beside_it(service: MigrationService) -> None:
    async def talk() -> None:
        conversation = converse(service, Person(None), [], [CALL], ["It waits."], ["Good."])
        await say(conversation, "copy it")
        service.apply(service.prepare(REQUEST).digest, Consent(approved_by="ana", channel="program"))
        assert "was approved by ana" in await say(conversation, "and now?")

    asyncio.run(talk())
