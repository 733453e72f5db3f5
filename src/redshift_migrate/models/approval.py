"""A person's consent to one plan."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from redshift_migrate.models.base import Value

Channel = Literal["terminal", "command line", "script", "endpoint", "program"]


class Consent(Value):
    """A person's yes to what was shown: who said it, and over which channel."""

    approved_by: str
    channel: Channel


class Approval(Value):
    """Who allowed which plan, over which channel, and until when. It is spent by one run."""

    plan_digest: str
    approved_by: str
    channel: Channel
    approved_at: datetime
    expires_at: datetime
