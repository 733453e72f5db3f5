"""Roles, trust, admin password, keys and names."""

from __future__ import annotations

import pytest

import redshift_facts as record
from redshift_migrate.permissions import iam_actions
from redshift_migrate.translators.encryption import translate_encryption
from redshift_migrate.translators.identity import translate_identity
from redshift_migrate.translators.namespace import translate_namespace
from tests.support.builders import a_cluster, a_role, after, denied, levels, some_choices, the_finding

KEY = "arn:aws:kms:us-east-2:123456789012:key/k"
SECRET = "arn:aws:secretsmanager:us-east-2:123456789012:secret:redshift!prod-db-1-awsuser"


def test_roles_are_carried_sorted_without_the_ones_being_removed() -> None:
    roles = (a_role("b"), a_role("a", apply_status="adding"), a_role("gone", apply_status="removing"))
    cluster = a_cluster(iam_roles=roles, default_iam_role_arn=a_role("a").iam_role_arn)

    translation = translate_identity(cluster, some_choices())

    assert translation.settings["iam_roles"] == (a_role("a").iam_role_arn, a_role("b").iam_role_arn)
    assert translation.settings["default_iam_role_arn"] == a_role("a").iam_role_arn
    assert "role/gone" in the_finding(translation, "IAM roles").message


def test_a_default_role_is_never_invented() -> None:
    translation = translate_identity(a_cluster(iam_roles=(a_role(),)), some_choices())

    assert translation.settings["default_iam_role_arn"] == ""


def test_a_default_role_that_is_leaving_is_not_carried() -> None:
    cluster = a_cluster(
        iam_roles=(a_role("a"), a_role("b", apply_status="removing")), default_iam_role_arn=a_role("b").iam_role_arn
    )

    translation = translate_identity(cluster, some_choices())

    assert translation.settings["default_iam_role_arn"] == ""
    assert levels(translation, "default IAM role") == ["warning"]


def test_a_cluster_without_roles_wishes_none_away() -> None:
    assert translate_identity(a_cluster(), some_choices()).settings == {}


def test_a_role_that_does_not_trust_serverless_gets_the_exact_statement() -> None:
    role = a_role("spectrum", "redshift.amazonaws.com")

    finding = the_finding(translate_identity(a_cluster(iam_roles=(role,)), some_choices()), "role trust")

    assert finding.level == "warning"
    assert finding.message.endswith(
        '{"Effect": "Allow", "Principal": {"Service": "redshift-serverless.amazonaws.com"}, "Action": "sts:AssumeRole"}'
    )


def test_a_role_that_trusts_serverless_is_no_finding() -> None:
    assert levels(translate_identity(a_cluster(iam_roles=(a_role(),)), some_choices()), "role trust") == []


def test_an_unread_trust_names_role_and_action() -> None:
    role = a_role().model_copy(update={"trusted_services": denied("iam:GetRole")})

    finding = translate_identity(a_cluster(iam_roles=(role,)), some_choices()).findings[0]

    assert finding.level == "warning"
    assert "role/spectrum" in finding.message
    assert "iam:GetRole" in finding.message


def test_a_trust_condition_on_a_database_user_has_to_be_rewritten() -> None:
    role = a_role(trust_conditions=("arn:aws:redshift:us-east-2:123456789012:dbuser:prod-db-1/etl",))

    finding = the_finding(translate_identity(a_cluster(iam_roles=(role,)), some_choices()), "trust condition")

    assert "dbuser:serverless-123456789012-WORKGROUP_ID/USER" in finding.message


def test_more_roles_than_one_request_takes_are_said() -> None:
    roles = tuple(a_role(f"role{number}") for number in range(11))

    assert levels(translate_identity(a_cluster(iam_roles=roles), some_choices()), "IAM roles") == ["warning"]


def test_a_managed_password_stays_managed_with_its_key_and_a_new_secret() -> None:
    cluster = a_cluster(master_password_secret_arn=SECRET, master_password_secret_kms_key_id=KEY)

    translation = translate_identity(cluster, some_choices())

    assert translation.settings == {"manage_admin_password": True, "admin_password_secret_kms_key_id": KEY}
    assert SECRET in the_finding(translation, "admin password").message


def test_a_password_of_its_owner_comes_with_the_snapshot() -> None:
    translation = translate_identity(a_cluster(), some_choices(data="last-night"))

    assert translation.settings == {}
    assert after(translation, "admin password") == [("that of the snapshot", "carried")]


@pytest.mark.parametrize("choices", [some_choices(data="none"), some_choices(exclude=("data",))])
def test_without_a_restore_the_password_is_managed(choices: object) -> None:
    assert isinstance(choices, type(some_choices()))
    translation = translate_identity(a_cluster(), choices)

    assert translation.settings == {"manage_admin_password": True, "admin_username": "awsuser"}
    assert levels(translation, "admin password") == ["warning"]


@pytest.mark.parametrize("name", [None, "", "1user", "a b"])
def test_an_admin_name_that_serverless_refuses_is_not_sent(name: str | None) -> None:
    translation = translate_identity(a_cluster(master_username=name), some_choices(data="none"))

    assert "admin_username" not in translation.settings


def test_the_key_is_carried_and_its_permissions_are_named() -> None:
    translation = translate_encryption(a_cluster(encrypted=True, kms_key_id=KEY), some_choices())

    assert translation.settings == {"kms_key_id": KEY}
    assert "kms:CreateGrant" in the_finding(translation, "encryption key").message


@pytest.mark.parametrize("encrypted", [False, True, None])
def test_without_a_key_the_one_that_aws_owns_is_taken_by_its_literal(encrypted: bool | None) -> None:
    translation = translate_encryption(a_cluster(encrypted=encrypted), some_choices())

    assert translation.settings == {"kms_key_id": "AWS_OWNED_KMS_KEY"}


def test_names_cannot_be_changed_and_the_database_name_is_carried() -> None:
    translation = translate_namespace(a_cluster(db_name="sales"), some_choices(namespace_name="analytics"))

    assert translation.settings == {"db_name": "sales"}
    assert the_finding(translation, "names").after == "analytics / prod-db-1"


def test_a_database_name_that_serverless_refuses_becomes_dev() -> None:
    translation = translate_namespace(a_cluster(db_name="2024"), some_choices())

    assert translation.settings == {}
    assert after(translation, "database name") == [("dev", "not carried")]
    assert levels(translation, "database name") == ["warning"]


def test_the_key_that_aws_owns_is_no_key_to_ask_permission_for() -> None:
    cluster = a_cluster(encrypted=True, kms_key_id="AWS_OWNED_KMS_KEY")

    translation = translate_encryption(cluster, some_choices())

    assert translation.settings == {"kms_key_id": "AWS_OWNED_KMS_KEY"}
    assert "kms:" not in the_finding(translation, "encryption key").message


@pytest.mark.parametrize("action", sorted(record.facts("refusals.key_actions")))
def test_every_action_that_a_key_needs_is_named_and_granted(action: str) -> None:
    message = the_finding(
        translate_encryption(a_cluster(encrypted=True, kms_key_id=KEY), some_choices()), "encryption key"
    ).message

    assert action in message
    assert action in iam_actions("redshift-serverless:CreateNamespace", {"kmsKeyId": KEY})
