"""Every AWS operation the product may call, with the IAM statement that allows it.

The table is the closed list of what can reach AWS: a call that is not in it is refused before it leaves, the
hints of denied calls are printed from it, and the deployed roles are checked against it.

Source: Service Authorization Reference, pages of the services named.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

PLACEHOLDERS = {"partition": "aws", "region": "*", "account": "*"}


@dataclass(frozen=True)
class Grant:
    """One thing an operation needs to be allowed."""

    action: str
    resource: str = "*"
    """ARN template; `{Member}` takes the call's parameter of that name, or `*`."""
    condition: tuple[tuple[str, str, str], ...] = ()
    """Operator, key and value template of each condition."""
    when: str = ""
    """Only needed when the call has this parameter."""


@dataclass(frozen=True)
class Operation:
    """One API operation: its grants, and whether it changes anything."""

    grants: tuple[Grant, ...]
    writes: bool = False


def _read(action: str, resource: str = "*") -> Operation:
    return Operation((Grant(action, resource),))


def _write(action: str, resource: str = "*", *more: Grant) -> Operation:
    return Operation((Grant(action, resource), *more), writes=True)


_NAMESPACE = "arn:{partition}:redshift-serverless:{region}:{account}:namespace/*"
_WORKGROUP = "arn:{partition}:redshift-serverless:{region}:{account}:workgroup/*"
_DESTINATION_KEY = "{destinationKmsKeyId}"

OPERATIONS: dict[str, Operation] = {
    "sts:GetCallerIdentity": _read("sts:GetCallerIdentity"),
    "kms:DescribeKey": _read("kms:DescribeKey", "arn:{partition}:kms:{region}:{account}:key/*"),
    # Describing all clusters needs `*`; describing one may be scoped, and so is what we ask for then.
    "redshift:DescribeClusters": _read(
        "redshift:DescribeClusters", "arn:{partition}:redshift:{region}:{account}:cluster:{ClusterIdentifier}"
    ),
    "redshift:DescribeSnapshotCopyGrants": _read("redshift:DescribeSnapshotCopyGrants"),
    "redshift:DescribeClusterSubnetGroups": _read("redshift:DescribeClusterSubnetGroups"),
    "redshift:DescribeClusterParameters": _read(
        "redshift:DescribeClusterParameters",
        "arn:{partition}:redshift:{region}:{account}:parametergroup:{ParameterGroupName}",
    ),
    "redshift:DescribeLoggingStatus": _read(
        "redshift:DescribeLoggingStatus", "arn:{partition}:redshift:{region}:{account}:cluster:{ClusterIdentifier}"
    ),
    "redshift:DescribeUsageLimits": _read(
        "redshift:DescribeUsageLimits", "arn:{partition}:redshift:{region}:{account}:usagelimit:*"
    ),
    "redshift:DescribeScheduledActions": _read("redshift:DescribeScheduledActions"),
    "redshift:DescribeSnapshotSchedules": _read(
        "redshift:DescribeSnapshotSchedules", "arn:{partition}:redshift:{region}:{account}:snapshotschedule:*"
    ),
    "redshift:DescribeEndpointAccess": _read("redshift:DescribeEndpointAccess"),
    "redshift:DescribeEndpointAuthorization": _read("redshift:DescribeEndpointAuthorization"),
    "redshift:DescribeDataSharesForProducer": _read("redshift:DescribeDataSharesForProducer"),
    "redshift:DescribeDataSharesForConsumer": _read("redshift:DescribeDataSharesForConsumer"),
    "redshift:DescribeInboundIntegrations": _read("redshift:DescribeInboundIntegrations"),
    "redshift:DescribeIntegrations": _read(
        "redshift:DescribeIntegrations", "arn:{partition}:redshift:{region}:{account}:integration:*"
    ),
    "redshift:DescribePartners": _read("redshift:DescribePartners"),
    "redshift:GetResourcePolicy": _read("redshift:GetResourcePolicy", "{ResourceArn}"),
    "redshift:DescribeEventSubscriptions": _read("redshift:DescribeEventSubscriptions"),
    "redshift:DescribeReservedNodes": _read("redshift:DescribeReservedNodes"),
    "ec2:DescribeSubnets": _read("ec2:DescribeSubnets"),
    "cloudwatch:DescribeAlarms": _read("cloudwatch:DescribeAlarms"),
    # The call names a role without its path, the ARN has it: `service-role/` for those that the console makes.
    "iam:GetRole": _read("iam:GetRole", "arn:{partition}:iam::{account}:role/*"),
    "redshift-serverless:GetNamespace": _read("redshift-serverless:GetNamespace", _NAMESPACE),
    "redshift-serverless:ListNamespaces": _read("redshift-serverless:ListNamespaces"),
    "redshift-serverless:GetWorkgroup": _read("redshift-serverless:GetWorkgroup", _WORKGROUP),
    "redshift-serverless:ListWorkgroups": _read("redshift-serverless:ListWorkgroups"),
    "redshift-serverless:ListTracks": _read("redshift-serverless:ListTracks"),
    "redshift-serverless:ListSnapshotCopyConfigurations": _read(
        "redshift-serverless:ListSnapshotCopyConfigurations", _NAMESPACE
    ),
    "redshift-serverless:CreateSnapshotCopyConfiguration": _write(
        "redshift-serverless:CreateSnapshotCopyConfiguration",
        _NAMESPACE,
        # Serverless makes the grant on the destination key in the caller's name.
        # Source: Management Guide, "Copying backups to another AWS Region".
        Grant("kms:CreateGrant", _DESTINATION_KEY, when="destinationKmsKeyId"),
        Grant("kms:DescribeKey", _DESTINATION_KEY, when="destinationKmsKeyId"),
    ),
    "redshift-serverless:UpdateSnapshotCopyConfiguration": _write(
        "redshift-serverless:UpdateSnapshotCopyConfiguration"
    ),
    "redshift-serverless:DeleteSnapshotCopyConfiguration": _write(
        "redshift-serverless:DeleteSnapshotCopyConfiguration"
    ),
    "redshift-serverless:UpdateWorkgroup": _write("redshift-serverless:UpdateWorkgroup", _WORKGROUP),
}


