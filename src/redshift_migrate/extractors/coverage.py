"""What becomes of every member that DescribeClusters can send: nothing is dropped silently.

A member that AWS adds has no row here, and a test fails until somebody has decided.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Carried:
    """The member fills these members of ProvisionedClusterConfig."""

    fields: tuple[str, ...]


@dataclass(frozen=True)
class Elsewhere:
    """The member only announces what another operation tells in full; that fills the field."""

    field: str
    operation: str


@dataclass(frozen=True)
class Ignored:
    """The member says nothing that a migration could carry, translate or report."""

    reason: str


Row = Carried | Elsewhere | Ignored


def _to(*fields: str) -> Carried:
    return Carried(fields)


CLUSTER: dict[str, Row] = {
    "ClusterIdentifier": _to("cluster_id"),
    "NodeType": _to("node_type"),
    "ClusterStatus": _to("status"),
    "ClusterAvailabilityStatus": _to("availability_status"),
    "ModifyStatus": Ignored("ClusterStatus and PendingModifiedValues say what is being modified"),
    "MasterUsername": _to("master_username"),
    "DBName": _to("db_name"),
    "Endpoint": _to("endpoint_address", "port"),
    "ClusterCreateTime": Ignored("when the cluster was made is no setting"),
    "AutomatedSnapshotRetentionPeriod": _to("automated_snapshot_retention_period_days"),
    "ManualSnapshotRetentionPeriod": _to("manual_snapshot_retention_period_days"),
    "ClusterSecurityGroups": Ignored("EC2-Classic was retired; VPC security groups took their place"),
    "VpcSecurityGroups": _to("vpc_security_group_ids"),
    "ClusterParameterGroups": _to("parameter_group_name"),
    "ClusterSubnetGroupName": _to("cluster_subnet_group_name"),
    "VpcId": _to("vpc_id"),
    "AvailabilityZone": _to("availability_zone"),
    "PreferredMaintenanceWindow": _to("maintenance_window"),
    "PendingModifiedValues": _to("pending_changes", "pending_maintenance_track"),
    "ClusterVersion": _to("cluster_version"),
    "AllowVersionUpgrade": _to("allow_version_upgrade"),
    "NumberOfNodes": _to("number_of_nodes"),
    "PubliclyAccessible": _to("publicly_accessible"),
    "Encrypted": _to("encrypted"),
    "RestoreStatus": _to("restore_status"),
    "DataTransferProgress": _to("is_resizing"),
    "HsmStatus": _to("hsm_status"),
    "ClusterSnapshotCopyStatus": _to("snapshot_copy_config"),
    "ClusterPublicKey": Ignored("belongs to the nodes (for COPY over SSH); a workgroup has none that could be set"),
    "ClusterNodes": Ignored("addresses of nodes; a workgroup shows none"),
    "ElasticIpStatus": _to("elastic_ip"),
    "ClusterRevisionNumber": _to("cluster_version"),
    "Tags": _to("tags"),
    "KmsKeyId": _to("kms_key_id"),
    "EnhancedVpcRouting": _to("enhanced_vpc_routing"),
    "IamRoles": _to("iam_roles"),
    "PendingActions": _to("pending_actions"),
    "MaintenanceTrackName": _to("maintenance_track"),
    "ElasticResizeNumberOfNodeOptions": Ignored("how the cluster could be resized, not how it is set"),
    "DeferredMaintenanceWindows": _to("deferred_maintenance_windows"),
    "SnapshotScheduleIdentifier": Elsewhere("snapshot_schedules", "redshift:DescribeSnapshotSchedules"),
    "SnapshotScheduleState": Elsewhere("snapshot_schedules", "redshift:DescribeSnapshotSchedules"),
    "ExpectedNextSnapshotScheduleTime": Ignored("moves by itself; the schedule is what is set"),
    "ExpectedNextSnapshotScheduleTimeStatus": Ignored("moves by itself; the schedule is what is set"),
    "NextMaintenanceWindowStartTime": _to("next_maintenance_window"),
    "ResizeInfo": _to("is_resizing"),
    "AvailabilityZoneRelocationStatus": _to("availability_zone_relocation_status"),
    "ClusterNamespaceArn": _to("cluster_namespace_arn"),
    "TotalStorageCapacityInMegaBytes": _to("total_storage_mb"),
    "AquaConfiguration": Ignored("a retired feature that AWS decides about by itself"),
    "DefaultIamRoleArn": _to("default_iam_role_arn"),
    "ReservedNodeExchangeStatus": Ignored("about a reservation; DescribeReservedNodes tells what still bills"),
    "CustomDomainName": _to("custom_domain_name"),
    "CustomDomainCertificateArn": _to("custom_domain_certificate_arn"),
    "CustomDomainCertificateExpiryDate": Ignored("a property of the certificate, whose ARN is carried"),
    "MasterPasswordSecretArn": _to("master_password_secret_arn"),
    "MasterPasswordSecretKmsKeyId": _to("master_password_secret_kms_key_id"),
    "IpAddressType": _to("ip_address_type"),
    "MultiAZ": _to("multi_az"),
    "MultiAZSecondary": Ignored("zone and nodes of the second half; that there is one is in MultiAZ"),
    "LakehouseRegistrationStatus": _to("lakehouse_registration_status"),
    "CatalogArn": _to("catalog_arn"),
    "ExtraComputeForAutomaticOptimization": _to("extra_compute_for_automatic_optimization"),
    "LoggingPublishStatus": Elsewhere("logging", "redshift:DescribeLoggingStatus"),
}
"""Member of the service model's `Cluster` → what becomes of it."""
