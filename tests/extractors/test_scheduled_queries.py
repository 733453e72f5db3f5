"""Every scheduled query of a cluster is found, wherever it lives, and what may not be read is never "none"."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from redshift_migrate.aws.client import AwsClient
from redshift_migrate.aws.door import Aws
from redshift_migrate.aws.session import PinnedSession
from redshift_migrate.extractors.provisioned import extract_cluster
from redshift_migrate.extractors.scheduled_queries import with_role_access
from redshift_migrate.models.base import Unknown
from redshift_migrate.models.role_access import RoleAccess
from redshift_migrate.models.scheduled_query import EVERYTHING, ScheduledQuery
from redshift_simulator import Clock, SimulatedAccount, SimulatedAws, demo
from redshift_simulator.demo.queries import EXECUTE, ROLLUP, STATEMENTS
from redshift_simulator.events import TARGETS, rule_of
from redshift_simulator.scheduler import schedule_of
from tests.support.patience import PATIENCE_S

REGION = "us-east-2"
ROLE = "arn:aws:iam::123456789012:role/ReportScheduleRole"

FOUND = [
    ("rule", "data-platform", "load-on-arrival", "load"),
    ("rule", "default", "QS2-legacy-export", "1"),
    ("rule", "default", "QS2-monthly-archive", "1"),
    ("rule", "default", "QS2-nightly-sales-rollup", "1"),
    ("rule", "default", "hourly-maintenance", "purge"),
    ("rule", "default", "hourly-maintenance", "vacuum"),
    ("schedule", "default", "quarter-report", None),
    ("schedule", "default", "refresh-sales-view", None),
    ("schedule", "reports", "hourly-purge", None),
    ("schedule", "reports", "morning-report", None),
]


@pytest.fixture
def door() -> Iterator[tuple[SimulatedAccount, Aws]]:
    """The demo account and the product's door to it."""
    account = SimulatedAccount(clock=Clock.manual())
    demo.seed(account)
    with SimulatedAws(account) as server:
        yield account, AwsClient(PinnedSession(server.endpoint_url, REGION), read_timeout_s=PATIENCE_S)
    assert account.defects == []


Door = tuple[SimulatedAccount, Aws]


def extracted(aws: Aws) -> tuple[ScheduledQuery, ...] | Unknown:
    cluster = extract_cluster(aws, "prod-db-1", REGION, sections=["scheduled_queries"])
    return with_role_access(aws, cluster).scheduled_queries


def found(aws: Aws) -> tuple[ScheduledQuery, ...]:
    queries = extracted(aws)
    assert not isinstance(queries, Unknown)
    return queries


def one(aws: Aws, name: str, target_id: str | None = None) -> ScheduledQuery:
    return next(query for query in found(aws) if query.name == name and target_id in (None, query.target_id))


@pytest.mark.parametrize("page_size", [None, 1, 3])
def test_all_are_found_over_buses_groups_and_pages(door: Door, page_size: int | None) -> None:
    account, aws = door
    account.page_size = page_size

    assert [(*query.place, query.target_id) for query in found(aws)] == FOUND


def test_everything_about_a_rule_is_read(door: Door) -> None:
    query = one(door[1], "QS2-nightly-sales-rollup")

    assert (query.sql, query.with_event, query.statement_name) == (ROLLUP, True, "QS2-nightly-sales-rollup")
    assert (query.database, query.db_user, query.secret_arn) == ("dev", "etl_user", None)
    assert (query.schedule_expression, query.enabled, query.description) == (
        "cron(0 3 * * ? *)",
        True,
        "Sales of the day",
    )
    assert one(door[1], "QS2-monthly-archive").enabled is False
    several = one(door[1], "hourly-maintenance", "purge")
    assert (several.sqls, several.batch) == (tuple(STATEMENTS), True)
    assert several.other_targets == ("arn:aws:sns:us-east-2:123456789012:data-platform-alerts",)
    assert one(door[1], "load-on-arrival").event_pattern is not None


def test_everything_about_a_schedule_is_read(door: Door) -> None:
    query = one(door[1], "morning-report")

    assert (query.sql, query.database, query.db_user) == ("CALL reports.morning('€')", "dev", "report_user")
    assert query.schedule_expression_timezone == "Europe/Berlin"
    assert query.flexible_time_window == {"Mode": "FLEXIBLE", "MaximumWindowInMinutes": 15}
    batch = one(door[1], "hourly-purge")
    assert (batch.batch, batch.sqls) == (True, tuple(STATEMENTS))
    assert batch.retry_policy == {"MaximumEventAgeInSeconds": 900, "MaximumRetryAttempts": 3}
    assert batch.dead_letter_arn == "arn:aws:sqs:us-east-2:123456789012:failed-reports"


