"""A serverless namespace with its workgroup, as it is or as it is wanted: one type for both."""

from __future__ import annotations

from pydantic import Field

from redshift_migrate.models.base import Value

AWS_OWNED_KMS_KEY = "AWS_OWNED_KMS_KEY"
"""The literal with which serverless names the key that AWS owns."""


class SnapshotCopyConfiguration(Value):
    """Cross-region snapshot copy of a namespace."""

    destination_region: str
    snapshot_retention_period_days: int | None = Field(
        None, ge=1, le=3653, description="snapshots, in the destination; None means kept indefinitely"
    )
    destination_kms_key_id: str = AWS_OWNED_KMS_KEY


class ServerlessConfig(Value):
    """Settings of a namespace and its workgroup.

    A member that is None is not part of the value: as a wish, "leave it as it is". An empty tuple is a wish
    (or an observation) of "none".
    """

    namespace_name: str
    workgroup_name: str | None = None
    track_name: str | None = None
    snapshot_copy: tuple[SnapshotCopyConfiguration, ...] | None = Field(
        None, max_length=1, description="AWS allows one destination a namespace"
    )


class WorkgroupObserved(Value):
    """What only AWS decides about a workgroup."""

    workgroup_name: str
    workgroup_arn: str
    status: str
    track_name: str | None = None
    pending_track_name: str | None = None
    workgroup_version: str | None = None
    base_capacity_rpu: int | None = None


class NamespaceObserved(Value):
    """What only AWS decides about a namespace."""

    namespace_name: str
    namespace_arn: str
    status: str
    snapshot_copy_configuration_id: str | None = None


class ServerlessTarget(Value):
    """A namespace as AWS answers it now: its settings, and the identities that calls need."""

    region: str
    config: ServerlessConfig
    namespace: NamespaceObserved
    workgroup: WorkgroupObserved | None = None
