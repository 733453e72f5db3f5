"""Scheduled queries of the demo account: every kind there is on prod-db-1, and some that are none of its business."""

from __future__ import annotations

import json
from typing import Any

from redshift_simulator.account import SimulatedAccount
from redshift_simulator.events import TARGETS, bus_of, rule_of
from redshift_simulator.neighbours.iam import iam_role, inline_policy
from redshift_simulator.scheduler import group_of, schedule_of

CLUSTER, OTHER_CLUSTER = "prod-db-1", "analytics-trailing"
GROUP, BUS = "reports", "data-platform"
EXECUTE = "arn:aws:scheduler:::aws-sdk:redshiftdata:executeStatement"
BATCH = "arn:aws:scheduler:::aws-sdk:redshiftdata:batchExecuteStatement"

ROLLUP = """-- nightly roll-up; every character matters
INSERT INTO analytics.daily_sales
SELECT date_trunc('day', sold_at) AS "Día",\tsum(amount) AS "Umsatz €"
FROM   public.sales
WHERE  note <> $$don't touch {this} [or that]$$
GROUP BY 1;
"""
STATEMENTS = ["BEGIN", "DELETE FROM staging.events WHERE loaded_at < dateadd(day, -7, getdate())", "COMMIT"]


def seed_scheduled_queries(account: SimulatedAccount, region: str) -> None:
    """Put the roles, rules and schedules into the account."""
    runs_anything = {
        "Effect": "Allow",
        "Action": [
            "redshift-data:ExecuteStatement",
            "redshift-data:BatchExecuteStatement",
            "redshift-serverless:GetCredentials",
            "redshift:GetClusterCredentials",
        ],
        "Resource": "*",
    }
    queries = iam_role(account, "ScheduledQueryRole", "events.amazonaws.com")
    reports = iam_role(account, "ReportScheduleRole", "scheduler.amazonaws.com")
    legacy = iam_role(account, "LegacyQueryRole", "events.amazonaws.com")
    inline_policy(account, "ScheduledQueryRole", "run-queries", runs_anything)
    inline_policy(account, "ReportScheduleRole", "run-queries", runs_anything)
    cluster_only = {
        "Effect": "Allow",
        "Action": ["redshift-data:ExecuteStatement", "redshift:GetClusterCredentials"],
        "Resource": [_cluster(account, region, CLUSTER), f"arn:aws:redshift:{region}:{account.account_id}:dbuser:*"],
    }
    inline_policy(account, "LegacyQueryRole", "run-on-the-cluster", cluster_only)
    _rules(account, region, queries, legacy)
    _schedules(account, region, reports)


def _rules(account: SimulatedAccount, region: str, role: str, legacy: str) -> None:
    cluster = _cluster(account, region, CLUSTER)
    name = "QS2-nightly-sales-rollup"
    nightly = _query("1", cluster, role, DbUser="etl_user", Sql=ROLLUP, StatementName=name, WithEvent=True)
    _rule(account, region, name, [nightly], ScheduleExpression="cron(0 3 * * ? *)", Description="Sales of the day")

    several = [
        _query("vacuum", cluster, role, DbUser="etl_user", Sql="VACUUM SORT ONLY public.sales TO 95 PERCENT"),
        _query("purge", cluster, role, DbUser="etl_user", Sqls=STATEMENTS, StatementName="purge-staging"),
        {"Id": "tell", "Arn": account.arn("sns", region, "data-platform-alerts")},
    ]
    _rule(account, region, "hourly-maintenance", several, ScheduleExpression="rate(1 hour)")

    arrived = json.dumps({"source": ["example.loads"], "detail-type": ["File arrived"]})
    load = _query("load", cluster, role, DbUser="loader", Sql="CALL staging.load_new_files()")
    bus_of(account, region, BUS)
    _rule(account, region, "load-on-arrival", [load], bus=BUS, EventPattern=arrived)

    name = "QS2-monthly-archive"
    archive = _query("1", cluster, role, DbUser="etl_user", Sql="CALL archive.close_month()", StatementName=name)
    _rule(account, region, name, [archive], ScheduleExpression="cron(30 4 1 * ? *)", State="DISABLED")

    name = "QS2-legacy-export"
    export = _query("1", cluster, legacy, DbUser="export_user", Sql="SELECT export.run()", StatementName=name)
    _rule(account, region, name, [export], ScheduleExpression="cron(15 5 ? * MON-FRI *)")

    strange = _query("1", _cluster(account, region, OTHER_CLUSTER), role, DbUser="bi", Sql="CALL bi.refresh()")
    _rule(account, region, "QS2-analytics-refresh", [strange], ScheduleExpression="rate(4 hours)")


