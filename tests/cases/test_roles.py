"""Whether a role can run a query is decided call by call, by whatever answers that call."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from redshift_migrate.models.base import Json, JsonObject, Unknown
from redshift_migrate.models.role_access import PolicyDocument, RoleAccess
from redshift_migrate.models.scheduled_query import NAMESPACE_SECRET, ScheduledQuery
from redshift_migrate.models.scheduled_query_forms import from_rule
from redshift_migrate.translators.query_roles import verdict_of
from redshift_migrate.translators.role_check import Ask, evaluate, may
from tests.cases.loading import about, case, cluster_of, translated

REPLIES = case("role_with_secret")
ROLE, SECRET = REPLIES["ListTargetsByRule"][0]["RoleArn"], REPLIES["ListTargetsByRule"][0]["RedshiftDataParameters"]
SECRET_ARN = SECRET["SecretManagerArn"]
DATA_CALLS = (
    "redshift-data:ExecuteStatement",
    "redshift-data:BatchExecuteStatement",
    "redshift-serverless:GetCredentials",
)
SIMULATED = dict.fromkeys(DATA_CALLS, True)
POLICIES = tuple(
    PolicyDocument(name=f"inline-{number}", document=document)
    for number, document in enumerate(REPLIES["role_evt"]["inline_policies"])
)


def the_role(**members: Any) -> RoleAccess:
    given: dict[str, Any] = {"role_arn": ROLE, "trust_policy": REPLIES["role_evt"]["trust"], "policies": POLICIES}
    return RoleAccess(**(given | members))


def the_query(role: RoleAccess | Unknown, **members: Any) -> ScheduledQuery:
    rule = {**REPLIES["DescribeRule"], "Arn": "arn:aws:events:us-east-1:111122223333:rule/loader"}
    return from_rule(rule, REPLIES["ListTargetsByRule"][0]).model_copy(update={"role": role, **members})


def answer(role: RoleAccess | Unknown, **members: Any) -> str:
    return verdict_of(the_query(role, **members), cluster_of(REPLIES), "wh-1").answer


def test_the_case_can_run_it_and_nobody_is_told_to_change_the_role() -> None:
    role = the_role(simulated=SIMULATED)
    translation = translated(REPLIES, scheduled_queries=(the_query(role),))

    assert answer(role) == "yes"
    assert about(translation, ROLE, "cannot run") == about(translation, ROLE, "may not be able") == []


ALLOWED_SECRET = {"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": SECRET_ARN}
UNREAD = (Unknown(needs_action="iam:GetRolePolicy", reason="denied"),)


def documents(*statements: dict[str, Any]) -> tuple[PolicyDocument, ...]:
    return (PolicyDocument(name="inline", document={"Statement": list(statements)}),)


def simulated(*statements: dict[str, Any]) -> dict[str, Any]:
    return {"simulated": SIMULATED, "policies": documents(*statements)}


OVER_TLS = {"Bool": {"aws:SecureTransport": "true"}}
VERDICTS: list[tuple[str, dict[str, Any], str]] = [
    ("policies alone", {"simulated": None}, "yes"),
    ("simulation of the calls, policy for the secret", simulated(ALLOWED_SECRET), "yes"),
    ("simulation says no, a policy says yes", {"simulated": dict.fromkeys(DATA_CALLS, False)}, "yes"),
    ("one call of three simulated", {**simulated(ALLOWED_SECRET), "simulated": {DATA_CALLS[0]: True}}, "yes"),
    ("the rest in policies", {"simulated": {DATA_CALLS[0]: True}}, "yes"),
    ("policies left unread", {"simulated": SIMULATED, "policies": ()}, "cannot tell"),
    ("one policy unread", {"simulated": SIMULATED, "policies": (), "unread": UNREAD}, "cannot tell"),
    ("nothing allows the secret", simulated({**ALLOWED_SECRET, "Action": "s3:*"}), "no"),
    ("the secret is denied", simulated(ALLOWED_SECRET, {**ALLOWED_SECRET, "Effect": "Deny"}), "no"),
    ("a condition decides", simulated({**ALLOWED_SECRET, "Condition": OVER_TLS}), "cannot tell"),
    ("no policies and no simulation", {"simulated": None, "policies": ()}, "no"),
]


@pytest.mark.parametrize(("members", "expected"), [row[1:] for row in VERDICTS], ids=[row[0] for row in VERDICTS])
def test_each_call_is_answered_by_what_speaks_of_it(members: dict[str, Any], expected: str) -> None:
    assert answer(the_role(**members)) == expected


def test_a_role_that_was_not_read_stays_unknown() -> None:
    assert answer(Unknown(needs_action="iam:GetRole", reason="denied")) == "cannot tell"


HERE = "arn:aws:secretsmanager:us-east-1:111122223333:secret:"


@pytest.mark.parametrize(
    ("secret", "resource", "expected"),
    [
        (SECRET_ARN, SECRET_ARN, "yes"),
        (SECRET_ARN, SECRET_ARN[:-6] + "??????", "yes"),
        (SECRET_ARN, "arn:aws:secretsmanager:*:*:secret:dw/*", "yes"),
        (SECRET_ARN, SECRET_ARN[:-7], "no"),
        (SECRET_ARN[:-7], SECRET_ARN[:-7] + "-*", "yes"),
        (SECRET_ARN[:-7], SECRET_ARN, "cannot tell"),
        (SECRET_ARN[:-7], SECRET_ARN[:-7], "no"),
        ("dw/loader", SECRET_ARN[:-7] + "-??????", "yes"),
        ("dw/loader", SECRET_ARN, "cannot tell"),
        ("dw/loader", SECRET_ARN.replace("loader", "other"), "no"),
        (NAMESPACE_SECRET, f"{HERE}redshift!*", "yes"),
        (NAMESPACE_SECRET, f"{HERE}redshift!wh-1-awsuser-??????", "cannot tell"),
        (NAMESPACE_SECRET, SECRET_ARN, "no"),
    ],
)
def test_a_secret_is_compared_by_the_arn_that_iam_compares(secret: str, resource: str, expected: str) -> None:
    role = the_role(simulated=SIMULATED, policies=documents({**ALLOWED_SECRET, "Resource": resource}))

    assert answer(role, secret_arn=secret) == expected


ANY = Ask(action="redshift-serverless:GetCredentials", resource="arn:aws:redshift-serverless:us-east-1:1:workgroup/*")
ONE_WORKGROUP = "arn:aws:redshift-serverless:us-east-1:1:workgroup/5f1c"


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ({"Resource": "*"}, "yes"),
        ({"Resource": "arn:aws:redshift-serverless:*:*:workgroup/*"}, "yes"),
        ({"Resource": ONE_WORKGROUP}, "cannot tell"),
        ({"Resource": "arn:aws:redshift-serverless:eu-west-1:1:workgroup/*"}, "no"),
        ({"NotResource": ONE_WORKGROUP}, "cannot tell"),
        ({"NotResource": "arn:aws:s3:::*"}, "yes"),
        ({"NotResource": "arn:aws:redshift-serverless:*"}, "no"),
    ],
)
def test_a_workgroup_that_does_not_exist_yet_may_be_the_one_that_is_allowed(
    statement: dict[str, Any], expected: str
) -> None:
    assert evaluate([{"Statement": {"Effect": "Allow", "Action": "*", **statement}}], ANY) == expected
    assert may(the_role(simulated=None, policies=documents({"Effect": "Allow", "Action": "*", **statement})), ANY) == (
        expected
    )


def test_a_deny_of_one_workgroup_may_be_this_one() -> None:
    allow: Json = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    deny: Json = {"Effect": "Deny", "Action": "*", "Resource": ONE_WORKGROUP}

    assert evaluate([{"Statement": [allow, deny]}], ANY) == "cannot tell"


@given(st.lists(st.sampled_from("ab*?"), max_size=8), st.lists(st.sampled_from("ab*?"), max_size=8))
def test_patterns_never_exclude_a_text_that_both_take(one: list[str], other: list[str]) -> None:
    """What fits a pattern that fits the ask is never answered with no."""
    text = "".join("a" if each in "*?" else each for each in other)
    statement: JsonObject = {"Statement": {"Effect": "Allow", "Action": "*", "Resource": "".join(one)}}
    if evaluate([statement], Ask(action="x:y", resource=text)) == "yes":
        assert evaluate([statement], Ask(action="x:y", resource="".join(other))) != "no"
