"""The offline model as the agent SDK wants a model: no network, no weights, the same answer every time."""

from __future__ import annotations

import asyncio
import json
import re
import threading
from collections.abc import AsyncGenerator, Iterator
from typing import Any, TypeVar

from pydantic import BaseModel
from strands.models import Model
from strands.types.content import Messages
from strands.types.event_loop import Usage
from strands.types.streaming import StreamEvent
from strands.types.tools import ToolSpec

from redshift_migrate.agent.events import NOT_UNDERSTOOD
from redshift_migrate.offline.meaning import Call
from redshift_migrate.offline.next_step import Puzzled, next_step

T = TypeVar("T", bound=BaseModel)

_OUR_ID = re.compile(r"offline-(\d+)-\d+")


class OfflineModel(Model):
    """Reads plain requests by fixed rules and drives the same tools as any other model."""

    def __init__(self) -> None:
        self._config: dict[str, Any] = {"model_id": "offline", "context_window_limit": 200_000}

    def update_config(self, **model_config: Any) -> None:
        """Takes over settings; none of them changes the rules."""
        self._config.update(model_config)

    def get_config(self) -> dict[str, Any]:
        """The settings."""
        return self._config

    async def structured_output(
        self, output_model: type[T], prompt: Messages, system_prompt: str | None = None, **kwargs: Any
    ) -> AsyncGenerator[dict[str, T | Any], None]:
        """Always raises: fixed rules cannot fill a schema they do not know."""
        raise NotImplementedError(f"the offline model has no structured output, so no {output_model.__name__}")
        yield {}

    async def stream(
        self,
        messages: Messages,
        tool_specs: list[ToolSpec] | None = None,
        system_prompt: str | None = None,
        *,
        cancel_signal: threading.Event | None = None,
        **kwargs: Any,
    ) -> AsyncGenerator[StreamEvent, None]:
        """The reply, word by word. Ends early, without a stop reason, once the signal is set."""
        step = next_step(messages, {spec["name"] for spec in tool_specs or []})
        for event in _events(step, _next_number(messages)):
            if cancel_signal is not None and cancel_signal.is_set():
                return
            yield event
            await asyncio.sleep(0)  # lets a cancel, or a renderer, have its turn between the words


def _events(step: tuple[Call, ...] | str, number: int) -> Iterator[StreamEvent]:
    yield {"messageStart": {"role": "assistant"}}
    if isinstance(step, str):
        yield {"contentBlockStart": {"start": {}}}
        for word in re.findall(r"\s*\S+\s*?(?=\s|$)|\s+$", step):
            yield {"contentBlockDelta": {"delta": {"text": word}}}
        yield {"contentBlockStop": {}}
    for index, call in enumerate(() if isinstance(step, str) else step):
        use_id = f"offline-{number}-{index}"
        yield {"contentBlockStart": {"start": {"toolUse": {"toolUseId": use_id, "name": call.tool}}}}
        yield {"contentBlockDelta": {"delta": {"toolUse": {"input": json.dumps(dict(call.arguments))}}}}
        yield {"contentBlockStop": {}}
    if isinstance(step, Puzzled):
        yield {"messageStop": {"stopReason": NOT_UNDERSTOOD}}  # type: ignore[typeddict-item]  # a reason of our own
    else:
        yield {"messageStop": {"stopReason": "end_turn" if isinstance(step, str) else "tool_use"}}
    usage: Usage = {"inputTokens": 0, "outputTokens": 0, "totalTokens": 0}
    yield {"metadata": {"usage": usage, "metrics": {"latencyMs": 0}}}


def _next_number(messages: Messages) -> int:
    """A number no tool call of this history has: its length, or more where old messages were dropped from it."""
    ids = (block["toolUse"]["toolUseId"] for message in messages for block in message["content"] if "toolUse" in block)
    used = [int(match[1]) for each in ids if (match := _OUR_ID.fullmatch(each))]
    return max([len(messages), *(number + 1 for number in used)])
