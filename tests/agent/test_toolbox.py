"""The tools on the simulated account: their keys are a contract, their values are what AWS answers."""

from __future__ import annotations

import json
from typing import Any

import pytest

from redshift_migrate.agent.arguments import DESCRIPTIONS
from redshift_migrate.agent.binding import bind_tools, input_schema
from redshift_migrate.agent.conversation import system_prompt
from redshift_migrate.agent.help import HELP_TOPICS, help_text
from redshift_migrate.agent.toolbox import Toolbox
from redshift_migrate.errors import (
    ClusterNotFound,
    NamespaceNotFound,
    RedshiftMigrateError,
    SettingsError,
    TargetNotReady,
)
from redshift_migrate.migration.service import MigrationService
from redshift_migrate.permissions import OPERATIONS
from redshift_migrate.tools import CHANGING_TOOLS, TOOLS
from redshift_simulator import SimulatedAccount

TOKENS_ALLOWED = 3_530


@pytest.fixture
def toolbox(service: MigrationService) -> Toolbox:
    """The tools over the simulated account."""
    return Toolbox(service)


def approve_all(service: MigrationService, tool: str, arguments: dict[str, Any]) -> None:
    """Approve the plan that this call would apply, as a person would."""
    (plan,) = Toolbox(service).change(tool, arguments).plans()
    if not plan.is_empty:
        service.approve(plan.digest, approved_by="tester", channel="program")


def test_maintenance_settings_have_the_founding_keys_and_values(toolbox: Toolbox) -> None:
    result = toolbox.get_cluster_maintenance_settings("prod-db-1")

    assert list(result)[:6] == [
        "cluster_id",
        "maintenance_track",
        "maintenance_window",
        "next_maintenance_window",
        "allow_version_upgrade",
        "cluster_version",
    ]
    assert (result["maintenance_track"], result["maintenance_window"]) == ("current", "sun:05:00-sun:05:30")
    assert any("no maintenance window" in finding["message"] for finding in result["findings"])


def test_snapshot_copy_settings_name_both_retentions_and_the_key_of_the_destination(
    toolbox: Toolbox, account: SimulatedAccount
) -> None:
    result = toolbox.get_cluster_snapshot_copy_settings("prod-db-1")

    assert list(result)[:6] == [
        "cluster_id",
        "snapshot_copy_enabled",
        "destination_region",
        "retention_period_days",
        "manual_snapshot_retention_period_days",
        "snapshot_copy_grant_name",
    ]
    assert result["destination_region"] == "us-west-2"
    assert (result["retention_period_days"], result["manual_snapshot_retention_period_days"]) == (7, 30)
    assert result["kms_key_id"].startswith("arn:aws:kms:us-west-2:")
    assert "automated" in result["retention_meaning"]["retention_period_days"]
    asked = [call.region for call in account.calls if call.operation == "DescribeSnapshotCopyGrants"]
    assert asked == ["us-west-2"], "grants live in the destination region"


def test_an_endless_retention_is_said_in_words(toolbox: Toolbox) -> None:
    result = toolbox.get_cluster_snapshot_copy_settings("audit-forever")

    assert result["manual_snapshot_retention_period_days"] == -1
    assert "kept indefinitely" in result["retention_meaning"]["manual_snapshot_retention_period_days"]


def test_a_grant_that_may_not_be_read_is_unknown_not_none(toolbox: Toolbox, account: SimulatedAccount) -> None:
    account.faults.add(operation="redshift:DescribeSnapshotCopyGrants", kind="denied", times=None)

    result = toolbox.get_cluster_snapshot_copy_settings("prod-db-1")

    assert "unknown: needs redshift:DescribeSnapshotCopyGrants" in result["kms_key_id"]
    assert any(finding["level"] == "blocker" for finding in result["findings"])


def test_a_wrong_cluster_name_goes_no_further(toolbox: Toolbox, account: SimulatedAccount) -> None:
    with pytest.raises(ClusterNotFound) as raised:
        toolbox.get_cluster_snapshot_copy_settings("prod-db")

    assert "prod-db-1" in raised.value.data["similar"]
    assert {call.operation for call in account.calls} == {"DescribeClusters", "ListNamespaces"}  # what it is, if any


