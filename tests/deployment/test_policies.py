"""The template's policies and the product's table of operations say the same, in both directions."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from redshift_migrate.permissions import OPERATIONS, Policy, policy_of
from scripts.check_template import translate
from tests.deployment.policies import TEMPLATE, actions, policy, role_policies

POLICIES: dict[Policy, str] = {
    "read": "ReadPolicy",
    "migrate": "MigratePolicy",
    "cut_over": "CutOverPolicy",
    "fleet": "FleetPolicy",
    "data": "DataPolicy",
}


def needed(*which: Policy) -> set[str]:
    """The actions of every operation that these policies allow."""
    return {
        grant.action for name, operation in OPERATIONS.items() if policy_of(name) in which for grant in operation.grants
    }


def test_each_policy_adds_what_its_operations_need_and_no_more() -> None:
    read, migrate, cut_over, fleet, data = (actions(policy(name)) for name in POLICIES.values())

    assert read == needed("read") - {"sts:GetCallerIdentity"}  # everybody may, whatever a policy says
    # kms:DescribeKey and ec2:DescribeSubnets are in both: directly, and through the services that ask in our name.
    assert migrate == needed("migrate") - (needed("read") - {"kms:DescribeKey", "ec2:DescribeSubnets"})
    assert cut_over == needed("cut_over") - needed("read", "migrate")
    assert data == needed("data")
    assert fleet == needed("fleet") - {"sts:AssumeRole"}  # a deployment looks at its own account alone


@pytest.mark.parametrize("role", ["EndpointRole", "ApproverRole", "WorkerRole"])
def test_no_role_lets_a_cluster_or_namespace_be_deleted(role: str) -> None:
    denied = {
        action for document in role_policies(role, cut_over=True).values() for action in actions(document, "Deny")
    }
    assert {"redshift:DeleteCluster", "redshift-serverless:DeleteNamespace"} <= denied


@pytest.mark.parametrize("name", [*POLICIES.values()])
def test_a_policy_that_people_are_given_denies_them_nothing(name: str) -> None:
    """A denial binds whatever else they may do; it is in a policy of its own."""
    assert actions(policy(name), "Deny") == set()


def test_the_endpoint_can_change_nothing_but_its_own_parts() -> None:
    documents = role_policies("EndpointRole", cut_over=True) | {
        f"approver's {name}": each for name, each in role_policies("ApproverRole", cut_over=True).items()
    }

    allowed = {action for document in documents.values() for action in actions(document)}
    changing = {
        grant.action
        for name, each in OPERATIONS.items()
        if policy_of(name) not in ("read", "fleet", "data")
        for grant in each.grants[:1]
    }
    assert not allowed & changing
    assert {name.removeprefix("approver's ") for name in documents} == {"ReadPolicy", "NeverDeletePolicy", "own-parts"}


def test_cutting_over_is_off_unless_it_is_switched_on() -> None:
    off, on = role_policies("WorkerRole"), role_policies("WorkerRole", cut_over=True)

    assert "CutOverPolicy" not in off
    assert "CutOverPolicy" in on
    assert not any("events:DisableRule" in actions(document) for document in off.values())


def test_looking_at_a_fleet_is_off_unless_it_is_switched_on() -> None:
    assert "FleetPolicy" not in role_policies("EndpointRole")
    assert "FleetPolicy" in role_policies("EndpointRole", fleet=True)
    assert "FleetPolicy" not in {**role_policies("ApproverRole", fleet=True), **role_policies("WorkerRole", fleet=True)}


def test_nobody_runs_sql_unless_it_is_switched_on() -> None:
    assert "DataPolicy" not in role_policies("EndpointRole")
    assert "DataPolicy" in role_policies("EndpointRole", data=True)
    for role in ("ApproverRole", "WorkerRole"):  # which make the plan of a decommission again, and ask who connects
        assert "DataPolicy" not in role_policies(role)
        assert "DataPolicy" in role_policies(role, data=True)


def test_no_cluster_is_ended_unless_it_is_switched_on() -> None:
    off, on = role_policies("WorkerRole", cut_over=True), role_policies("WorkerRole", decommission=True)
    ends = {"redshift:PauseCluster", "redshift:ResumeCluster", "redshift:DeleteCluster"}

    assert not any(ends & actions(document) for document in off.values())
    assert ends <= actions(on["DecommissionPolicy"])
    assert {action for document in on.values() for action in actions(document, "Deny")} == {
        "redshift-serverless:DeleteNamespace"
    }
    for role in ("EndpointRole", "ApproverRole"):
        assert "DecommissionPolicy" not in role_policies(role, decommission=True)


def test_every_grant_is_bound_to_the_account_and_to_the_regions() -> None:
    """A `*` as resource only where the action knows no other, and then only in the regions of the deployment."""
    unbound: list[Any] = []
    for name in POLICIES.values():
        for statement in policy(name)["Statement"]:
            resources = statement["Resource"]
            where = [resources] if isinstance(resources, str) else resources
            in_regions = "aws:RequestedRegion" in statement.get("Condition", {}).get("StringEquals", {})
            if statement["Effect"] == "Allow" and "*" in where and not in_regions:
                unbound.append(statement["Action"])
            assert all(each == "*" or ":123456789012:" in each or ":aws:policy/" in each for each in where)
    assert unbound == []


ALARMS = {
    ("AWS/Lambda", "Errors"): 3,
    ("AWS/Lambda", "Throttles"): 3,
    ("AWS/SQS", "ApproximateNumberOfMessagesVisible"): 1,
}


def test_what_goes_wrong_raises_an_alarm_and_nothing_runs_without_bounds() -> None:
    template = translate(TEMPLATE)
    resources = template["Resources"].values()
    alarms = [each["Properties"] for each in resources if each["Type"] == "AWS::CloudWatch::Alarm"]
    functions = [each["Properties"] for each in resources if each["Type"] == "AWS::Lambda::Function"]
    logs = [each["Properties"] for each in resources if each["Type"] == "AWS::Logs::LogGroup"]

    assert Counter((alarm["Namespace"], alarm["MetricName"]) for alarm in alarms) == ALARMS
    assert len({str(alarm["Dimensions"]) + alarm["MetricName"] for alarm in alarms}) == len(alarms)
    assert len(functions) == 3
    assert all("ReservedConcurrentExecutions" in function for function in functions)
    assert all({"RetentionInDays", "KmsKeyId"} <= set(group) for group in logs)
    assert "Default" not in template["Parameters"]["RolePattern"]
    (given_up,) = [each["Properties"] for each in resources if each["Type"] == "AWS::Lambda::EventInvokeConfig"]
    assert "OnFailure" in given_up["DestinationConfig"]
