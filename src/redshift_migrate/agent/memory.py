"""What a conversation remembers: so many tokens of it word for word, and of what went before the plans and runs.

It is cut rarely and by a large piece, because every cut costs the provider's cache of all that follows it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from strands import Agent
from strands.agent.conversation_manager import ConversationManager
from strands.types.content import Message
from strands.types.exceptions import ContextWindowOverflowException

MOST_TOKENS = 48_000
"""A conversation of more than this is cut after the turn."""
KEPT_TOKENS = 16_000
"""What a cut leaves of it, the newest turns; the last turn is left however long it is."""
CHARS_PER_TOKEN = 4
"""Of JSON in English; no provider's own count is asked for."""

NOTE = "(Earlier messages of this conversation were left out. What they came to: "
_NOTED: Message = {"role": "assistant", "content": [{"text": "(Noted.)"}]}
_LEFT_OUT = "This result was left out, because the conversation no longer fits. Ask for it again in smaller parts."
_SMALL = 400
"""Characters of a tool's result that is not worth leaving out."""
_WAITING = ("approval_required", "planned")
_MOST_LISTED = 5


class Memory(ConversationManager):
    """Keeps a conversation within its tokens."""

    def __init__(self, most_tokens: int = MOST_TOKENS, kept_tokens: int = KEPT_TOKENS) -> None:
        super().__init__()
        self._most_tokens, self._kept_tokens = most_tokens, kept_tokens
        self._note = ""

    def apply_management(self, agent: Agent, **kwargs: Any) -> None:
        """After a turn: cut, if it has become too long."""
        if tokens_of(agent.messages) > self._most_tokens:
            self._cut(agent.messages, self._kept_tokens)

    def reduce_context(self, agent: Agent, e: Exception | None = None, **kwargs: Any) -> None:
        """The provider says that it is too long: halve it, or leave out results of the turn that is under way.

        ContextWindowOverflowException when nothing is left that could be left out.
        """
        if self._cut(agent.messages, tokens_of(agent.messages) // 2):
            return
        if not _leave_out_results(agent.messages):
            raise ContextWindowOverflowException("The last question alone does not fit into the model.") from e

    def get_state(self) -> dict[str, Any]:
        """What a kept session needs to go on with the same messages."""
        return super().get_state() | {"note": self._note}

    def restore_from_session(self, state: dict[str, Any]) -> list[Message] | None:
        """The note, before the messages that are read again. Sessions of earlier versions had none."""
        self.removed_message_count = int(state.get("removed_message_count", 0))
        self._note = str(state.get("note", ""))
        return _as_messages(self._note) if self._note else None

    def _cut(self, messages: list[Message], kept_tokens: int) -> bool:
        begins = _beginning(messages, kept_tokens)
        dropped = messages[:begins]
        noted = len(_as_messages("")) if dropped and _is_note(dropped[0]) else 0
        if len(dropped) <= noted:
            return False
        self._note = note_of(dropped)
        self.removed_message_count += len(dropped) - noted
        messages[:begins] = _as_messages(self._note)
        return True


def tokens_of(messages: Sequence[Message]) -> int:
    """About how many tokens the messages are."""
    return sum(len(json.dumps(message["content"], default=str)) for message in messages) // CHARS_PER_TOKEN


def note_of(dropped: Sequence[Message]) -> str:
    """What must be known of messages that are left out: the last plan, plans that wait, runs; older such notes too."""
    facts: dict[str, Any] = {"last_plan": None, "waiting": {}, "runs": {}}
    for message in dropped:
        if _is_note(message):
            facts = _facts_in(message)
        for result in _results(message):
            _learn(facts, result)
    for name in ("waiting", "runs"):
        facts[name] = dict(list(facts[name].items())[-_MOST_LISTED:])
    return f"{NOTE}{json.dumps(facts, ensure_ascii=False)})"


def _learn(facts: dict[str, Any], result: dict[str, Any]) -> None:
    digest, status = result.get("plan_digest"), str(result.get("status", ""))
    if digest and status in _WAITING:
        facts["last_plan"] = result
        facts["waiting"][digest] = str(result.get("message", ""))
    elif digest:
        facts["waiting"].pop(digest, None)
    if run := result.get("migration_id"):
        facts["runs"][run] = str(result.get("message") or result.get("title") or status)


def _facts_in(note: Message) -> dict[str, Any]:
    """The facts of a note; none of one that was altered."""
    text = note["content"][0]["text"].removeprefix(NOTE).removesuffix(")")
    try:
        facts = json.loads(text)
    except ValueError:
        facts = None
    known = facts if isinstance(facts, dict) else {}
    lists = {name: known[name] if isinstance(known.get(name), dict) else {} for name in ("waiting", "runs")}
    return {"last_plan": known.get("last_plan"), **lists}


def _as_messages(note: str) -> list[Message]:
    """A note as the beginning of a conversation; the roles alternate, and the next message is a user's."""
    return [{"role": "user", "content": [{"text": note}]}, _NOTED]


def _is_note(message: Message) -> bool:
    return message["role"] == "user" and message["content"][0].get("text", "").startswith(NOTE)


def _beginning(messages: Sequence[Message], kept_tokens: int) -> int:
    """Where the part that is kept begins: with a question, and with the last one if none leaves little enough."""
    questions = [at for at, message in enumerate(messages) if _is_question(message)]
    fits = (at for at in questions if tokens_of(messages[at:]) <= kept_tokens)
    return next(fits, questions[-1] if questions else 0)


def _is_question(message: Message) -> bool:
    parts = message["content"]
    return message["role"] == "user" and not _is_note(message) and not any("toolResult" in part for part in parts)


def _results(message: Message) -> Iterator[dict[str, Any]]:
    for part in message["content"]:
        for each in part["toolResult"]["content"] if "toolResult" in part else ():
            if isinstance(each.get("json"), dict):
                yield each["json"]


def _leave_out_results(messages: Sequence[Message]) -> bool:
    """Shorten every result of the turn but the newest ones; if those are all there are, them too."""
    answers = [message for message in messages if any("toolResult" in part for part in message["content"])]
    shortened = [_shorten(message) for message in answers[:-1]]
    return any(shortened) or any(map(_shorten, answers))


def _shorten(message: Message) -> bool:
    done = False
    for part in message["content"]:
        if "toolResult" in part and len(json.dumps(part["toolResult"]["content"], default=str)) > _SMALL:
            part["toolResult"]["content"] = [{"json": {"message": _LEFT_OUT}}]
            done = True
    return done
