"""Cases from the field, end to end: the real ./chat against an account that answers them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from redshift_simulator import SimulatedAccount, SimulatedAws
from redshift_simulator.account import DURATIONS_S
from redshift_simulator.events import TARGETS, rule_of
from redshift_simulator.neighbours.iam import iam_role, inline_policy
from redshift_simulator.redshift.clusters import cluster_of
from redshift_simulator.redshift.groups import parameter_group_of
from redshift_simulator.scheduler import schedule_of
from tests.cases.loading import ACCOUNT, CLUSTER, REGION, case
from tests.conftest import ENVIRONMENT
from tests.terminal.chatting import Ran, run_loaded

AT_AWS = ("--model", "offline", "--region", REGION)
Ask = Callable[..., Ran]


@pytest.fixture
def account() -> SimulatedAccount:
    """The account of the cases, in which nothing takes long."""
    return SimulatedAccount(account_id=ACCOUNT, durations=dict.fromkeys(DURATIONS_S, 0.05))


@pytest.fixture
def ask(account: SimulatedAccount, tmp_path: Path) -> Iterator[Ask]:
    """One run of ./chat against that account."""
    with SimulatedAws(account) as server:
        there = {**ENVIRONMENT, "AWS_ENDPOINT_URL": server.endpoint_url}
        yield lambda *words: run_loaded(tmp_path, *AT_AWS, *words, more=there)
    assert account.defects == []


def seed(account: SimulatedAccount, name: str) -> dict[str, Any]:
    """The cluster of a case, in the account; its replies."""
    replies = case(name)
    changes = dict(replies["DescribeClusters"])
    values = {
        each["ParameterName"]: each["ParameterValue"] for each in replies.get("DescribeClusterParameters_user", ())
    }
    if values:
        parameter_group_of(account, REGION, "of-the-case", values)
        group = {"ParameterGroupName": "of-the-case", "ParameterApplyStatus": "in-sync"}
        changes["ClusterParameterGroups"] = [group]
    for role in changes.get("IamRoles", ()):
        iam_role(account, role["IamRoleArn"].rpartition("/")[2], "redshift-serverless.amazonaws.com")
    node_type, nodes = changes.pop("NodeType"), changes.pop("NumberOfNodes")
    cluster_of(account, REGION, CLUSTER, node_type=node_type, nodes=nodes, changes=changes)
    return replies


def flat(ran: Ran) -> str:
    """What was answered, without line breaks."""
    return " ".join(ran.out.split())


def test_schedules_that_pause_and_resume_are_named_in_the_plan(account: SimulatedAccount, ask: Ask) -> None:
    for schedule in seed(account, "scheduler_pause_resume")["GetSchedule"]:
        schedule_of(account, REGION, schedule["GroupName"], schedule["Name"], schedule)

    said = flat(ask(f"migrate {CLUSTER}"))

    at_the_cut_over = said.partition("at the cut-over")[2]
    assert all(word in at_the_cut_over for word in ("switch off", "wh-1-pause", "wh-1-resume"))


def test_a_role_with_a_secret_can_run_its_query(account: SimulatedAccount, ask: Ask) -> None:
    replies = seed(account, "role_with_secret")
    rule = replies["DescribeRule"]
    rule_of(account, REGION, "default", rule["Name"], rule)[TARGETS] = replies["ListTargetsByRule"]
    iam_role(account, "evt", "events.amazonaws.com")
    for number, document in enumerate(replies["role_evt"]["inline_policies"]):
        inline_policy(account, "evt", f"policy-{number}", *document["Statement"])

    said = flat(ask(f"list scheduled queries of {CLUSTER}"))

    assert "role can run it" in said


def test_the_linked_role_is_never_sent(account: SimulatedAccount, ask: Ask) -> None:
    seed(account, "service_linked_role")

    ask("--yes", f"migrate {CLUSTER} without the data")

    (made,) = (call for call in account.calls if call.operation == "CreateNamespace")
    assert made.parameters["iamRoles"] == [f"arn:aws:iam::{ACCOUNT}:role/load"]
    assert "aws-service-role" not in json.dumps([call.parameters for call in account.writes()])
    assert "is service-linked" in flat(ask("/plan all"))


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("sqa_cap_auto", ["short query acceleration", "20 s"]),
        ("auto_wlm_timeout", ["not in force", "queue 1 (600000 ms)"]),
        ("wlm_group_as_text", ["queue_1 (query group etl), queue_2 (user role admins)"]),
        ("workgroup_defaults", ["86399", "14400", "sys_connection_log"]),
        ("workgroup_defaults_timeout_off", ["86399", "14400", "sys_connection_log"]),
        ("large_strings_cluster", ["enable_large_strings_opt_in Yes"]),
        ("multi_az_sizing", ["one zone come to 24 RPU, those of both to 48 RPU"]),
    ],
)
def test_a_plan_says_the_right_thing(account: SimulatedAccount, ask: Ask, name: str, words: list[str]) -> None:
    seed(account, name)

    ask(f"migrate {CLUSTER}")
    said = flat(ask("/plan all"))

    assert all(word in said for word in words)
    assert "max_query_execution_time = 20" not in said