def test_the_cost_grows_with_what_is_found_not_with_the_rules_of_the_account(door: Door) -> None:
    account, aws = door
    found(aws)
    first = Counter(call.name for call in account.calls)
    account.calls.clear()
    for number in range(200):
        rule_of(account, REGION, "default", f"unrelated-{number}", {"ScheduleExpression": "rate(1 day)"})
        unrelated = {"Arn": "arn:aws:lambda:us-east-2:123456789012:function:f", "RoleArn": ROLE}
        given = {"ScheduleExpression": "rate(1 day)", "FlexibleTimeWindow": {"Mode": "OFF"}, "Target": unrelated}
        schedule_of(account, REGION, "default", f"unrelated-{number}", given)

    found(aws)

    second = Counter(call.name for call in account.calls)
    assert first["scheduler:ListSchedules"] == 1
    assert second["scheduler:ListSchedules"] == 3  # 100 a page, with their targets
    assert {name: count for name, count in second.items() if name != "scheduler:ListSchedules"} == {
        name: count for name, count in first.items() if name != "scheduler:ListSchedules"
    }
    assert first["events:ListRuleNamesByTarget"] == 2
    assert first["events:DescribeRule"] == first["events:ListTargetsByRule"] == 5
    assert first["scheduler:GetSchedule"] == 5


DENIED = [
    ("events:ListRuleNamesByTarget", "rule", EVERYTHING),
    ("events:DescribeRule", "rule", "QS2-nightly-sales-rollup"),
    ("events:ListTargetsByRule", "rule", "QS2-nightly-sales-rollup"),
    ("events:ListEventBuses", "rule", EVERYTHING),
    ("scheduler:ListSchedules", "schedule", EVERYTHING),
    ("scheduler:GetSchedule", "schedule", "morning-report"),
]


@pytest.mark.parametrize(("action", "home", "name"), DENIED)
def test_a_denied_read_is_an_entry_that_says_what_it_needs(door: Door, action: str, home: str, name: str) -> None:
    account, aws = door
    account.faults.add(action, kind="denied", times=None)

    unread = [query for query in found(aws) if query.unread is not None]

    assert unread
    assert {query.home for query in unread} == {home}
    assert name in {query.name for query in unread}
    assert {query.unread.needs_action for query in unread if query.unread} == {action}
    others = {query.home for query in found(aws) if query.unread is None}
    assert ({"rule", "schedule"} - {home}) <= others


def test_with_every_list_denied_nothing_is_known(door: Door) -> None:
    account, aws = door
    account.faults.add("events:ListRuleNamesByTarget", kind="denied", times=None)
    account.faults.add("scheduler:ListSchedules", kind="denied", times=None)

    queries = extracted(aws)

    assert isinstance(queries, Unknown)
    assert queries.needs_action == "events:ListRuleNamesByTarget"


def test_without_the_list_of_buses_the_default_one_is_still_read(door: Door) -> None:
    account, aws = door
    account.faults.add("events:ListEventBuses", kind="denied", times=None)

    names = {query.name for query in found(aws)}

    assert "QS2-nightly-sales-rollup" in names
    assert "load-on-arrival" not in names


@pytest.mark.parametrize("gone", ["events:DescribeRule", "events:ListTargetsByRule"])
def test_a_rule_that_is_deleted_while_it_is_read_is_left_out(door: Door, gone: str) -> None:
    account, aws = door
    rule_of(account, REGION, "default", "ghost", {"ScheduleExpression": "rate(1 day)"})[TARGETS] = [
        {"Id": "1", "Arn": account.arn("redshift", REGION, "cluster:prod-db-1")}
    ]
    listed = [query.name for query in found(aws)]
    del account.table(REGION, "event_rules")["default/ghost"]

    assert "ghost" in listed
    assert "ghost" not in [query.name for query in found(aws)]


def schedule(account: SimulatedAccount, text: str, arn: str = EXECUTE, **given: Any) -> None:
    target = {"Arn": arn, "RoleArn": ROLE, "Input": text}
    settings = {"ScheduleExpression": "rate(1 day)", "FlexibleTimeWindow": {"Mode": "OFF"}, "Target": target}
    schedule_of(account, REGION, "default", "strange", settings | given)


INPUTS = [
    ('{"ClusterIdentifier": "PROD-DB-1", "Database": "dev", "Sql": "select 1"}', True, True),
    ('{"ClusterIdentifier": "prod-db-10", "Database": "dev", "Sql": "select 1"}', False, True),
    ('{"WorkgroupName": "prod-db-1", "Database": "dev", "Sql": "select 1"}', False, True),
    ('{"ClusterIdentifier": "prod-db-1", "Sql": <aws.scheduler.attempt-number>}', True, False),
    ('{"ClusterIdentifier": "prod-db-1", "Sql": 5}', True, False),
    ('{"ClusterIdentifier": "prod-db-1", "Sql": "\\ud800"}', True, False),
    ("[1, 2]", False, False),
    ("", False, False),
]


