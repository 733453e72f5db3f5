"""The whole translation: its laws on random clusters, its scope, and that nothing of a cluster is dropped silently."""

from __future__ import annotations

import json
import re
import typing
from typing import Any

import boto3
import pytest
from hypothesis import given

from redshift_migrate.aws.client import AwsClient
from redshift_migrate.errors import RedshiftMigrateError
from redshift_migrate.models.automation import Automation
from redshift_migrate.models.base import Unknown
from redshift_migrate.models.choices import MigrationChoices
from redshift_migrate.models.cluster import (
    Alarm,
    ClusterUsageLimit,
    DataShare,
    DeferredMaintenanceWindow,
    EndpointAccess,
    EndpointAuthorization,
    EventSubscription,
    Integration,
    LoggingSettings,
    Parameter,
    ProvisionedClusterConfig,
    ReservedNode,
    ScheduledAction,
    SnapshotCopySettings,
    SnapshotSchedule,
)
from redshift_migrate.models.finding import Subject
from redshift_migrate.models.plan import Wish, resolve
from redshift_migrate.models.scheduled_query import ScheduledQuery
from redshift_migrate.models.serverless import AbsentTarget
from redshift_migrate.models.source import SourceData
from redshift_migrate.planner.difference import Seen, difference, plan_steps
from redshift_migrate.translators.all import translate, wanted_config
from redshift_migrate.translators.capacity import ALLOWED_RPU
from redshift_migrate.translators.parameters import LIMIT_PREFIX, WLM_PARAMETER
from redshift_migrate.translators.translation import Translation, join
from redshift_migrate.translators.wlm_queues import MOST_CHARACTERS, MOST_PREDICATES, MOST_QUEUES, MOST_RULES
from tests.support.builders import (
    ACCOUNT,
    a_cluster,
    a_role,
    a_rule,
    a_wlm,
    denied,
    some_choices,
    some_parameters,
    some_subnets,
    with_everything,
)
from tests.support.examples import examples
from tests.support.strategies import choices as random_choices
from tests.support.strategies import clusters

RANDOM = examples(60)


def translated(cluster: ProvisionedClusterConfig, choices: MigrationChoices) -> Translation | None:
    """The translation, None where the choices were refused with one of our errors."""
    try:
        return translate(cluster, choices)
    except RedshiftMigrateError:
        return None


@RANDOM
@given(clusters, random_choices)
def test_any_cluster_gives_a_config_within_the_limits_of_aws_or_one_of_our_errors(
    cluster: ProvisionedClusterConfig, choices: MigrationChoices
) -> None:
    translation = translated(cluster, choices)
    if translation is None:
        return

    config = wanted_config(translation, choices)

    assert config.base_capacity_rpu in (None, *ALLOWED_RPU)
    assert config.max_capacity_rpu in (None, choices.max_capacity_rpu, *ALLOWED_RPU)
    assert (config.max_capacity_rpu or 1024) >= (config.base_capacity_rpu or 0)
    assert config.port is None or 5431 <= config.port <= 5455 or 8191 <= config.port <= 8215
    assert len(config.subnet_ids or ()) <= 32
    assert len(config.tags or ()) <= 49
    assert len(config.usage_limits or ()) <= 4
    assert not config.default_iam_role_arn or config.default_iam_role_arn in (config.iam_roles or ())
    check_parameters(dict(config.config_parameters or ()))
    for snapshot in config.scheduled_snapshots or ():
        fields = snapshot.schedule.strip("()").split()
        assert len(fields) == 6
        assert [fields[2], fields[4]].count("?") == 1
        assert snapshot.role_arn


@RANDOM
@given(clusters, random_choices)
def test_what_is_not_known_is_never_told_as_none_of_python(
    cluster: ProvisionedClusterConfig, choices: MigrationChoices
) -> None:
    translation = translated(cluster, choices)
    if translation is None:
        return
    wanted, source = wanted_config(translation, choices), SourceData(run_tag="run-1")
    target = AbsentTarget(
        region=cluster.region, namespace_name=choices.namespace_name, workgroup_name=choices.workgroup_name
    )
    wish = Wish(title="", settings=wanted, source=source, rows=translation.changes, findings=translation.findings)

    made = difference(wish, Seen(target))

    told = [step.summary for step in made.steps] + [finding.message for finding in (*wish.findings, *made.findings)]
    told += [f"{row.setting} {row.after or ''}" for row in made.rows]
    assert [text for text in told if re.search(r"(?<!\. )\bNone\b", text)] == []


