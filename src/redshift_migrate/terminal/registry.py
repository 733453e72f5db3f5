"""What a slash command is, and how one is declared: by a decorated function, whose lines are those of /help."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Literal, NamedTuple

from redshift_migrate.terminal.shown import Shown

if TYPE_CHECKING:
    from redshift_migrate.terminal.desk import Desk

Offer = Literal["topics", "tools", "clusters", "regions", "models", "plans", "runs", "sessions"]
"""What completion offers as an argument."""

Answer = Callable[["Desk", str], Shown]


class Command(NamedTuple):
    """One slash command."""

    name: str
    usage: str
    summary: str
    answer: Answer
    """Its answer to the argument; errors of the service pass through."""
    aliases: tuple[str, ...] = ()
    offers: tuple[Offer, ...] = ()
    changes: bool = False
    """True for one that must not be cut off in the middle, because it changes the account."""


class Commands:
    """Some commands, in the order in which they were declared."""

    def __init__(self) -> None:
        self.by_name: dict[str, Command] = {}
        self.aliases: dict[str, str] = {}

    def command(
        self,
        name: str,
        usage: str,
        summary: str,
        *,
        aliases: tuple[str, ...] = (),
        offers: tuple[Offer, ...] = (),
        changes: bool = False,
    ) -> Callable[[Answer], Answer]:
        """Make the decorated function the answer of that command."""

        def declare(answer: Answer) -> Answer:
            self._add(Command(name, usage, summary, answer, aliases, offers, changes))
            return answer

        return declare

    def include(self, others: Commands) -> None:
        """From here on these commands too."""
        for each in others.by_name.values():
            self._add(each)

    def _add(self, command: Command) -> None:
        self.by_name[command.name] = command
        self.aliases.update(dict.fromkeys(command.aliases, command.name))
