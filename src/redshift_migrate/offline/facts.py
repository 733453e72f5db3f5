"""What was said and done so far in a conversation, as far as a next request can refer to it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from redshift_migrate.offline.intents import Call

Message = Mapping[str, Any]
DIGEST = re.compile(r"[0-9a-f]{8,64}")


@dataclass(frozen=True)
class Done:
    """One tool call and what came back. `result` is empty when the tool answered with text alone."""

    call: Call
    ok: bool
    result: Mapping[str, Any]
    text: str = ""

    @property
    def worked(self) -> bool:
        """True when the tool did what it was called for."""
        return self.ok and self.result.get("status") not in ("error", "approval_required")

    def value(self, name: str) -> Any:
        """A value of the answer, None when it has none."""
        return self.result.get(name)


@dataclass(frozen=True)
class Turn:
    """One request of the user and the calls made for it."""

    text: str
    done: tuple[Done, ...] = ()


@dataclass(frozen=True)
class Facts:
    """The turns before the request at hand, oldest first."""

    turns: tuple[Turn, ...] = ()

    @property
    def last(self) -> Turn:
        """The turn just before, empty at the start."""
        return self.turns[-1] if self.turns else Turn("")

    @cached_property
    def done(self) -> tuple[Done, ...]:
        """All calls of all turns."""
        return tuple(done for turn in self.turns for done in turn.done)

    @property
    def last_acting(self) -> Turn:
        """The newest turn in which a tool was called, empty when there is none."""
        return next((turn for turn in reversed(self.turns) if turn.done), Turn(""))

    def newest(self, argument: str) -> str | None:
        """The newest value of that argument in any call."""
        return next(
            (str(d.call.arguments[argument]) for d in reversed(self.done) if argument in d.call.arguments), None
        )

    def newest_result(self, tool: str) -> Done | None:
        """The newest answer of that tool that worked."""
        return next((d for d in reversed(self.done) if d.call.tool == tool and d.worked), None)

    def is_namespace(self, name: str) -> bool:
        """True when the conversation knows the name as a namespace and not as a cluster."""
        known = {d.call.arguments.get("namespace_name") for d in self.done}
        return name in known and name not in {d.call.arguments.get("cluster_id") for d in self.done}

    def namespace_of(self, workgroup: str) -> str | None:
        """The namespace in whose settings that workgroup was seen."""
        for done in reversed(self.done):
            seen = done.value("workgroup")
            if isinstance(seen, Mapping) and seen.get("workgroup_name") == workgroup:
                return _name(done.call.arguments.get("namespace_name"))
        return None

    def workgroup_of(self, namespace: str) -> str | None:
        """The workgroup that was seen in that namespace's settings."""
        for done in reversed(self.done):
            seen = done.value("workgroup")
            if done.call.arguments.get("namespace_name") == namespace and isinstance(seen, Mapping):
                return _name(seen.get("workgroup_name"))
        return None

    @property
    def migration_id(self) -> str | None:
        """The newest migration the conversation knows."""
        for done in reversed(self.done):
            found = done.value("migration_id") or done.call.arguments.get("migration_id")
            if _name(found):
                return _name(found)
        return None

    def digest_starting(self, prefix: str) -> str:
        """The digest seen so far that begins so; the prefix itself when none or several do."""
        seen = {digest for done in self.done if (digest := plan_digest(done)) and digest.startswith(prefix)}
        return seen.pop() if len(seen) == 1 else prefix

    @property
    def waiting_plan(self) -> str | None:
        """The newest plan that was made and neither applied nor turned down since."""
        waiting: str | None = None
        for done in self.done:
            digest = plan_digest(done)
            if digest and (done.call.tool == "plan_migration" or done.value("status") == "approval_required"):
                waiting = digest
            elif done.call.changes and (done.worked or turned_down(done)):
                waiting = None
        return waiting

    @property
    def plan_just_made(self) -> str | None:
        """The waiting plan, if the turn just before is the one that brought it up."""
        waiting = self.waiting_plan
        return waiting if waiting and any(plan_digest(done) == waiting for done in self.last.done) else None

    def and_then(self, calls: Sequence[Call]) -> Facts:
        """As if these calls had been made in a turn of their own, for the next part of the same request."""
        return Facts((*self.turns, Turn("", tuple(Done(each, ok=True, result={}) for each in calls))))


def plan_digest(done: Done) -> str | None:
    """The plan that an answer names. Only what looks like a digest counts: answers are data."""
    found = done.value("plan_digest")
    return found if isinstance(found, str) and DIGEST.fullmatch(found) else None


def turned_down(done: Done) -> bool:
    """True when a person said no, or could not be asked."""
    return not done.ok and done.text.startswith(("DENIED", "CONFIRMATION_FAILED"))


def read_conversation(messages: Sequence[Message]) -> tuple[Facts, Turn]:
    """The turns before the newest request, and that request with the calls already made for it."""
    answers = {result["toolUseId"]: result for result in _blocks(messages, "toolResult")}
    turns: list[Turn] = []
    for message in messages:
        if message["role"] == "user" and (text := user_text(message)):
            turns.append(Turn(text))
        elif message["role"] == "assistant" and turns:
            uses = [block["toolUse"] for block in message["content"] if "toolUse" in block]
            made = tuple(_done(use, answers[use["toolUseId"]]) for use in uses if use["toolUseId"] in answers)
            turns[-1] = Turn(turns[-1].text, turns[-1].done + made)
    if not turns:
        return Facts(), Turn("")
    return Facts(tuple(turns[:-1])), turns[-1]


def user_text(message: Message) -> str:
    """What the user wrote; empty for a message that only carries tool results."""
    return "\n".join(block["text"] for block in message["content"] if "text" in block).strip()


def _blocks(messages: Sequence[Message], name: str) -> Iterator[Mapping[str, Any]]:
    return (block[name] for message in messages for block in message["content"] if name in block)


def _done(use: Mapping[str, Any], answer: Mapping[str, Any]) -> Done:
    content = answer.get("content", [])
    text = " ".join(part["text"] for part in content if "text" in part)
    values = next((part["json"] for part in content if isinstance(part.get("json"), Mapping)), None)
    if values is None:
        values = _json_object(text)
    arguments = use.get("input")
    made = Call(use["name"], arguments if isinstance(arguments, Mapping) else {})
    return Done(made, ok=answer.get("status") != "error", result=values, text=text)


def _json_object(text: str) -> Mapping[str, Any]:
    """The object that a text spells: some tools and gates answer JSON as text."""
    try:
        value = json.loads(text)
    except ValueError:
        return {}
    return value if isinstance(value, Mapping) else {}


def _name(value: Any) -> str | None:
    """A value from an answer, when it can be a name and nothing else."""
    return value if isinstance(value, str) and re.fullmatch(r"[A-Za-z0-9][\w.-]{0,127}", value) else None