def test_clusters_of_all_pages_and_any_region_are_listed(toolbox: Toolbox, account: SimulatedAccount) -> None:
    account.page_size = 2

    here, there = toolbox.list_clusters(), toolbox.list_clusters("us-east-1")

    assert here["count"] > 5
    assert here["region"] == "us-east-2"
    assert there["count"] >= 1
    assert toolbox.list_clusters(name_contains="PROD")["clusters"][0]["cluster_id"] == "prod-db-1"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"destination_region": "us-east-2"}, "must differ"),
        ({"destination_region": "us-wset-2"}, "us-west-2"),
        ({"destination_region": "us-gov-west-1"}, "partition aws-us-gov"),
        ({"retention_period_days": 0}, "out of range"),
        ({"retention_period_days": 3654}, "out of range"),
        ({"retention_period_days": -2}, "out of range"),
        ({"kms_key_id": "arn:aws:kms:us-east-2:123456789012:key/1234"}, "lives in us-east-2"),
        ({"kms_key_id": "arn:aws:s3:::bucket"}, "not the ARN of a KMS key"),
        ({"snapshot_copy_grant_name": "my-kms-grnt"}, "my-kms-grant"),
        ({"namespace_name": "my-namespce"}, "my-namespace"),
        ({"namespace_name": ""}, "namespace_name is missing"),
        ({"region": "us-eats-2"}, "us-east-2"),
    ],
)
def test_bad_input_gets_a_sentence_and_changes_nothing(
    toolbox: Toolbox, account: SimulatedAccount, arguments: dict[str, Any], said: str
) -> None:
    good: dict[str, Any] = {
        "namespace_name": "my-namespace",
        "destination_region": "us-west-2",
        "retention_period_days": 7,
    }

    with pytest.raises((SettingsError, NamespaceNotFound)) as raised:
        toolbox.configure_serverless_snapshot_copy(**good | arguments).answer()

    assert said in f"{raised.value.message} {raised.value.hint}"
    assert account.writes() == []


def test_a_busy_namespace_is_not_touched(toolbox: Toolbox, account: SimulatedAccount) -> None:
    account.table("us-east-2", "namespaces")["my-namespace"]["status"] = "MODIFYING"

    with pytest.raises(TargetNotReady, match="MODIFYING"):
        toolbox.configure_serverless_snapshot_copy("my-namespace", "us-west-2", 7).answer()

    assert account.writes() == []


def test_a_change_waits_for_approval_then_answers_with_what_aws_says(
    toolbox: Toolbox, service: MigrationService, account: SimulatedAccount
) -> None:
    arguments: dict[str, Any] = {"namespace_name": "my-namespace", "destination_region": "us-west-2"}
    waits = toolbox.configure_serverless_snapshot_copy(**arguments, retention_period_days=7).answer()
    assert waits["status"] == "approval_required"
    assert {"plan_digest", "title", "changes", "findings", "steps"} <= set(waits)
    assert account.writes() == []

    approve_all(service, "configure_serverless_snapshot_copy", {**arguments, "retention_period_days": 7})
    first = toolbox.configure_serverless_snapshot_copy(**arguments, retention_period_days=7).answer()
    again = toolbox.configure_serverless_snapshot_copy(**arguments, retention_period_days=7).answer()
    approve_all(service, "update_serverless_snapshot_copy", {**arguments, "retention_period_days": 30})
    update = toolbox.update_serverless_snapshot_copy("my-namespace", 30).answer()

    assert list(first)[:4] == ["status", "namespace_name", "destination_region", "retention_period_days"]
    assert (first["status"], first["retention_period_days"]) == ("success", 7)
    assert (again["status"], again["retention_period_days"]) == ("unchanged", 7)
    assert (update["status"], update["retention_period_days"]) == ("updated", 30)
    assert [call.operation for call in account.writes()] == [
        "CreateSnapshotCopyConfiguration",
        "UpdateSnapshotCopyConfiguration",
    ]
    assert account.writes()[0].parameters == {
        "namespaceName": "my-namespace",
        "destinationRegion": "us-west-2",
        "snapshotRetentionPeriod": 7,
    }


def test_a_grant_becomes_the_key_behind_it(
    toolbox: Toolbox, service: MigrationService, account: SimulatedAccount
) -> None:
    arguments: dict[str, Any] = {
        "namespace_name": "my-namespace",
        "destination_region": "us-west-2",
        "snapshot_copy_grant_name": "my-kms-grant",
    }
    approve_all(service, "configure_serverless_snapshot_copy", arguments)

    result = toolbox.configure_serverless_snapshot_copy(**arguments).answer()

    key = toolbox.get_cluster_snapshot_copy_settings("prod-db-1")["kms_key_id"]
    assert result["kms_key_id"] == key
    assert account.writes()[0].parameters["destinationKmsKeyId"] == key
    assert "snapshotRetentionPeriod" not in account.writes()[0].parameters
    assert result["retention"] == "kept indefinitely"


