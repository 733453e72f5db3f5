"""The provisioned cluster, as read. Members are named as Redshift's API names them, with their units."""

from __future__ import annotations

from pydantic import Field

from redshift_migrate.models.automation import Automation
from redshift_migrate.models.base import Unknown, Value
from redshift_migrate.models.scheduled_query import ScheduledQuery

KEPT_INDEFINITELY = -1
"""How Redshift spells a manual snapshot retention without end."""


class SnapshotCopySettings(Value):
    """Cross-region snapshot copy of a provisioned cluster (DescribeClusters.ClusterSnapshotCopyStatus)."""

    destination_region: str
    retention_period_days: int | None = Field(None, description="automated snapshots, in the destination")
    manual_snapshot_retention_period_days: int | None = Field(
        None, description="manual snapshots, in the destination; -1 means kept indefinitely"
    )
    snapshot_copy_grant_name: str | None = None
    kms_key_id: str | Unknown | None = Field(
        None, description="the key behind the grant, in the destination region; None without a grant"
    )


class DeferredMaintenanceWindow(Value):
    """A stretch of time in which maintenance was put off."""

    identifier: str
    starts_at: str | None = None
    ends_at: str | None = None


class Subnet(Value):
    """One subnet of the cluster's subnet group."""

    subnet_id: str
    availability_zone: str | None = None
    availability_zone_id: str | None = None
    available_ip_address_count: int | None = None
    vpc_id: str | None = None
    has_ipv6: bool | None = None


class IamRole(Value):
    """A role attached to the cluster."""

    iam_role_arn: str
    apply_status: str | None = Field(None, description="in-sync, adding or removing")
    trusted_services: tuple[str, ...] | Unknown = Field((), description="service principals of its trust policy")
    trust_conditions: tuple[str, ...] = Field(
        (), description="condition values of the trust policy that name a cluster or a database user of one"
    )


class Parameter(Value):
    """One parameter of the cluster's parameter group that differs from the default."""

    name: str
    value: str | None = None
    source: str | None = None
    apply_type: str | None = Field(None, description="static or dynamic")
    pending_reboot: bool = Field(False, description="the group has it, the running cluster does not yet")


class LoggingSettings(Value):
    """Audit logging (DescribeLoggingStatus)."""

    enabled: bool
    log_destination_type: str | None = Field(None, description="s3, cloudwatch or s3table")
    bucket_name: str | None = None
    s3_key_prefix: str | None = None
    log_exports: tuple[str, ...] = ()
    s3_tables: tuple[str, ...] = Field((), description="log tables written to S3 Tables")
    s3_table_namespace: str | None = None
    s3_table_granularity: str | None = Field(None, description="account or cluster")


class SnapshotSchedule(Value):
    """An automated snapshot schedule attached to the cluster."""

    identifier: str
    definitions: tuple[str, ...] = Field((), description="rate(12 hours) or a cron of three fields")
    state: str | None = None


class ScheduledAction(Value):
    """A pause, resume or resize of the cluster on a schedule."""

    name: str
    action: str = Field(description="PauseCluster, ResumeCluster or ResizeCluster")
    schedule: str
    iam_role_arn: str | None = None
    state: str | None = None
    detail: str = ""
    node_type: str | None = Field(None, description="of a resize")
    number_of_nodes: int | None = Field(None, description="of a resize")
    starts_at: str | None = None
    ends_at: str | None = None


class ClusterUsageLimit(Value):
    """A usage limit of the cluster."""

    usage_limit_id: str
    feature_type: str
    limit_type: str = Field(description="time (minutes) or data-scanned (TB)")
    amount: int
    period: str
    breach_action: str


class EndpointAccess(Value):
    """A Redshift-managed VPC endpoint of the cluster."""

    endpoint_name: str
    subnet_group_name: str | None = None
    subnet_ids: tuple[str, ...] = Field((), description="where its network interfaces are")
    vpc_security_group_ids: tuple[str, ...] = ()
    vpc_id: str | None = None
    resource_owner: str | None = None
    status: str | None = None


class EndpointAuthorization(Value):
    """Another account that may make endpoints to the cluster."""

    grantee: str
    allowed_all_vpcs: bool = False
    allowed_vpcs: tuple[str, ...] = ()
    status: str | None = Field(None, description="Authorized or Revoking")


class DataShare(Value):
    """A datashare that the cluster produces or consumes."""

    data_share_arn: str
    direction: str = Field(description="outbound (produced here) or inbound (consumed here)")
    counterparts: tuple[str, ...] = Field((), description="consumers, or the producer")
    managed_by: str | None = Field(None, description="AWS Data Exchange, where that manages it")
    allow_publicly_accessible_consumers: bool | None = None


class Integration(Value):
    """A zero-ETL or event integration that writes into the cluster."""

    integration_arn: str
    name: str | None = None
    source_arn: str | None = None
    status: str | None = None


class ReservedNode(Value):
    """Reserved nodes keep billing whatever runs."""

    reserved_node_id: str
    node_type: str
    node_count: int
    state: str | None = None
    ends_at: str | None = None


