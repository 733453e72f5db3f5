"""Policies are read as IAM reads them, and "cannot tell" is said where IAM would need to know more."""

from __future__ import annotations

from typing import Any

import pytest

from redshift_migrate.models.base import Unknown
from redshift_migrate.models.role_access import PolicyDocument, RoleAccess
from redshift_migrate.translators.role_check import Ask, check_role, evaluate, may, trusts

ROLE = "arn:aws:iam::123456789012:role/Queries"
WORKGROUP = "arn:aws:redshift-serverless:us-east-2:123456789012:workgroup/1f2e"
ASK = Ask(action="redshift-data:ExecuteStatement", resource=WORKGROUP)
EVENTS = "events.amazonaws.com"


def policy(*statements: dict[str, Any]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def allow(action: Any = "*", resource: Any = "*", **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def deny(action: Any = "*", resource: Any = "*", **more: Any) -> dict[str, Any]:
    return {"Effect": "Deny", "Action": action, "Resource": resource, **more}


TAGGED = {"StringEquals": {"aws:ResourceTag/RedshiftDataFullAccess": "*"}}

CASES = [
    ("nothing is a no", [], "no"),
    ("everything", [allow()], "yes"),
    ("the action by name", [allow("redshift-data:ExecuteStatement")], "yes"),
    ("actions do not care about case", [allow("REDSHIFT-DATA:executestatement")], "yes"),
    ("a wildcard inside", [allow("redshift-data:Execute*")], "yes"),
    ("a question mark is one character", [allow("redshift-data:ExecuteStatemen?")], "yes"),
    ("a dot is no wildcard", [allow("redshift.data:ExecuteStatement")], "no"),
    ("another action", [allow(["redshift-data:CancelStatement", "redshift:*"])], "no"),
    ("the resource by name", [allow(resource=WORKGROUP)], "yes"),
    ("all workgroups", [allow(resource="arn:aws:redshift-serverless:*:123456789012:workgroup/*")], "yes"),
    ("only clusters", [allow(resource="arn:aws:redshift:*:*:cluster:*")], "no"),
    ("resources care about case", [allow(resource=WORKGROUP.upper())], "no"),
    ("a policy variable decides", [allow(resource="arn:aws:*:${aws:RequestedRegion}:*")], "cannot tell"),
    ("all but something else", [{"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}], "yes"),
    ("all but this", [{"Effect": "Allow", "NotAction": "redshift-data:*", "Resource": "*"}], "no"),
    ("not this resource", [{"Effect": "Allow", "Action": "*", "NotResource": WORKGROUP}], "no"),
    ("not another resource", [{"Effect": "Allow", "Action": "*", "NotResource": "arn:aws:s3:::*"}], "yes"),
    ("a deny counts more", [allow(), deny("redshift-data:*")], "no"),
    ("whatever the order", [deny("redshift-data:*"), allow()], "no"),
    ("a deny of something else", [allow(), deny("iam:*")], "yes"),
    ("an allow with a condition", [allow(Condition=TAGGED)], "cannot tell"),
    ("a deny with a condition", [allow(), deny(Condition=TAGGED)], "cannot tell"),
    ("a plain allow beside a conditional one", [allow(Condition=TAGGED), allow()], "yes"),
    ("and the other way round", [allow(), allow(Condition=TAGGED)], "yes"),
]


@pytest.mark.parametrize(("statements", "answer"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_policies_are_read_as_iam_reads_them(statements: list[dict[str, Any]], answer: str) -> None:
    assert evaluate([policy(*statements)], ASK) == answer


def test_a_single_statement_needs_no_list() -> None:
    assert evaluate([{"Statement": allow()}], ASK) == "yes"


def test_a_condition_on_what_is_known_is_decided() -> None:
    statement = allow(Condition={"StringLike": {"aws:RequestedRegion": ["us-*", "eu-*"]}})

    assert evaluate([policy(statement)], ASK, {"aws:requestedregion": "us-east-2"}) == "yes"
    assert evaluate([policy(statement)], ASK, {"aws:requestedregion": "ap-south-1"}) == "no"
    assert evaluate([policy(statement)], ASK) == "cannot tell"


def role(*statements: dict[str, Any], **members: Any) -> RoleAccess:
    trust = policy({"Effect": "Allow", "Principal": {"Service": EVENTS}, "Action": "sts:AssumeRole"})
    policies = (PolicyDocument(name="inline", document=policy(*statements)),)
    return RoleAccess(role_arn=ROLE, trust_policy=trust, policies=policies, **members)


UNREAD = (Unknown(needs_action="iam:GetRolePolicy", reason="denied"),)


def test_a_permissions_boundary_limits_what_the_policies_allow() -> None:
    boundary = PolicyDocument(name="boundary", document=policy(allow("s3:*")))

    assert may(role(allow()), ASK) == "yes"
    assert may(role(allow(), permissions_boundary=boundary), ASK) == "no"


def test_an_unread_policy_leaves_it_open_unless_another_denies() -> None:
    assert may(role(unread=UNREAD), ASK) == "cannot tell"
    assert may(role(allow(), unread=UNREAD), ASK) == "cannot tell"
    assert may(role(deny(), unread=UNREAD), ASK) == "no"


def test_a_simulation_that_says_yes_is_believed_and_one_that_says_no_is_looked_into() -> None:
    assert may(role(simulated={ASK.action: True}), ASK) == "yes"
    assert may(role(allow(resource=WORKGROUP), simulated={ASK.action: False}), ASK) == "yes"
    assert may(role(simulated={ASK.action: False}), ASK) == "no"


RULE = "arn:aws:events:us-east-2:123456789012:rule/nightly"
TRUST_CASES: list[tuple[str, dict[str, Any], str]] = [
    ("the service", {"Principal": {"Service": EVENTS}}, "yes"),
    ("one of several", {"Principal": {"Service": ["scheduler.amazonaws.com", EVENTS]}}, "yes"),
    ("another service", {"Principal": {"Service": "scheduler.amazonaws.com"}}, "no"),
    ("an account", {"Principal": {"AWS": "arn:aws:iam::123456789012:root"}}, "no"),
    ("everyone", {"Principal": "*"}, "yes"),
    ("everyone but", {"NotPrincipal": {"Service": EVENTS}}, "cannot tell"),
    (
        "this rule only",
        {"Principal": {"Service": EVENTS}, "Condition": {"ArnLike": {"aws:SourceArn": RULE}}},
        "yes",
    ),
    (
        "another rule only",
        {"Principal": {"Service": EVENTS}, "Condition": {"ArnEquals": {"aws:SourceArn": f"{RULE}-old"}}},
        "no",
    ),
    (
        "something unknown",
        {"Principal": {"Service": EVENTS}, "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-1"}}},
        "cannot tell",
    ),
]


@pytest.mark.parametrize(
    ("members", "answer"), [case[1:] for case in TRUST_CASES], ids=[case[0] for case in TRUST_CASES]
)
def test_trust_policies_are_read_for_one_service(members: dict[str, Any], answer: str) -> None:
    document = policy({"Effect": "Allow", "Action": "sts:AssumeRole", **members})

    assert trusts(document, EVENTS, {"aws:sourcearn": RULE}) == answer


def test_the_verdict_names_what_is_missing() -> None:
    verdict = check_role(role(allow("redshift-data:*")), EVENTS, [ASK, Ask(action="x:Y", resource="*")], {})

    assert (verdict.trusted, verdict.allowed, verdict.answer) == ("yes", "no", "no")
    assert [ask.action for ask in verdict.missing] == ["x:Y"]


def test_a_role_that_could_not_be_read_is_neither_yes_nor_no() -> None:
    verdict = check_role(UNREAD[0], EVENTS, [ASK], {})

    assert verdict.answer == "cannot tell"
    assert verdict.unread == (UNREAD[0].sentence(),)
