"""One conversation: prompts in, typed events out. Async only; the SDK's own loop does the work."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Callable, Sequence
from importlib import resources
from typing import Any

from strands import Agent
from strands.hooks.events import AfterModelCallEvent, AfterToolCallEvent, BeforeToolCallEvent
from strands.models import Model
from strands.session import SessionManager
from strands.tools.executors import SequentialToolExecutor
from strands.types.content import ContentBlock, Message

from redshift_migrate.agent.approver import Approver, NobodyToAsk
from redshift_migrate.agent.binding import bind_tools
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
from redshift_migrate.agent.meanwhile import Meanwhile
from redshift_migrate.agent.memory import Memory
from redshift_migrate.agent.providers.bedrock import BedrockRetry, model_place
from redshift_migrate.agent.providers.problems import describe_model_error, is_worth_another_try
from redshift_migrate.agent.toolbox import Toolbox
from redshift_migrate.migration.service import MigrationService
from redshift_migrate.text import visible_values
from redshift_migrate.tools import CHANGING_TOOLS

__all__ = ["AGENT_ID", "Conversation", "Message", "Model", "create_agent", "system_prompt"]
"""`Message` and `Model` are the SDK's: other rooms name them from here, so that only this room imports it."""

LOG = logging.getLogger(__name__)

AGENT_ID = "redshift-migrate"
"""Stable, because sessions are stored under it."""

MOST_MODEL_CALLS = 25
"""Model calls a turn may take; a model that loops is stopped."""

LEFT_AFTER_S = 0.1
"""How long a cancelled turn that changes nothing may take to end before it is left alone."""

CANCELLED = "Stopped. What was already done stays done."

STOPPED: dict[str, str] = {
    "max_tokens": "The answer was cut at the model's token limit.",
    "limit_turns": "The model called tools too many times in one turn and was stopped.",
    "content_filtered": "The provider's content filter withheld the answer.",
    "guardrail_intervened": "A guardrail of the account withheld the answer.",
    "model_context_window_exceeded": "The conversation no longer fits into the model; start a new session.",
    "malformed_tool_use": "The model wrote a tool call that cannot be read; say it again.",
}
"""What is said for an end that is not an answer."""


READ_ONLY = """
- This program was started read-only: nothing can be changed or approved here, and the changing tools are not there. Say so when a change is asked for; plan and explain instead.
"""  # noqa: E501


def system_prompt(*, read_only: bool = False) -> str:
    """The same bytes in every run of a kind, so that providers can cache them."""
    said = resources.files(__package__).joinpath("system_prompt.txt").read_text(encoding="utf-8")
    return said.rstrip("\n") + READ_ONLY if read_only else said


def create_agent(
    service: MigrationService,
    model: Model,
    *,
    approver: Approver | None = None,
    read_only: bool = False,
    session_manager: SessionManager | None = None,
    history: Sequence[Message] = (),
) -> Agent:
    """The strands Agent with our tools behind our gate. Without an approver every plan waits."""
    return Agent(
        agent_id=AGENT_ID,
        name=AGENT_ID,
        model=model,
        tools=[*bind_tools(Toolbox(service), read_only=read_only)],
        system_prompt=system_prompt(read_only=read_only),
        callback_handler=None,
        interventions=[PlanGate(service, approver or NobodyToAsk(), read_only=read_only)],
        tool_executor=SequentialToolExecutor(),
        retry_strategy=BedrockRetry(),
        conversation_manager=Memory(),
        session_manager=session_manager,
        messages=list(history),
    )


class _Turn:
    """One prompt that is being answered."""

    def __init__(self, previous: _Turn | None) -> None:
        self.events: asyncio.Queue[TurnEvent | None] = asyncio.Queue()
        self.previous = previous
        self.task: asyncio.Task[None] | None = None
        self.is_changing = self.has_changed = False
        self.was_left = False

    async def wait_for_end(self) -> None:
        """Until the SDK is done with it; how it ended was told in its events."""
        if self.task is not None:
            await asyncio.wait([self.task])


