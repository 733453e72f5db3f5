"""Service-linked roles, AWS's own tags and managed secrets are recognised, never sent, never to be edited."""

from __future__ import annotations

import json
from typing import Any

import pytest

from redshift_migrate.models.aws_made import is_aws_tag, is_managed_secret, is_same_secret, service_of_linked_role
from redshift_migrate.models.scheduled_query import NAMESPACE_SECRET, ScheduledQuery
from redshift_migrate.models.settings import DEFAULT_ROLE, IAM_ROLES
from redshift_migrate.translators.scheduled_queries import pair_queries
from tests.cases.loading import about, case, cluster_of, translated, with_changes

LINKED = "arn:aws:iam::111122223333:role/aws-service-role/redshift.amazonaws.com/AWSServiceRoleForRedshift"
LOAD = "arn:aws:iam::111122223333:role/load"
OTHERS = [
    LINKED,
    "arn:aws-us-gov:iam::111122223333:role/aws-service-role/redshift.amazonaws.com/AWSServiceRoleForRedshift",
    "arn:aws-cn:iam::111122223333:role/aws-service-role/redshift.amazonaws.com.cn/AWSServiceRoleForRedshift",
    "arn:aws:iam::111122223333:role/aws-service-role/redshift-serverless.amazonaws.com/AWSServiceRoleForRedshift",
    "arn:aws:iam::111122223333:role/aws-service-role/lakeformation.amazonaws.com/AWSServiceRoleForLakeFormation",
]


def test_the_case_carries_load_and_leaves_the_linked_role_to_aws() -> None:
    translation = translated(case("service_linked_role"))

    assert translation.settings["iam_roles"] == (LOAD,)
    assert translation.settings["default_iam_role_arn"] == LOAD
    (finding,) = about(translation, LINKED, "service-linked")
    assert finding.level == "info"
    assert "trust" not in finding.message


@pytest.mark.parametrize("role", OTHERS)
@pytest.mark.parametrize("is_default", [True, False])
def test_the_linked_role_of_any_service_and_partition_is_never_sent(role: str, is_default: bool) -> None:
    roles = [{"IamRoleArn": role, "ApplyStatus": "in-sync"}, {"IamRoleArn": LOAD, "ApplyStatus": "adding"}]
    default = role if is_default else LOAD
    replies = with_changes(case("service_linked_role"), IamRoles=roles, DefaultIamRoleArn=default)

    translation = translated(replies)

    assert "aws-service-role" not in json.dumps(translation.settings)
    assert translation.settings["default_iam_role_arn"] == ("" if is_default else LOAD)
    assert {finding.level for finding in about(translation, role)} == {"info"}
    assert about(translation, role, "trust policy") == []


def test_a_cluster_with_nothing_but_the_linked_role_wishes_no_roles() -> None:
    roles = [{"IamRoleArn": LINKED, "ApplyStatus": "in-sync"}]
    translation = translated(with_changes(case("service_linked_role"), IamRoles=roles, DefaultIamRoleArn=LINKED))

    assert "iam_roles" not in translation.settings
    assert "default_iam_role_arn" not in translation.settings
    assert [finding.level for finding in about(translation, LINKED)] == ["info"]


@pytest.mark.parametrize("role", OTHERS)
@pytest.mark.parametrize(
    "printed", ["{}", "IamRole(applyStatus=in-sync, iamRoleArn={})", "IamRole(iamRoleArn={}, x=y)"]
)
def test_what_aws_attached_to_a_namespace_is_neither_seen_nor_sent_back(role: str, printed: str) -> None:
    reply = {"iamRoles": [printed.format(role), printed.format(LOAD)], "defaultIamRoleArn": printed.format(role)}

    assert IAM_ROLES.read(reply) == [LOAD]
    assert DEFAULT_ROLE.read(reply) == ""
    assert IAM_ROLES.form([role, LOAD]) == [LOAD]


