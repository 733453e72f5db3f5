"""Whom a plan, an approval, a run or a conversation belongs to, and what is asked of the worker in that name."""

from __future__ import annotations

import os
import pwd

from redshift_migrate.models.base import Value, canonical_json, sha256_hex


def whoami() -> str:
    """Who sits at the keyboard of this machine."""
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return f"uid {os.getuid()}"


class Principal(Value):
    """Who asks, as the authoriser says; nothing of it comes from the request's body."""

    arn: str
    may_change: bool = False
    """False: sees and plans, but what the principal approves is refused."""


class Owner(Value):
    """One session of one principal. Nothing is shared between two owners."""

    principal: str
    session: str

    @property
    def key(self) -> str:
        """A name for folders and table keys: fixed length, no character of the caller's choice."""
        return sha256_hex(canonical_json([self.principal, self.session]))


class Order(Value):
    """Which accepted run is to be carried out; everything else about it is in the table."""

    group: str
    """Whose run it is: the group of the table that holds it."""
    session: str
    migration_id: str
    lines: int
    """How long the journal was when the run was accepted."""

    @property
    def execution_name(self) -> str:
        """The same order has the same name, so that it is carried out once however often it is sent."""
        return f"{self.group[:16]}-{self.migration_id}-{self.lines}"
