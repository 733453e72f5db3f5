"""What the terminal needs of the program that it talks for."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:  # the prompt must not wait for any of these
    from redshift_migrate.agent.approver import Approver
    from redshift_migrate.agent.events import TurnEvent
    from redshift_migrate.migration.service import MigrationService
    from redshift_migrate.settings import Settings


class Talk(Protocol):
    """A conversation with a model."""

    notice: str
    """What the user must be told before the first turn, such as that a session goes on."""

    @property
    def history(self) -> Sequence[Any]:
        """Everything said so far, to go on in another conversation."""

    def turn(self, prompt: str) -> AsyncIterator[TurnEvent]:
        """One prompt and all that follows; the last event is an Answer or a TurnFailed."""

    def cancel(self) -> None:
        """End the turn that runs."""

    def close(self) -> None:
        """Let others open the session."""


class Program(Protocol):
    """The parts of one run, each made when it is first asked for."""

    @property
    def settings(self) -> Settings:
        """What the user said at the start, or has changed since."""

    @property
    def state_folder(self) -> Path:
        """Where plans, approvals, journals, sessions and history are kept."""

    @property
    def service(self) -> MigrationService:
        """The migration service. SettingsError when it cannot be made."""

    def conversation(self, approver: Approver, history: Sequence[Any] = ()) -> Talk:
        """A conversation whose changes that approver decides about. SettingsError for a model that cannot be used."""

    def start(self) -> None:
        """Begin what takes a while, without waiting for it."""

    def use(self, settings: Settings) -> None:
        """Go on with these settings."""
