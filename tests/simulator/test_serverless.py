"""Redshift Serverless as real boto3 sees it."""

from __future__ import annotations

from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

import redshift_facts as record
from redshift_simulator import SimulatedAccount
from redshift_simulator.serverless.settings import BY_RULE

ROLE = "arn:aws:iam::123456789012:role/RedshiftLoadRole"
OTHER_ROLE = "arn:aws:iam::123456789012:role/RedshiftSpectrumRole"


@pytest.fixture
def serverless(aws_env: dict[str, str]) -> Any:
    return boto3.client("redshift-serverless", "us-east-2")


def workgroup(serverless: Any) -> dict[str, Any]:
    found: dict[str, Any] = serverless.get_workgroup(workgroupName="my-workgroup")["workgroup"]
    return found


def copies(serverless: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = serverless.list_snapshot_copy_configurations(namespaceName="my-namespace")[
        "snapshotCopyConfigurations"
    ]
    return found


def test_the_demo_namespace_was_migrated_and_has_no_copy_yet(serverless: Any) -> None:
    namespace = serverless.get_namespace(namespaceName="my-namespace")["namespace"]

    assert (namespace["status"], namespace["dbName"], namespace["adminUsername"]) == ("AVAILABLE", "dev", "awsuser")
    assert namespace["kmsKeyId"] == "AWS_OWNED_KMS_KEY"
    assert namespace["iamRoles"][0] == f"IamRole(applyStatus=in-sync, iamRoleArn={ROLE})"
    assert namespace["namespaceArn"].endswith(f"namespace/{namespace['namespaceId']}")
    assert "my-namespace" not in namespace["namespaceArn"]
    assert workgroup(serverless)["baseCapacity"] == 32
    assert workgroup(serverless)["trackName"] == "current"
    assert copies(serverless) == []


def test_what_nobody_set_is_as_the_record_says(serverless: Any, account: SimulatedAccount) -> None:
    """So a setting that is new in the record is new in the account; what depends on what was sent has its own tests."""
    namespace = serverless.create_namespace(namespaceName="fresh")["namespace"]
    account.clock.advance(600)
    fresh = serverless.create_workgroup(workgroupName="fresh", namespaceName="fresh")["workgroup"]
    of_workgroup = [fact for fact in record.facts("workgroup.settings").values() if fact.key not in BY_RULE]
    told = [(fact, fresh) for fact in of_workgroup]
    told += [(record.fact("namespace.settings", key), namespace) for key in ("admin_username", "db_name", "kms_key_id")]

    assert len(of_workgroup) > 5
    assert {fact.key: reply[record.sent_as(fact.key)] for fact, reply in told} == {
        fact.key: fact.value for fact, _ in told
    }


def test_a_namespace_has_at_most_one_copy(serverless: Any) -> None:
    made = serverless.create_snapshot_copy_configuration(
        namespaceName="my-namespace", destinationRegion="us-west-2", snapshotRetentionPeriod=7
    )["snapshotCopyConfiguration"]
    with pytest.raises(serverless.exceptions.ConflictException, match="already exists"):
        serverless.create_snapshot_copy_configuration(namespaceName="my-namespace", destinationRegion="eu-west-1")

    assert copies(serverless) == [made]
    assert made["snapshotRetentionPeriod"] == 7


def test_a_copy_is_updated_and_deleted_by_its_id(serverless: Any) -> None:
    made = serverless.create_snapshot_copy_configuration(namespaceName="my-namespace", destinationRegion="us-west-2")
    identifier = made["snapshotCopyConfiguration"]["snapshotCopyConfigurationId"]
    serverless.update_snapshot_copy_configuration(snapshotCopyConfigurationId=identifier, snapshotRetentionPeriod=30)
    (updated,) = copies(serverless)
    serverless.delete_snapshot_copy_configuration(snapshotCopyConfigurationId=identifier)

    assert updated["snapshotRetentionPeriod"] == 30
    assert copies(serverless) == []
    with pytest.raises(serverless.exceptions.ResourceNotFoundException):
        serverless.delete_snapshot_copy_configuration(snapshotCopyConfigurationId=identifier)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"snapshotRetentionPeriod": -1}, "between 1 and 3653"),
        ({"snapshotRetentionPeriod": 0}, "between 1 and 3653"),
        ({"snapshotRetentionPeriod": 3654}, "between 1 and 3653"),
        ({"destinationRegion": "us-east-2"}, "different from the source"),
        ({"destinationRegion": "us-middle-1"}, "isn't valid"),
        ({"destinationRegion": "cn-north-1"}, "partition"),
        ({"destinationKmsKeyId": "arn:aws:kms:us-east-2:123456789012:key/abc"}, "isn't in the destination Region"),
    ],
)
def test_a_copy_with_a_wrong_value_is_refused_and_nothing_is_made(
    serverless: Any, changes: dict[str, Any], says: str
) -> None:
    parameters = {"namespaceName": "my-namespace", "destinationRegion": "us-west-2", **changes}
    with pytest.raises(serverless.exceptions.ValidationException, match=says):
        serverless.create_snapshot_copy_configuration(**parameters)

    assert copies(serverless) == []


