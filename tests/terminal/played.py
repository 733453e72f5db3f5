"""A program for the terminal to talk for: the real service and agent, a model that plays a list of replies."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, Sequence
from pathlib import Path
from typing import Any

from strands.models import Model
from strands.types.content import Message

from redshift_migrate.agent.approver import Approver
from redshift_migrate.agent.conversation import Conversation, create_agent
from redshift_migrate.agent.meanwhile import Meanwhile
from redshift_migrate.migration.service import MigrationService
from redshift_migrate.settings import Settings

Reply = str | tuple[str, dict[str, Any]] | Exception
"""What the model says next: words, a tool call, or how it fails."""


class PlayedModel(Model):
    """Plays its replies one after the other."""

    def __init__(self, replies: Sequence[Reply]) -> None:
        self.replies = list(replies)
        self.config: dict[str, Any] = {"model_id": "played", "context_window_limit": 200_000}

    def update_config(self, **model_config: Any) -> None:
        self.config.update(model_config)

    def get_config(self) -> Any:
        return self.config

    async def structured_output(self, *args: Any, **kwargs: Any) -> AsyncGenerator[dict[str, Any], None]:
        raise NotImplementedError
        yield {}

    async def stream(self, *args: Any, **kwargs: Any) -> AsyncGenerator[Any, None]:
        reply = self.replies.pop(0)
        if isinstance(reply, Exception):
            raise reply
        yield {"messageStart": {"role": "assistant"}}
        if isinstance(reply, str):
            yield {"contentBlockStart": {"start": {}}}
            yield {"contentBlockDelta": {"delta": {"text": reply}}}
        else:
            use = {"toolUseId": f"played-{len(self.replies)}", "name": reply[0]}
            yield {"contentBlockStart": {"start": {"toolUse": use}}}
            yield {"contentBlockDelta": {"delta": {"toolUse": {"input": json.dumps(reply[1])}}}}
        yield {"contentBlockStop": {}}
        yield {"messageStop": {"stopReason": "end_turn" if isinstance(reply, str) else "tool_use"}}
        yield {"metadata": {"usage": {"inputTokens": 7, "outputTokens": 3, "totalTokens": 10}, "metrics": {}}}


class PlayedProgram:
    """The real parts around a played model."""

    def __init__(self, service: MigrationService, state_folder: Path, settings: Settings, *replies: Reply) -> None:
        self.service, self.state_folder, self.settings = service, state_folder, settings
        self.model = PlayedModel(replies)

    def conversation(self, approver: Approver, history: Sequence[Message] = ()) -> Conversation:
        read_only = self.settings.read_only
        agent = create_agent(self.service, self.model, approver=approver, read_only=read_only, history=history)
        return Conversation(agent, Meanwhile(self.service))

    def start(self) -> None:
        """Nothing takes a while here."""

    def use(self, settings: Settings) -> None:
        self.settings = settings