def _schedules(account: SimulatedAccount, region: str, role: str) -> None:
    group_of(account, region, GROUP)
    berlin = {"ScheduleExpressionTimezone": "Europe/Berlin", "Description": "Numbers for the morning meeting"}
    morning = _input("executeStatement", role, Sql="CALL reports.morning('€')", WithEvent=True, StatementName="morning")
    window = {"Mode": "FLEXIBLE", "MaximumWindowInMinutes": 15}
    _schedule(account, region, GROUP, "morning-report", "cron(30 6 ? * MON-FRI *)", morning, window=window, **berlin)

    hourly = _input("batchExecuteStatement", role, Sqls=STATEMENTS, StatementName="hourly purge")
    hourly["RetryPolicy"] = {"MaximumEventAgeInSeconds": 900, "MaximumRetryAttempts": 3}
    hourly["DeadLetterConfig"] = {"Arn": account.arn("sqs", region, "failed-reports")}
    _schedule(account, region, GROUP, "hourly-purge", "rate(1 hour)", hourly)

    quarterly = _input("executeStatement", role, Sql="CALL reports.quarter()")
    _schedule(account, region, "default", "quarter-report", "cron(0 2 1 1,4,7,10 ? *)", quarterly, State="DISABLED")
    refresh = _input("executeStatement", role, Sql="REFRESH MATERIALIZED VIEW analytics.sales_by_region")
    _schedule(account, region, "default", "refresh-sales-view", "rate(30 minutes)", refresh)

    strange = _input("executeStatement", role, cluster=OTHER_CLUSTER, Sql="CALL bi.nightly()")
    _schedule(account, region, "default", "analytics-nightly", "cron(0 1 * * ? *)", strange)
    lambdas = {"Arn": account.arn("lambda", region, "function:rotate-logs"), "RoleArn": role}
    _schedule(account, region, "default", "rotate-logs", "rate(1 day)", lambdas)


def _rule(
    account: SimulatedAccount, region: str, name: str, targets: list[dict[str, Any]], bus: str = "default", **given: Any
) -> None:
    rule_of(account, region, bus, name, given)[TARGETS] = targets


def _schedule(
    account: SimulatedAccount,
    region: str,
    group: str,
    name: str,
    expression: str,
    target: dict[str, Any],
    window: dict[str, Any] | None = None,
    **given: Any,
) -> None:
    settings = {"ScheduleExpression": expression, "FlexibleTimeWindow": window or {"Mode": "OFF"}, "Target": target}
    schedule_of(account, region, group, name, settings | given)


def _query(target_id: str, arn: str, role: str, **query: Any) -> dict[str, Any]:
    return {"Id": target_id, "Arn": arn, "RoleArn": role, "RedshiftDataParameters": {"Database": "dev", **query}}


def _input(operation: str, role: str, cluster: str = CLUSTER, **query: Any) -> dict[str, Any]:
    given = {"ClusterIdentifier": cluster, "Database": "dev", "DbUser": "report_user", **query}
    arn = EXECUTE if operation == "executeStatement" else BATCH
    return {"Arn": arn, "RoleArn": role, "Input": json.dumps(given, ensure_ascii=False)}


def _cluster(account: SimulatedAccount, region: str, name: str) -> str:
    return account.arn("redshift", region, f"cluster:{name}")
