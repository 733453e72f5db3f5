"""A conversation hears of what was approved and run elsewhere, once, and not of what it did itself."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from redshift_migrate.agent.conversation import Conversation, create_agent, system_prompt
from redshift_migrate.agent.meanwhile import Meanwhile
from redshift_migrate.errors import ApplyError
from redshift_migrate.migration.service import MigrationService
from redshift_migrate.models.approval import Consent
from redshift_migrate.models.place import HERE
from redshift_migrate.models.request import ConfigureSnapshotCopy
from redshift_simulator import SimulatedAccount
from tests.agent.test_gate import COPY, Person
from tests.support.scheduled import REGION
from tests.support.scripted_model import ScriptedModel, Step

REQUEST = ConfigureSnapshotCopy(region=REGION, **COPY)
CALL: Step = ("configure_serverless_snapshot_copy", COPY)
CONSENT = Consent(approved_by="ana", channel="program")


def converse(service: MigrationService, person: Person, history: list[Any], *replies: list[Step]) -> Conversation:
    model = ScriptedModel(lambda _, n: replies[n - 1])
    return Conversation(create_agent(service, model, approver=person, history=history), Meanwhile(service))


async def say(conversation: Conversation, prompt: str) -> str:
    """One turn; what the program put before the prompt."""
    begun = len(conversation.history)
    assert [event async for event in conversation.turn(prompt)]
    said = [part["text"] for part in conversation.history[begun]["content"]]
    assert said[-1] == prompt
    return " ".join(text for text in said[:-1] if not text.startswith(HERE))


def test_a_plan_that_was_applied_elsewhere_is_told_once(service: MigrationService) -> None:
    async def talk() -> None:
        conversation = converse(service, Person(None), [], [CALL], ["It waits."], ["Good."], ["Yes."])
        assert await say(conversation, "copy it") == ""
        outcome = service.apply(service.prepare(REQUEST).digest, CONSENT)

        told = await say(conversation, "and now?")
        assert f"{outcome.migration_id}: finished, 1 of 1 steps done" in told
        assert "approved by ana" in told
        assert await say(conversation, "really?") == ""

    asyncio.run(talk())


def test_a_conversation_that_goes_on_in_another_process_hears_it_too(service: MigrationService) -> None:
    async def talk() -> None:
        first = converse(service, Person(None), [], [CALL], ["It waits."])
        await say(first, "copy it")
        service.apply(service.prepare(REQUEST).digest, CONSENT)

        second = converse(service, Person(None), json.loads(json.dumps(first.history)), ["Good."])
        assert "finished" in await say(second, "and now?")
        third = converse(service, Person(None), json.loads(json.dumps(second.history)), ["Good."])
        assert await say(third, "and now?") == ""

    asyncio.run(talk())


def test_a_run_that_failed_elsewhere_is_told_with_its_reason(
    service: MigrationService, account: SimulatedAccount
) -> None:
    async def talk() -> None:
        conversation = converse(service, Person(None), [], [CALL], ["It waits."], ["Sorry."])
        await say(conversation, "copy it")
        account.faults.add("redshift-serverless:CreateSnapshotCopyConfiguration", kind="denied", times=None)
        with pytest.raises(ApplyError):
            service.apply(service.prepare(REQUEST).digest, CONSENT)
        assert "0 of 1 steps done, because" in await say(conversation, "and now?")

    asyncio.run(talk())


def test_what_the_conversation_did_itself_is_no_news(service: MigrationService) -> None:
    async def talk() -> None:
        conversation = converse(service, Person(True), [], [CALL], ["Done."], ["Yes."])
        assert await say(conversation, "copy it") == ""
        assert await say(conversation, "really?") == ""

    asyncio.run(talk())


def test_a_read_only_conversation_is_told_that_it_is_one() -> None:
    assert system_prompt(read_only=True).startswith(system_prompt().rstrip())
    assert "read-only" in system_prompt(read_only=True)
    assert "read-only" not in system_prompt()