@pytest.mark.parametrize(
    ("role", "service"),
    [
        *((role, role.split("/")[2]) for role in OTHERS),
        (LOAD, None),
        ("arn:aws:iam::111122223333:role/service-role/AmazonRedshift-CommandsAccessRole", None),
        ("arn:aws:iam::111122223333:role/team/aws-service-role/mine", None),
        ("arn:aws:iam::111122223333:role/aws-service-role-of-ours", None),
        ("", None),
        (None, None),
    ],
)
def test_only_the_reserved_path_makes_a_role_service_linked(role: str | None, service: str | None) -> None:
    assert service_of_linked_role(role) == service


@pytest.mark.parametrize(
    ("key", "is_of_aws"),
    [("aws:cloudformation:stack-name", True), ("AWS:x", True), ("awsome", False), ("a:aws:", False)],
)
def test_tags_of_aws_are_left_to_it_with_an_info(key: str, is_of_aws: bool) -> None:
    assert is_aws_tag(key) == is_of_aws
    translation = translated(with_changes(case("service_linked_role"), Tags=[{"Key": key, "Value": "v"}]))

    assert (key in dict(translation.settings.get("tags", ()))) != is_of_aws
    assert [finding.level for finding in about(translation, "made by aws itself", key)] == (
        ["info"] if is_of_aws else []
    )


SECRET = "arn:aws:secretsmanager:us-east-1:111122223333:secret:redshift!wh-1-awsuser-AbCdEf"


def a_query(**members: Any) -> ScheduledQuery:
    given: dict[str, Any] = {
        "home": "rule",
        "name": "loader",
        "group": "default",
        "target_id": "1",
        "arn": "arn:aws:events:us-east-1:111122223333:rule/loader",
        "cluster_id": "wh-1",
        "enabled": True,
        "schedule_expression": "rate(1 day)",
        "database": "dev",
        "role_arn": "arn:aws:iam::111122223333:role/evt",
        "sql": "select 1",
    }
    return ScheduledQuery(**(given | members))


@pytest.mark.parametrize("spelling", [SECRET, SECRET[:-7], "redshift!wh-1-awsuser"])
def test_the_managed_secret_of_the_cluster_is_known_in_every_spelling(spelling: str) -> None:
    cluster = cluster_of(
        with_changes(case("service_linked_role"), MasterPasswordSecretArn=SECRET),
        scheduled_queries=(a_query(secret_arn=spelling),),
    )

    (pair,) = pair_queries(cluster, "wh-1")
    assert pair.new.secret_arn == NAMESPACE_SECRET


def test_a_managed_secret_of_something_else_is_no_secret_to_rely_on() -> None:
    query = a_query(secret_arn=SECRET.replace("wh-1", "wh-2"))
    translation = translated(case("service_linked_role"), scheduled_queries=(query,))

    assert [finding.level for finding in about(translation, "secret of your own")] == ["warning"]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (SECRET, SECRET, True),
        (SECRET, SECRET.replace("AbCdEf", "GhIjKl"), False),
        (SECRET, "redshift!wh-1-aws", False),
        (SECRET, "wh-1-awsuser", False),
        ("etl", "etl", True),
        ("etl", "etl-report", False),
        (None, None, False),
        ("", SECRET, False),
    ],
)
def test_secrets_are_the_same_only_when_aws_would_find_the_same(one: str | None, other: str | None, same: bool) -> None:
    assert is_same_secret(one, other) is same
    assert is_same_secret(other, one) is same


@pytest.mark.parametrize(
    ("secret", "is_managed"),
    [
        (SECRET, True),
        ("rds!cluster-1", True),
        ("dw/loader", False),
        (SECRET.replace("redshift!", ""), False),
        (None, False),
    ],
)
def test_a_managed_secret_has_the_name_of_its_service_first(secret: str | None, is_managed: bool) -> None:
    assert is_managed_secret(secret) is is_managed


def test_a_query_whose_role_is_linked_is_not_copied_with_it() -> None:
    translation = translated(case("service_linked_role"), scheduled_queries=(a_query(role_arn=LINKED),))

    assert "scheduled_queries" not in translation.settings
    assert len(about(translation, "loader", "role of your own")) == 1
    assert about(translation, "loader", "trust policy") == []
