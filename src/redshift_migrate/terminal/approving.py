"""Approvals that a person gives: on the command line, in a script, at the prompt. None comes from a model."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable
from typing import TYPE_CHECKING

from redshift_migrate.agent.approver import Decision
from redshift_migrate.models.approval import Channel
from redshift_migrate.models.plan import MigrationPlan
from redshift_migrate.settings import Settings
from redshift_migrate.state.owner import whoami
from redshift_migrate.terminal.planview import SHORT_DIGEST
from redshift_migrate.terminal.shown import Table

if TYPE_CHECKING:
    from redshift_migrate.migration.running import Outcome

_APPROVE_LINE = re.compile(r"approve\s+(\S+)", re.IGNORECASE)
DIGEST = re.compile(r"[0-9a-f]{8,64}")

OnPlan = Callable[[MigrationPlan, Decision], None]


def parse_approve_line(line: str) -> str | None:
    """What a line of the form `approve X` approves, None for any other line."""
    match = _APPROVE_LINE.fullmatch(line)
    return match[1].lower() if match else None


def approve_command(plan: MigrationPlan, settings: Settings, channel: Channel = "script") -> str:
    """What to type to approve and apply this plan in the same account: in the chat, or in a shell."""
    if channel == "terminal":
        return f"/approve {plan.digest[:SHORT_DIGEST]}"
    options = ["--demo"] if settings.demo else []
    options += ["--profile", settings.profile] if settings.profile else []
    options += ["--endpoint", settings.endpoint] if settings.endpoint else []
    return f"{settings.command} {shlex.join([*options, '/approve', plan.digest[:SHORT_DIGEST]])}"


def outcome_table(outcome: Outcome) -> Table:
    """What was done, each value as AWS answers it now."""
    if outcome.status == "unchanged":
        return Table((), (), title=outcome.plan.title, note="It already is so; nothing was called.")
    from redshift_migrate.planner.rows import tell_read_back

    rows = tuple((step.summary, tell_read_back(step, outcome.observed.get(step.id))) for step in outcome.plan.steps)
    back = f"Migration {outcome.migration_id}"
    if any(step.undo for step in outcome.plan.steps):  # an undo has no way back of its own
        back += f"; it can be taken back with: undo migration {outcome.migration_id}"
    back = "\n".join((*outcome.notes, back))
    return Table(
        ("done", "AWS answers now"),
        rows,
        title=f"Applied: {outcome.plan.title}",
        note=f"{back}\nReport: {outcome.report}" if outcome.report else back,
    )


class ScriptedApprover:
    """Decides by what was said before: --yes, --approve, and `approve` lines. Otherwise the plan waits."""

    def __init__(self, settings: Settings, on_plan: OnPlan) -> None:
        self._yes = settings.yes
        self._said: list[tuple[str, Channel]] = [(digest, "command line") for digest in settings.approve]
        self._on_plan = on_plan

    def remember(self, digest: str) -> None:
        """An `approve` line for a plan that is still to come."""
        self._said.append((digest, "script"))

    async def decide(self, plan: MigrationPlan) -> Decision:
        """Every word of consent counts once; --yes counts for the whole run."""
        decision = self._decision(plan)
        self._on_plan(plan, decision)
        return decision

    def _decision(self, plan: MigrationPlan) -> Decision:
        for said in self._said:
            if plan.digest.startswith(said[0]):
                self._said.remove(said)
                return Decision(approved=True, approved_by=whoami(), channel=said[1])
        if self._yes:
            return Decision(approved=True, approved_by=f"{whoami()} with --yes", channel="command line")
        return Decision(approved=None)
