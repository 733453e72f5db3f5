"""A model that plays a script: what it says is decided by the test, whatever the conversation holds."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, AsyncIterable, Callable
from typing import Any

from strands.models import Model

Step = str | tuple[str, dict[str, Any]]
"""A text to say, or a tool to call with arguments."""


class ScriptedModel(Model):
    """Answers the n-th request with `script(messages, n)`: texts and tool calls."""

    def __init__(self, script: Callable[[Any, int], list[Step]]) -> None:
        self._script = script
        self.requests: list[Any] = []

    def update_config(self, **model_config: Any) -> None:
        """Nothing to configure."""

    def get_config(self) -> Any:
        return {"model_id": "scripted", "context_window_limit": 200_000}

    async def structured_output(self, *_: Any, **__: Any) -> AsyncGenerator[dict[str, Any], None]:
        raise AssertionError("not part of the product")
        yield {}

    async def stream(self, messages: Any, *_: Any, **__: Any) -> AsyncIterable[Any]:
        self.requests.append(json.loads(json.dumps(messages)))
        steps = self._script(messages, len(self.requests))
        yield {"messageStart": {"role": "assistant"}}
        for index, step in enumerate(steps):
            for event in _block(step, f"use-{len(self.requests)}-{index}"):
                yield event
        called = any(isinstance(step, tuple) for step in steps)
        yield {"messageStop": {"stopReason": "tool_use" if called else "end_turn"}}
        yield {
            "metadata": {
                "usage": {"inputTokens": 1, "outputTokens": 1, "totalTokens": 2},
                "metrics": {"latencyMs": 0},
            }
        }


def _block(step: Step, tool_use_id: str) -> list[dict[str, Any]]:
    if isinstance(step, str):
        start: dict[str, Any] = {}
        delta: dict[str, Any] = {"text": step}
    else:
        name, arguments = step
        start = {"toolUse": {"toolUseId": tool_use_id, "name": name}}
        delta = {"toolUse": {"input": json.dumps(arguments)}}
    return [
        {"contentBlockStart": {"start": start}},
        {"contentBlockDelta": {"delta": delta}},
        {"contentBlockStop": {}},
    ]
