"""What a user decides about a migration; everything else follows from the cluster."""

from __future__ import annotations

from pydantic import Field

from redshift_migrate.models.base import Value
from redshift_migrate.models.finding import Subject

FRESH_SNAPSHOT = "snapshot"
NO_DATA = "none"


class MigrationChoices(Value):
    """The choices of `plan_migration`, with every default filled in."""

    cluster_id: str
    namespace_name: str
    workgroup_name: str
    base_capacity_rpu: int | None = Field(None, description="None: the RAM rule decides")
    include: tuple[Subject, ...] = Field((), description="only these subjects; empty: all but the opt-in ones")
    exclude: tuple[Subject, ...] = ()
    data: str = Field(FRESH_SNAPSHOT, description="snapshot (a fresh one), none, or the name of an existing snapshot")
