"""Snapshots, restores and what a workgroup carries, as real boto3 sees them."""

from __future__ import annotations

from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from redshift_simulator import SimulatedAccount

REGION = "us-east-2"
ARN = "arn:aws:redshift:us-east-2:123456789012:snapshot:prod-db-1/before"
ROLE = "arn:aws:iam::123456789012:role/Scheduler"


@pytest.fixture
def redshift(aws_env: dict[str, str]) -> Any:
    assert aws_env
    return boto3.client("redshift", REGION)


@pytest.fixture
def serverless(aws_env: dict[str, str]) -> Any:
    assert aws_env
    return boto3.client("redshift-serverless", REGION)


def refused(call: Any, **parameters: Any) -> str:
    with pytest.raises(ClientError) as caught:
        call(**parameters)
    return str(caught.value.response["Error"]["Code"])


def states(serverless: Any) -> tuple[str, str]:
    namespace = serverless.get_namespace(namespaceName="my-namespace")["namespace"]
    workgroup = serverless.get_workgroup(workgroupName="my-workgroup")["workgroup"]
    return namespace["status"], workgroup["status"]


def test_a_snapshot_takes_its_time(redshift: Any, account: SimulatedAccount) -> None:
    made = redshift.create_cluster_snapshot(SnapshotIdentifier="before", ClusterIdentifier="prod-db-1")["Snapshot"]
    assert (made["Status"], made["SnapshotArn"], made["MasterUsername"]) == ("creating", ARN, "awsuser")

    account.clock.advance(account.durations["cluster_snapshot.create"])

    (found,) = redshift.describe_cluster_snapshots(SnapshotIdentifier="before")["Snapshots"]
    assert found["Status"] == "available"
    assert redshift.describe_cluster_snapshots(ClusterIdentifier="nobody")["Snapshots"] == []


@pytest.mark.parametrize(
    ("cluster", "name", "code"),
    [
        ("archive-paused", "one", "InvalidClusterState"),
        ("nobody", "one", "ClusterNotFound"),
        ("prod-db-1", "taken", "ClusterSnapshotAlreadyExists"),
        ("prod-db-1", "not--good", "InvalidParameterValue"),
    ],
)
def test_a_snapshot_is_refused_as_aws_refuses_it(redshift: Any, cluster: str, name: str, code: str) -> None:
    redshift.create_cluster_snapshot(SnapshotIdentifier="taken", ClusterIdentifier="prod-db-1")
    create = redshift.create_cluster_snapshot

    assert refused(create, SnapshotIdentifier=name, ClusterIdentifier=cluster) == code
    assert refused(redshift.describe_cluster_snapshots, SnapshotIdentifier="none") == "ClusterSnapshotNotFound"


def test_a_restore_looks_at_rest_then_busy_then_done(redshift: Any, serverless: Any, account: SimulatedAccount) -> None:
    account.table(REGION, "clusters")["prod-db-1"] |= {"MasterUsername": "boss", "_databases": ["dev", "sales"]}
    redshift.create_cluster_snapshot(SnapshotIdentifier="before", ClusterIdentifier="prod-db-1")
    call = {"namespaceName": "my-namespace", "workgroupName": "my-workgroup", "snapshotArn": ARN}
    assert refused(serverless.restore_from_snapshot, **call) == "ConflictException"  # the snapshot is being taken
    account.clock.advance(account.durations["cluster_snapshot.create"])

    serverless.restore_from_snapshot(**call)

    assert states(serverless) == ("AVAILABLE", "AVAILABLE")
    assert refused(serverless.restore_from_snapshot, **call) == "ConflictException"
    assert refused(serverless.update_workgroup, workgroupName="my-workgroup", port=5440) == "ConflictException"
    account.clock.advance(account.durations["restore.unseen"])
    assert states(serverless) == ("MODIFYING", "MODIFYING")
    account.clock.advance(account.durations["restore"] - 1)
    assert serverless.get_namespace(namespaceName="my-namespace")["namespace"]["adminUsername"] == "awsuser"
    account.clock.advance(1)
    assert states(serverless) == ("AVAILABLE", "AVAILABLE")
    assert serverless.get_namespace(namespaceName="my-namespace")["namespace"]["adminUsername"] == "boss"
    assert account.table(REGION, "namespaces")["my-namespace"]["_databases"] == ["dev", "sales"]


