"""Snapshots of a cluster or a namespace, and whether their copies arrive in the other region."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field

from redshift_migrate.models.base import Unknown, Value


class Snapshot(Value):
    """One snapshot of a cluster or a namespace."""

    name: str
    created: str | None = None
    status: str = ""
    kind: str = ""
    size_mb: float | None = None
    encrypted: bool | None = None
    usable: bool = Field(False, description="a migration can take its data from it (data=NAME)")


class CopiesSeen(Value):
    """What has arrived in the region to which snapshots are copied, and whether it could be restored there."""

    destination_region: str
    copies: tuple[Snapshot, ...] | Unknown = Field((), description="the newest first")
    kms_key_id: str | Unknown | None = Field(None, description="a key of somebody's own; None for one of AWS")
    key_state: str | Unknown | None = Field(None, description="of that key, as KMS says it")

    @property
    def newest(self) -> Snapshot | None:
        """The newest that is whole; None where none is, or none is known."""
        whole = () if isinstance(self.copies, Unknown) else self.copies
        return next((each for each in whole if each.status == "available"), None)


class Snapshots(Value):
    """All snapshots of one cluster or namespace, the newest first."""

    of: str
    at: datetime
    snapshots: tuple[Snapshot, ...] = ()
    copies: CopiesSeen | Unknown | None = Field(None, description="None where nothing is copied")
