"""Whom a plan, an approval, a run or a conversation belongs to."""

from __future__ import annotations

from redshift_migrate.models.base import Value, canonical_json, sha256_hex


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