def test_a_region_can_lack_snapshot_copy(serverless: Any, account: SimulatedAccount) -> None:
    account.settings["snapshot_copy_disabled_regions"] = ["us-east-2"]
    with pytest.raises(serverless.exceptions.ValidationException, match="isn't supported in Region us-east-2"):
        copies(serverless)


def test_trailing_stays_pending_and_current_applies(serverless: Any, account: SimulatedAccount) -> None:
    started = serverless.update_workgroup(workgroupName="my-workgroup", trackName="trailing")["workgroup"]
    account.clock.advance(3_600)
    pending = workgroup(serverless)
    serverless.update_workgroup(workgroupName="my-workgroup", trackName="current")
    account.clock.advance(3_600)
    cancelled = workgroup(serverless)

    assert started["status"] == "MODIFYING"
    assert (pending["status"], pending["trackName"], pending["pendingTrackName"]) == (
        "AVAILABLE",
        "current",
        "trailing",
    )
    assert (cancelled["trackName"], cancelled.get("pendingTrackName")) == ("current", None)


def test_a_workgroup_on_trailing_moves_up_to_current(serverless: Any, account: SimulatedAccount) -> None:
    serverless.create_namespace(namespaceName="slow-namespace")
    account.clock.advance(3_600)
    serverless.create_workgroup(workgroupName="slow", namespaceName="slow-namespace", trackName="trailing")
    account.clock.advance(3_600)
    before = serverless.get_workgroup(workgroupName="slow")["workgroup"]
    serverless.update_workgroup(workgroupName="slow", trackName="current")
    account.clock.advance(3_600)
    after = serverless.get_workgroup(workgroupName="slow")["workgroup"]

    assert (before["trackName"], after["trackName"]) == ("trailing", "current")
    assert before["workgroupVersion"] < after["workgroupVersion"]


def test_states_move_only_with_the_clock(serverless: Any, account: SimulatedAccount) -> None:
    serverless.update_workgroup(workgroupName="my-workgroup", baseCapacity=64)
    account.clock.advance(119)
    early = workgroup(serverless)
    account.clock.advance(1)
    late = workgroup(serverless)

    assert (early["status"], early["baseCapacity"]) == ("MODIFYING", 32)
    assert (late["status"], late["baseCapacity"]) == ("AVAILABLE", 64)


def test_a_busy_workgroup_refuses_changes(serverless: Any, account: SimulatedAccount) -> None:
    serverless.update_workgroup(workgroupName="my-workgroup", baseCapacity=64)
    with pytest.raises(serverless.exceptions.ConflictException, match="operation running on the workgroup"):
        serverless.update_workgroup(workgroupName="my-workgroup", port=5440)
    with pytest.raises(serverless.exceptions.ConflictException, match="Try deleting the workgroup again later"):
        serverless.delete_workgroup(workgroupName="my-workgroup")


def test_a_busy_namespace_refuses_a_copy(serverless: Any) -> None:
    serverless.update_namespace(namespaceName="my-namespace", logExports=["userlog"])
    with pytest.raises(serverless.exceptions.ConflictException, match="operation running on the namespace"):
        serverless.create_snapshot_copy_configuration(namespaceName="my-namespace", destinationRegion="us-west-2")


@pytest.mark.parametrize(
    "changes",
    [
        {"baseCapacity": 32, "port": 5439},  # values that it has already count too
        {"trackName": "trailing", "publiclyAccessible": True},
    ],
)
def test_a_workgroup_takes_one_setting_at_a_time(serverless: Any, changes: dict[str, Any]) -> None:
    says = "Can't update multiple configurations at the same time for workgroup my-workgroup"
    with pytest.raises(serverless.exceptions.ValidationException, match=says):
        serverless.update_workgroup(workgroupName="my-workgroup", **changes)


