"""Rules, targets and schedules of the simulated account behave, and refuse, as EventBridge does."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from redshift_simulator import SimulatedAccount, SimulatedAws

REGION = "us-east-2"
CLUSTER = "arn:aws:redshift:us-east-2:123456789012:cluster:prod-db-1"
WORKGROUP = "arn:aws:redshift-serverless:us-east-2:123456789012:workgroup/1f2e"
ROLE = "arn:aws:iam::123456789012:role/Queries"
EXECUTE = "arn:aws:scheduler:::aws-sdk:redshiftdata:executeStatement"
OFF = {"Mode": "OFF"}


def client(service: str, aws: SimulatedAws) -> Any:
    return boto3.client(service, REGION, endpoint_url=aws.endpoint_url)


def target(arn: str = CLUSTER, **query: Any) -> dict[str, Any]:
    given = {"Database": "dev", "Sql": "select 1", **query}
    return {"Id": "1", "Arn": arn, "RoleArn": ROLE, "RedshiftDataParameters": given}


def universal(**query: Any) -> dict[str, Any]:
    given = {"ClusterIdentifier": "prod-db-1", "Database": "dev", "Sql": "select 1", **query}
    return {"Arn": EXECUTE, "RoleArn": ROLE, "Input": json.dumps(given)}


def schedule(**given: Any) -> dict[str, Any]:
    return {
        "Name": "nightly-copy",
        "ScheduleExpression": "rate(1 day)",
        "FlexibleTimeWindow": OFF,
        "Target": universal(),
    } | given


def test_rules_are_found_by_target_over_all_pages(
    aws: SimulatedAws, account: SimulatedAccount, aws_env: dict[str, str]
) -> None:
    account.page_size = 2
    events = client("events", aws)
    for number in range(5):
        events.put_rule(Name=f"found-{number}", ScheduleExpression="rate(1 day)", State="DISABLED")
        events.put_targets(Rule=f"found-{number}", Targets=[target(WithEvent=False)])
    pages = events.get_paginator("list_rule_names_by_target").paginate(TargetArn=CLUSTER)
    names = [name for page in pages for name in page["RuleNames"] if name.startswith("found-")]

    assert names == [f"found-{number}" for number in range(5)]
    assert events.describe_rule(Name="found-3")["State"] == "DISABLED"
    assert events.list_targets_by_rule(Rule="found-3")["Targets"] == [target(WithEvent=False)]


def test_putting_a_rule_again_keeps_its_targets_and_forgets_what_is_not_given(
    aws: SimulatedAws, aws_env: dict[str, str]
) -> None:
    events = client("events", aws)
    events.put_rule(Name="again", ScheduleExpression="rate(1 day)", Description="first")
    events.put_targets(Rule="again", Targets=[target()])
    events.put_rule(Name="again", ScheduleExpression="rate(2 days)")

    assert "Description" not in events.describe_rule(Name="again")
    assert len(events.list_targets_by_rule(Rule="again")["Targets"]) == 1
    with pytest.raises(ClientError, match="has targets"):
        events.delete_rule(Name="again")


RULE_MISTAKES: list[tuple[Callable[[Any], Any], str]] = [
    (lambda events: events.put_rule(Name="x"), "must be specified"),
    (lambda events: events.put_rule(Name="x", ScheduleExpression="rate(1 days)"), "not valid"),
    (lambda events: events.put_rule(Name="x", ScheduleExpression="cron(0 3 * * * *)"), "not valid"),
    (lambda events: events.put_rule(Name="x", EventPattern="[]"), "InvalidEventPatternException"),
    (lambda events: events.put_rule(Name="x", EventBusName="nobus", EventPattern="{}"), "ResourceNotFoundException"),
    (lambda events: events.put_targets(Rule="nothing", Targets=[target()]), "ResourceNotFoundException"),
    (lambda events: events.put_targets(Rule="known", Targets=[target(WORKGROUP, DbUser="etl")]), "DbUser"),
    (lambda events: events.put_targets(Rule="known", Targets=[target(Sqls=["select 2"])]), "Exactly one"),
    (lambda events: events.put_targets(Rule="known", Targets=[{"Id": "1", "Arn": CLUSTER}]), "RoleArn"),
]


@pytest.mark.parametrize(("call", "says"), RULE_MISTAKES)
def test_a_rule_that_aws_would_refuse_is_refused(
    aws: SimulatedAws, aws_env: dict[str, str], call: Callable[[Any], Any], says: str
) -> None:
    events = client("events", aws)
    events.put_rule(Name="known", ScheduleExpression="rate(1 day)")

    with pytest.raises(ClientError, match=says):
        call(events)


def test_schedules_are_listed_over_groups_and_pages_without_their_input(
    aws: SimulatedAws, account: SimulatedAccount, aws_env: dict[str, str]
) -> None:
    account.page_size = 2
    scheduler = client("scheduler", aws)
    scheduler.create_schedule_group(Name="hourly")
    for group in ("default", "hourly"):
        for number in range(3):
            scheduler.create_schedule(**schedule(Name=f"listed-{number}", GroupName=group))
    pages = list(scheduler.get_paginator("list_schedules").paginate(NamePrefix="listed-"))
    listed = [each for page in pages for each in page["Schedules"]]

    assert [(each["GroupName"], each["Name"]) for each in listed] == [
        (group, f"listed-{number}") for group in ("default", "hourly") for number in range(3)
    ]
    assert {tuple(each["Target"]) for each in listed} == {("Arn",)}
    assert scheduler.get_schedule(Name="listed-1", GroupName="hourly")["Target"]["Input"] == universal()["Input"]


SCHEDULE_MISTAKES: list[tuple[dict[str, Any], str]] = [
    ({"GroupName": "nogroup"}, "ResourceNotFoundException"),
    ({"ScheduleExpression": "every day"}, "Invalid Schedule Expression"),
    ({"ScheduleExpressionTimezone": "Mars/Olympus"}, "Timezone"),
    ({"StartDate": "2026-11-30T00:00:00Z"}, "5 minutes ago"),
    ({"EndDate": "2026-11-30T00:00:00Z"}, "EndDate"),
    ({"ScheduleExpression": "at(2026-11-30T00:00:00)"}, "in the past"),
    ({"FlexibleTimeWindow": {"Mode": "FLEXIBLE"}}, "MaximumWindowInMinutes"),
    ({"Target": universal(Statement="select 2")}, "RequestJson"),
    ({"Target": universal(WorkgroupName="mine")}, "one of ClusterIdentifier"),
    ({"Target": {**universal(), "Input": "{"}}, "RequestJson"),
    ({"Target": {**universal(), "Arn": EXECUTE.replace("execute", "run")}}, "not a valid operation"),
]


@pytest.mark.parametrize(("given", "says"), SCHEDULE_MISTAKES)
def test_a_schedule_that_aws_would_refuse_is_refused(
    aws: SimulatedAws, aws_env: dict[str, str], given: dict[str, Any], says: str
) -> None:
    with pytest.raises(ClientError, match=says):
        client("scheduler", aws).create_schedule(**schedule(**given))


def test_an_update_replaces_a_schedule_whole(aws: SimulatedAws, aws_env: dict[str, str]) -> None:
    scheduler = client("scheduler", aws)
    scheduler.create_schedule(**schedule(Description="first", StartDate="2027-01-01T00:00:00Z"))
    with pytest.raises(scheduler.exceptions.ConflictException):
        scheduler.create_schedule(**schedule())
    scheduler.update_schedule(**schedule(State="DISABLED"))
    now = scheduler.get_schedule(Name="nightly-copy")

    assert now["State"] == "DISABLED"
    assert "Description" not in now
    assert "StartDate" not in now
    scheduler.delete_schedule(Name="nightly-copy")
    with pytest.raises(scheduler.exceptions.ResourceNotFoundException):
        scheduler.get_schedule(Name="nightly-copy")
