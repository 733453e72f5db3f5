"""Single rules of reading, as tables."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

import pytest

from redshift_migrate.errors import AccessDenied, AwsError, InvalidRequest, StateConflict, Throttled
from redshift_migrate.extractors.identity import parse_trust_policy, parse_trusted_services, trust_conditions
from redshift_migrate.extractors.monitoring import concerns, parse_alarms
from redshift_migrate.extractors.network import parse_security_groups, parse_subnets
from redshift_migrate.extractors.parameters import parse_parameters
from redshift_migrate.extractors.replies import read_or_unknown, require_text, switch
from redshift_migrate.extractors.sharing import merge_integrations, parse_integrations
from redshift_migrate.models.base import Unknown
from redshift_migrate.models.plan import Call

CALL = Call(service="redshift", region="us-east-2", operation="DescribePartners")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("true", True),
        ("Enabled", True),
        ("false", False),
        ("Disabled", False),
        (None, None),
        ("", None),
        ("soon", None),
    ],
)
def test_yes_and_no_as_aws_writes_them(text: str | None, value: bool | None) -> None:
    assert switch(text) is value


def raising(error: Exception) -> Any:
    def read() -> str:
        raise error

    return read


def test_a_refused_read_is_unknown_absent_or_an_error() -> None:
    denied = AccessDenied("You may not.", action="redshift:DescribePartners")
    not_offered = InvalidRequest("No such feature here.", aws_code="UnsupportedOperation")
    busy = StateConflict("It is paused.", aws_code="InvalidClusterState")

    assert read_or_unknown(CALL, lambda: "read", absent="") == "read"
    assert read_or_unknown(CALL, raising(denied), absent="") == Unknown(
        needs_action="redshift:DescribePartners", reason="You may not."
    )
    assert read_or_unknown(CALL, raising(not_offered), absent="none") == "none"
    assert isinstance(read_or_unknown(CALL, raising(busy), absent=""), Unknown)
    with pytest.raises(Throttled):
        read_or_unknown(CALL, raising(Throttled("Slow down.")), absent="")


def test_a_missing_name_is_an_error_that_says_whose() -> None:
    with pytest.raises(AwsError, match="DescribeEndpointAccess without EndpointName"):
        require_text({}, "EndpointName", "DescribeEndpointAccess")


def statement(principal: Any, effect: str = "Allow", action: Any = "sts:AssumeRole", **more: Any) -> dict[str, Any]:
    return {"Effect": effect, "Principal": principal, "Action": action, **more}


SERVERLESS, REDSHIFT = "redshift-serverless.amazonaws.com", "redshift.amazonaws.com"


@pytest.mark.parametrize(
    ("statements", "trusted"),
    [
        ([statement({"Service": REDSHIFT})], (REDSHIFT,)),
        ([statement({"Service": [REDSHIFT, SERVERLESS]})], (SERVERLESS, REDSHIFT)),
        ([statement({"Service": REDSHIFT}), statement({"Service": SERVERLESS})], (SERVERLESS, REDSHIFT)),
        ([statement({"Service": [REDSHIFT, SERVERLESS]}), statement({"Service": SERVERLESS}, "Deny")], (REDSHIFT,)),
        ([statement({"AWS": "arn:aws:iam::123456789012:root"})], ()),
        ([statement({"Service": SERVERLESS}, action=["sts:TagSession", "sts:AssumeRole"])], (SERVERLESS,)),
        ([statement({"Service": SERVERLESS}, action="sts:TagSession")], ()),
        ([statement("*")], ("*",)),
        ([], ()),
    ],
)
def test_whom_a_trust_policy_trusts(statements: list[dict[str, Any]], trusted: tuple[str, ...]) -> None:
    assert parse_trusted_services(statements) == trusted


def test_a_trust_policy_comes_as_object_as_json_or_url_encoded() -> None:
    policy = {"Version": "2012-10-17", "Statement": statement({"Service": REDSHIFT})}

    for document in (policy, json.dumps(policy), quote(json.dumps(policy))):
        assert parse_trusted_services(parse_trust_policy(document)) == (REDSHIFT,)
    with pytest.raises(AwsError, match="not JSON"):
        parse_trust_policy("%7Bbroken")


def test_conditions_that_a_workgroup_cannot_meet_are_told() -> None:
    user = "arn:aws:redshift:us-east-2:123456789012:dbuser:prod-db-1/loader"
    condition = {"StringEquals": {"sts:ExternalId": [user], "aws:SourceAccount": "123456789012"}}

    assert trust_conditions([statement({"Service": REDSHIFT}, Condition=condition)]) == (user,)


PARAMETER = [{"ParameterName": "require_ssl", "ParameterValue": "true", "ApplyType": "static"}]


@pytest.mark.parametrize(
    ("group", "pending"),
    [
        ({}, False),
        ({"ParameterApplyStatus": "in-sync"}, False),
        ({"ParameterApplyStatus": "pending-reboot"}, True),
        (
            {
                "ParameterApplyStatus": "pending-reboot",
                "ClusterParameterStatusList": [
                    {"ParameterName": "search_path", "ParameterApplyStatus": "pending-reboot"}
                ],
            },
            False,
        ),
        (
            {
                "ParameterApplyStatus": "applying",
                "ClusterParameterStatusList": [{"ParameterName": "require_ssl", "ParameterApplyStatus": "apply-error"}],
            },
            True,
        ),
    ],
)
def test_a_value_that_is_not_in_force_is_marked(group: dict[str, Any], pending: bool) -> None:
    (parameter,) = parse_parameters(PARAMETER, group)

    assert parameter.pending_reboot is pending


def test_a_dynamic_parameter_does_not_wait_for_a_reboot() -> None:
    (parameter,) = parse_parameters(
        [{**PARAMETER[0], "ApplyType": "dynamic"}], {"ParameterApplyStatus": "pending-reboot"}
    )

    assert parameter.pending_reboot is False


def test_a_security_group_on_its_way_out_is_left_behind() -> None:
    groups = [
        {"VpcSecurityGroupId": "sg-1", "Status": "active"},
        {"VpcSecurityGroupId": "sg-2", "Status": "removing"},
        {"VpcSecurityGroupId": "sg-3", "Status": "adding"},
    ]

    assert parse_security_groups(groups) == ("sg-1", "sg-3")


def test_a_subnet_that_ec2_does_not_know_any_more_stays_with_what_redshift_knows() -> None:
    groups = [
        {
            "VpcId": "vpc-1",
            "Subnets": [{"SubnetIdentifier": "subnet-1", "SubnetAvailabilityZone": {"Name": "us-east-2a"}}],
        }
    ]
    (subnet,) = parse_subnets(groups, [])

    assert (subnet.availability_zone, subnet.vpc_id) == ("us-east-2a", "vpc-1")
    assert (subnet.available_ip_address_count, subnet.has_ipv6) == (None, None)


def test_an_ipv6_block_counts_once_it_is_associated() -> None:
    groups = [{"Subnets": [{"SubnetIdentifier": "subnet-1"}]}]
    for state, has_ipv6 in (("associated", True), ("disassociated", False)):
        block = {"Ipv6CidrBlock": "2001:db8::/64", "Ipv6CidrBlockState": {"State": state}}
        (subnet,) = parse_subnets(groups, [{"SubnetId": "subnet-1", "Ipv6CidrBlockAssociationSet": [block]}])

        assert subnet.has_ipv6 is has_ipv6


CLUSTER = {"ClusterIdentifier": "prod", "ClusterParameterGroups": [{"ParameterGroupName": "prod-parameters"}]}


@pytest.mark.parametrize(
    ("source_type", "source_ids", "is_concerned"),
    [
        (None, [], True),
        ("cluster", [], True),
        ("cluster", ["prod"], True),
        ("cluster", ["other"], False),
        ("cluster-parameter-group", ["prod-parameters"], True),
        ("cluster-parameter-group", ["others"], False),
        ("cluster-snapshot", [], True),
        ("cluster-snapshot", ["rs:prod-2026-12-01"], True),
        ("cluster-snapshot", ["before-upgrade"], False),
        ("scheduled-action", [], True),
    ],
)
def test_which_subscriptions_hear_of_a_cluster(
    source_type: str | None, source_ids: list[str], is_concerned: bool
) -> None:
    assert concerns({"SourceType": source_type, "SourceIdsList": source_ids}, CLUSTER) is is_concerned


def metric(cluster: str, name: str = "CPUUtilization", namespace: str = "AWS/Redshift") -> dict[str, Any]:
    dimensions = [{"Name": "ClusterIdentifier", "Value": cluster}]
    return {"Namespace": namespace, "MetricName": name, "Dimensions": dimensions}


def test_alarms_are_found_directly_and_in_formulas() -> None:
    stats = [{"MetricStat": {"Metric": metric("prod", name)}} for name in ("ReadIOPS", "WriteIOPS")]
    alarms = [
        {"AlarmName": "formula", "Metrics": [{"Expression": "a+b"}, *stats]},
        {"AlarmName": "direct", **metric("prod")},
        {"AlarmName": "of another", **metric("other")},
        {"AlarmName": "of another service", **metric("prod", namespace="Custom")},
    ]

    assert [(alarm.name, alarm.metric) for alarm in parse_alarms(alarms, "prod")] == [
        ("direct", "CPUUtilization"),
        ("formula", "ReadIOPS, WriteIOPS"),
    ]


def test_an_integration_that_two_lists_know_is_one() -> None:
    inbound = parse_integrations([{"IntegrationArn": "arn:1", "TargetArn": "t"}], "t")
    named = parse_integrations([{"IntegrationArn": "arn:1", "TargetArn": "t", "IntegrationName": "uploads"}], "t")
    elsewhere = parse_integrations([{"IntegrationArn": "arn:2", "TargetArn": "u"}], "t")

    assert [each.name for each in merge_integrations(inbound + named + elsewhere)] == ["uploads"]
