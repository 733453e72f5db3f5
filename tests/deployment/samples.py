"""Calls that the tour of the simulated account does not come by, each as the product would make it.

They are drift that is put right, and settings that the demo's clusters do not have. botocore checks each.
"""

from __future__ import annotations

from typing import Any

from redshift_migrate.models.plan import Call
from tests.deployment.policies import ACCOUNT, REGION

NAMESPACE_ARN = f"arn:aws:redshift-serverless:{REGION}:{ACCOUNT}:namespace/0a1b2c3d-1111-4000-8000-000000000001"
REDSHIFT_NAMESPACE_ARN = f"arn:aws:redshift:{REGION}:{ACCOUNT}:namespace:0a1b2c3d-1111-4000-8000-000000000001"
KEY_ARN = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/0a1b2c3d-2222-4000-8000-000000000002"
ROLE_ARN = f"arn:aws:iam::{ACCOUNT}:role/service/SomeRole"
TAGS = [{"key": "redshift-migrate:run", "value": "run-1"}]
SCHEDULE: dict[str, Any] = {
    "GroupName": "default",
    "Name": "nightly",
    "ScheduleExpression": "rate(1 day)",
    "FlexibleTimeWindow": {"Mode": "OFF"},
    "Target": {"Arn": "arn:aws:scheduler:::aws-sdk:redshiftdata:executeStatement", "RoleArn": ROLE_ARN},
    "KmsKeyArn": KEY_ARN,
}

SAMPLES: list[tuple[str, dict[str, Any]]] = [
    ("events:DisableRule", {"Name": "QS2-nightly"}),
    ("events:EnableRule", {"Name": "QS2-nightly"}),
    ("iam:GetPolicy", {"PolicyArn": f"arn:aws:iam::{ACCOUNT}:policy/team/ReadSecrets"}),
    ("iam:GetPolicy", {"PolicyArn": "arn:aws:iam::aws:policy/AmazonRedshiftDataFullAccess"}),
    ("iam:GetPolicyVersion", {"PolicyArn": "arn:aws:iam::aws:policy/AmazonRedshiftDataFullAccess", "VersionId": "v1"}),
    ("iam:GetPolicyVersion", {"PolicyArn": f"arn:aws:iam::{ACCOUNT}:policy/team/ReadSecrets", "VersionId": "v1"}),
    ("iam:SimulatePrincipalPolicy", {"PolicySourceArn": f"arn:aws:iam::{ACCOUNT}:user/ana", "ActionNames": ["a:B"]}),
    ("iam:ListAccountAliases", {}),
    ("sts:AssumeRole", {"RoleArn": f"arn:aws:iam::{ACCOUNT}:role/FleetReader", "RoleSessionName": "redshift-migrate"}),
    ("states:DescribeStateMachine", {"stateMachineArn": f"arn:aws:states:{REGION}:{ACCOUNT}:stateMachine:nightly"}),
    ("redshift:DescribeIntegrations", {}),
    ("redshift:DescribeSnapshotSchedules", {}),
    ("redshift:GetResourcePolicy", {"ResourceArn": REDSHIFT_NAMESPACE_ARN}),
    ("redshift:PutResourcePolicy", {"ResourceArn": REDSHIFT_NAMESPACE_ARN, "Policy": "{}"}),
    ("redshift:DeleteResourcePolicy", {"ResourceArn": REDSHIFT_NAMESPACE_ARN}),
    ("redshift-serverless:GetEndpointAccess", {"endpointName": "reports"}),
    (
        "redshift-serverless:CreateEndpointAccess",
        {"endpointName": "reports", "workgroupName": "wg1", "subnetIds": ["subnet-1"]},
    ),
    ("redshift-serverless:UpdateEndpointAccess", {"endpointName": "reports", "vpcSecurityGroupIds": ["sg-1"]}),
    ("redshift-serverless:DeleteEndpointAccess", {"endpointName": "reports"}),
    ("redshift-serverless:GetScheduledAction", {"scheduledActionName": "nightly"}),
    (
        "redshift-serverless:CreateScheduledAction",
        {
            "scheduledActionName": "nightly",
            "namespaceName": "ns1",
            "roleArn": ROLE_ARN,
            "schedule": {"cron": "(0 5 * * ? *)"},
            "targetAction": {"createSnapshot": {"namespaceName": "ns1", "snapshotNamePrefix": "n"}},
        },
    ),
    ("redshift-serverless:UpdateScheduledAction", {"scheduledActionName": "nightly", "roleArn": ROLE_ARN}),
    ("redshift-serverless:DeleteScheduledAction", {"scheduledActionName": "nightly"}),
    ("redshift-serverless:GetUsageLimit", {"usageLimitId": "limit-1"}),
    ("redshift-serverless:UpdateUsageLimit", {"usageLimitId": "limit-1", "amount": 10}),
    ("redshift-serverless:DeleteUsageLimit", {"usageLimitId": "limit-1"}),
    ("redshift-serverless:TagResource", {"resourceArn": NAMESPACE_ARN, "tags": TAGS}),
    ("redshift-serverless:UntagResource", {"resourceArn": NAMESPACE_ARN, "tagKeys": ["Team"]}),
    (
        "redshift-serverless:UpdateNamespace",
        {"namespaceName": "ns1", "manageAdminPassword": True, "adminPasswordSecretKmsKeyId": KEY_ARN},
    ),
    ("redshift-serverless:UpdateNamespace", {"namespaceName": "ns1", "kmsKeyId": KEY_ARN}),
    ("redshift-serverless:UpdateNamespace", {"namespaceName": "ns1", "iamRoles": [ROLE_ARN]}),
    (
        "redshift-serverless:CreateNamespace",
        {
            "namespaceName": "ns1",
            "kmsKeyId": KEY_ARN,
            "iamRoles": [ROLE_ARN],
            "tags": TAGS,
            "manageAdminPassword": True,
        },
    ),
    (
        "redshift-serverless:CreateSnapshotCopyConfiguration",
        {"namespaceName": "ns1", "destinationRegion": "us-west-2", "destinationKmsKeyId": KEY_ARN},
    ),
    ("redshift:PauseCluster", {"ClusterIdentifier": "prod-db-1"}),
    ("redshift:ResumeCluster", {"ClusterIdentifier": "prod-db-1"}),
    ("redshift:DeleteCluster", {"ClusterIdentifier": "prod-db-1", "FinalClusterSnapshotIdentifier": "the-last"}),
    ("scheduler:CreateSchedule", SCHEDULE),
    ("scheduler:UpdateSchedule", SCHEDULE),
]


