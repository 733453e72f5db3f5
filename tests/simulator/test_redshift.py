"""Provisioned Redshift as real boto3 sees it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from redshift_simulator import SimulatedAccount
from redshift_simulator.redshift.clusters import cluster_of


@pytest.fixture
def redshift(aws_env: dict[str, str]) -> Any:
    return boto3.client("redshift", "us-east-2")


def test_the_founding_cluster_has_the_values_of_the_founding_example(redshift: Any) -> None:
    (cluster,) = redshift.describe_clusters(ClusterIdentifier="prod-db-1")["Clusters"]

    assert cluster["MaintenanceTrackName"] == "current"
    assert cluster["PreferredMaintenanceWindow"] == "sun:05:00-sun:05:30"
    assert cluster["AllowVersionUpgrade"] is True
    assert cluster["ManualSnapshotRetentionPeriod"] == 30
    assert cluster["ClusterSnapshotCopyStatus"] == {
        "DestinationRegion": "us-west-2",
        "RetentionPeriod": 7,
        "ManualSnapshotRetentionPeriod": 30,
        "SnapshotCopyGrantName": "my-kms-grant",
    }
    assert (cluster["NodeType"], cluster["NumberOfNodes"], cluster["Encrypted"]) == ("ra3.4xlarge", 2, True)
    assert cluster["MultiAZ"] == "Disabled"


def test_the_next_maintenance_window_follows_the_clock(redshift: Any, account: SimulatedAccount) -> None:
    def next_window() -> datetime:
        (cluster,) = redshift.describe_clusters(ClusterIdentifier="prod-db-1")["Clusters"]
        start: datetime = cluster["NextMaintenanceWindowStartTime"]
        return start

    assert next_window() == datetime(2026, 12, 6, 5, 0, tzinfo=UTC)
    account.clock.advance(5 * 86_400)

    assert next_window() == datetime(2026, 12, 13, 5, 0, tzinfo=UTC)


def test_all_pages_hold_every_cluster_once(redshift: Any, account: SimulatedAccount) -> None:
    for number in range(45):
        cluster_of(account, "us-east-2", f"many-{number:02}")
    count = len(account.table("us-east-2", "clusters"))
    pages = list(redshift.get_paginator("describe_clusters").paginate(PaginationConfig={"PageSize": 20}))
    names = [cluster["ClusterIdentifier"] for page in pages for cluster in page["Clusters"]]

    assert [len(page["Clusters"]) for page in pages] == [20, 20, count - 40]
    assert sorted(names) == sorted(account.table("us-east-2", "clusters"))


def test_a_test_can_ask_for_small_pages(redshift: Any, account: SimulatedAccount) -> None:
    account.page_size = 5
    pages = list(redshift.get_paginator("describe_clusters").paginate())

    assert [len(page["Clusters"]) for page in pages] == [5, 5, 3]


@pytest.mark.parametrize("max_records", [19, 101])
def test_max_records_outside_its_range_is_refused(redshift: Any, max_records: int) -> None:
    with pytest.raises(ClientError, match="MaxRecords must be between 20 and 100"):
        redshift.describe_clusters(MaxRecords=max_records)


def test_a_made_up_marker_is_refused(redshift: Any) -> None:
    with pytest.raises(ClientError, match="Marker is not valid"):
        redshift.describe_clusters(Marker="made-up")


def test_an_unknown_cluster_is_a_typed_exception_with_the_real_code(redshift: Any) -> None:
    with pytest.raises(redshift.exceptions.ClusterNotFoundFault) as caught:
        redshift.describe_clusters(ClusterIdentifier="prod-db-9")

    assert caught.value.response["Error"]["Code"] == "ClusterNotFound"
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 404
    assert caught.value.response["ResponseMetadata"]["RequestId"]


def test_tag_filters_select_clusters(redshift: Any) -> None:
    found = redshift.describe_clusters(TagKeys=["Team"], TagValues=["finance"])["Clusters"]

    assert [cluster["ClusterIdentifier"] for cluster in found] == ["finance-encrypted"]


def test_a_grant_exists_in_the_destination_region_only(redshift: Any, aws_env: dict[str, str]) -> None:
    west = boto3.client("redshift", "us-west-2")
    (grant,) = west.describe_snapshot_copy_grants(SnapshotCopyGrantName="my-kms-grant")["SnapshotCopyGrants"]

    assert grant["KmsKeyId"].startswith("arn:aws:kms:us-west-2:123456789012:key/")
    with pytest.raises(redshift.exceptions.SnapshotCopyGrantNotFoundFault):
        redshift.describe_snapshot_copy_grants(SnapshotCopyGrantName="my-kms-grant")


def test_tracks_lead_to_each_other_and_a_preview_leads_nowhere(redshift: Any) -> None:
    tracks = redshift.describe_cluster_tracks()["MaintenanceTracks"]
    targets = {
        track["MaintenanceTrackName"]: [target["MaintenanceTrackName"] for target in track["UpdateTargets"]]
        for track in tracks
    }

    assert targets == {"current": ["trailing"], "trailing": ["current"], "preview_2025": []}


def test_tags_by_arn_need_the_real_account(redshift: Any) -> None:
    arn = "arn:aws:redshift:us-east-2:123456789012:cluster:prod-db-1"
    found = redshift.describe_tags(ResourceName=arn)["TaggedResources"]

    assert {item["Tag"]["Key"] for item in found} == {"Environment", "Team", "CostCenter"}
    with pytest.raises(redshift.exceptions.ResourceNotFoundFault):
        redshift.describe_tags(ResourceName=arn.replace("123456789012", "*"))
    with pytest.raises(ClientError, match="InvalidParameterCombination"):
        redshift.describe_tags(ResourceName=arn, ResourceType="cluster")


def test_an_operation_that_is_not_simulated_says_so_at_once(redshift: Any, account: SimulatedAccount) -> None:
    with pytest.raises(ClientError) as caught:
        redshift.describe_hsm_configurations()

    assert caught.value.response["Error"]["Code"] == "NotSimulated"
    assert "redshift:DescribeHsmConfigurations" in str(caught.value)
    assert len(account.calls) == 1  # not retried


@pytest.mark.parametrize(
    ("region", "partition"), [("us-gov-west-1", "aws-us-gov"), ("cn-north-1", "aws-cn"), ("us-east-2", "aws")]
)
def test_arns_carry_their_partition(
    aws_env: dict[str, str], account: SimulatedAccount, region: str, partition: str
) -> None:
    cluster_of(account, region, "somewhere")
    (cluster,) = boto3.client("redshift", region).describe_clusters(ClusterIdentifier="somewhere")["Clusters"]
    identity = boto3.client("sts", region).get_caller_identity()

    assert cluster["ClusterNamespaceArn"].startswith(f"arn:{partition}:redshift:{region}:123456789012:namespace:")
    assert identity["Arn"] == f"arn:{partition}:iam::123456789012:user/demo"


def test_a_region_that_does_not_exist_is_refused(aws_env: dict[str, str]) -> None:
    with pytest.raises(ClientError, match="valid region, not 'us-middle-1'"):
        boto3.client("redshift", "us-middle-1").describe_clusters()
