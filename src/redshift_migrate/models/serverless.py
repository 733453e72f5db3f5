"""A serverless namespace with its workgroup, as it is or as it is wanted: one type for both."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from redshift_migrate.models.base import Unknown, Value
from redshift_migrate.models.scheduled_query import ScheduledQuery

AWS_OWNED_KMS_KEY = "AWS_OWNED_KMS_KEY"
"""The literal with which serverless names the key that AWS owns."""

RETENTION_DAYS = range(1, 3654)
"""Days a snapshot, or a copy of one, may be kept. Source: Management Guide, "Copying backups to another AWS Region"."""


class SnapshotCopyConfiguration(Value):
    """Cross-region snapshot copy of a namespace."""

    destination_region: str
    snapshot_retention_period_days: int | None = Field(
        None, ge=1, le=3653, description="snapshots, in the destination; None means kept indefinitely"
    )
    destination_kms_key_id: str = AWS_OWNED_KMS_KEY


class UsageLimit(Value):
    """A usage limit of a workgroup. Compared without its id."""

    usage_type: Literal["serverless-compute", "cross-region-datasharing"]
    amount: int = Field(ge=1, description="RPU-hours, or TB")
    period: Literal["daily", "weekly", "monthly"]
    breach_action: Literal["log", "emit-metric", "deactivate"]


class ScheduledSnapshot(Value):
    """A scheduled action that takes snapshots of the namespace."""

    scheduled_action_name: str
    schedule: str = Field(description="cron of six fields in parentheses, without the word cron")
    snapshot_name_prefix: str
    retention_period_days: int | None = None
    role_arn: str
    enabled: bool = True


class WantedEndpoint(Value):
    """A Redshift-managed VPC endpoint of the workgroup."""

    endpoint_name: str
    subnet_ids: tuple[str, ...]
    vpc_security_group_ids: tuple[str, ...] = ()


class ServerlessConfig(Value):
    """Settings of a namespace and its workgroup.

    A member that is None is not part of the value: as a wish, "leave it as it is". An empty tuple is a wish
    (or an observation) of "none". Tuples that AWS treats as sets are sorted.
    """

    namespace_name: str
    workgroup_name: str | None = None

    db_name: str | None = None
    admin_username: str | None = None
    manage_admin_password: bool | None = None
    admin_password_secret_kms_key_id: str | None = None
    kms_key_id: str | None = Field(None, description="a key ARN, or AWS_OWNED_KMS_KEY")
    iam_roles: tuple[str, ...] | None = None
    default_iam_role_arn: str | None = Field(None, description="empty string: no default role")
    log_exports: tuple[str, ...] | None = None
    tags: tuple[tuple[str, str], ...] | None = Field(None, description="on namespace and workgroup alike")

    base_capacity_rpu: int | None = None
    max_capacity_rpu: int | None = Field(None, description="-1: no maximum of its own")
    price_performance_level: int | None = Field(None, description="1, 25, 50, 75 or 100; 0: switched off")
    extra_compute_for_automatic_optimization: bool | None = None
    subnet_ids: tuple[str, ...] | None = None
    security_group_ids: tuple[str, ...] | None = None
    port: int | None = None
    publicly_accessible: bool | None = None
    enhanced_vpc_routing: bool | None = None
    ip_address_type: str | None = None
    track_name: str | None = None
    config_parameters: tuple[tuple[str, str], ...] | None = None

    usage_limits: tuple[UsageLimit, ...] | None = None
    snapshot_copy: tuple[SnapshotCopyConfiguration, ...] | None = Field(
        None, max_length=1, description="AWS allows one destination a namespace"
    )
    scheduled_snapshots: tuple[ScheduledSnapshot, ...] | None = None
    endpoint_access: tuple[WantedEndpoint, ...] | None = None
    resource_policy: str | None = None
    scheduled_queries: tuple[ScheduledQuery, ...] | None = None


class UsageLimitObserved(Value):
    """A usage limit with the id that an update or a deletion needs."""

    usage_limit_id: str
    limit: UsageLimit


class WorkgroupObserved(Value):
    """What only AWS decides about a workgroup."""

    workgroup_name: str
    workgroup_arn: str
    status: str
    track_name: str | None = None
    pending_track_name: str | None = None
    workgroup_version: str | None = None
    base_capacity_rpu: int | None = None
    endpoint_address: str | None = None
    usage_limits: tuple[UsageLimitObserved, ...] = ()
    tags: tuple[tuple[str, str], ...] = ()


class NamespaceObserved(Value):
    """What only AWS decides about a namespace."""

    namespace_name: str
    namespace_arn: str
    status: str
    snapshot_copy_configuration_id: str | None = None
    admin_username: str | None = None
    admin_password_secret_arn: str | None = None
    tags: tuple[tuple[str, str], ...] = ()


class ServerlessTarget(Value):
    """A namespace as AWS answers it now: its settings, and the identities that calls need."""

    region: str
    config: ServerlessConfig
    namespace: NamespaceObserved
    workgroup: WorkgroupObserved | None = None
    unread: dict[str, Unknown] = Field(
        default_factory=dict, description="members of config that are None because they could not be read"
    )


class AbsentTarget(Value):
    """There is no namespace of that name, and no workgroup of that name either."""

    region: str
    namespace_name: str
    workgroup_name: str | None = None
    scheduled_queries: tuple[ScheduledQuery, ...] | None = Field(
        None, description="what there is already under the names of the wanted ones, whoever made it"
    )

    @property
    def config(self) -> ServerlessConfig:
        """Nothing but the names, and what stands outside of any namespace."""
        return ServerlessConfig(
            namespace_name=self.namespace_name,
            workgroup_name=self.workgroup_name,
            scheduled_queries=self.scheduled_queries,
        )