def test_prompt_and_specs_stay_small_and_the_same(service: MigrationService) -> None:
    def specs() -> str:
        return json.dumps([each.tool_spec for each in bind_tools(Toolbox(service), read_only=False)])

    assert (len(system_prompt()) + len(specs())) / 4 <= TOKENS_ALLOWED
    assert specs() == specs()


def test_every_argument_says_what_it_is_and_which_words_it_takes(service: MigrationService) -> None:
    """As it goes over the wire: the SDK fills in what is left out with words that say nothing."""
    specs = {each.tool_name: each.tool_spec for each in bind_tools(Toolbox(service), read_only=False)}
    arguments = {
        f"{name}.{argument}": schema
        for name, spec in specs.items()
        for argument, schema in spec["inputSchema"]["json"]["properties"].items()
    }
    assert [name for name, schema in arguments.items() if "description" not in schema] == []
    assert set(DESCRIPTIONS) <= {*arguments, *(name.partition(".")[2] for name in arguments)}
    for name in ("get_cluster_config.sections", "plan_migration.exclude"):
        assert {"snapshot_copy", "wlm"} <= set(arguments[name]["items"]["enum"])
    assert arguments["get_migration_help.topic"]["enum"] == list(HELP_TOPICS)
    assert arguments["set_workgroup_track.track"]["enum"] == ["current", "trailing"]


def test_blocked_and_drift_are_answers_and_no_tool_errors(service: MigrationService) -> None:
    tools = {each.tool_name: each for each in bind_tools(Toolbox(service), read_only=False)}
    planned = tools["plan_migration"](cluster_id="orders-resizing")
    drifted = tools["verify_migration"](cluster_id="prod-db-1", namespace_name="my-namespace")

    assert [each["status"] for each in (planned, drifted)] == ["success", "success"]
    assert [each["content"][0]["json"]["status"] for each in (planned, drifted)] == ["blocked", "drift"]


def test_read_only_does_not_even_offer_a_changing_tool(service: MigrationService) -> None:
    offered = {each.tool_name for each in bind_tools(Toolbox(service), read_only=True)}

    assert offered == {name for name, tool in TOOLS.items() if tool.kind in ("read", "plan")}
    assert not offered & CHANGING_TOOLS


def test_required_arguments_are_required_so_that_an_empty_call_cannot_run(service: MigrationService) -> None:
    for name in CHANGING_TOOLS:
        assert input_schema(name, getattr(Toolbox(service), name))["required"], name


@pytest.mark.parametrize("topic", sorted(HELP_TOPICS))
def test_every_help_topic_has_a_text_with_its_facts_filled_in(topic: str) -> None:
    text = help_text(topic)

    assert len(text) > 100
    assert "{" not in text


def test_permission_help_names_every_action_we_call() -> None:
    text = help_text("permissions")

    for operation in OPERATIONS.values():
        for grant in operation.grants:
            assert grant.action in text


def test_an_unknown_topic_offers_the_nearest(toolbox: Toolbox) -> None:
    with pytest.raises(RedshiftMigrateError) as raised:
        toolbox.get_migration_help("snapshot copi")

    assert "snapshot_copy" in raised.value.hint


def test_the_workgroup_is_found_by_the_namespace(toolbox: Toolbox, account: SimulatedAccount) -> None:
    verified = toolbox.verify_migration("prod-db-1", "my-namespace")
    planned = toolbox.plan_migration("prod-db-1", "my-namespace", only=["tags"])

    assert "workgroup my-workgroup" in verified["message"]
    assert "data" in verified["coverage"]
    assert "only tags of cluster prod-db-1 to namespace my-namespace, workgroup my-workgroup" in planned["message"]


def test_of_several_workgroups_none_is_guessed(toolbox: Toolbox, account: SimulatedAccount) -> None:
    workgroups = account.table("us-east-2", "workgroups")
    workgroups["second"] = {**workgroups["my-workgroup"], "workgroupName": "second"}

    with pytest.raises(SettingsError) as refused:
        toolbox.verify_migration("prod-db-1", "my-namespace")

    assert "my-workgroup or second" in refused.value.hint
    assert account.writes() == []


