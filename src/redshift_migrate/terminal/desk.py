"""What commands and turns share: the program, the conversation that is open, its cost and its tool calls."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from redshift_migrate.terminal.shown import PlanShown

if TYPE_CHECKING:
    from redshift_migrate.agent.approver import Approver
    from redshift_migrate.agent.events import ToolResult
    from redshift_migrate.models.approval import Channel
    from redshift_migrate.models.plan import MigrationPlan
    from redshift_migrate.settings import Settings
    from redshift_migrate.terminal.cost import Tally
    from redshift_migrate.terminal.program import Program, Talk

MOST_CALLS = 50
"""Tool calls that are remembered for /json."""


class SeenCall:
    """A tool call of this chat, to be looked at again."""

    def __init__(self, number: int, name: str, arguments: dict[str, Any]) -> None:
        self.number, self.name, self.arguments = number, name, arguments
        self.result: ToolResult | None = None


class Desk:
    """One chat or one run of a script."""

    def __init__(self, program: Program, channel: Channel, listener: Callable[[Any], None] | None = None) -> None:
        self.program, self.channel, self.listener = program, channel, listener
        self.calls: list[SeenCall] = []
        self.wants_to_leave = False
        self._tally: Tally | None = None
        self._talk: Talk | None = None
        self._history: Sequence[Any] = ()
        self._lock = threading.Lock()

    @property
    def tally(self) -> Tally:
        """What this chat has cost."""
        if self._tally is None:
            from redshift_migrate.terminal.cost import Tally

            self._tally = Tally()
        return self._tally

    @property
    def tokens(self) -> int:
        """All tokens of this chat."""
        return self._tally.total.tokens if self._tally is not None else 0

    @property
    def settings(self) -> Settings:
        """As they are now; /region, /model and /session change them."""
        return self.program.settings

    @property
    def talk(self) -> Talk | None:
        """The conversation, None before the first turn and after a change of settings."""
        return self._talk

    def open_talk(self, approver: Approver) -> Talk:
        """The conversation, made if there is none. Takes a while the first time; raises what the program raises."""
        with self._lock:  # the first one is opened in the background, and the first turn may come before it is
            if self._talk is None:
                self.program.start()
                self._talk = self.program.conversation(approver, self._history)
                self.listen_to_service()
            return self._talk

    def listen_to_service(self) -> None:
        """Let the service of these settings tell its progress."""
        if self.listener is not None:
            self.program.service.listen(self.listener)

    def draw(self, plan: MigrationPlan, approve_with: str = "") -> PlanShown:
        """The plan as it is shown here; with what is done already, where a run of it stopped."""
        from redshift_migrate.terminal.beside import beside

        service = self.program.service
        told = beside(service.named_place(), self.settings.profile, service.estimate_of(plan))
        return PlanShown(plan, approve_with, service.steps_done(plan.digest), told)

    def note_shown(self, plan: MigrationPlan) -> None:
        """The plan was drawn here. Where that cannot be written down it is no consent either, and is told then."""
        from redshift_migrate.errors import RedshiftMigrateError
        from redshift_migrate.state.owner import whoami

        with contextlib.suppress(RedshiftMigrateError):
            self.program.service.note_shown(plan, whoami(), self.channel)

    def change(self, settings: Settings) -> None:
        """Go on with other settings; what was said so far goes with them, unless another session is opened."""
        with self._lock:
            if self._talk is not None:
                same = settings.session == self.settings.session
                self._history = self._talk.history if same and not settings.session else ()
                self._talk.close()
                self._talk = None
            self.program.use(settings)

    def close(self) -> None:
        """Let others open the session."""
        if self._talk is not None:
            self._talk.close()

    def remember_call(self, name: str, arguments: dict[str, Any]) -> SeenCall:
        """Remember a tool call; the number is how people name it."""
        number = self.calls[-1].number + 1 if self.calls else 1
        self.calls.append(SeenCall(number, name, arguments))
        del self.calls[:-MOST_CALLS]
        return self.calls[-1]
