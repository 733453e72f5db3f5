"""One conversation: prompts in, typed events out. Async only; the SDK's own loop does the work."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from importlib import resources
from typing import Any

from strands import Agent
from strands.hooks.events import AfterModelCallEvent, AfterToolCallEvent, BeforeToolCallEvent
from strands.models import Model
from strands.session import SessionManager
from strands.tools.executors import SequentialToolExecutor
from strands.types.content import Message

from redshift_migrate.agent.approver import Approver, NobodyToAsk
from redshift_migrate.agent.binding import bound
from redshift_migrate.agent.events import (
    Answer,
    TextDelta,
    TextReset,
    ToolCall,
    ToolResult,
    TurnEvent,
    TurnFailed,
    Usage,
)
from redshift_migrate.agent.gate import PlanGate
from redshift_migrate.agent.models.bedrock import BedrockRetry
from redshift_migrate.agent.models.problems import describe_model_error, is_worth_another_try
from redshift_migrate.agent.toolbox import Toolbox, tools
from redshift_migrate.migration.service import MigrationService
from redshift_migrate.text import visible_values

LOG = logging.getLogger(__name__)

AGENT_ID = "redshift-migrate"
"""Stable, because sessions are stored under it."""

MOST_MODEL_CALLS = 25
"""Model calls a turn may take; a model that loops is stopped."""

STOPPED: dict[str, str] = {
    "max_tokens": "The answer was cut at the model's token limit.",
    "limit_turns": "The model called tools too many times in one turn and was stopped.",
    "content_filtered": "The provider's content filter withheld the answer.",
    "guardrail_intervened": "A guardrail of the account withheld the answer.",
    "model_context_window_exceeded": "The conversation no longer fits into the model; start a new session.",
    "malformed_tool_use": "The model wrote a tool call that cannot be read; say it again.",
}
"""What is said for an end that is not an answer."""


def system_prompt() -> str:
    """The same bytes in every run, so that providers can cache them."""
    return resources.files(__package__).joinpath("system_prompt.txt").read_text(encoding="utf-8")


def create_agent(
    service: MigrationService,
    model: Model,
    *,
    approver: Approver | None = None,
    read_only: bool = False,
    session_manager: SessionManager | None = None,
) -> Agent:
    """The strands Agent with our tools behind our gate. Without an approver every plan waits."""
    offered = tools(Toolbox(service), read_only=read_only)
    return Agent(
        agent_id=AGENT_ID,
        name=AGENT_ID,
        model=model,
        tools=[bound(name, method) for name, method in offered.items()],
        system_prompt=system_prompt(),
        callback_handler=None,
        interventions=[PlanGate(service, approver or NobodyToAsk())],
        tool_executor=SequentialToolExecutor(),
        retry_strategy=BedrockRetry(),
        session_manager=session_manager,
    )


class Conversation:
    """Turns of one agent, one after the other."""

    def __init__(self, agent: Agent) -> None:
        self._agent = agent
        self._events: asyncio.Queue[TurnEvent | None] = asyncio.Queue()
        agent.add_hook(self._tool_called, BeforeToolCallEvent)
        agent.add_hook(self._tool_answered, AfterToolCallEvent)
        agent.add_hook(self._model_answered, AfterModelCallEvent)

    @property
    def agent(self) -> Agent:
        """The SDK's agent."""
        return self._agent

    def cancel(self) -> None:
        """End the turn that runs: the model's stream stops, a tool that runs is let finish."""
        self._agent.cancel()

    async def turn(self, prompt: str) -> AsyncIterator[TurnEvent]:
        """One prompt and all that follows. The last event is an Answer or a TurnFailed."""
        self._events = asyncio.Queue()
        driving = asyncio.ensure_future(self._drive(prompt))
        try:
            while (event := await self._events.get()) is not None:
                yield event
        finally:
            if not driving.done():
                self._agent.cancel()
            await driving

    async def _drive(self, prompt: str) -> None:
        put, text = self._events.put_nowait, ""
        try:
            async for event in self._agent.stream_async(
                _repaired(self._agent.messages, prompt), limits={"turns": MOST_MODEL_CALLS}
            ):
                if "data" in event:
                    put(TextDelta(text=event["data"]))
                elif "result" in event:
                    result = event["result"]
                    text = _text(result.message)
                    put(_usage(result, self._agent.model))
                    put(_ending(result.stop_reason, text))
        except Exception as error:  # a border: whatever the provider's client raises, the chat lives on
            LOG.warning("turn failed | error=<%s>", type(error).__name__, exc_info=True)
            problem = describe_model_error(error)
            put(TurnFailed(code=problem.kind, message=problem.sentence, hint=problem.next_step))
        finally:
            put_end: Callable[[None], None] = self._events.put_nowait
            put_end(None)

    def _tool_called(self, event: BeforeToolCallEvent) -> None:
        use = event.tool_use
        arguments = use["input"] if isinstance(use["input"], dict) else {}
        self._events.put_nowait(
            ToolCall(tool_use_id=use["toolUseId"], name=use["name"], arguments=visible_values(arguments))
        )

    def _tool_answered(self, event: AfterToolCallEvent) -> None:
        use = event.tool_use
        self._events.put_nowait(
            ToolResult(
                tool_use_id=use["toolUseId"],
                name=use["name"],
                ok=event.result["status"] == "success",
                result=_json_of(event.result["content"]),
                duration_s=round(event.duration or 0, 3),
            )
        )

    def _model_answered(self, event: AfterModelCallEvent) -> None:
        if event.exception is not None and is_worth_another_try(event.exception):
            self._events.put_nowait(TextReset(reason=describe_model_error(event.exception).sentence))


def _repaired(history: list[Message], prompt: str) -> str | list[Message]:
    """The prompt; after a turn that failed, with an answer in between, because roles must alternate."""
    if not history or history[-1]["role"] != "user" or any("toolResult" in part for part in history[-1]["content"]):
        return prompt
    return [
        {"role": "assistant", "content": [{"text": "(The previous request failed and was not answered.)"}]},
        {"role": "user", "content": [{"text": prompt}]},
    ]


def _text(message: Message) -> str:
    return "".join(part["text"] for part in message["content"] if "text" in part).strip()


def _ending(stop_reason: str, text: str) -> TurnEvent:
    if stop_reason == "cancelled":
        return TurnFailed(code="cancelled", message="Stopped. What was already done stays done.")
    if stop_reason in STOPPED:
        return TurnFailed(code=stop_reason, message=STOPPED[stop_reason], hint="Ask again, in smaller steps.")
    return Answer(text=text, stop_reason=stop_reason)


def _usage(result: Any, model: Model) -> Usage:
    latest = result.metrics.latest_agent_invocation
    used = latest.usage if latest is not None else result.metrics.accumulated_usage
    return Usage(
        model=str(dict(model.get_config()).get("model_id", "")),
        input_tokens=used.get("inputTokens", 0),
        output_tokens=used.get("outputTokens", 0),
        cache_read_tokens=used.get("cacheReadInputTokens", 0) or 0,
        cache_write_tokens=used.get("cacheWriteInputTokens", 0) or 0,
    )


def _json_of(content: Any) -> dict[str, Any]:
    for part in content:
        if isinstance(part.get("json"), dict):
            return dict(part["json"])
    said = " ".join(part["text"] for part in content if "text" in part)
    return {"message": said}
