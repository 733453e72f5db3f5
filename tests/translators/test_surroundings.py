"""What is around the cluster: endpoints, sharing and monitoring; and the data."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from redshift_migrate.models.cluster import (
    Alarm,
    DataShare,
    EndpointAccess,
    EndpointAuthorization,
    EventSubscription,
    Integration,
)
from redshift_migrate.models.serverless import WantedEndpoint
from redshift_migrate.translators.data import translate_data
from redshift_migrate.translators.endpoints import new_endpoint_name, translate_endpoints
from redshift_migrate.translators.monitoring import translate_monitoring
from redshift_migrate.translators.sharing import translate_sharing
from tests.support.builders import NAMESPACE_ARN, a_cluster, levels, some_choices, the_finding


@pytest.mark.parametrize(
    ("partition", "region", "end"),
    [("aws", "us-east-2", "amazonaws.com"), ("aws-cn", "cn-north-1", "amazonaws.com.cn")],
)
def test_the_host_name_changes(partition: str, region: str, end: str) -> None:
    cluster = a_cluster(partition=partition, region=region, endpoint_address="old.example")

    finding = the_finding(translate_endpoints(cluster, some_choices(workgroup_name="wg")), "host name")

    assert finding.after == f"wg.123456789012.{region}.redshift-serverless.{end}"
    assert finding.on_cluster == "old.example"


def test_a_managed_endpoint_gets_a_twin_under_a_new_name() -> None:
    endpoint = EndpointAccess(
        endpoint_name="bi", subnet_ids=("subnet-2", "subnet-1"), vpc_security_group_ids=("sg-9",), resource_owner=None
    )

    translation = translate_endpoints(a_cluster(endpoint_access=(endpoint,)), some_choices())

    assert translation.settings["endpoint_access"] == (
        WantedEndpoint(endpoint_name="bi-sl", subnet_ids=("subnet-1", "subnet-2"), vpc_security_group_ids=("sg-9",)),
    )


@pytest.mark.parametrize(
    "members",
    [{"resource_owner": "999999999999"}, {"subnet_ids": ()}, {"status": "deleting"}],
)
def test_an_endpoint_that_cannot_be_made_here_is_named(members: dict[str, Any]) -> None:
    endpoint = EndpointAccess.model_validate({"endpoint_name": "bi", "subnet_ids": ("subnet-1",)} | members)

    translation = translate_endpoints(a_cluster(endpoint_access=(endpoint,)), some_choices())

    assert translation.settings == {}
    assert levels(translation, "managed VPC endpoint") == ["warning"]


@given(st.lists(st.one_of(st.text(max_size=40), st.just("same")), max_size=6))
def test_new_endpoint_names_are_valid_and_never_taken(names: list[str]) -> None:
    taken = set(names)

    made = [new_endpoint_name(name, taken) for name in names]

    assert not set(made) & set(names)
    assert len(set(made)) == len(made)
    for name in made:
        assert 1 <= len(name) <= 30
        assert name.isascii()
        assert name[0].isalpha()
        assert "--" not in name
        assert not name.endswith("-")


def test_authorizations_are_left_to_the_console() -> None:
    grants = (
        EndpointAuthorization(grantee="999999999999", allowed_all_vpcs=True),
        EndpointAuthorization(grantee="888888888888", allowed_vpcs=("vpc-8",)),
        EndpointAuthorization(grantee="777777777777", status="Revoking"),
    )

    message = the_finding(
        translate_endpoints(a_cluster(endpoint_authorizations=grants), some_choices()), "endpoint authorizations"
    ).message

    assert "999999999999 (all VPCs), 888888888888 (vpc-8)" in message
    assert "777777777777" not in message


def test_a_custom_domain_waits_for_the_cut_over() -> None:
    cluster = a_cluster(custom_domain_name="db.example.com", custom_domain_certificate_arn="arn:cert")

    translation = translate_endpoints(cluster, some_choices())

    message = the_finding(translation, "custom domain").message
    assert "--custom-domain-name db.example.com --custom-domain-certificate-arn arn:cert" in message
    assert translation.settings == {}


def test_a_policy_that_names_the_old_namespace_is_shown_with_the_new_one_and_not_set() -> None:
    policy = f'{{"Statement": [{{"Resource": "{NAMESPACE_ARN}"}}]}}'

    translation = translate_sharing(a_cluster(resource_policy=policy), some_choices())

    finding = the_finding(translation, "resource policy")
    assert translation.settings == {}
    assert finding.after == '{"Statement": [{"Resource": "NEW_NAMESPACE_ARN"}]}'


def test_a_policy_that_names_no_namespace_is_carried() -> None:
    translation = translate_sharing(a_cluster(resource_policy='{"Statement": []}'), some_choices())

    assert translation.settings == {"resource_policy": '{"Statement": []}'}


def test_datashares_are_named_one_by_one_with_their_counterparts() -> None:
    shares = (
        DataShare(data_share_arn="arn:out", direction="outbound", counterparts=("111", "222"), managed_by="ADX"),
        DataShare(data_share_arn="arn:in", direction="inbound", counterparts=("333",)),
    )

    translation = translate_sharing(a_cluster(data_shares=shares), some_choices())

    produced = the_finding(translation, "datashare, produced here").message
    consumed = the_finding(translation, "datashare, consumed here").message
    assert "111, 222" in produced
    assert "ADX" in produced
    assert "333" in consumed


@pytest.mark.parametrize(
    ("source", "api"),
    [
        ("arn:aws:rds:us-east-2:1:cluster:c", "rds create-integration"),
        ("arn:aws:s3:::b", "redshift create-integration"),
    ],
)
def test_an_integration_is_made_anew_through_the_api_of_its_source(source: str, api: str) -> None:
    integration = Integration(integration_arn="arn:i", source_arn=source, status="active")

    finding = the_finding(translate_sharing(a_cluster(integrations=(integration,)), some_choices()), "integration")

    assert api in finding.message


def test_partners_and_the_lakehouse_have_to_register_again() -> None:
    cluster = a_cluster(partners=("Acme",), lakehouse_registration_status="Registered")

    translation = translate_sharing(cluster, some_choices())

    assert "Acme" in the_finding(translation, "partners").message
    assert levels(translation, "lakehouse registration") == ["warning"]


def test_subscriptions_become_rules_and_alarms_are_listed() -> None:
    cluster = a_cluster(
        event_subscriptions=(EventSubscription(name="ops", sns_topic_arn="arn:aws:sns:us-east-2:1:ops"),),
        alarms=(Alarm(name="disk", metric="PercentageDiskSpaceUsed"), Alarm(name="cpu", metric="CPUUtilization")),
    )

    translation = translate_monitoring(cluster, some_choices(workgroup_name="wg"))

    alarms = the_finding(translation, "alarms").message
    assert "arn:aws:sns:us-east-2:1:ops" in the_finding(translation, "event subscription").message
    assert "disk on PercentageDiskSpaceUsed, cpu on CPUUtilization" in alarms
    assert "Workgroup=wg" in alarms


@pytest.mark.parametrize(("data", "source"), [("snapshot", "a fresh snapshot"), ("last-night", "snapshot last-night")])
def test_a_restore_says_what_it_brings_replaces_and_changes(data: str, source: str) -> None:
    translation = translate_data(a_cluster(), some_choices(data=data))

    finding = the_finding(translation, "data")
    assert finding.after == source
    assert "A restore replaces all databases of namespace prod-db-1" in finding.message
    assert levels(translation, "interleaved sort keys") == ["info"]
    assert levels(translation, "tables without backup") == ["info"]
    assert "couple of weeks" in the_finding(translation, "after the restore").message
    assert levels(translation, "existing snapshot") == (["warning"] if data == "last-night" else [])


def test_without_data_there_is_only_that_to_say() -> None:
    translation = translate_data(a_cluster(), some_choices(data="none"))

    assert [finding.level for finding in translation.findings] == ["warning"]
