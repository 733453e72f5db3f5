"""Clusters that cannot simply be moved, one difficulty each."""

from __future__ import annotations

import json

from redshift_simulator.account import Resource, SimulatedAccount
from redshift_simulator.neighbours.ec2 import DEFAULT_SECURITY_GROUP, DEFAULT_SUBNETS
from redshift_simulator.neighbours.single_reads import kms_key, secret_of
from redshift_simulator.redshift.clusters import cluster_of
from redshift_simulator.redshift.domains import associate
from redshift_simulator.redshift.endpoints import endpoint_authorization_of, endpoint_of
from redshift_simulator.redshift.groups import parameter_group_of, subnet_group_of
from redshift_simulator.redshift.listing import tags
from redshift_simulator.redshift.monitoring import cloudwatch_logging_of
from redshift_simulator.redshift.sharing import data_share_of, integration_of, partner_of

PARTNER_ACCOUNT = "210987654321"
DISABLED_KEY = "key that was retired"
"""Description of a disabled key in us-west-2; its ARN is the same in every account of the demo."""


def seed_hard_cases(account: SimulatedAccount, region: str) -> None:
    """Put the clusters into the account."""
    kms_key(account, "us-west-2", DISABLED_KEY, enabled=False)
    _hardware_keys(account, region)
    _old_nodes(account, region)
    _single_subnet(account, region)
    _resizing(account, region)
    _pending(account, region)
    _shared(account, region)


def _hardware_keys(account: SimulatedAccount, region: str) -> None:
    hsm = {
        "HsmClientCertificateIdentifier": "payroll-client",
        "HsmConfigurationIdentifier": "payroll-hsm",
        "Status": "active",
    }
    changes = {"Encrypted": True, "HsmStatus": hsm, "Tags": tags(Team="payroll")}
    cluster_of(account, region, "payroll-hsm", node_type="dc2.large", changes=changes)


def _old_nodes(account: SimulatedAccount, region: str) -> None:
    cluster = cluster_of(account, region, "reports-dc2", node_type="dc2.large", nodes=4)
    cluster["Endpoint"]["Port"] = 8192
    cluster["Tags"] = tags(Team="reporting")


def _single_subnet(account: SimulatedAccount, region: str) -> None:
    subnet_group_of(account, region, "staging-single", DEFAULT_SUBNETS[:1])
    changes = {"ClusterSubnetGroupName": "staging-single", "EnhancedVpcRouting": True, "Tags": tags(Team="staging")}
    cluster_of(account, region, "staging-single-subnet", nodes=1, changes=changes)


def _resizing(account: SimulatedAccount, region: str) -> None:
    changes = {
        "ClusterStatus": "resizing",
        "ClusterAvailabilityStatus": "Modifying",
        "ResizeInfo": {"ResizeType": "ElasticResize", "AllowCancelResize": False},
        "PendingModifiedValues": {"NumberOfNodes": 8},
        "Tags": tags(Team="orders"),
    }
    cluster_of(account, region, "orders-resizing", nodes=4, changes=changes)


def _pending(account: SimulatedAccount, region: str) -> None:
    parameter_group_of(account, region, "crm-parameters", {"require_ssl": "true", "statement_timeout": "600000"})
    statuses = [
        {"ParameterName": "require_ssl", "ParameterApplyStatus": "pending-reboot"},
        {"ParameterName": "statement_timeout", "ParameterApplyStatus": "in-sync"},
    ]
    group = {
        "ParameterGroupName": "crm-parameters",
        "ParameterApplyStatus": "pending-reboot",
        "ClusterParameterStatusList": statuses,
    }
    changes = {
        "PendingModifiedValues": {"MaintenanceTrackName": "trailing", "NodeType": "ra3.4xlarge"},
        "ClusterParameterGroups": [group],
        "Tags": tags(Team="crm"),
    }
    cluster_of(account, region, "crm-pending", changes=changes)


def _shared(account: SimulatedAccount, region: str) -> None:
    name = "sales-shared"
    cluster = cluster_of(account, region, name, nodes=2)
    cluster["Tags"] = tags(Team="sales", Environment="production")
    secret = secret_of(account, region, f"redshift!{name}-awsuser")
    key = kms_key(account, region, f"admin password of {name}")
    cluster.update({"MasterPasswordSecretArn": secret, "MasterPasswordSecretKmsKeyId": key})
    associate(account, cluster, "sales.example.com", account.arn("acm", region, "certificate/5e0d3c4b-sales"))
    cloudwatch_logging_of(account, region, name, ["connectionlog", "userlog"])
    endpoint_of(account, region, "sales-from-bi", name, list(DEFAULT_SUBNETS[:2]), [DEFAULT_SECURITY_GROUP])
    endpoint_authorization_of(account, region, name, PARTNER_ACCOUNT)
    partner_of(account, region, name, "example-loader", "dev")
    _ties(account, region, cluster)


def _ties(account: SimulatedAccount, region: str, cluster: Resource) -> None:
    """A datashare given and one taken, a zero-ETL and an S3 integration, and the policy that lets them in."""
    arn = cluster["ClusterNamespaceArn"]
    data_share_of(account, region, arn, "sales_share", PARTNER_ACCOUNT)
    theirs = arn.replace(account.account_id, PARTNER_ACCOUNT).rpartition(":")[0] + ":7f3a-partner"
    data_share_of(account, region, theirs, "reference_data", arn)
    integration_of(account, region, "orders-to-sales", account.arn("rds", region, "cluster:orders-aurora"), arn)
    integration_of(account, region, "uploads", "arn:aws:s3:::example-uploads", arn)
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "redshift.amazonaws.com"},
        "Action": "redshift:AuthorizeInboundIntegration",
        "Resource": arn,
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    account.table(region, "resource_policies")[arn] = {"ResourceArn": arn, "Policy": policy}
