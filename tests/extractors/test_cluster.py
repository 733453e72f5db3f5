"""Everything that is read from a cluster of the simulated account."""

from __future__ import annotations

import json
from collections import Counter

import pytest

from redshift_migrate.aws.door import Aws
from redshift_migrate.errors import ClusterNotFound, CredentialsProblem, SettingsError, Throttled
from redshift_migrate.extractors.provisioned import extract_cluster
from redshift_migrate.extractors.sections import READS, SECTIONS
from redshift_migrate.models.base import Unknown
from redshift_migrate.models.cluster import ProvisionedClusterConfig
from redshift_simulator import SimulatedAccount
from redshift_simulator.demo.production import PARAMETERS, SECURITY_GROUPS, SUBNETS
from redshift_simulator.redshift.usage_limits import usage_limit_of
from tests.extractors.conftest import HOME, SETTINGS


def operations(account: SimulatedAccount) -> Counter[str]:
    return Counter(call.name for call in account.calls)


@pytest.fixture
def production(door: Aws) -> ProvisionedClusterConfig:
    return extract_cluster(door, "prod-db-1", HOME, SETTINGS)


def test_the_founding_cluster_is_read_whole(door: Aws) -> None:
    production = extract_cluster(door, "prod-db-1", HOME)
    unknown = [name for name in READS if isinstance(getattr(production, name), Unknown)]

    assert unknown == []
    assert (production.account_id, production.partition, production.status) == ("123456789012", "aws", "available")
    assert (production.maintenance_track, production.maintenance_window) == ("current", "sun:05:00-sun:05:30")
    assert (production.node_type, production.number_of_nodes, production.port) == ("ra3.4xlarge", 2, 5439)
    assert production.multi_az is False
    assert production.extra_compute_for_automatic_optimization is False
    assert production.automated_snapshot_retention_period_days == 7
    assert production.stored_mb == 1_843_200
    assert dict(production.tags) == {"Environment": "production", "Team": "data-platform", "CostCenter": "4711"}


def test_the_copy_settings_name_the_key_in_the_destination(production: ProvisionedClusterConfig) -> None:
    copy = production.snapshot_copy_config

    assert copy is not None
    assert (copy.destination_region, copy.retention_period_days) == ("us-west-2", 7)
    assert copy.manual_snapshot_retention_period_days == 30
    assert str(copy.kms_key_id).startswith("arn:aws:kms:us-west-2:123456789012:key/")


def test_subnets_have_zones_and_free_addresses(production: ProvisionedClusterConfig) -> None:
    assert not isinstance(production.subnets, Unknown)
    assert {subnet.subnet_id: subnet.available_ip_address_count for subnet in production.subnets} == SUBNETS
    assert [subnet.availability_zone_id for subnet in production.subnets] == ["use2-az1", "use2-az2", "use2-az3"]
    assert production.vpc_security_group_ids == SECURITY_GROUPS


def test_only_parameters_that_differ_are_read(production: ProvisionedClusterConfig) -> None:
    assert not isinstance(production.parameters, Unknown)
    assert {each.name: each.value for each in production.parameters} == PARAMETERS
    assert not any(each.pending_reboot for each in production.parameters)


def test_roles_tell_whom_they_trust(production: ProvisionedClusterConfig) -> None:
    trusted = {role.iam_role_arn.rpartition("/")[2]: role.trusted_services for role in production.iam_roles}

    assert trusted == {
        "RedshiftLoadRole": ("redshift-serverless.amazonaws.com", "redshift.amazonaws.com"),
        "RedshiftSpectrumRole": ("redshift.amazonaws.com",),
    }


def test_schedules_limits_and_watchers_are_read(production: ProvisionedClusterConfig) -> None:
    for value in (production.usage_limits, production.scheduled_actions, production.snapshot_schedules):
        assert not isinstance(value, Unknown)
    read = production.as_json()

    assert [(limit["feature_type"], limit["amount"], limit["breach_action"]) for limit in read["usage_limits"]] == [
        ("concurrency-scaling", 60, "log"),
        ("cross-region-datasharing", 5, "disable"),
        ("spectrum", 10, "emit-metric"),
    ]
    assert [action["action"] for action in read["scheduled_actions"]] == ["PauseCluster", "ResumeCluster"]
    assert read["snapshot_schedules"][0]["definitions"] == ["rate(12 hours)"]
    assert read["snapshot_schedules"][0]["state"] == "ACTIVE"
    assert (read["logging"]["enabled"], read["logging"]["log_destination_type"]) == (True, "s3")
    assert [each["name"] for each in read["event_subscriptions"]] == ["prod-db-1-events"]
    assert [(each["name"], each["metric"]) for each in read["alarms"]] == [
        ("prod-db-1-disk", "PercentageDiskSpaceUsed")
    ]
    assert [(each["node_type"], each["node_count"]) for each in read["reserved_nodes"]] == [("ra3.4xlarge", 2)]


