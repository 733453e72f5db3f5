"""The parts in which a cluster can be asked for, and the reads that each part costs beyond DescribeClusters."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

from redshift_migrate.errors import SettingsError
from redshift_migrate.extractors import (
    automation,
    capacity,
    endpoints,
    identity,
    logging,
    monitoring,
    network,
    parameters,
    scheduled_queries,
    sharing,
    snapshot_copy,
    snapshots,
    usage_limits,
)
from redshift_migrate.extractors.source import Source
from redshift_migrate.models.base import Unknown
from redshift_migrate.models.finding import Subject
from redshift_migrate.models.regions import either, similar

SECTIONS: dict[str, tuple[str, ...]] = {
    Subject.SOURCE: (
        "cluster_id",
        "region",
        "account_id",
        "partition",
        "status",
        "availability_status",
        "cluster_namespace_arn",
        "db_name",
        "endpoint_address",
        "pending_changes",
        "pending_actions",
        "is_resizing",
        "restore_status",
    ),
    Subject.CAPACITY: (
        "node_type",
        "number_of_nodes",
        "cluster_version",
        "total_storage_mb",
        "stored_mb",
        "multi_az",
        "extra_compute_for_automatic_optimization",
        "reserved_nodes",
        "scheduled_actions",
    ),
    Subject.NETWORK: (
        "cluster_subnet_group_name",
        "subnets",
        "vpc_id",
        "vpc_security_group_ids",
        "availability_zone",
        "availability_zone_relocation_status",
        "port",
        "publicly_accessible",
        "enhanced_vpc_routing",
        "ip_address_type",
        "elastic_ip",
    ),
    Subject.ENCRYPTION: ("encrypted", "kms_key_id", "hsm_status"),
    Subject.IDENTITY: (
        "iam_roles",
        "default_iam_role_arn",
        "master_username",
        "master_password_secret_arn",
        "master_password_secret_kms_key_id",
    ),
    Subject.PARAMETERS: ("parameter_group_name", "parameters"),
    Subject.WLM: ("parameter_group_name", "parameters"),
    Subject.LOGGING: ("logging",),
    Subject.USAGE_LIMITS: ("usage_limits",),
    Subject.SNAPSHOTS: (
        "automated_snapshot_retention_period_days",
        "manual_snapshot_retention_period_days",
        "snapshot_schedules",
    ),
    Subject.SNAPSHOT_COPY: ("snapshot_copy_config",),
    Subject.MAINTENANCE: (
        "maintenance_track",
        "pending_maintenance_track",
        "maintenance_window",
        "next_maintenance_window",
        "deferred_maintenance_windows",
        "allow_version_upgrade",
    ),
    Subject.TAGS: ("tags",),
    Subject.ENDPOINTS: (
        "endpoint_access",
        "endpoint_authorizations",
        "custom_domain_name",
        "custom_domain_certificate_arn",
    ),
    Subject.SHARING: (
        "data_shares",
        "integrations",
        "partners",
        "resource_policy",
        "catalog_arn",
        "lakehouse_registration_status",
    ),
    Subject.SCHEDULED_QUERIES: ("scheduled_queries",),
    Subject.AUTOMATION: ("automation",),
    Subject.MONITORING: ("event_subscriptions", "alarms"),
}
"""Section → the members of ProvisionedClusterConfig in it. What DescribeClusters tells is filled in any section."""


def _unknown(source: Source, unknown: Unknown) -> Any:
    return unknown


@dataclass(frozen=True)
class Read:
    """How one member is read that DescribeClusters does not have, or not whole."""

    action: str
    """The IAM action of the (first) call."""
    run: Callable[[Source], Any]
    unread: Callable[[Source, Unknown], Any] = _unknown
    """The member's value when its section was not asked for: never "none", which would be a claim."""


READS: Mapping[str, Read] = {
    # Two calls one after the other, so they start first.
    "subnets": Read("redshift:DescribeClusterSubnetGroups", network.extract_subnets),
    "iam_roles": Read(
        "iam:GetRole",
        identity.extract_iam_roles,
        lambda source, unknown: identity.parse_iam_roles(source.cluster, unknown),
    ),
    "snapshot_copy_config": Read(
        snapshot_copy.ACTION,
        snapshot_copy.extract_snapshot_copy,
        lambda source, unknown: snapshot_copy.parse_snapshot_copy(source.cluster, unknown),
    ),
    "stored_mb": Read("redshift:DescribeClusterSnapshots", capacity.extract_stored_mb),
    "reserved_nodes": Read("redshift:DescribeReservedNodes", capacity.extract_reserved_nodes),
    "scheduled_actions": Read("redshift:DescribeScheduledActions", capacity.extract_scheduled_actions),
    "parameters": Read("redshift:DescribeClusterParameters", parameters.extract_parameters),
    "logging": Read("redshift:DescribeLoggingStatus", logging.extract_logging),
    "usage_limits": Read("redshift:DescribeUsageLimits", usage_limits.extract_usage_limits),
    "snapshot_schedules": Read("redshift:DescribeSnapshotSchedules", snapshots.extract_snapshot_schedules),
    "endpoint_access": Read("redshift:DescribeEndpointAccess", endpoints.extract_endpoint_access),
    "endpoint_authorizations": Read(
        "redshift:DescribeEndpointAuthorization", endpoints.extract_endpoint_authorizations
    ),
    "data_shares": Read("redshift:DescribeDataSharesForProducer", sharing.extract_data_shares),
    "integrations": Read("redshift:DescribeInboundIntegrations", sharing.extract_integrations),
    "partners": Read("redshift:DescribePartners", sharing.extract_partners),
    "resource_policy": Read("redshift:GetResourcePolicy", sharing.extract_resource_policy),
    "event_subscriptions": Read("redshift:DescribeEventSubscriptions", monitoring.extract_event_subscriptions),
    "alarms": Read("cloudwatch:DescribeAlarms", monitoring.extract_alarms),
    "automation": Read("events:ListRules", automation.extract_automation),
    "scheduled_queries": Read("events:ListRuleNamesByTarget", scheduled_queries.extract_scheduled_queries),
}
"""Member of ProvisionedClusterConfig → how it is read."""


def members_of(sections: Collection[str] | None) -> frozenset[str]:
    """The members in these sections, in all of them for None. SettingsError for a section that does not exist."""
    names = SECTIONS if sections is None else [name.strip().lower().replace("-", "_") for name in sections]
    for name in names:
        if name not in SECTIONS:
            near = similar(name, list(SECTIONS)) or sorted(SECTIONS)
            raise SettingsError(
                f"There is no section {name!r} of a cluster's configuration. Nothing was read.",
                hint=f"Sections: {either(near)}.",
            )
    return frozenset(member for name in names for member in SECTIONS[name])