class EventSubscription(Value):
    """An SNS subscription to events of the cluster."""

    name: str
    sns_topic_arn: str | None = None
    source_type: str | None = Field(None, description="None means events of every kind of source")
    source_ids: tuple[str, ...] = Field((), description="empty means every source of that kind")
    event_categories: tuple[str, ...] = ()
    severity: str | None = None
    enabled: bool = True


class Alarm(Value):
    """A CloudWatch alarm on a metric of the cluster."""

    name: str
    metric: str
    arn: str | None = None


class ClusterSummary(Value):
    """One line of a cluster list."""

    cluster_id: str
    region: str
    status: str
    node_type: str | None = None
    number_of_nodes: int | None = None
    maintenance_track: str | None = None
    snapshot_copy_destination_region: str | None = None
    account: str | None = Field(None, description="the name of its account, where several are looked at")
    environment: str | None = Field(None, description="what its tag of that name says, or one that means the same")


class ProvisionedClusterConfig(Value):
    """Everything that was read from one provisioned cluster.

    None or an empty tuple means: not set on the cluster. `Unknown` means: could not be read.
    """

    cluster_id: str
    region: str
    account_id: str
    partition: str
    status: str
    availability_status: str | None = None
    cluster_namespace_arn: str | None = None
    db_name: str | None = None
    endpoint_address: str | None = None
    pending_changes: tuple[str, ...] = Field((), description="names of PendingModifiedValues members that are set")
    pending_actions: tuple[str, ...] = Field((), description="operations that wait to be started")
    is_resizing: bool = False
    pending_number_of_nodes: int | None = Field(None, description="what a resize leads to")
    pending_node_type: str | None = None
    restore_status: str | None = Field(None, description="starting, restoring, completed or failed")
    total_storage_mb: int | None = Field(None, description="managed storage capacity, for sizing only")
    stored_mb: int | Unknown | None = Field(
        None, description="data held, as the newest snapshot says (TotalBackupSizeInMegaBytes), for sizing only"
    )

    node_type: str | None = None
    number_of_nodes: int | None = None
    cluster_version: str | None = None
    multi_az: bool = False
    extra_compute_for_automatic_optimization: bool | None = None
    reserved_nodes: tuple[ReservedNode, ...] | Unknown = ()

    encrypted: bool | None = None
    kms_key_id: str | None = None
    hsm_status: str | None = None

    cluster_subnet_group_name: str | None = None
    subnets: tuple[Subnet, ...] | Unknown = ()
    vpc_id: str | None = None
    vpc_security_group_ids: tuple[str, ...] = ()
    availability_zone: str | None = None
    availability_zone_relocation_status: str | None = None
    port: int | None = None
    publicly_accessible: bool | None = None
    enhanced_vpc_routing: bool | None = None
    ip_address_type: str | None = None
    elastic_ip: str | None = None
    endpoint_access: tuple[EndpointAccess, ...] | Unknown = ()
    endpoint_authorizations: tuple[EndpointAuthorization, ...] | Unknown = ()
    custom_domain_name: str | None = None
    custom_domain_certificate_arn: str | None = None

    iam_roles: tuple[IamRole, ...] = ()
    default_iam_role_arn: str | None = None
    master_username: str | None = None
    master_password_secret_arn: str | None = None
    master_password_secret_kms_key_id: str | None = None

    parameter_group_name: str | None = None
    parameters: tuple[Parameter, ...] | Unknown = ()

    logging: LoggingSettings | Unknown | None = None
    tags: tuple[tuple[str, str], ...] = ()

    maintenance_track: str | None = None
    pending_maintenance_track: str | None = None
    maintenance_window: str | None = None
    next_maintenance_window: str | None = None
    deferred_maintenance_windows: tuple[DeferredMaintenanceWindow, ...] = ()
    allow_version_upgrade: bool | None = None

    snapshot_copy_config: SnapshotCopySettings | None = None
    automated_snapshot_retention_period_days: int | None = None
    manual_snapshot_retention_period_days: int | None = None
    snapshot_schedules: tuple[SnapshotSchedule, ...] | Unknown = ()
    scheduled_actions: tuple[ScheduledAction, ...] | Unknown = ()
    usage_limits: tuple[ClusterUsageLimit, ...] | Unknown = ()

    data_shares: tuple[DataShare, ...] | Unknown = ()
    integrations: tuple[Integration, ...] | Unknown = ()
    partners: tuple[str, ...] | Unknown = ()
    resource_policy: str | Unknown | None = None
    catalog_arn: str | None = None
    lakehouse_registration_status: str | None = None
    event_subscriptions: tuple[EventSubscription, ...] | Unknown = ()
    alarms: tuple[Alarm, ...] | Unknown = ()
    scheduled_queries: tuple[ScheduledQuery, ...] | Unknown = ()
    automation: tuple[Automation, ...] | Unknown = Field((), description="what else acts on the cluster")