def test_what_ties_a_cluster_to_others_is_read(door: Aws) -> None:
    read = extract_cluster(door, "sales-shared", HOME).as_json()

    assert [share["direction"] for share in read["data_shares"]] == ["outbound", "inbound"]
    assert read["data_shares"][0]["counterparts"] == ["210987654321"]
    assert ":210987654321:namespace:" in read["data_shares"][1]["counterparts"][0]
    assert [each["name"] for each in read["integrations"]] == [None, "uploads"]
    assert ":cluster:orders-aurora" in read["integrations"][0]["source_arn"]
    assert read["partners"] == ["example-loader (database dev)"]
    assert json.loads(read["resource_policy"])["Statement"][0]["Action"] == "redshift:AuthorizeInboundIntegration"
    assert read["endpoint_access"][0]["subnet_ids"] == ["subnet-0a1b2c3d4e5f60718", "subnet-0b1c2d3e4f5061728"]
    assert [each["grantee"] for each in read["endpoint_authorizations"]] == ["210987654321"]
    assert read["custom_domain_name"] == "sales.example.com"
    assert read["master_password_secret_arn"].startswith(
        "arn:aws:secretsmanager:us-east-2:123456789012:secret:redshift!"
    )
    assert read["logging"]["log_exports"] == ["connectionlog", "userlog"]


def test_hard_cases_show_their_difficulty(door: Aws) -> None:
    assert extract_cluster(door, "payroll-hsm", HOME).hsm_status == "active"
    assert extract_cluster(door, "finance-encrypted", HOME).multi_az is True
    assert extract_cluster(door, "orders-resizing", HOME).is_resizing is True
    assert extract_cluster(door, "reports-dc2", HOME).port == 8192
    single = extract_cluster(door, "staging-single-subnet", HOME)
    assert not isinstance(single.subnets, Unknown)
    assert len(single.subnets) == 1


def test_pending_changes_are_told_apart_from_what_is_in_force(door: Aws) -> None:
    cluster = extract_cluster(door, "crm-pending", HOME)

    assert not isinstance(cluster.parameters, Unknown)
    assert cluster.pending_changes == ("MaintenanceTrackName", "NodeType")
    assert cluster.pending_maintenance_track == "trailing"
    assert {each.name: each.pending_reboot for each in cluster.parameters} == {
        "require_ssl": True,
        "statement_timeout": False,
    }


def test_every_cluster_of_the_demo_can_be_read(door: Aws, account: SimulatedAccount) -> None:
    for name in account.table(HOME, "clusters"):
        cluster = extract_cluster(door, name, HOME)

        assert [each for each in READS if isinstance(getattr(cluster, each), Unknown)] == [], name


def test_each_api_is_asked_once_and_iam_once_a_role(
    production: ProvisionedClusterConfig, account: SimulatedAccount
) -> None:
    asked = operations(account)

    assert asked.pop("iam:GetRole") == len(production.iam_roles) == 2
    assert {name: count for name, count in asked.items() if count > 1} == {}
    assert account.writes() == []


def test_small_pages_change_nothing(production: ProvisionedClusterConfig, door: Aws, account: SimulatedAccount) -> None:
    account.page_size = 1
    account.calls.clear()

    assert extract_cluster(door, "prod-db-1", HOME, SETTINGS) == production
    assert operations(account)["redshift:DescribeUsageLimits"] == 3


def test_all_pages_of_a_long_list_are_read(door: Aws, account: SimulatedAccount) -> None:
    for _ in range(150):
        usage_limit_of(account, HOME, "dev-sandbox", "spectrum", 1)
    limits = extract_cluster(door, "dev-sandbox", HOME, ("usage_limits",)).usage_limits

    assert not isinstance(limits, Unknown)
    assert len(limits) == 150