class AnyOutput(dict[str, str]):
    """Stands for whatever earlier steps will put out."""

    def __missing__(self, key: str) -> str:
        return f"arn:aws:redshift-serverless:us-east-2:{ACCOUNT}:{key}"


SENDS_NOTHING = AwsClient(
    boto3.Session(region_name="us-east-2", aws_access_key_id="AKIASIMULATED0000001", aws_secret_access_key="simulated")
)


@RANDOM
@given(clusters, random_choices)
def test_botocore_takes_every_call_that_a_translation_leads_to(
    cluster: ProvisionedClusterConfig, choices: MigrationChoices
) -> None:
    translation = translated(cluster, choices)
    if translation is None:
        return
    target = AbsentTarget(
        region=cluster.region, namespace_name=choices.namespace_name, workgroup_name=choices.workgroup_name
    )

    steps = plan_steps(wanted_config(translation, choices), target, SourceData(run_tag="run-1"))

    for step in steps:
        parameters = resolve(step.call.parameters, AnyOutput())
        SENDS_NOTHING.validate(step.call.model_copy(update={"parameters": parameters}))


@RANDOM
@given(clusters, random_choices)
def test_the_same_cluster_and_choices_give_the_same_translation(
    cluster: ProvisionedClusterConfig, choices: MigrationChoices
) -> None:
    again = ProvisionedClusterConfig.model_validate(cluster.as_json())

    assert translated(cluster, choices) == translated(again, choices)


def check_parameters(parameters: dict[str, str]) -> None:
    """Queues or limits, never both, and each within its bounds."""
    limits = [key for key in parameters if key.startswith(LIMIT_PREFIX)]
    assert not (limits and WLM_PARAMETER in parameters)
    assert all(parameters[key].isdigit() for key in limits)
    if WLM_PARAMETER not in parameters:
        return
    text = parameters[WLM_PARAMETER]
    queues = json.loads(text)
    rules = [rule for queue in queues for rule in queue.get("rules", [])]
    names = [rule["rule_name"] for rule in rules]
    assert len(text) <= MOST_CHARACTERS
    assert 1 <= len(queues) <= MOST_QUEUES
    assert len(rules) <= MOST_RULES
    assert len(set(names)) == len(names)
    assert all(1 <= len(name) <= 32 for name in names)
    assert len({queue["name"] for queue in queues}) == len(queues)
    assert all(queue["name"] for queue in queues)
    assert all(1 <= len(rule["predicate"]) <= MOST_PREDICATES for rule in rules)
    assert {rule["action"] for rule in rules} <= {"abort", "log"}
    allowed = {"name", "user_role", "query_group", "query_group_wild_card", "rules"}
    assert all(set(queue) <= allowed for queue in queues)


def test_a_plain_cluster_is_wanted_with_exactly_its_settings() -> None:
    config = wanted_config(translate(a_cluster(), some_choices()), some_choices())

    assert config.as_compact_json() == {
        "namespace_name": "prod-db-1",
        "workgroup_name": "prod-db-1",
        "db_name": "dev",
        "kms_key_id": "AWS_OWNED_KMS_KEY",
        "base_capacity_rpu": 16,
        "max_capacity_rpu": 32,
        "subnet_ids": ["subnet-0", "subnet-1", "subnet-2"],
        "security_group_ids": ["sg-1"],
        "port": 5439,
        "publicly_accessible": False,
        "enhanced_vpc_routing": False,
        "track_name": "current",
        "config_parameters": [["max_query_execution_time", "86399"]],
    }


def test_a_plain_cluster_has_no_blocker() -> None:
    levels = {finding.level for finding in translate(a_cluster(), some_choices()).findings}

    assert levels == {"info", "warning"}


def test_every_subject_says_something_about_any_cluster() -> None:
    translation = translate(a_cluster(), some_choices())

    spoken = {row.subject for row in translation.changes} | {finding.subject for finding in translation.findings}
    assert spoken == set(Subject)