@pytest.mark.parametrize(("text", "is_ours", "is_plain"), INPUTS)
def test_any_input_is_looked_into_and_none_breaks_the_rest(
    door: Door, text: str, is_ours: bool, is_plain: bool
) -> None:
    account, aws = door
    schedule(account, text)

    strange = [query for query in found(aws) if query.name == "strange"]

    assert len(found(aws)) == len(FOUND) + is_ours
    assert [query.input_is_plain for query in strange] == [is_plain] * is_ours


@pytest.mark.parametrize("spelling", ["redshiftdata:executeStatement", "redshift-data:ExecuteStatement"])
def test_both_spellings_of_the_universal_target_are_looked_for(door: Door, spelling: str) -> None:
    account, aws = door
    given = {"ClusterIdentifier": "prod-db-1", "Database": "dev", "Sql": "select 1"}
    schedule(account, json.dumps(given), arn=f"arn:aws:scheduler:::aws-sdk:{spelling}")

    assert one(aws, "strange").sql == "select 1"


def test_what_has_ended_or_begun_is_told_by_its_dates(door: Door) -> None:
    account, aws = door
    given = json.dumps({"ClusterIdentifier": "prod-db-1", "Database": "dev", "Sql": "select 1"})
    long_ago, far_away = 946_684_800.0, 4_102_444_800.0
    dates: list[tuple[dict[str, Any], bool, bool]] = [
        ({"StartDate": long_ago}, True, False),
        ({"StartDate": far_away}, False, False),
        ({"EndDate": long_ago}, False, True),
        ({"ScheduleExpression": "at(2000-01-01T00:00:00)", "ScheduleExpressionTimezone": "Asia/Tokyo"}, False, True),
        ({"ScheduleExpression": "at(2099-01-01T00:00:00)"}, False, False),
    ]
    for members, has_started, has_ended in dates:
        schedule(account, given, **members)
        query = one(aws, "strange")
        assert (query.has_started, query.has_ended) == (has_started, has_ended), members


# --- roles ----------------------------------------------------------------------------------------------


def access(aws: Aws, name: str) -> RoleAccess:
    role = one(aws, name).role
    assert isinstance(role, RoleAccess)
    return role


def test_a_role_that_may_is_simulated_and_its_policies_are_not_read(door: Door) -> None:
    account, aws = door
    role = access(aws, "QS2-nightly-sales-rollup")

    assert role.simulated is not None
    assert all(role.simulated.values())
    assert role.policies == ()
    read = Counter(call.name for call in account.calls if call.service == "iam")
    assert read["iam:GetRolePolicy"] == 1  # of the one role for which the simulation says no


@pytest.mark.parametrize("simulation", ["allowed", "denied"])
def test_a_query_with_a_secret_has_the_policies_of_its_role_read_whatever_is_simulated(
    door: Door, simulation: str
) -> None:
    account, aws = door
    targets = account.table(REGION, "event_rules")["default/QS2-nightly-sales-rollup"][TARGETS]
    targets[0]["RedshiftDataParameters"]["SecretManagerArn"] = account.arn("secretsmanager", REGION, "secret:a-AbCdEf")
    if simulation == "denied":
        account.faults.add("iam:SimulatePrincipalPolicy", kind="denied", times=None)

    role = access(aws, "QS2-nightly-sales-rollup")

    assert (role.simulated is not None) == (simulation == "allowed")
    assert [policy.name for policy in role.policies] == ["run-queries"]


def test_without_the_simulation_the_policies_are_read(door: Door) -> None:
    account, aws = door
    account.faults.add("iam:SimulatePrincipalPolicy", kind="denied", times=None)
    role = access(aws, "QS2-nightly-sales-rollup")

    assert role.simulated is None
    assert [policy.name for policy in role.policies] == ["run-queries"]
    assert role.unread == ()


@pytest.mark.parametrize("action", ["iam:ListRolePolicies", "iam:ListAttachedRolePolicies", "iam:GetRolePolicy"])
def test_a_policy_that_may_not_be_read_is_named(door: Door, action: str) -> None:
    account, aws = door
    account.faults.add("iam:SimulatePrincipalPolicy", kind="denied", times=None)
    account.faults.add(action, kind="denied", times=None)

    assert [unread.needs_action for unread in access(aws, "QS2-nightly-sales-rollup").unread] == [action]


def test_a_role_that_may_not_be_read_is_unknown(door: Door) -> None:
    account, aws = door
    account.faults.add("iam:GetRole", kind="denied", times=None)
    role = one(aws, "QS2-nightly-sales-rollup").role

    assert isinstance(role, Unknown)
    assert role.needs_action == "iam:GetRole"