def test_a_namespace_takes_one_setting_at_a_time_or_a_pair(serverless: Any, account: SimulatedAccount) -> None:
    with pytest.raises(serverless.exceptions.ValidationException, match="multiple configurations"):
        serverless.update_namespace(namespaceName="my-namespace", logExports=["userlog"], iamRoles=[ROLE])
    with pytest.raises(serverless.exceptions.ValidationException, match="entire list of IAM roles"):
        serverless.update_namespace(namespaceName="my-namespace", defaultIamRoleArn=ROLE)
    serverless.update_namespace(namespaceName="my-namespace", iamRoles=[OTHER_ROLE], defaultIamRoleArn=OTHER_ROLE)
    account.clock.advance(3_600)
    namespace = serverless.get_namespace(namespaceName="my-namespace")["namespace"]

    assert namespace["defaultIamRoleArn"] == OTHER_ROLE
    assert namespace["iamRoles"] == [f"IamRole(applyStatus=in-sync, iamRoleArn={OTHER_ROLE})"]


def test_a_password_is_never_kept_or_recorded(serverless: Any, account: SimulatedAccount) -> None:
    secret = "Tr0ub4dor-and-3"
    serverless.create_namespace(namespaceName="other", adminUsername="root", adminUserPassword=secret)

    assert secret not in account.snapshot()
    assert account.calls[-1].parameters["adminUserPassword"] == "***"


def test_a_namespace_has_one_workgroup(serverless: Any) -> None:
    with pytest.raises(serverless.exceptions.ConflictException, match="already has a workgroup"):
        serverless.create_workgroup(workgroupName="second", namespaceName="my-namespace")


def test_create_read_and_delete_take_their_time(serverless: Any, account: SimulatedAccount) -> None:
    created = serverless.create_namespace(namespaceName="short-lived")["namespace"]
    account.clock.advance(3_600)
    available = serverless.get_namespace(namespaceName="short-lived")["namespace"]
    deleting = serverless.delete_namespace(namespaceName="short-lived")["namespace"]
    account.clock.advance(3_600)

    assert [created["status"], available["status"], deleting["status"]] == ["MODIFYING", "AVAILABLE", "DELETING"]
    with pytest.raises(serverless.exceptions.ResourceNotFoundException):
        serverless.get_namespace(namespaceName="short-lived")


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"baseCapacity": 12}, "base capacity 12"),
        ({"baseCapacity": 520}, "base capacity 520"),
        ({"maxCapacity": 16}, "less than the base capacity"),
        ({"maxCapacity": -1}, "can't be removed"),
        ({"port": 1521}, "port 1521"),
        ({"trackName": "preview_2025"}, "track name preview_2025"),
        ({"configParameters": [{"parameterKey": "auto_analyze", "parameterValue": "true"}]}, "auto_analyze isn't"),
        (
            {
                "configParameters": [
                    {"parameterKey": "wlm_json_configuration", "parameterValue": "[]"},
                    {"parameterKey": "max_query_execution_time", "parameterValue": "60"},
                ]
            },
            "can't be set at the same time",
        ),
    ],
)
def test_a_wrong_workgroup_setting_is_refused(serverless: Any, changes: dict[str, Any], says: str) -> None:
    with pytest.raises(serverless.exceptions.ValidationException, match=says):
        serverless.update_workgroup(workgroupName="my-workgroup", **changes)

    assert workgroup(serverless)["status"] == "AVAILABLE"


def test_lists_come_in_pages(serverless: Any, account: SimulatedAccount) -> None:
    for number in range(5):
        serverless.create_namespace(namespaceName=f"namespace-{number}")
    account.page_size = 2
    pages = list(serverless.get_paginator("list_namespaces").paginate())
    tracks = list(serverless.get_paginator("list_tracks").paginate(PaginationConfig={"PageSize": 1}))

    assert [len(page["namespaces"]) for page in pages] == [2, 2, 2]
    assert [track["trackName"] for page in tracks for track in page["tracks"]] == ["current", "trailing"]
    with pytest.raises(serverless.exceptions.InvalidPaginationException):
        serverless.list_tracks(nextToken="made-up-token")


def test_tags_are_kept_by_arn(serverless: Any) -> None:
    arn = serverless.get_namespace(namespaceName="my-namespace")["namespace"]["namespaceArn"]
    serverless.tag_resource(resourceArn=arn, tags=[{"key": "Owner", "value": "data"}])
    serverless.untag_resource(resourceArn=arn, tagKeys=["Environment"])

    assert serverless.list_tags_for_resource(resourceArn=arn)["tags"] == [{"key": "Owner", "value": "data"}]
    with pytest.raises(serverless.exceptions.ResourceNotFoundException):
        serverless.list_tags_for_resource(resourceArn=arn + "0")


def test_an_unknown_track_or_operation_is_told_apart(serverless: Any) -> None:
    with pytest.raises(serverless.exceptions.ResourceNotFoundException):
        serverless.get_track(trackName="preview_2025")
    with pytest.raises(ClientError, match="NotSimulated"):
        serverless.list_managed_workgroups()