BELONGS = {
    "tags of the namespace": "redshift-serverless:ListTagsForResource",
    "snapshot copy": "redshift-serverless:ListSnapshotCopyConfigurations",
    "scheduled snapshots": "redshift-serverless:ListScheduledActions",
    "resource policy": "redshift:GetResourcePolicy",
    "usage limits": "redshift-serverless:ListUsageLimits",
    "endpoint access": "redshift-serverless:ListEndpointAccess",
}


@pytest.mark.parametrize(("setting", "operation"), BELONGS.items())
def test_a_setting_of_serverless_is_empty_only_if_it_was_read(
    toolbox: Toolbox, account: SimulatedAccount, setting: str, operation: str
) -> None:
    account.table("us-east-2", "namespaces")["my-namespace"]["_tags"] = []
    whole = toolbox.get_serverless_settings("my-namespace")
    account.faults.add(operation, kind="denied", times=None)
    denied = toolbox.get_serverless_settings("my-namespace")

    assert f"{setting}: none" in whole["settings"]
    assert not {"tags", "usage_limits"} & whole["workgroup"].keys()
    assert f"{setting}: none" not in denied["settings"]
    assert [line for line in denied["settings"] if f"unknown: needs {operation}" in line]


def test_what_belongs_to_serverless_is_told_in_words(toolbox: Toolbox, account: SimulatedAccount) -> None:
    group = account.table("us-east-2", "workgroups")["my-workgroup"]
    group |= {"pendingTrackName": "trailing", "trackName": "current"}
    account.table("us-east-2", "serverless_usage_limits")["l-1"] = {
        "usageLimitId": "l-1",
        "usageLimitArn": "arn:aws:redshift-serverless:us-east-2:123456789012:usagelimit/l-1",
        "resourceArn": group["workgroupArn"],
        "usageType": "serverless-compute",
        "amount": 16,
        "period": "daily",
        "breachAction": "log",
    }

    told = toolbox.get_serverless_settings("my-namespace")["settings"]

    assert "maintenance track: current, pending: trailing" in told
    assert "usage limit: serverless-compute: 16 RPU-hours daily, then log" in told
    assert "base capacity: 32 RPU" in told


def configure(
    service: MigrationService, account: SimulatedAccount, **arguments: Any
) -> tuple[dict[str, Any], list[str]]:
    """A configured copy of my-namespace: the answer, and the changes that it took."""
    told = {"namespace_name": "my-namespace", **arguments}
    approve_all(service, "configure_serverless_snapshot_copy", told)
    before = len(account.writes())
    result = Toolbox(service).configure_serverless_snapshot_copy(**told).answer()
    return result, [call.operation for call in account.writes()[before:]]


def test_a_copy_without_a_key_keeps_the_key_that_is_set_and_changes_the_retention_alone(
    service: MigrationService, account: SimulatedAccount
) -> None:
    west = {"destination_region": "us-west-2"}
    first, _ = configure(service, account, **west, retention_period_days=7, snapshot_copy_grant_name="my-kms-grant")

    again, changes = configure(service, account, **west, retention_period_days=30)

    assert changes == ["UpdateSnapshotCopyConfiguration"]
    assert again["kms_key_id"] == first["kms_key_id"] is not None
    assert again["snapshot_copy_configuration_id"] == first["snapshot_copy_configuration_id"]


def test_another_destination_is_a_replacement_told_with_its_gap_and_new_id(
    service: MigrationService, account: SimulatedAccount
) -> None:
    first, _ = configure(service, account, destination_region="us-west-2", retention_period_days=7)
    elsewhere: dict[str, Any] = {"destination_region": "eu-west-1", "retention_period_days": 7}
    plan = Toolbox(service).configure_serverless_snapshot_copy("my-namespace", **elsewhere).prepare()

    assert any("nothing is copied" in each.message and each.level == "warning" for each in plan.findings)
    again, changes = configure(service, account, **elsewhere)

    assert changes == ["DeleteSnapshotCopyConfiguration", "CreateSnapshotCopyConfiguration"]
    assert again["snapshot_copy_configuration_id"] != first["snapshot_copy_configuration_id"]
    assert again["snapshot_copy_configuration_id"] in again["message"]
    assert " s nothing was copied" in again["message"]