class Conversation:
    """Turns of one agent, one after the other. `notice` is what the user must be told before the first."""

    def __init__(
        self, agent: Agent, meanwhile: Meanwhile, *, notice: str = "", on_close: Callable[[], None] | None = None
    ) -> None:
        self._agent, self._meanwhile = agent, meanwhile
        self.notice = notice
        self._on_close = on_close
        self._turn = self._active = _Turn(None)
        agent.add_hook(self._on_tool_call, BeforeToolCallEvent)
        agent.add_hook(self._on_tool_result, AfterToolCallEvent)
        agent.add_hook(self._on_model_answer, AfterModelCallEvent)

    @property
    def agent(self) -> Agent:
        """The SDK's agent."""
        return self._agent

    @property
    def history(self) -> list[Message]:
        """Everything said so far, to go on elsewhere."""
        return list(self._agent.messages)

    def close(self) -> None:
        """Let others open the session that this conversation is kept in."""
        if self._on_close is not None:
            self._on_close()

    def cancel(self) -> None:
        """End the turn that runs: the model's stream stops, a tool that changes something is let finish.

        A tool that only reads may wait for AWS a while longer in its thread. It is not waited for: the turn ends
        without it, and the next one begins when it is done.
        """
        if self._turn.task is None or self._turn.task.done():
            return  # the SDK would remember it and cancel the next turn
        self._agent.cancel()
        with contextlib.suppress(RuntimeError):  # without a loop nobody is listening
            asyncio.get_running_loop().call_later(LEFT_AFTER_S, self._leave, self._turn)

    async def turn(self, prompt: str) -> AsyncIterator[TurnEvent]:
        """One prompt and all that follows. The last event is an Answer or a TurnFailed."""
        turn = _Turn(self._turn)
        self._turn.previous = None
        self._turn = turn
        turn.task = asyncio.ensure_future(self._drive(prompt, turn))
        try:
            while (event := await turn.events.get()) is not None:
                yield event
        finally:
            if not turn.task.done() and not turn.was_left:
                self._agent.cancel()
                await turn.wait_for_end()

    def _leave(self, turn: _Turn) -> None:
        if turn.task is None or turn.task.done() or turn.is_changing:
            return
        turn.was_left = True
        turn.events.put_nowait(TurnFailed(code="cancelled", message=CANCELLED))
        turn.events.put_nowait(None)

    async def _drive(self, prompt: str, turn: _Turn) -> None:
        put, text = turn.events.put_nowait, ""
        if turn.previous is not None:
            await turn.previous.wait_for_end()
        if turn.was_left:
            return
        self._active = turn
        try:
            messages = self._agent.messages
            before = await asyncio.to_thread(self._meanwhile.tell, messages)
            said = [ContentBlock(text=each) for each in (*before, prompt)]
            asked = _mend_history(messages, said)
            async for event in self._agent.stream_async(asked, limits={"turns": MOST_MODEL_CALLS}):
                if "data" in event:
                    put(TextDelta(text=event["data"]))
                elif "result" in event:
                    result = event["result"]
                    text = _text(result.message)
                    put(_usage(result, self._agent.model))
                    if turn.has_changed:
                        await asyncio.to_thread(self._meanwhile.news, ())  # what this turn ran is no news to it
                    put(_ending(result.stop_reason, text))
        except Exception as error:  # a border: whatever the provider's client raises, the chat lives on
            LOG.warning("turn failed | error=<%s>", type(error).__name__, exc_info=True)
            problem = describe_model_error(error, model_place(self._agent.model))
            put(TurnFailed(code=problem.kind, message=problem.sentence, hint=problem.next_step))
        finally:
            turn.events.put_nowait(None)

    def _on_tool_call(self, event: BeforeToolCallEvent) -> None:
        use = event.tool_use
        arguments = use["input"] if isinstance(use["input"], dict) else {}
        self._active.is_changing = use["name"] in CHANGING_TOOLS
        self._active.has_changed |= self._active.is_changing
        call = ToolCall(
            tool_use_id=use["toolUseId"],
            name=use["name"],
            arguments=visible_values(arguments),
            may_change=self._active.is_changing,
        )
        self._active.events.put_nowait(call)

    def _on_tool_result(self, event: AfterToolCallEvent) -> None:
        use = event.tool_use
        self._active.is_changing = False
        self._active.events.put_nowait(
            ToolResult(
                tool_use_id=use["toolUseId"],
                name=use["name"],
                ok=event.result["status"] == "success",
                result=_json_of(event.result["content"]),
                duration_s=round(event.duration or 0, 3),
            )
        )

    def _on_model_answer(self, event: AfterModelCallEvent) -> None:
        if event.exception is not None and is_worth_another_try(event.exception):
            self._active.events.put_nowait(TextReset(reason=describe_model_error(event.exception).sentence))


def _mend_history(history: list[Message], said: list[ContentBlock]) -> list[ContentBlock] | list[Message]:
    """What is said; before it what is missing after a turn that failed or was killed, because roles must alternate."""
    if not history:
        return said
    last = history[-1]
    cut_off = [part["toolUse"]["name"] for part in last["content"] if "toolUse" in part]
    if cut_off:  # the SDK answers the calls with "Tool was interrupted.", which is not the whole truth
        between = f"(The program was stopped while {', '.join(cut_off)} ran. {_describe_cut_off(cut_off)})"
    elif last["role"] == "user":
        between = "(The previous request failed and was not answered.)"
    else:
        return said
    answer: Message = {"role": "assistant", "content": [{"text": between}]}
    return [answer, Message(role="user", content=said)]


def _describe_cut_off(cut_off: list[str]) -> str:
    if any(name in CHANGING_TOOLS for name in cut_off):
        return "Whether it was carried out is not known here; get_migration_status tells."
    return "It only reads; nothing was changed."


def _text(message: Message) -> str:
    return "".join(part["text"] for part in message["content"] if "text" in part).strip()


def _ending(stop_reason: str, text: str) -> TurnEvent:
    if stop_reason == "cancelled":
        return TurnFailed(code="cancelled", message=CANCELLED)
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