def test_included_subjects_alone_are_translated_and_the_gate_always_is() -> None:
    translation = translate(a_cluster(status="modifying"), some_choices(only=("maintenance", "capacity")))

    assert set(translation.settings) == {"track_name", "base_capacity_rpu", "max_capacity_rpu"}
    assert {finding.subject for finding in translation.findings} == {
        Subject.SOURCE,
        Subject.MAINTENANCE,
        Subject.CAPACITY,
    }


LEFT_OUT = [
    pytest.param({"tags": (("env", "prod"), ("team", "bi"))}, "tags", "2 tags", id="tags"),
    pytest.param({"usage_limits": ()}, "usage_limits", "0 usage limits", id="none"),
    pytest.param(
        {"alarms": Unknown(needs_action="cloudwatch:DescribeAlarms", reason="denied")},
        "monitoring",
        "0 event subscriptions, an unknown number of alarms",
        id="unread",
    ),
    pytest.param(
        {"node_type": "ra3.large", "number_of_nodes": 2},
        "capacity",
        "1 setting (base capacity: 2 x ra3.large)",
        id="settings",
    ),
    pytest.param({}, "data", "every database, with its users, groups, roles and grants", id="data"),
]


@pytest.mark.parametrize(("members", "left", "how_many"), LEFT_OUT)
def test_each_subject_left_out_is_a_row_and_a_finding_that_say_how_much_stays_behind(
    members: dict[str, Any], left: str, how_many: str
) -> None:
    translation = translate(a_cluster(**members), some_choices(exclude=(left,)))

    (row,) = (row for row in translation.changes if row.subject == left)
    (finding,) = (finding for finding in translation.findings if finding.subject == left)
    assert (row.action, row.on_cluster) == ("left out", how_many)
    assert how_many in finding.message
    assert finding.level == "warning"


@pytest.mark.parametrize("left", [subject for subject in Subject if subject is not Subject.SOURCE])
def test_nothing_of_a_subject_left_out_is_wished(left: Subject) -> None:
    part = translate(a_cluster(tags=(("a", "b"),)), some_choices(exclude=(left,)))
    alone = translate(a_cluster(tags=(("a", "b"),)), some_choices(only=(left,)))

    assert [row.action for row in part.changes if row.subject is left] == ["left out"]
    assert not part.settings.keys() & alone.settings.keys() - {"config_parameters"}


def test_only_leaves_all_else_alone_and_says_so() -> None:
    translation = translate(a_cluster(), some_choices(only=("tags",), also=("wlm",)))

    (said,) = (finding for finding in translation.findings if finding.setting == "nothing else")
    assert "only tags, WLM" in said.message
    assert "data, namespace, capacity, network" in said.message
    assert {row.subject for row in translation.changes} == {Subject.TAGS, Subject.WLM}


def test_the_gate_cannot_be_excluded() -> None:
    translation = translate(a_cluster(status="paused"), some_choices(exclude=("source",)))

    assert "blocker" in {finding.level for finding in translation.findings}


def test_two_translators_must_not_speak_of_one_setting() -> None:
    part = Translation(settings={"port": 5439})

    with pytest.raises(ValueError, match="port"):
        join([part, part])


def test_limits_and_queues_never_stand_side_by_side() -> None:
    parameters = some_parameters(statement_timeout="60000") + a_wlm(
        {"query_group": ["etl"], "rules": [a_rule(query_execution_time=600)]}, {"query_group": ["bi"]}
    )

    translation = translate(a_cluster(parameters=parameters), with_everything())

    wanted = dict(translation.settings["config_parameters"])
    assert list(wanted) == [WLM_PARAMETER]
    values = [rule["predicate"][0]["value"] for queue in json.loads(wanted[WLM_PARAMETER]) for rule in queue["rules"]]
    assert values == [600, 60, 60]


def test_a_limit_that_would_burst_the_queues_is_told_and_left_out() -> None:
    queues = [
        {"query_group": [f"group{number}"], "rules": [a_rule(f"r{number}_{one}", scan_row_count=1) for one in range(3)]}
        for number in range(8)
    ]
    parameters = some_parameters(statement_timeout="60000") + a_wlm(*queues)

    translation = translate(a_cluster(parameters=parameters), with_everything())

    wanted = dict(translation.settings["config_parameters"])
    (finding,) = (finding for finding in translation.findings if finding.setting == "query limits")
    assert "query_execution_time" not in wanted[WLM_PARAMETER]
    assert finding.after == "none"
    assert "max_query_execution_time = 60" in finding.message


