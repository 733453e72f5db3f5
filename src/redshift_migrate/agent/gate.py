"""Between the model and every changing tool stands a person: deny by default, on our plan, not on the model's words."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable
from typing import Any

from strands.hooks.events import AfterToolCallEvent, BeforeToolCallEvent
from strands.interventions import Deny, InterventionHandler, Proceed

from redshift_migrate.agent.approver import Approver
from redshift_migrate.agent.toolbox import Toolbox
from redshift_migrate.errors import RedshiftMigrateError
from redshift_migrate.migration.service import MigrationService
from redshift_migrate.models.approval import Consent
from redshift_migrate.models.plan import MigrationPlan
from redshift_migrate.tools import offered_tools

_NUMBER, _BETWEEN_DIGITS = re.compile(r"\d+"), re.compile(r"(?<=\d)[,.'_  ](?=\d{3}(?!\d))")


def was_said(messages: Iterable[Any], amount: int) -> bool:
    """True if a person named that amount in this conversation; what a tool answered does not count."""
    texts = (
        str(block["text"])
        for message in messages
        if message["role"] == "user"
        for block in message["content"]
        if "text" in block
    )
    return any(str(amount) in _NUMBER.findall(_BETWEEN_DIGITS.sub("", text)) for text in texts)


class PlanGate(InterventionHandler):
    """Asks before a changing tool runs. The service checks the approval again by itself."""

    def __init__(self, service: MigrationService, approver: Approver, *, read_only: bool) -> None:
        self._service, self._approver = service, approver
        self._toolbox = Toolbox(service)
        self._offered = {each.name: each for each in offered_tools(read_only=read_only)}

    @property
    def name(self) -> str:
        return "plan-gate"

    @property
    def on_error(self) -> Any:
        return "deny"

    async def before_tool_call(self, event: BeforeToolCallEvent, **_: Any) -> Proceed | Deny:
        """Proceed lets the tool run; it will refuse by itself when the approval is missing."""
        self._service.withdraw_consent()  # of a call that was cut off before it ran
        tool, arguments = event.tool_use["name"], event.tool_use["input"]
        if tool not in self._offered or not isinstance(arguments, dict):
            return Deny(reason=f"there is no tool {tool!r} here; nothing was planned and nothing was changed")
        spends = arguments.get(self._offered[tool].spends)
        if isinstance(spends, int) and spends and not was_said(event.agent.messages, spends):
            return Deny(
                reason=f"nobody agreed to spend {spends}, so nothing was asked: call {tool} without "
                f"{self._offered[tool].spends}, tell what it takes, and wait for the person to say so much"
            )
        if not self._offered[tool].changes:
            return Proceed()
        try:
            plans = await asyncio.to_thread(lambda: self._toolbox.change(tool, arguments).plans())
            refused = [why for plan in plans if (why := await self._ask(plan))]
        except RedshiftMigrateError:
            return Proceed()  # the tool meets the same error and answers with it; it cannot change anything
        if refused and len(refused) == len(plans):
            return Deny(reason="\n".join(refused))
        return Proceed()  # of several plans those that were approved are carried out

    async def _ask(self, plan: MigrationPlan) -> str:
        """Put the plan before a person. Why it may not be applied, where the person said no; else nothing."""
        if plan.is_empty or plan.blockers or self._service.is_approved(plan):
            return ""
        decision = await self._approver.decide(plan)
        seen_by = decision.shown_to or decision.approved_by
        if seen_by:
            self._service.note_shown(plan, seen_by, decision.channel)
        if decision.approved:
            consent = Consent(approved_by=decision.approved_by, channel=decision.channel, typed=decision.typed)
            self._service.note_consent(plan, consent)
        if decision.approved is not False:
            return ""
        comment = f" The user says: {decision.comment}" if decision.comment else ""
        return f"the user did not approve plan {plan.digest[:12]}; nothing was changed.{comment}"

    def after_tool_call(self, event: AfterToolCallEvent, **_: Any) -> Proceed:
        """A consent that started no run is gone with its call."""
        self._service.withdraw_consent()
        return Proceed()