def sample_calls() -> list[Call]:
    """The samples as calls."""
    calls = []
    for name, parameters in SAMPLES:
        service, _, operation = name.partition(":")
        calls.append(Call(service=service, region=REGION, operation=operation, parameters=parameters))
    return calls


DOCS = "https://docs.aws.amazon.com/service-authorization/latest/reference/"
IMPLIED: dict[tuple[str, str], str] = {
    # Operation's service, prefix of the action that it implies → where AWS says so.
    ("events", "iam"): f"{DOCS}list_amazoneventbridge.html",
    ("scheduler", "iam"): f"{DOCS}list_amazoneventbridgescheduler.html",
    ("scheduler", "kms"): f"{DOCS}list_amazoneventbridgescheduler.html",
    ("redshift-data", "redshift"): f"{DOCS}list_amazonredshiftdataapi.html",
    ("redshift-data", "redshift-serverless"): f"{DOCS}list_amazonredshiftdataapi.html",
    ("redshift", "redshift"): f"{DOCS}list_amazonredshift.html",
    ("redshift", "acm"): "https://docs.aws.amazon.com/redshift/latest/mgmt/connecting-connection-CNAME-security.html",
    ("redshift-serverless", "acm"): (
        "https://docs.aws.amazon.com/redshift/latest/mgmt/connecting-connection-CNAME-security.html"
    ),
    ("redshift-serverless", "ec2"): f"{DOCS}list_amazonredshiftserverless.html",
    ("redshift-serverless", "iam"): f"{DOCS}list_amazonredshiftserverless.html",
    ("redshift-serverless", "kms"): f"{DOCS}list_amazonredshiftserverless.html",
    ("redshift-serverless", "redshift-serverless"): f"{DOCS}list_amazonredshiftserverless.html",
    ("redshift-serverless", "secretsmanager"): f"{DOCS}list_amazonredshiftserverless.html",
}
"""Calls that AWS makes in our name, or checks along with ours; no recorder sees them."""