@pytest.mark.parametrize(
    ("parameters", "code"),
    [
        ({"snapshotArn": ARN, "snapshotName": "before"}, "ValidationException"),
        ({}, "ValidationException"),
        ({"snapshotName": "before"}, "ResourceNotFoundException"),  # names are of serverless snapshots
        ({"snapshotArn": ARN, "namespaceName": "nobody"}, "ResourceNotFoundException"),
        ({"snapshotArn": ARN, "adminPasswordSecretKmsKeyId": "k"}, "ValidationException"),
    ],
)
def test_a_restore_is_refused(
    redshift: Any, serverless: Any, account: SimulatedAccount, parameters: dict[str, str], code: str
) -> None:
    redshift.create_cluster_snapshot(SnapshotIdentifier="before", ClusterIdentifier="prod-db-1")
    account.clock.advance(1000)
    call = {"namespaceName": "my-namespace", "workgroupName": "my-workgroup", **parameters}

    assert refused(serverless.restore_from_snapshot, **call) == code


def test_a_namespace_leaves_a_last_snapshot_that_can_be_restored(serverless: Any, account: SimulatedAccount) -> None:
    assert refused(serverless.delete_namespace, namespaceName="my-namespace") == "ConflictException"
    serverless.delete_workgroup(workgroupName="my-workgroup")
    account.clock.advance(200)
    serverless.delete_namespace(namespaceName="my-namespace", finalSnapshotName="last")
    account.clock.advance(200)

    assert refused(serverless.get_namespace, namespaceName="my-namespace") == "ResourceNotFoundException"
    assert serverless.get_snapshot(snapshotName="last")["snapshot"]["status"] == "AVAILABLE"
    assert [one["snapshotName"] for one in serverless.list_snapshots()["snapshots"]] == ["last"]


def test_snapshots_of_a_namespace_are_made_and_deleted(serverless: Any, account: SimulatedAccount) -> None:
    create = serverless.create_snapshot
    made = create(namespaceName="my-namespace", snapshotName="one", retentionPeriod=3)["snapshot"]
    assert (made["status"], made["snapshotRetentionPeriod"]) == ("CREATING", 3)
    assert refused(create, namespaceName="my-namespace", snapshotName="one") == "ConflictException"
    assert refused(serverless.delete_snapshot, snapshotName="one") == "ConflictException"
    account.clock.advance(100)
    serverless.delete_snapshot(snapshotName="one")

    assert serverless.list_snapshots()["snapshots"] == []


def test_a_usage_limit_needs_a_real_arn_and_a_positive_amount(serverless: Any, account: SimulatedAccount) -> None:
    arn = account.table(REGION, "workgroups")["my-workgroup"]["workgroupArn"]
    create = serverless.create_usage_limit
    made = create(resourceArn=arn, usageType="serverless-compute", amount=10)["usageLimit"]

    assert (made["period"], made["breachAction"]) == ("monthly", "log")
    wildcard = arn.rpartition("/")[0] + "/*"
    assert refused(create, resourceArn=wildcard, usageType="serverless-compute", amount=1) == (
        "ResourceNotFoundException"
    )
    assert refused(create, resourceArn=arn, usageType="serverless-compute", amount=0) == "ValidationException"
    assert refused(create, resourceArn=arn, usageType="serverless-compute", amount=10) == "ConflictException"
    assert refused(create, resourceArn=arn, usageType="spectrum", amount=10) == "ValidationException"


@pytest.mark.parametrize(
    "cron",
    [
        "cron(0 10 ? * MON *)",
        "0 10 ? * MON *",
        "(0 10 ? * MON)",
        "(0 10 * * MON *)",
        "(0 10 ? * ? *)",
        "(* 10 ? * MON *)",
        "(0/30 * ? * MON *)",
        "(61 10 ? * MON *)",
        "(0 ten ? * MON *)",
    ],
)
def test_a_schedule_in_another_form_is_refused(serverless: Any, cron: str) -> None:
    assert scheduled(serverless, cron) == "ValidationException"


@pytest.mark.parametrize("cron", ["(0 10 ? * MON *)", "(30 2 * * ? *)", "(0 0/12 * * ? *)", "(0 9,17 ? * MON-FRI *)"])
def test_a_schedule_of_six_fields_is_taken(serverless: Any, cron: str) -> None:
    assert scheduled(serverless, cron) == "ACTIVE"