@pytest.mark.parametrize(
    ("section", "calls"),
    [
        ("maintenance", set()),
        ("tags", set()),
        ("snapshot_copy", {"redshift:DescribeSnapshotCopyGrants"}),
        ("snapshot-copy", {"redshift:DescribeSnapshotCopyGrants"}),
        ("wlm", {"redshift:DescribeClusterParameters"}),
        ("usage_limits", {"redshift:DescribeUsageLimits"}),
        ("network", {"redshift:DescribeClusterSubnetGroups", "ec2:DescribeSubnets"}),
        ("identity", {"iam:GetRole"}),
        ("monitoring", {"redshift:DescribeEventSubscriptions", "cloudwatch:DescribeAlarms"}),
    ],
)
def test_a_section_costs_only_its_own_reads(
    door: Aws, account: SimulatedAccount, section: str, calls: set[str]
) -> None:
    extract_cluster(door, "prod-db-1", HOME, (section,))

    assert set(operations(account)) == {"redshift:DescribeClusters"} | calls


def test_what_was_not_asked_for_is_unknown_and_never_none(door: Aws) -> None:
    cluster = extract_cluster(door, "prod-db-1", HOME, ("maintenance",))

    assert isinstance(cluster.usage_limits, Unknown)
    assert cluster.usage_limits.sentence() == "unknown: needs redshift:DescribeUsageLimits (it was not asked for)"
    assert all(isinstance(role.trusted_services, Unknown) for role in cluster.iam_roles)
    assert cluster.snapshot_copy_config is not None
    assert isinstance(cluster.snapshot_copy_config.kms_key_id, Unknown)


def test_all_sections_together_are_everything(door: Aws) -> None:
    assert extract_cluster(door, "prod-db-1", HOME, list(SECTIONS)) == extract_cluster(door, "prod-db-1", HOME)


def test_an_unknown_section_is_refused_before_anything_is_read(door: Aws, account: SimulatedAccount) -> None:
    with pytest.raises(SettingsError) as caught:
        extract_cluster(door, "prod-db-1", HOME, ("usage_limit",))

    assert "usage_limits" in caught.value.hint
    assert account.calls == []


def test_a_wrong_name_goes_no_further(door: Aws, account: SimulatedAccount) -> None:
    with pytest.raises(ClusterNotFound) as caught:
        extract_cluster(door, "prod-db-2x", HOME)

    assert "prod-db-1" in caught.value.data["similar"]
    assert set(operations(account)) == {"redshift:DescribeClusters"}


def test_throttling_is_no_answer(door: Aws, account: SimulatedAccount) -> None:
    account.faults.add("redshift:DescribeUsageLimits", kind="throttle", times=None)
    with pytest.raises(Throttled):
        extract_cluster(door, "prod-db-1", HOME, ("usage_limits",))

    assert operations(account)["redshift:DescribeUsageLimits"] == 4


@pytest.mark.parametrize("operation", ["redshift:DescribeClusters", "redshift:DescribePartners", "iam:GetRole"])
def test_expired_credentials_are_no_answer(door: Aws, account: SimulatedAccount, operation: str) -> None:
    account.faults.add(operation, kind="expired", times=None)
    with pytest.raises(CredentialsProblem):
        extract_cluster(door, "prod-db-1", HOME)


def test_a_role_that_is_gone_is_unknown_and_the_others_are_read(door: Aws, account: SimulatedAccount) -> None:
    gone = "arn:aws:iam::123456789012:role/service-role/Gone"
    account.table(HOME, "clusters")["prod-db-1"]["IamRoles"].append({"IamRoleArn": gone, "ApplyStatus": "in-sync"})
    roles = extract_cluster(door, "prod-db-1", HOME, ("identity",)).iam_roles

    assert [isinstance(role.trusted_services, Unknown) for role in roles] == [False, False, True]
    assert {"RoleName": "Gone"} in [call.parameters for call in account.calls if call.outcome != "ok"]


def test_a_role_of_another_account_is_not_confused_with_one_of_ours(door: Aws, account: SimulatedAccount) -> None:
    theirs = "arn:aws:iam::210987654321:role/RedshiftLoadRole"
    account.table(HOME, "clusters")["prod-db-1"]["IamRoles"] = [{"IamRoleArn": theirs}]
    (role,) = extract_cluster(door, "prod-db-1", HOME, ("identity",)).iam_roles

    assert isinstance(role.trusted_services, Unknown)
    assert "iam:GetRole" not in operations(account)