def test_of_two_time_limits_the_shorter_one_holds() -> None:
    parameters = some_parameters(statement_timeout="90000") + a_wlm({"max_execution_time": 30_000})

    translation = translate(a_cluster(parameters=parameters), some_choices())

    assert translation.settings["config_parameters"] == (("max_query_execution_time", "30"),)


def unknowable() -> list[str]:
    """Members of a cluster that may be unknown."""
    hints = typing.get_type_hints(ProvisionedClusterConfig)
    return sorted(name for name, hint in hints.items() if Unknown in typing.get_args(hint))


UNKNOWABLE = unknowable()
assert UNKNOWABLE


@pytest.mark.parametrize("member", UNKNOWABLE)
def test_every_unread_setting_names_the_action_that_would_read_it(member: str) -> None:
    action = f"redshift:Describe{member.title().replace('_', '')}"

    translation = translate(a_cluster(**{member: denied(action)}), some_choices())

    told = [finding for finding in translation.findings if action in finding.message]
    blocks = member in ("subnets", "parameters", "logging")
    assert told
    assert {finding.level for finding in told} == ({"blocker"} if blocks else {"warning"})


def test_an_unread_trust_and_an_unread_copy_key_name_their_action() -> None:
    role = a_role().model_copy(update={"trusted_services": denied("iam:GetRole")})
    copy = SnapshotCopySettings(
        destination_region="us-west-2", snapshot_copy_grant_name="g", kms_key_id=denied("redshift:DescribeGrants")
    )

    findings = translate(a_cluster(iam_roles=(role,), snapshot_copy_config=copy), some_choices()).findings

    assert {"warning"} == {finding.level for finding in findings if "iam:GetRole" in finding.message}
    assert {"blocker"} == {finding.level for finding in findings if "redshift:DescribeGrants" in finding.message}


