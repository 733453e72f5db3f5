"""A person's consent to one plan, and that the plan was shown to somebody before."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal

from redshift_migrate.models.base import Value

Channel = Literal["terminal", "command line", "script", "endpoint", "program"]

VALID_FOR = timedelta(hours=1)
"""How long an approval may wait for its run."""


class Consent(Value):
    """A person's yes to what was shown: who said it, and over which channel."""

    approved_by: str
    channel: Channel
    typed: str = ""
    """The name that the person typed besides, where the plan takes one."""


class Showing(Value):
    """When, where and to whom our rendering of a plan was shown."""

    plan_digest: str
    shown_at: datetime
    shown_to: str
    channel: Channel


class Approval(Value):
    """Who allowed which plan, over which channel, and until when. It is spent by one run."""

    plan_digest: str
    approved_by: str
    channel: Channel
    approved_at: datetime
    expires_at: datetime

    def allows(self, plan_digest: str, now: datetime) -> bool:
        """Whether a run of that plan may begin now. One that claims to be of the future allows nothing."""
        ends_at = min(self.expires_at, self.approved_at + VALID_FOR)
        return self.plan_digest == plan_digest and self.approved_at <= now < ends_at
