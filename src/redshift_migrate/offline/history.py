"""What was said and done so far in a conversation, as far as a next request can refer to it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from redshift_migrate.models.place import HERE
from redshift_migrate.offline.meaning import Call

Message = Mapping[str, Any]
DIGEST = re.compile(r"[0-9a-f]{8,64}")
_ACCOUNT = re.compile(r"account (\d{12})")
_NAME = re.compile(r"[A-Za-z0-9][\w.-]{0,127}")


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
        return self.ok and self.result.get("status") not in ("error", "approval_required", "blocked")

    @property
    def was_refused(self) -> bool:
        """True when a person said no, or could not be asked."""
        return not self.ok and self.text.startswith(("DENIED", "CONFIRMATION_FAILED"))

    @property
    def plan_digest(self) -> str | None:
        """The plan that the answer names. Only what looks like a digest counts: answers are data."""
        found = self.value("plan_digest")
        return found if isinstance(found, str) and DIGEST.fullmatch(found) else None

    @property
    def is_namespace(self) -> bool:
        """True when the answer is that what was taken for a cluster is a namespace."""
        error = self.value("error")
        return not self.ok and isinstance(error, Mapping) and bool(error.get("is_namespace"))

    def value(self, name: str) -> Any:
        """A value of the answer, None when it has none."""
        return self.result.get(name)

    def argument(self, name: str) -> Any:
        """An argument of the call, None when it has none."""
        return self.call.arguments.get(name)


@dataclass(frozen=True)
class Turn:
    """One request of the user and the calls made for it."""

    text: str
    done: tuple[Done, ...] = ()


@dataclass(frozen=True)
class History:
    """The turns before the request at hand, oldest first."""

    turns: tuple[Turn, ...] = ()
    place: str = ""
    """What the program said last of where it works."""

    @property
    def account(self) -> str:
        """The account of this run, empty where it was not told."""
        found = _ACCOUNT.search(self.place)
        return found[1] if found else ""

    @cached_property
    def done(self) -> tuple[Done, ...]:
        """All calls of all turns."""
        return tuple(done for turn in self.turns for done in turn.done)

    @property
    def last_done(self) -> tuple[Done, ...]:
        """The calls of the newest turn in which a tool was called."""
        return next((turn.done for turn in reversed(self.turns) if turn.done), ())

    def newest(self, argument: str) -> str | None:
        """The newest value of that argument in any call."""
        return next((str(value) for d in reversed(self.done) if (value := d.argument(argument)) is not None), None)

    def newest_result(self, tool: str) -> Done | None:
        """The newest answer of that tool that worked."""
        return next((d for d in reversed(self.done) if d.call.tool == tool and d.worked), None)

    def is_namespace(self, name: str) -> bool:
        """True when the conversation knows the name as a namespace and not as a cluster."""
        known = {d.argument("namespace_name") for d in self.done}
        return name in known and name not in {d.argument("cluster_id") for d in self.done}

    def namespace_of(self, workgroup: str) -> str | None:
        """The namespace in whose settings that workgroup was seen."""
        return next((namespace for namespace, seen in self._pairs() if seen == workgroup), None)

    def workgroup_of(self, namespace: str) -> str | None:
        """The workgroup that was seen in that namespace's settings."""
        return next((workgroup for seen, workgroup in self._pairs() if seen == namespace), None)

    def _pairs(self) -> Iterator[tuple[str | None, str | None]]:
        """Namespaces with the workgroup that each was shown with, the newest first."""
        for done in reversed(self.done):
            if isinstance(workgroup := done.value("workgroup"), Mapping):
                yield _name(done.argument("namespace_name")), _name(workgroup.get("workgroup_name"))

    @property
    def migration_id(self) -> str | None:
        """The newest migration the conversation knows."""
        found = (_name(d.value("migration_id") or d.argument("migration_id")) for d in reversed(self.done))
        return next((name for name in found if name), None)

    def digest_starting(self, prefix: str) -> str:
        """The digest seen so far that begins so; the prefix itself when none or several do."""
        seen = {digest for done in self.done if (digest := done.plan_digest) and digest.startswith(prefix)}
        return seen.pop() if len(seen) == 1 else prefix

    @property
    def waiting_plan(self) -> str | None:
        """The newest plan that was made and neither applied nor turned down since."""
        waiting: str | None = None
        for done in self.done:
            if done.plan_digest and (done.call.tool == "plan_migration" or done.value("status") == "approval_required"):
                waiting = done.plan_digest
            elif done.call.changes and (done.worked or done.was_refused):
                waiting = None
        return waiting

    @property
    def plan_just_made(self) -> str | None:
        """The waiting plan, if the turn just before is the one that brought it up."""
        made = {done.plan_digest for turn in self.turns[-1:] for done in turn.done}
        return self.waiting_plan if self.waiting_plan in made else None

    def after(self, calls: Sequence[Call]) -> History:
        """As if these calls had been made in a turn of their own, for the next part of the same request."""
        made = tuple(Done(each, ok=True, result={}) for each in calls)
        return History((*self.turns, Turn("", made)), self.place) if made else self


def read_conversation(messages: Sequence[Message]) -> tuple[History, Turn]:
    """The turns before the newest request, and that request with the calls already made for it."""
    answers = {result["toolUseId"]: result for result in _blocks(messages, "toolResult")}
    turns: list[Turn] = []
    place = ""
    for message in messages:
        said = list(_blocks([message], "text")) if message["role"] == "user" else []
        place = next((each for each in said[:-1] if each.startswith(HERE)), place)
        if said and (text := said[-1].strip()):  # before it may stand what the program has to say
            turns.append(Turn(text))
        elif message["role"] == "assistant" and turns:
            uses = _blocks([message], "toolUse")
            made = tuple(_read_done(use, answers[use["toolUseId"]]) for use in uses if use["toolUseId"] in answers)
            turns[-1] = Turn(turns[-1].text, turns[-1].done + made)
    return History(tuple(turns[:-1]), place), turns[-1] if turns else Turn("")


def _blocks(messages: Sequence[Message], name: str) -> Iterator[Any]:
    return (block[name] for message in messages for block in message["content"] if name in block)


def _read_done(use: Mapping[str, Any], answer: Mapping[str, Any]) -> Done:
    content = answer.get("content", [])
    text = " ".join(part["text"] for part in content if "text" in part)
    values = next((part["json"] for part in content if isinstance(part.get("json"), Mapping)), _json_object(text))
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
    return value if isinstance(value, str) and _NAME.fullmatch(value) else None
