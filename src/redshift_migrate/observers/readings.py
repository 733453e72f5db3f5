"""What AWS answers about a namespace and a workgroup, normalised to the type in which it is wished for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from redshift_migrate.models.serverless import AWS_OWNED_KMS_KEY, ScheduledSnapshot, UsageLimit, WantedEndpoint
from redshift_migrate.models.source import RUN_TAG

_PRINTED_ROLE = re.compile(r"iamRoleArn=([^,)\s]+)")
SHOWN_UNASKED = {"require_ssl": "false", "use_fips_ssl": "false"}
"""Parameters that a reply has even when nobody set them."""
NO_MAXIMUM = -1

Tags = tuple[tuple[str, str], ...]


def role_arn(printed: str) -> str:
    """The ARN in `IamRole(applyStatus=in-sync, iamRoleArn=arn:…)`, whose parts come in either order, or in an ARN."""
    found = _PRINTED_ROLE.search(printed)
    return found.group(1) if found else printed


def namespace_members(namespace: Mapping[str, Any]) -> dict[str, Any]:
    """The members of ServerlessConfig that GetNamespace tells."""
    return {
        "db_name": namespace.get("dbName"),
        "admin_username": namespace.get("adminUsername"),
        "manage_admin_password": bool(namespace.get("adminPasswordSecretArn")),
        "admin_password_secret_kms_key_id": namespace.get("adminPasswordSecretKmsKeyId"),
        "kms_key_id": namespace.get("kmsKeyId") or AWS_OWNED_KMS_KEY,
        "iam_roles": tuple(sorted(role_arn(role) for role in namespace.get("iamRoles") or ())),
        "default_iam_role_arn": role_arn(namespace.get("defaultIamRoleArn") or ""),
        "log_exports": tuple(sorted(namespace.get("logExports") or ())),
    }


def workgroup_members(workgroup: Mapping[str, Any]) -> dict[str, Any]:
    """The members of ServerlessConfig that GetWorkgroup tells; the track is the one it is on its way to."""
    target = workgroup.get("pricePerformanceTarget") or {}
    return {
        "workgroup_name": workgroup["workgroupName"],
        "base_capacity_rpu": workgroup.get("baseCapacity"),
        "max_capacity_rpu": workgroup.get("maxCapacity") or NO_MAXIMUM,
        "price_performance_level": target.get("level") or 0 if target.get("status") == "ENABLED" else 0,
        "extra_compute_for_automatic_optimization": bool(workgroup.get("extraComputeForAutomaticOptimization")),
        "subnet_ids": tuple(sorted(workgroup.get("subnetIds") or ())),
        "security_group_ids": tuple(sorted(workgroup.get("securityGroupIds") or ())),
        "port": workgroup.get("port") or (workgroup.get("endpoint") or {}).get("port"),
        "publicly_accessible": bool(workgroup.get("publiclyAccessible")),
        "enhanced_vpc_routing": bool(workgroup.get("enhancedVpcRouting")),
        "ip_address_type": workgroup.get("ipAddressType") or "ipv4",
        "track_name": workgroup.get("pendingTrackName") or workgroup.get("trackName"),
        "config_parameters": config_parameters(workgroup.get("configParameters") or ()),
    }


def config_parameters(listed: Iterable[Mapping[str, Any]]) -> Tags:
    """Parameters by key, without those that AWS shows by itself and nobody changed."""
    pairs = ((item.get("parameterKey", ""), item.get("parameterValue", "")) for item in listed)
    return tuple(sorted(pair for pair in pairs if SHOWN_UNASKED.get(pair[0]) != pair[1]))


def tag_pairs(tags: Iterable[Mapping[str, Any]]) -> Tags:
    """Tags by key, without those that AWS itself sets."""
    pairs = ((tag["key"], tag.get("value", "")) for tag in tags)
    return tuple(sorted(pair for pair in pairs if not pair[0].startswith("aws:")))


def shared_tags(namespace: Tags, workgroup: Tags | None) -> Tags:
    """The tags that both carry alike, without the mark of the run that made them."""
    both = set(namespace) if workgroup is None else set(namespace) & set(workgroup)
    return tuple(sorted(pair for pair in both if pair[0] != RUN_TAG))


def usage_limit(limit: Mapping[str, Any]) -> UsageLimit:
    """A usage limit; `disable`, which the service has been seen to answer, means deactivate."""
    action = limit.get("breachAction") or "log"
    return UsageLimit(
        usage_type=limit["usageType"],
        amount=limit["amount"],
        period=limit.get("period") or "monthly",
        breach_action="deactivate" if action == "disable" else action,
    )


def scheduled_snapshot(action: Mapping[str, Any]) -> ScheduledSnapshot | None:
    """A recurring scheduled action; None for one that runs once, which is an errand and not a setting."""
    cron = (action.get("schedule") or {}).get("cron")
    snapshot = (action.get("targetAction") or {}).get("createSnapshot")
    if cron is None or snapshot is None:
        return None
    days = snapshot.get("retentionPeriod")
    return ScheduledSnapshot(
        scheduled_action_name=action["scheduledActionName"],
        schedule=cron,
        snapshot_name_prefix=snapshot["snapshotNamePrefix"],
        retention_period_days=days if days is not None and days > 0 else None,
        role_arn=action.get("roleArn") or "",
        enabled=action.get("state") == "ACTIVE",
    )


def endpoint(reply: Mapping[str, Any]) -> WantedEndpoint:
    """A managed VPC endpoint."""
    groups = (group.get("vpcSecurityGroupId") for group in reply.get("vpcSecurityGroups") or ())
    return WantedEndpoint(
        endpoint_name=reply["endpointName"],
        subnet_ids=tuple(sorted(reply.get("subnetIds") or ())),
        vpc_security_group_ids=tuple(sorted(group for group in groups if group)),
    )
