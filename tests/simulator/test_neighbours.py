"""Services that are not simulated here reach moto, each account with its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from redshift_simulator import Clock, SimulatedAccount, SimulatedAws, demo


def with_source() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2] / "src")}


def client(service: str, aws: SimulatedAws, region: str = "us-east-2") -> Any:
    return boto3.client(service, region, endpoint_url=aws.endpoint_url)


@pytest.mark.parametrize(("region", "grant"), [("us-west-2", "my-kms-grant"), ("eu-west-1", "finance-dr-grant")])
def test_the_key_behind_a_grant_exists(aws: SimulatedAws, aws_env: dict[str, str], region: str, grant: str) -> None:
    (found,) = client("redshift", aws, region).describe_snapshot_copy_grants(SnapshotCopyGrantName=grant)[
        "SnapshotCopyGrants"
    ]
    key = client("kms", aws, region).describe_key(KeyId=found["KmsKeyId"])["KeyMetadata"]

    assert (key["Arn"], key["KeyState"]) == (found["KmsKeyId"], "Enabled")


@pytest.mark.parametrize("name", ["prod-db-1", "finance-encrypted"])
def test_the_key_of_a_cluster_exists(aws: SimulatedAws, aws_env: dict[str, str], name: str) -> None:
    (cluster,) = client("redshift", aws).describe_clusters(ClusterIdentifier=name)["Clusters"]

    assert client("kms", aws).describe_key(KeyId=cluster["KmsKeyId"])["KeyMetadata"]["KeyManager"] == "CUSTOMER"


def test_one_of_the_two_roles_does_not_trust_serverless(aws: SimulatedAws, aws_env: dict[str, str]) -> None:
    def trusted(name: str) -> list[str]:
        role = client("iam", aws).get_role(RoleName=name)["Role"]
        services: list[str] = role["AssumeRolePolicyDocument"]["Statement"][0]["Principal"]["Service"]
        return services

    assert "redshift-serverless.amazonaws.com" in trusted("RedshiftLoadRole")
    assert "redshift-serverless.amazonaws.com" not in trusted("RedshiftSpectrumRole")


def test_two_accounts_in_one_process_do_not_mix(
    aws: SimulatedAws, account: SimulatedAccount, aws_env: dict[str, str]
) -> None:
    other_account = SimulatedAccount(clock=Clock.manual())
    with SimulatedAws(other_account) as other:
        client("logs", aws).create_log_group(logGroupName="ours")
        client("logs", other).create_log_group(logGroupName="theirs")
        names = [
            client("logs", server).describe_log_groups()["logGroups"][0]["logGroupName"] for server in (aws, other, aws)
        ]

    assert names == ["ours", "theirs", "ours"]
    assert [call.name for call in account.writes()] == ["logs:CreateLogGroup"]


def test_forwarded_calls_are_recorded_and_can_fail(
    aws: SimulatedAws, account: SimulatedAccount, aws_env: dict[str, str]
) -> None:
    account.faults.add("secretsmanager:DescribeSecret", kind="denied")
    secrets = client("secretsmanager", aws)
    with pytest.raises(secrets.exceptions.ClientError, match="AccessDeniedException"):
        secrets.describe_secret(SecretId="nightly")
    with pytest.raises(secrets.exceptions.ResourceNotFoundException):
        secrets.describe_secret(SecretId="nightly")

    assert [(call.name, call.parameters, call.outcome) for call in account.calls] == [
        ("secretsmanager:DescribeSecret", {"SecretId": "nightly"}, "AccessDeniedException"),
        ("secretsmanager:DescribeSecret", {"SecretId": "nightly"}, "ResourceNotFoundException"),
    ]


def test_what_moto_lacks_is_not_simulated_and_not_retried(
    aws: SimulatedAws, account: SimulatedAccount, aws_env: dict[str, str]
) -> None:
    with pytest.raises(ClientError, match="NotSimulated"):
        client("cloudtrail", aws).lookup_events()
    with pytest.raises(ClientError, match="NotSimulated"):
        client("snowball", aws).list_jobs()

    assert len(account.calls) == 2


def test_moto_and_boto3_are_not_loaded_before_they_are_needed() -> None:
    code = (
        "import sys; import redshift_simulator.__main__; "
        "print([name for name in ('moto', 'boto3', 'flask', 'pydantic') if name in sys.modules])"
    )
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=with_source())

    assert loaded.stdout.strip() == "[]"


def test_the_demo_seed_is_the_same_in_every_account() -> None:
    accounts = [SimulatedAccount(clock=Clock.manual()) for _ in range(2)]
    for account in accounts:
        demo.seed(account)

    assert accounts[0].snapshot() == accounts[1].snapshot()
