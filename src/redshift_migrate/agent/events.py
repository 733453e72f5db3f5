"""What happens during a turn, as values: the terminal draws them, the pipe prints them, the endpoint sends them."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from redshift_migrate.models.base import Value


class TextDelta(Value):
    """A piece of the answer, as the model writes it."""

    kind: Literal["text"] = "text"
    text: str


class TextReset(Value):
    """What was written of this answer so far does not count: the model is asked again."""

    kind: Literal["text_reset"] = "text_reset"
    reason: str


class ToolCall(Value):
    """The model calls a tool."""

    kind: Literal["tool_call"] = "tool_call"
    tool_use_id: str
    name: str
    arguments: dict[str, Any] = Field(default_factory=dict)
    may_change: bool = False
    """True for a tool that can change the account."""


NO = ("drift", "blocked")
"""Statuses of answers that are whole and true and still mean "no": a script must notice them."""


class ToolResult(Value):
    """The tool has answered."""

    kind: Literal["tool_result"] = "tool_result"
    tool_use_id: str
    name: str
    ok: bool
    result: dict[str, Any] = Field(default_factory=dict)
    duration_s: float = 0

    @property
    def outcome(self) -> str:
        """`ok`, `failed`, or the answer's own word for a no."""
        status = str(self.result.get("status"))
        return "failed" if not self.ok else status if status in NO else "ok"


class Usage(Value):
    """Tokens of one turn."""

    kind: Literal["usage"] = "usage"
    model: str = ""
    input_tokens: int = 0
    output_tokens: int = 0
    cache_read_tokens: int = 0
    cache_write_tokens: int = 0


NOT_UNDERSTOOD = "not_understood"
"""The stop reason of an answer that says only that the request was not understood."""


class Answer(Value):
    """The turn's answer, whole. `stop_reason` is `end_turn` unless something cut it short."""

    kind: Literal["answer"] = "answer"
    text: str
    stop_reason: str = "end_turn"

    @property
    def was_not_understood(self) -> bool:
        """True if nothing was called, because the request was not understood."""
        return self.stop_reason == NOT_UNDERSTOOD


class TurnFailed(Value):
    """The turn did not come to an answer: what happened, and the next step."""

    kind: Literal["error"] = "error"
    code: str
    message: str
    hint: str = ""


TurnEvent = TextDelta | TextReset | ToolCall | ToolResult | Usage | Answer | TurnFailed
