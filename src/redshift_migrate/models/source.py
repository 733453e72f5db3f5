"""Where the data of a migration comes from, and how the run marks what it makes."""

from __future__ import annotations

from typing import Self

from pydantic import Field, model_validator

from redshift_migrate.models.base import Value

RUN_TAG = "redshift-migrate:run"
"""Key of the tag on everything that a run makes; undo takes back only what carries the run's own value."""


class SourceData(Value):
    """What a migration takes its data from: a snapshot to make, a snapshot that exists, or nothing."""

    run_tag: str = Field(min_length=1, max_length=40, pattern="^[a-z0-9-]+$", description="value of the run tag")
    cluster_id: str = ""
    snapshot_identifier: str | None = Field(None, description="a snapshot of the cluster to make")
    snapshot_retention_period_days: int | None = Field(None, description="None: as the cluster's default says")
    snapshot_tags: tuple[tuple[str, str], ...] = ()
    snapshot_arn: str | None = Field(None, description="a snapshot that exists already")
    owner_account: str | None = Field(None, description="of a snapshot that another account shares")
    admin_username: str | None = Field(None, description="the admin user of the cluster when the snapshot is taken")
    may_create: bool = Field(True, description="False: namespace and workgroup must be there already")
    replace_existing_databases: bool = Field(False, description="restore even over a namespace that may hold data")

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        if self.snapshot_identifier and self.snapshot_arn:
            raise ValueError("a snapshot is made or named, not both")
        if self.snapshot_identifier and not self.cluster_id:
            raise ValueError("the cluster of a snapshot to make must be named")
        if self.has_data and not self.admin_username:
            raise ValueError("without the admin user of the snapshot nobody could see that it was restored")
        return self

    @property
    def has_data(self) -> bool:
        """True when there is a snapshot to restore."""
        return bool(self.snapshot_identifier or self.snapshot_arn)
