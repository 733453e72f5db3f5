"""What is observed of a namespace and a workgroup, in the words in which it is wished for."""

from __future__ import annotations

from typing import Any

import boto3
import pytest
from hypothesis import given
from hypothesis import strategies as st

from redshift_migrate.aws.door import Aws
from redshift_migrate.errors import TargetError
from redshift_migrate.models.serverless import AWS_OWNED_KMS_KEY, AbsentTarget, ServerlessTarget
from redshift_migrate.models.settings import SCHEDULED_SNAPSHOT, read_all
from redshift_migrate.models.spelling import role_arn
from redshift_migrate.observers.readings import limit_values
from redshift_migrate.observers.target import observe_target, recurring
from redshift_simulator import SimulatedAccount

REGION = "us-east-2"
ROLE = "arn:aws:iam::123456789012:role/RedshiftLoadRole"


def observed(door: Aws, workgroup_name: str | None = "my-workgroup") -> ServerlessTarget:
    target = observe_target(door, "my-namespace", workgroup_name, REGION)
    assert isinstance(target, ServerlessTarget)
    return target


def test_everything_that_is_there_is_seen(door: Aws, account: SimulatedAccount) -> None:
    serverless = boto3.client("redshift-serverless", REGION)
    workgroup_arn = account.table(REGION, "workgroups")["my-workgroup"]["workgroupArn"]
    serverless.create_usage_limit(
        resourceArn=workgroup_arn, usageType="serverless-compute", amount=60, breachAction="deactivate"
    )
    serverless.create_snapshot_copy_configuration(namespaceName="my-namespace", destinationRegion="us-west-2")
    serverless.create_scheduled_action(
        scheduledActionName="nightly",
        namespaceName="my-namespace",
        roleArn=ROLE,
        schedule={"cron": "(30 2 * * ? *)"},
        enabled=False,
        targetAction={"createSnapshot": {"namespaceName": "my-namespace", "snapshotNamePrefix": "n"}},
    )
    target = observed(door)
    config = target.config

    assert target.unread == {}
    assert (config.db_name, config.admin_username, config.manage_admin_password) == ("dev", "awsuser", False)
    assert config.kms_key_id == AWS_OWNED_KMS_KEY
    assert config.default_iam_role_arn == ROLE
    assert ROLE in (config.iam_roles or ())
    assert (config.base_capacity_rpu, config.max_capacity_rpu, config.price_performance_level) == (32, -1, 0)
    assert (config.port, config.track_name, config.ip_address_type) == (5439, "current", "ipv4")
    assert config.config_parameters == ()
    assert config.snapshot_copy is not None
    assert config.snapshot_copy[0].snapshot_retention_period_days is None
    assert config.scheduled_snapshots is not None
    (scheduled,) = config.scheduled_snapshots
    assert (scheduled.scheduled_action_name, scheduled.enabled, scheduled.retention_period_days) == (
        "nightly",
        False,
        None,
    )
    assert (config.endpoint_access, config.resource_policy) == ((), "")
    assert config.usage_limits is not None
    assert [(limit.amount, limit.period, limit.breach_action) for limit in config.usage_limits] == [
        (60, "monthly", "deactivate")
    ]
    assert target.workgroup is not None
    assert target.workgroup.workgroup_arn == workgroup_arn


def test_nothing_there_is_a_value_of_its_own(door: Aws) -> None:
    target = observe_target(door, "prod-db-1", "prod-db-1", REGION)

    assert target == AbsentTarget(region=REGION, namespace_name="prod-db-1", workgroup_name="prod-db-1")


def test_a_namespace_without_a_workgroup_has_no_workgroup_settings(door: Aws, account: SimulatedAccount) -> None:
    account.table(REGION, "workgroups").clear()
    target = observed(door, "another")

    assert target.workgroup is None
    assert target.config.base_capacity_rpu is None
    assert target.config.usage_limits is None


def test_the_workgroup_of_a_namespace_need_not_be_named(door: Aws) -> None:
    assert observed(door, None).config.workgroup_name == "my-workgroup"


@pytest.mark.parametrize(
    ("namespace", "workgroup", "told"),
    [
        ("my-namespace", "another", "has workgroup my-workgroup already"),
        ("another", "my-workgroup", "belongs to namespace my-namespace"),
    ],
)
def test_names_that_do_not_belong_together_are_refused(door: Aws, namespace: str, workgroup: str, told: str) -> None:
    with pytest.raises(TargetError, match=told):
        observe_target(door, namespace, workgroup, REGION)


@pytest.mark.parametrize(
    ("operation", "member"),
    [
        ("redshift-serverless:ListUsageLimits", "usage_limits"),
        ("redshift-serverless:ListSnapshotCopyConfigurations", "snapshot_copy"),
        ("redshift-serverless:ListScheduledActions", "scheduled_snapshots"),
        ("redshift-serverless:GetScheduledAction", "scheduled_snapshots"),
        ("redshift-serverless:ListEndpointAccess", "endpoint_access"),
        ("redshift-serverless:ListTagsForResource", "tags"),
        ("redshift:GetResourcePolicy", "resource_policy"),
    ],
)
def test_a_denied_read_is_unknown_and_never_empty(
    door: Aws, account: SimulatedAccount, operation: str, member: str
) -> None:
    boto3.client("redshift-serverless", REGION).create_scheduled_action(
        scheduledActionName="nightly",
        namespaceName="my-namespace",
        roleArn=ROLE,
        schedule={"cron": "(30 2 * * ? *)"},
        targetAction={"createSnapshot": {"namespaceName": "my-namespace", "snapshotNamePrefix": "n"}},
    )
    account.faults.add(operation, kind="denied", times=None)
    target = observed(door)

    assert getattr(target.config, member) is None
    assert set(target.unread) == {member}
    assert target.unread[member].needs_action == operation


def test_a_region_without_snapshot_copy_is_unknown_too(door: Aws, account: SimulatedAccount) -> None:
    account.settings["snapshot_copy_disabled_regions"] = [REGION]

    assert "snapshot_copy" in observed(door).unread


def test_every_read_is_made_once(door: Aws, account: SimulatedAccount) -> None:
    observed(door)
    asked = [(call.name, str(call.parameters)) for call in account.calls]

    assert len(asked) == len(set(asked))
    assert not [call for call in account.calls if call.mutates]


@pytest.mark.parametrize(
    "printed",
    [
        ROLE,
        f"IamRole(applyStatus=in-sync, iamRoleArn={ROLE})",
        f"IamRole(iamRoleArn={ROLE}, applyStatus=adding)",
    ],
)
def test_a_role_is_its_arn_however_it_is_printed(printed: str) -> None:
    assert role_arn(printed) == ROLE


@given(st.text())
def test_any_text_for_a_role_is_read_as_something(printed: str) -> None:
    assert isinstance(role_arn(printed), str)


def test_disable_is_read_as_deactivate() -> None:
    reply = {"usageType": "serverless-compute", "amount": 1, "period": "daily", "breachAction": "disable"}

    assert limit_values(reply)["breach_action"] == "deactivate"


def test_a_one_time_action_is_no_setting() -> None:
    once: dict[str, Any] = {"schedule": {"at": 0}, "targetAction": {"createSnapshot": {"snapshotNamePrefix": "n"}}}

    assert recurring([read_all(SCHEDULED_SNAPSHOT, once)]) == ()