def scheduled(serverless: Any, cron: str) -> str:
    parameters = {
        "scheduledActionName": "nightly",
        "namespaceName": "my-namespace",
        "roleArn": ROLE,
        "schedule": {"cron": cron},
        "targetAction": {"createSnapshot": {"namespaceName": "my-namespace", "snapshotNamePrefix": "n"}},
    }
    try:
        state: str = serverless.create_scheduled_action(**parameters)["scheduledAction"]["state"]
    except ClientError as error:
        return str(error.response["Error"]["Code"])
    return state


def test_an_endpoint_keeps_its_workgroup_from_being_deleted(serverless: Any, account: SimulatedAccount) -> None:
    subnet = account.table(REGION, "workgroups")["my-workgroup"]["subnetIds"][0]
    made = serverless.create_endpoint_access(endpointName="one", workgroupName="my-workgroup", subnetIds=[subnet])
    assert made["endpoint"]["endpointStatus"] == "CREATING"
    assert refused(serverless.delete_endpoint_access, endpointName="one") == "ConflictException"
    account.clock.advance(1000)
    assert serverless.get_endpoint_access(endpointName="one")["endpoint"]["endpointStatus"] == "ACTIVE"
    assert refused(serverless.delete_workgroup, workgroupName="my-workgroup") == "ConflictException"


def test_a_custom_domain_belongs_to_one_workgroup(serverless: Any) -> None:
    certificate = "arn:aws:acm:us-east-2:123456789012:certificate/1"
    call = {
        "workgroupName": "my-workgroup",
        "customDomainName": "db.example.com",
        "customDomainCertificateArn": certificate,
    }
    serverless.create_custom_domain_association(**call)
    workgroup = serverless.get_workgroup(workgroupName="my-workgroup")["workgroup"]

    assert workgroup["customDomainName"] == "db.example.com"
    assert refused(serverless.create_custom_domain_association, **call) == "ConflictException"
    serverless.delete_custom_domain_association(workgroupName="my-workgroup", customDomainName="db.example.com")
    assert serverless.list_custom_domain_associations()["associations"] == []


def test_a_policy_is_kept_for_a_namespace_that_exists(redshift: Any, account: SimulatedAccount) -> None:
    arn = account.table(REGION, "namespaces")["my-namespace"]["namespaceArn"]
    policy = '{"Statement": [{"Effect": "Allow"}]}'
    assert refused(redshift.get_resource_policy, ResourceArn=arn) == "ResourceNotFoundFault"
    redshift.put_resource_policy(ResourceArn=arn, Policy=policy)

    assert redshift.get_resource_policy(ResourceArn=arn)["ResourcePolicy"]["Policy"] == policy
    assert refused(redshift.put_resource_policy, ResourceArn=arn, Policy="{") == "InvalidPolicyFault"
    assert refused(redshift.put_resource_policy, ResourceArn=arn + "0", Policy=policy) == "ResourceNotFoundFault"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"subnetIds": ["{0}"]}, "ValidationException"),
        ({"subnetIds": ["{0}", "subnet-none"]}, "ValidationException"),
        ({"securityGroupIds": ["sg-none"]}, "ValidationException"),
        ({"ipAddressType": "dualstack"}, "Ipv6CidrBlockNotFoundException"),
    ],
)
def test_a_workgroup_must_fit_into_its_subnets(
    serverless: Any, account: SimulatedAccount, change: dict[str, Any], code: str
) -> None:
    subnets = account.table(REGION, "workgroups")["my-workgroup"]["subnetIds"]
    filled = {
        key: [item.format(*subnets) for item in value] if isinstance(value, list) else value
        for key, value in change.items()
    }

    assert refused(serverless.update_workgroup, workgroupName="my-workgroup", **filled) == code


def test_enhanced_routing_needs_a_third_zone(serverless: Any, account: SimulatedAccount) -> None:
    workgroup = account.table(REGION, "workgroups")["my-workgroup"]
    workgroup["subnetIds"] = workgroup["subnetIds"][:2]
    call = {"workgroupName": "my-workgroup", "enhancedVpcRouting": True}

    assert refused(serverless.update_workgroup, **call) == "ValidationException"
