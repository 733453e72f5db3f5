"""Kept conversations: one writer, readable names, and damage that costs nothing else."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from redshift_migrate.agent.conversation import Conversation
from redshift_migrate.agent.restoring import open_conversation, pair_faults
from redshift_migrate.agent.sessions import SessionLock, list_sessions, require_session_name
from redshift_migrate.errors import SettingsError, StateConflict
from redshift_migrate.migration.service import MigrationService
from tests.support.scripted_model import ScriptedModel, Step


async def said(conversation: Conversation, prompt: str) -> list[str]:
    return [event.kind async for event in conversation.turn(prompt)]


def opened(service: MigrationService, folder: Path, *steps: list[Step]) -> tuple[Conversation, ScriptedModel]:
    model = ScriptedModel(lambda messages, n: steps[n - 1])
    return open_conversation(service, model, folder=folder, name="kept", approver=None), model


@pytest.mark.parametrize("name", ["", "..", "a/b", ".hidden", "a" * 65, "a\nb", "-x"])
def test_names_that_are_no_file_names_are_refused(name: str) -> None:
    with pytest.raises(SettingsError):
        require_session_name(name)


def test_a_session_has_one_writer_at_a_time(tmp_path: Path) -> None:
    lock = SessionLock(tmp_path, "kept")
    with pytest.raises(StateConflict, match="open in another chat"):
        SessionLock(tmp_path, "kept")

    lock.release()
    SessionLock(tmp_path, "kept").release()


def test_a_conversation_goes_on_where_it_ended(service: MigrationService, tmp_path: Path) -> None:
    first, _ = opened(service, tmp_path, ["One."])
    asyncio.run(said(first, "first"))
    first.close()
    second, model = opened(service, tmp_path, ["Two."])
    asyncio.run(said(second, "second"))

    assert second.notice == "Session kept goes on after 2 messages."
    assert [message["role"] for message in model.requests[0]] == ["user", "assistant", "user"]
    assert [(info.name, info.messages) for info in list_sessions(tmp_path)] == [("kept", 4)]
    for file in tmp_path.rglob("*.json"):
        assert file.stat().st_mode & 0o077 == 0


def test_a_torn_message_sets_the_session_aside_and_loses_nothing(service: MigrationService, tmp_path: Path) -> None:
    first, _ = opened(service, tmp_path, ["One."])
    asyncio.run(said(first, "first"))
    first.close()
    newest = max(tmp_path.rglob("message_*.json"))
    newest.write_text('{"message": {"ro')

    second, model = opened(service, tmp_path, ["Two."])
    asyncio.run(said(second, "second"))

    assert "set aside as damaged-1-session_kept" in second.notice
    assert (tmp_path / "damaged-1-session_kept").is_dir()
    assert len(model.requests[0]) == 1
    assert [info.name for info in list_sessions(tmp_path)] == ["kept"]


@pytest.mark.parametrize(
    ("tool", "known"),
    [
        ("get_serverless_settings", "It only reads; nothing was changed."),
        ("set_workgroup_track", "get_migration_status tells."),
    ],
)
def test_a_tool_call_cut_off_by_a_crash_is_told_as_it_is(
    service: MigrationService, tmp_path: Path, tool: str, known: str
) -> None:
    first, _ = opened(service, tmp_path, ["One."])
    asyncio.run(said(first, "first"))
    first.close()
    newest = max(tmp_path.rglob("message_*.json"))
    stored = json.loads(newest.read_text())
    stored["message"]["content"] = [{"toolUse": {"toolUseId": "cut", "name": tool, "input": {}}}]
    newest.write_text(json.dumps(stored))

    for prompt in ("second", "third"):  # the second time everything was restored once more
        again, model = opened(service, tmp_path, ["Two."])
        asyncio.run(said(again, prompt))
        again.close()
        history = model.requests[0]
        assert pair_faults(history) == []
        assert [message["role"] for message in history[:4]] == ["user", "assistant", "user", "assistant"]
        assert known in history[3]["content"][0]["text"]


def test_faults_of_pairs_are_found() -> None:
    use = {"role": "assistant", "content": [{"toolUse": {"toolUseId": "a"}}]}
    result = {"role": "user", "content": [{"toolResult": {"toolUseId": "a"}}]}

    assert pair_faults([use, result]) == []
    assert pair_faults([use]) == []
    assert len(pair_faults([use, {"role": "user", "content": [{"text": "x"}]}])) == 1
    assert len(pair_faults([result])) == 1