def iam_actions(operation: str, parameters: Mapping[str, Any]) -> tuple[str, ...]:
    """The IAM actions that one call needs, its own first. KeyError: the product never makes that call."""
    return tuple(grant.action for grant in _grants(operation, parameters))


def statement(
    operations: Iterable[tuple[str, Mapping[str, Any]]],
    *,
    partition: str = "aws",
    region: str = "*",
    account: str = "*",
) -> dict[str, Any]:
    """The smallest IAM policy statement that allows these calls (operation, parameters)."""
    actions: list[str] = []
    resources: list[str] = []
    for operation, parameters in operations:
        for grant in _grants(operation, parameters):
            where = {"partition": partition, "region": region, "account": account}
            actions.append(grant.action)
            resources.append(grant.resource.format_map(_Slots(where, parameters)))
    one_or_many = sorted(set(resources))
    return {
        "Effect": "Allow",
        "Action": sorted(set(actions)),
        "Resource": "*" if "*" in one_or_many else one_or_many,
    }


def _grants(operation: str, parameters: Mapping[str, Any]) -> tuple[Grant, ...]:
    return tuple(grant for grant in OPERATIONS[operation].grants if not grant.when or parameters.get(grant.when))


class _Slots(dict[str, Any]):
    """Fills an ARN template: where first, then the call's parameters, else `*`."""

    def __init__(self, where: Mapping[str, str], parameters: Mapping[str, Any]) -> None:
        super().__init__(where)
        self._parameters = parameters

    def __missing__(self, key: str) -> str:
        value = self._parameters.get(key)
        return value if isinstance(value, str) and value else "*"
