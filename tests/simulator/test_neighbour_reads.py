"""The services next to Redshift that answer without moto, and go on to it for what they do not have."""

from __future__ import annotations

import json
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from redshift_simulator import SimulatedAccount
from redshift_simulator.demo.hard_cases import DISABLED_KEY
from redshift_simulator.demo.production import SECURITY_GROUPS, SUBNETS
from redshift_simulator.neighbours.ec2 import zone_id

TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "redshift.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}


@pytest.fixture
def client(aws_env: dict[str, str]) -> Any:
    return lambda service, region="us-east-2": boto3.client(service, region)


def test_one_key_is_disabled(client: Any, account: SimulatedAccount) -> None:
    keys = [key for key in account.table("us-west-2", "kms_keys").values() if key["Description"] == DISABLED_KEY]
    described = client("kms", "us-west-2").describe_key(KeyId=keys[0]["Arn"])["KeyMetadata"]

    assert (described["KeyState"], described["Enabled"]) == ("Disabled", False)


def test_moto_agrees_about_the_keys_once_it_is_asked_to_change_one(client: Any, account: SimulatedAccount) -> None:
    kms = client("kms", "us-west-2")
    kms.create_key(Description="new")
    states = {
        kms.describe_key(KeyId=key["Arn"])["KeyMetadata"]["KeyState"]
        for key in account.table("us-west-2", "kms_keys").values()
        if key["Description"] == DISABLED_KEY
    }

    assert states == {"Disabled"}


def test_subnets_are_found_by_id_and_by_filter(client: Any) -> None:
    ec2 = client("ec2")
    first, *_ = SUBNETS
    by_id = ec2.describe_subnets(SubnetIds=[first])["Subnets"]
    by_zone = ec2.describe_subnets(
        Filters=[
            {"Name": "subnet-id", "Values": list(SUBNETS)},
            {"Name": "availability-zone", "Values": ["us-east-2b", "us-east-2c"]},
        ]
    )["Subnets"]

    assert [(each["SubnetId"], each["AvailableIpAddressCount"]) for each in by_id] == [(first, SUBNETS[first])]
    assert [each["AvailabilityZoneId"] for each in by_zone] == ["use2-az2", "use2-az3"]


def test_security_groups_and_their_vpc_exist(client: Any) -> None:
    ec2 = client("ec2")
    groups = ec2.describe_security_groups(GroupIds=list(SECURITY_GROUPS))["SecurityGroups"]
    vpcs = {group["VpcId"] for group in groups}

    assert [group["IpPermissions"][0]["FromPort"] for group in groups] == [5439, 5439]
    assert {vpc["VpcId"] for vpc in ec2.describe_vpcs(VpcIds=sorted(vpcs))["Vpcs"]} == vpcs


def test_a_network_made_in_moto_is_seen_as_well(client: Any) -> None:
    ec2 = client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.9.1.0/24")["Subnet"]["SubnetId"]

    assert ec2.describe_subnets(SubnetIds=[subnet])["Subnets"][0]["VpcId"] == vpc


def test_a_role_that_was_made_or_changed_later_is_told_as_it_is(client: Any) -> None:
    iam = client("iam")
    with pytest.raises(ClientError, match="NoSuchEntity"):
        iam.get_role(RoleName="Later")
    iam.create_role(RoleName="Later", AssumeRolePolicyDocument=json.dumps(TRUST))
    iam.update_assume_role_policy(RoleName="RedshiftLoadRole", PolicyDocument=json.dumps(TRUST))

    for name in ("Later", "RedshiftLoadRole"):
        assert iam.get_role(RoleName=name)["Role"]["AssumeRolePolicyDocument"] == TRUST


def test_the_policy_simulator_knows_the_caller(client: Any, account: SimulatedAccount) -> None:
    account.settings["denied_actions"] = ["redshift:PauseCluster"]
    results = client("iam").simulate_principal_policy(
        PolicySourceArn="arn:aws:iam::123456789012:user/demo",
        ActionNames=["redshift:PauseCluster", "redshift:DescribeClusters"],
    )["EvaluationResults"]

    assert [each["EvalDecision"] for each in results] == ["implicitDeny", "allowed"]


def test_quotas_and_secrets_are_told(client: Any) -> None:
    quotas = client("service-quotas").list_service_quotas(ServiceCode="redshift-serverless")["Quotas"]
    secret = client("secretsmanager").describe_secret(SecretId="redshift!sales-shared-awsuser")

    assert {quota["Value"] for quota in quotas} == {25.0}
    assert secret["ARN"].startswith("arn:aws:secretsmanager:us-east-2:123456789012:secret:redshift!sales-shared")


@pytest.mark.parametrize(
    ("region", "zone"), [("us-east-2", "use2-az1"), ("ap-southeast-4", "apse4-az1"), ("us-gov-west-1", "usgovw1-az1")]
)
def test_zone_ids_follow_the_region(region: str, zone: str) -> None:
    assert zone_id(region, "a") == zone