CHANGED: dict[str, Any] = {
    "cluster_id": "other",
    "region": "eu-west-1",
    "account_id": "999999999999",
    "partition": "aws-cn",
    "status": "paused",
    "availability_status": "Maintenance",
    "db_name": "sales",
    "endpoint_address": "prod-db-1.abc.us-east-2.redshift.amazonaws.com",
    "pending_changes": ("NodeType",),
    "pending_actions": ("resize",),
    "is_resizing": True,
    "restore_status": "restoring",
    "total_storage_mb": 300 * 1024 * 1024,
    "stored_mb": 200 * 1024 * 1024,
    "node_type": "ra3.16xlarge",
    "number_of_nodes": 4,
    "cluster_version": "1.0.68555",
    "multi_az": True,
    "extra_compute_for_automatic_optimization": True,
    "reserved_nodes": (ReservedNode(reserved_node_id="r", node_type="ra3.4xlarge", node_count=2),),
    "encrypted": False,
    "kms_key_id": "arn:aws:kms:us-east-2:123456789012:key/k",
    "hsm_status": "active",
    "cluster_subnet_group_name": "other",
    "subnets": some_subnets(2),
    "vpc_security_group_ids": ("sg-2",),
    "availability_zone": "us-east-2a",
    "availability_zone_relocation_status": "enabled",
    "port": 5440,
    "publicly_accessible": True,
    "enhanced_vpc_routing": True,
    "ip_address_type": "dualstack",
    "elastic_ip": "203.0.113.7",
    "endpoint_access": (EndpointAccess(endpoint_name="e", subnet_ids=("subnet-1",)),),
    "endpoint_authorizations": (EndpointAuthorization(grantee="999999999999"),),
    "custom_domain_name": "db.example.com",
    "iam_roles": (a_role(),),
    "master_username": "boss",
    "master_password_secret_arn": "arn:aws:secretsmanager:us-east-2:123456789012:secret:s",
    "parameter_group_name": "custom",
    "parameters": some_parameters(auto_mv="false"),
    "logging": LoggingSettings(enabled=True, bucket_name="b"),
    "tags": (("team", "data"),),
    "maintenance_track": "trailing",
    "pending_maintenance_track": "trailing",
    "maintenance_window": "sun:05:00-sun:05:30",
    "deferred_maintenance_windows": (DeferredMaintenanceWindow(identifier="d"),),
    "allow_version_upgrade": False,
    "snapshot_copy_config": SnapshotCopySettings(destination_region="us-west-2"),
    "automated_snapshot_retention_period_days": 7,
    "manual_snapshot_retention_period_days": 30,
    "snapshot_schedules": (SnapshotSchedule(identifier="s", definitions=("rate(12 hours)",)),),
    "scheduled_actions": (ScheduledAction(name="night", action="PauseCluster", schedule="cron(0 20 * * ? *)"),),
    "usage_limits": (
        ClusterUsageLimit(
            usage_limit_id="u",
            feature_type="spectrum",
            limit_type="data-scanned",
            amount=1,
            period="daily",
            breach_action="log",
        ),
    ),
    "data_shares": (DataShare(data_share_arn="a", direction="outbound"),),
    "integrations": (Integration(integration_arn="i"),),
    "partners": ("Partner",),
    "resource_policy": "{}",
    "catalog_arn": "arn:aws:glue:us-east-2:123456789012:catalog/c",
    "lakehouse_registration_status": "Registered",
    "event_subscriptions": (EventSubscription(name="e"),),
    "automation": (Automation(kind="pipe", name="feed"),),
    "alarms": (Alarm(name="full", metric="PercentageDiskSpaceUsed"),),
    "scheduled_queries": (ScheduledQuery(home="rule", name="nightly", group="default", arn="arn", enabled=True),),
}
ONLY_WITH_ANOTHER: dict[str, tuple[dict[str, Any], Any]] = {
    "default_iam_role_arn": ({"iam_roles": (a_role(),)}, a_role().iam_role_arn),
    "master_password_secret_kms_key_id": ({"master_password_secret_arn": "s"}, "k"),
    "custom_domain_certificate_arn": ({"custom_domain_name": "db.example.com"}, "c"),
    "cluster_namespace_arn": ({"resource_policy": f"arn:aws:redshift:us-east-2:{ACCOUNT}:namespace:x"}, "other"),
    "pending_number_of_nodes": ({"is_resizing": True}, 8),
    "pending_node_type": ({"is_resizing": True}, "ra3.16xlarge"),
    "vpc_id": ({"subnets": (), "cluster_subnet_group_name": None, "vpc_id": None}, "vpc-2"),
}
WITHOUT_EFFECT = {
    "next_maintenance_window": "a point in time, no setting; the window itself is spoken of",
}


@pytest.mark.parametrize("member", sorted(CHANGED))
def test_no_member_of_a_cluster_is_dropped_silently(member: str) -> None:
    plain = translate(a_cluster(), some_choices())

    assert translate(a_cluster(**{member: CHANGED[member]}), some_choices()) != plain


@pytest.mark.parametrize("member", sorted(ONLY_WITH_ANOTHER))
def test_no_member_that_goes_with_another_is_dropped_silently(member: str) -> None:
    others, value = ONLY_WITH_ANOTHER[member]
    if member == "cluster_namespace_arn":
        value = others["resource_policy"]

    plain = translate(a_cluster(**others), some_choices())

    assert translate(a_cluster(**others | {member: value}), some_choices()) != plain


def test_each_member_of_a_cluster_is_in_one_of_these_tables() -> None:
    tables = [set(CHANGED), set(ONLY_WITH_ANOTHER), set(WITHOUT_EFFECT)]

    assert set.union(*tables) == set(ProvisionedClusterConfig.model_fields)
    assert sum(map(len, tables)) == len(ProvisionedClusterConfig.model_fields)


def test_a_parameter_that_is_pending_is_said_for_any_of_them() -> None:
    parameters = tuple(
        Parameter(name=name, value="true", pending_reboot=True) for name in ("auto_mv", "auto_analyze", "search_path")
    )

    findings = translate(a_cluster(parameters=parameters), some_choices()).findings

    assert sum("next reboot" in finding.message for finding in findings) == 3
