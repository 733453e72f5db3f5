"""What a request turns out to mean: tool calls, or something to say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from redshift_migrate.tools import TOOLS

NEWEST = "newest"
"""Stands for the plan or the run that was saved last, where nothing said so far names it: it is looked up first."""


@dataclass(frozen=True)
class Call:
    """One tool call."""

    tool: str
    arguments: Mapping[str, Any] = field(default_factory=dict)
    then_apply: bool = False
    """Once the plan is made, apply it: "migrate X" means the deed, "plan the migration of X" does not."""

    @property
    def changes(self) -> bool:
        """True for a tool that needs an approval."""
        return self.tool in TOOLS and TOOLS[self.tool].changes

    def having(self, **arguments: Any) -> Call:
        """The same call with these arguments instead; None takes one away."""
        merged = {**self.arguments, **arguments}
        return replace(self, arguments={key: value for key, value in merged.items() if value is not None})


@dataclass(frozen=True)
class Calls:
    """Understood: these calls, in this order."""

    calls: tuple[Call, ...]


@dataclass(frozen=True)
class Ask:
    """Understood but for one detail, such as the `cluster` or the `destination`; `sentence` asks for it."""

    missing: str
    sentence: str


@dataclass(frozen=True)
class Say:
    """Understood, and answered without a tool."""

    sentence: str


@dataclass(frozen=True)
class NotUnderstood:
    """Not understood; `part` is the text that was not, `why` may say more."""

    part: str
    why: str = ""


Meaning = Calls | Ask | Say | NotUnderstood


def call(tool: str, **arguments: Any) -> Call:
    """A call without the arguments that are None."""
    return Call(tool).having(**arguments)


def one_each(tool: str, argument: str, values: Sequence[str | None], **arguments: Any) -> Calls:
    """One call for each of the values."""
    return Calls(tuple(call(tool, **{argument: value}, **arguments) for value in values))
