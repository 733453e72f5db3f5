"""Whatever names the cluster is found in every place that a list shows, and what could not be read is said."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import pytest

from redshift_migrate.aws.door import Aws
from redshift_migrate.extractors.automation import MOST_LOOKED_INTO
from redshift_migrate.extractors.provisioned import extract_cluster
from redshift_migrate.models.automation import EVERY_ONE, Automation
from redshift_migrate.models.base import Unknown
from redshift_simulator import SimulatedAccount
from redshift_simulator.events import TARGETS, rule_of
from redshift_simulator.faults import FaultKind
from redshift_simulator.neighbours.automation import connection_of, function_of, pipe_of, state_machine_of
from redshift_simulator.scheduler import schedule_of
from tests.extractors.conftest import HOME

CLUSTER = "prod-db-1"
ARN = f"arn:aws:redshift:{HOME}:123456789012:cluster:{CLUSTER}"
ROLE = "arn:aws:iam::123456789012:role/ReportScheduleRole"
FUNCTION = f"arn:aws:lambda:{HOME}:123456789012:function:f"
HOST = f"{CLUSTER}.abc123xyz.{HOME}.redshift.amazonaws.com"


def found(aws: Aws) -> list[Automation]:
    automation = extract_cluster(aws, CLUSTER, HOME, ["automation"]).automation
    assert not isinstance(automation, Unknown)
    return list(automation)


def named(aws: Aws) -> list[tuple[str, str]]:
    return [(each.kind, each.name) for each in found(aws) if each.unread is None]


def schedule(account: SimulatedAccount, name: str, operation: str, given: Any, **members: Any) -> None:
    text = given if isinstance(given, str) else json.dumps(given)
    target = {"Arn": f"arn:aws:scheduler:::aws-sdk:{operation}", "RoleArn": ROLE, "Input": text}
    settings = {"ScheduleExpression": "rate(1 day)", "FlexibleTimeWindow": {"Mode": "OFF"}, "Target": target}
    schedule_of(account, HOME, "default", name, settings | members)


def rule(account: SimulatedAccount, name: str, *targets: dict[str, Any], bus: str = "default", **given: Any) -> None:
    made = rule_of(account, HOME, bus, name, given or {"ScheduleExpression": "rate(1 day)"})
    made[TARGETS] = [{"Id": str(number), **target} for number, target in enumerate(targets)]


@pytest.fixture(autouse=True)
def bare(account: SimulatedAccount) -> None:
    """Nothing but what a test makes."""
    for kind in ("event_rules", "schedules"):
        account.table(HOME, kind).clear()


def test_one_of_each_kind_is_found(door: Aws, account: SimulatedAccount) -> None:
    schedule(account, "night", "redshift:pauseCluster", {"ClusterIdentifier": CLUSTER})
    rule(account, "by-input", {"Arn": FUNCTION, "Input": json.dumps({"cluster": CLUSTER})})
    rule(account, "by-event", {"Arn": FUNCTION}, EventPattern=json.dumps({"source": ["aws.redshift"]}))
    pipe_of(account, HOME, "feed", ARN)
    state_machine_of(account, HOME, "etl", {"States": {"a": {"Parameters": {"ClusterIdentifier": CLUSTER}}}})
    function_of(account, HOME, "loader", REDSHIFT_HOST=HOST)
    connection_of(account, HOME, "warehouse", f"jdbc:redshift://{HOST}:5439/dev")

    assert named(door) == [
        ("connection", "warehouse"),
        ("function", "loader"),
        ("pipe", "feed"),
        ("rule", "by-event"),
        ("rule", "by-input"),
        ("schedule", "night"),
        ("state machine", "etl"),
    ]


def test_what_names_another_cluster_or_a_workgroup_is_not_found(door: Aws, account: SimulatedAccount) -> None:
    for other in (f"{CLUSTER}-copy", f"my-{CLUSTER}", "dev-sandbox"):
        arn = ARN.replace(CLUSTER, other)
        schedule(account, other, "redshift:pauseCluster", {"ClusterIdentifier": other})
        rule(account, other, {"Arn": FUNCTION, "Input": json.dumps({"cluster": other, "arn": arn})})
        pipe_of(account, HOME, other, arn)
        state_machine_of(account, HOME, other, {"Parameters": {"ClusterIdentifier": other}})
        function_of(account, HOME, other, CLUSTER_ID=other, HOST=HOST.replace(CLUSTER, other))
        connection_of(account, HOME, other, f"jdbc:redshift://{HOST.replace(CLUSTER, other)}:5439/dev")
    function_of(account, HOME, "database", DATABASE=CLUSTER, WORKGROUP=CLUSTER)
    schedule(account, "serverless", "redshiftserverless:updateWorkgroup", {"WorkgroupName": CLUSTER})
    connection_of(
        account, HOME, "there", f"jdbc:redshift://{CLUSTER}.123456789012.{HOME}.redshift-serverless.amazonaws.com/dev"
    )

    assert named(door) == []


SCHEDULES: list[tuple[str, Any]] = [
    ("redshift:pauseCluster", {"ClusterIdentifier": CLUSTER}),
    ("redshift:PAUSECLUSTER", {"ClusterIdentifier": CLUSTER.upper()}),
    ("redshift:resumeCluster", {"clusterIdentifier": CLUSTER}),
    ("redshift:resizeCluster", {"ClusterIdentifier": ARN}),
    ("redshift:rebootCluster", f'{{"ClusterIdentifier": "{CLUSTER}", "Odd": <aws.scheduler.attempt-number>}}'),
    ("redshift:createClusterSnapshot", {"SnapshotIdentifier": "s", "ClusterIdentifier": CLUSTER}),
    ("redshift:createTags", {"ResourceName": ARN, "Tags": []}),
    ("redshift:somethingOfNextYear", {"ClusterIdentifier": CLUSTER}),
    ("redshiftdata:listTables", {"ClusterIdentifier": CLUSTER, "Database": "dev"}),
    ("redshift-data:ListSchemas", {"ClusterIdentifier": CLUSTER, "Database": "dev"}),
]


@pytest.mark.parametrize(("operation", "given"), SCHEDULES, ids=[operation for operation, _ in SCHEDULES])
def test_every_call_of_redshift_on_a_schedule_is_found(
    door: Aws, account: SimulatedAccount, operation: str, given: Any
) -> None:
    schedule(account, "one", operation, given)

    (automation,) = found(door)
    assert automation.operation == operation.replace("-", "").lower()


def test_a_schedule_that_runs_sql_is_a_scheduled_query_and_not_told_twice(door: Aws, account: SimulatedAccount) -> None:
    for name, cluster in (("by-name", CLUSTER), ("by-arn", ARN)):
        given = {"ClusterIdentifier": cluster, "Database": "dev", "Sql": "select 1"}
        schedule(account, name, "redshiftdata:executeStatement", given)

    assert named(door) == []
    queries = extract_cluster(door, CLUSTER, HOME, ["scheduled_queries"]).scheduled_queries
    assert not isinstance(queries, Unknown)
    assert [query.name for query in queries] == ["by-arn", "by-name"]


def test_a_rule_that_runs_sql_is_a_scheduled_query_and_its_other_target_is_not_forgotten(
    door: Aws, account: SimulatedAccount
) -> None:
    query = {"Arn": ARN, "RoleArn": ROLE, "RedshiftDataParameters": {"Database": "dev", "Sql": "select 1"}}
    rule(account, "query", query, {"Arn": FUNCTION})
    rule(account, "both", query, {"Arn": FUNCTION, "Input": json.dumps({"cluster_id": CLUSTER})})

    assert named(door) == [("rule", "both")]


@pytest.mark.parametrize(
    "target",
    [
        {"Input": json.dumps({"ClusterIdentifier": CLUSTER})},
        {"Input": json.dumps({"detail": [{"clusters": [CLUSTER]}]})},
        {"Input": json.dumps(f"run on {ARN}")},
        {"InputTransformer": {"InputTemplate": f'{{"clusterId": "{CLUSTER}", "at": <time>}}'}},
        {"Input": json.dumps({"command": f"aws redshift pause-cluster --cluster-identifier {CLUSTER}"})},
        {"Input": json.dumps({"detail": json.dumps({"requestParameters": {"clusterIdentifier": CLUSTER}})})},
        {"HttpParameters": {"QueryStringParameters": {"cluster": CLUSTER}}},
    ],
)
def test_any_target_that_names_the_cluster_makes_the_rule_known(
    door: Aws, account: SimulatedAccount, target: dict[str, Any]
) -> None:
    rule(account, "one", {"Arn": "arn:aws:sns:us-east-2:123456789012:other"}, {"Arn": FUNCTION, **target})

    (automation,) = found(door)
    assert automation.targets == (FUNCTION,)


HEARD: list[dict[str, Any]] = [
    {"source": ["aws.redshift"]},
    {"source": ["aws.ec2", "aws.redshift"]},
    {"source": [{"prefix": "aws.red"}]},
    {"source": ["aws.redshift"], "detail-type": ["Redshift Cluster"]},
    {"source": ["aws.redshift"], "detail": {"SourceIdentifier": [CLUSTER]}},
    {"source": ["aws.redshift"], "detail": {"SourceIdentifier": ["other", CLUSTER]}},
    {"source": ["aws.redshift"], "detail": {"SourceIdentifier": [{"prefix": "prod"}]}},
    {"source": ["aws.redshift"], "detail": {"SourceIdentifier": [{"wildcard": "prod-*"}]}},
    {"source": ["aws.redshift"], "detail": {"SourceIdentifier": [{"equals-ignore-case": CLUSTER.upper()}]}},
    {"source": ["aws.redshift"], "detail": {"SourceIdentifier": [{"anything-but": ["other"]}]}},
    {"source": ["aws.redshift"], "detail": {"SourceIdentifier": [{"exists": True}]}},
    {"source": ["aws.redshift"], "detail": {"SourceIdentifier": [{"of-next-year": 1}]}},
    {"source": ["aws.redshift"], "resources": [ARN]},
    {"source": ["aws.redshift"], "resources": [{"suffix": f":{CLUSTER}"}]},
    {"source": ["aws.redshift"], "detail": {"requestParameters": {"clusterIdentifier": [CLUSTER]}}},
    {"$or": [{"source": ["aws.ec2"]}, {"source": ["aws.redshift"]}]},
    {"source": ["aws.redshift-data"], "detail": {"clusterId": [CLUSTER]}},
    {"detail": {"SourceIdentifier": [CLUSTER]}},
]
NOT_HEARD: list[dict[str, Any]] = [
    {"source": ["aws.redshift-serverless"]},
    {"source": ["aws.redshift-data"]},
    {"source": ["aws.ec2"]},
    {"source": [{"anything-but": {"prefix": "aws."}}]},
    {"source": ["aws.redshift"], "detail": {"SourceIdentifier": ["other"]}},
    {"source": ["aws.redshift"], "detail": {"SourceIdentifier": [{"prefix": "other"}]}},
    {"source": ["aws.redshift"], "detail": {"SourceIdentifier": [{"anything-but": [CLUSTER]}]}},
    {"source": ["aws.redshift"], "detail": {"SourceIdentifier": [{"exists": False}]}},
    {"source": ["aws.redshift"], "resources": [ARN + "-copy"]},
    {"detail-type": ["Object Created"]},
    {"account": ["123456789012"]},
]


@pytest.mark.parametrize("pattern", HEARD, ids=json.dumps)
def test_a_rule_on_events_of_the_cluster_is_found(
    door: Aws, account: SimulatedAccount, pattern: dict[str, Any]
) -> None:
    rule(account, "one", {"Arn": FUNCTION}, EventPattern=json.dumps(pattern))

    (automation,) = found(door)
    assert automation.listens


@pytest.mark.parametrize("pattern", NOT_HEARD, ids=json.dumps)
def test_a_rule_on_other_events_is_not(door: Aws, account: SimulatedAccount, pattern: dict[str, Any]) -> None:
    rule(account, "one", {"Arn": FUNCTION}, EventPattern=json.dumps(pattern))

    assert found(door) == []


@pytest.mark.parametrize("page_size", [1, 2])
def test_all_pages_of_every_list_are_read(door: Aws, account: SimulatedAccount, page_size: int) -> None:
    account.page_size = page_size
    for number in range(3):
        pipe_of(account, HOME, f"p{number}", ARN)
        state_machine_of(account, HOME, f"m{number}", {"Parameters": {"ClusterIdentifier": CLUSTER}})
        function_of(account, HOME, f"f{number}", CLUSTER=CLUSTER)
        connection_of(account, HOME, f"c{number}", f"jdbc:redshift://{HOST}/dev")
        rule(account, f"r{number}", {"Arn": FUNCTION, "Input": json.dumps({"cluster": CLUSTER})})

    assert len(named(door)) == 15


DENIED = {
    "events:ListEventBuses": ("rule", EVERY_ONE),
    "events:ListRules": ("rule", EVERY_ONE),
    "events:ListTargetsByRule": ("rule", "one"),
    "glue:GetConnections": ("connection", EVERY_ONE),
    "lambda:ListFunctions": ("function", EVERY_ONE),
    "pipes:ListPipes": ("pipe", EVERY_ONE),
    "scheduler:ListSchedules": ("schedule", EVERY_ONE),
    "scheduler:GetSchedule": ("schedule", "night"),
    "states:ListStateMachines": ("state machine", EVERY_ONE),
    "states:DescribeStateMachine": ("state machine", "etl"),
}


@pytest.mark.parametrize("fault", ["denied", "throttle", "500"])
@pytest.mark.parametrize("action", DENIED)
def test_what_cannot_be_read_is_unknown_and_ends_nothing(
    door: Aws, account: SimulatedAccount, action: str, fault: FaultKind
) -> None:
    schedule(account, "night", "redshift:pauseCluster", {"ClusterIdentifier": CLUSTER})
    rule(account, "one", {"Arn": FUNCTION})
    state_machine_of(account, HOME, "etl", {"Parameters": {"ClusterIdentifier": CLUSTER}})
    account.faults.add(action, kind=fault, times=None)

    unread = [each for each in found(door) if each.unread is not None]

    assert {(each.kind, each.name) for each in unread} == {DENIED[action]}
    assert {each.unread.needs_action for each in unread if each.unread} == {action}


def test_each_rule_costs_one_call_up_to_a_bound(door: Aws, account: SimulatedAccount) -> None:
    for number in range(MOST_LOOKED_INTO + 3):
        rule(account, f"rule-{number:03}", {"Arn": FUNCTION})
    rule(account, "zz-heard", {"Arn": FUNCTION}, EventPattern=json.dumps({"source": ["aws.redshift"]}))

    automation = found(door)

    assert Counter(call.name for call in account.calls)["events:ListTargetsByRule"] == MOST_LOOKED_INTO
    assert [each.name for each in automation if each.unread is None] == ["zz-heard"]
    (beyond,) = (each.unread for each in automation if each.unread is not None)
    assert beyond.reason.startswith("4 more were not looked into")
