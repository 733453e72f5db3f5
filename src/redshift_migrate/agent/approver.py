"""The human channel of a conversation. Nothing here imports the agent SDK, so a terminal can have one at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from redshift_migrate.models.approval import Channel
from redshift_migrate.models.plan import MigrationPlan


@dataclass(frozen=True)
class Decision:
    """What a person said to a plan. `None` as `approved` means: not now; the plan stays saved."""

    approved: bool | None
    approved_by: str = ""
    shown_to: str = ""
    """Whom our rendering of the plan has reached; empty when it is not drawn here."""
    channel: Channel = "terminal"
    comment: str = ""
    typed: str = ""
    """The name that the person typed to say yes, where the plan takes one."""


class Approver(Protocol):
    """The human channel."""

    async def decide(self, plan: MigrationPlan) -> Decision:
        """Show the plan and answer with what the person says. Never taken from model or AWS text."""


class NobodyToAsk:
    """No human channel: every plan waits for an approval given elsewhere."""

    async def decide(self, plan: MigrationPlan) -> Decision:
        return Decision(approved=None)
