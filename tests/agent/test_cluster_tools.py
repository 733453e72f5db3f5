"""Scheduled queries, usage limits and WLM queues as the tools show them, and the cut-over behind the gate."""

from __future__ import annotations

from typing import Any

import pytest

from redshift_migrate.agent.toolbox import Change, Toolbox
from redshift_migrate.errors import MigrationNotFound, SettingsError
from redshift_migrate.migration.service import MigrationService
from redshift_migrate.tools import TOOLS
from redshift_simulator import SimulatedAccount
from redshift_simulator.demo.queries import ROLLUP
from tests.support.scheduled import MIGRATE, keep_only, sides


@pytest.fixture
def toolbox(service: MigrationService) -> Toolbox:
    """The tools over the simulated account."""
    return Toolbox(service)


def named(rows: Any, name: str) -> dict[str, Any]:
    return next(row for row in rows if row["name"] == name)


def test_a_scheduled_query_is_told_with_when_and_as_whom_and_its_whole_sql(toolbox: Toolbox) -> None:
    result = toolbox.list_scheduled_queries("prod-db-1")

    assert (result["count"], result["complete"]) == (10, True)
    nightly = named(result["scheduled_queries"], "QS2-nightly-sales-rollup")
    assert nightly["sql"] == ROLLUP
    assert nightly["sql_characters"] == len(ROLLUP)
    assert (nightly["schedule"], nightly["time_zone"], nightly["state"]) == ("cron(0 3 * * ? *)", "UTC", "on")
    assert nightly["next_run"].endswith("T03:00+00:00")
    assert (nightly["database"], nightly["db_user"]) == ("dev", "etl_user")
    assert nightly["on_serverless"] == "role can run it"
    assert "next_run" not in named(result["scheduled_queries"], "QS2-monthly-archive")
    assert named(result["scheduled_queries"], "QS2-legacy-export")["on_serverless"] == "role cannot run it"
    assert named(result["scheduled_queries"], "morning-report")["next_run"][-6:] in ("+01:00", "+02:00")
    assert any("Does anything else run SQL" in finding["message"] for finding in result["findings"])


def test_a_cluster_without_any_is_told_apart_from_one_that_could_not_be_read(
    toolbox: Toolbox, account: SimulatedAccount
) -> None:
    assert toolbox.list_scheduled_queries("dev-sandbox")["count"] == 0

    account.faults.add("scheduler:ListSchedules", kind="denied", times=None)
    partly = toolbox.list_scheduled_queries("prod-db-1")
    assert (partly["count"], partly["complete"]) == (6, False)
    assert any("needs scheduler:ListSchedules" in finding["message"] for finding in partly["findings"])

    account.faults.add("events:ListRuleNamesByTarget", kind="denied", times=None)
    unknown = toolbox.list_scheduled_queries("prod-db-1")
    assert "count" not in unknown
    assert unknown["scheduled_queries"].startswith("unknown: needs events:ListRuleNamesByTarget")


def test_every_usage_limit_is_told_with_what_it_becomes(toolbox: Toolbox) -> None:
    result = toolbox.get_cluster_usage_limits("prod-db-1")
    limits = {limit["feature_type"]: limit for limit in result["usage_limits"]}

    assert limits["cross-region-datasharing"]["action"] == "carried"
    assert limits["cross-region-datasharing"]["on_serverless"]["breach_action"] == "deactivate"
    assert limits["concurrency-scaling"]["unit"] == "minutes"
    assert limits["concurrency-scaling"]["on_serverless"]["usage_type"] == "serverless-compute"
    assert limits["spectrum"]["on_serverless"] is None
    assert toolbox.get_cluster_usage_limits("dev-sandbox")["count"] == 0


def test_usage_limits_that_may_not_be_read_are_unknown(toolbox: Toolbox, account: SimulatedAccount) -> None:
    account.faults.add("redshift:DescribeUsageLimits", kind="denied", times=None)

    result = toolbox.get_cluster_usage_limits("prod-db-1")

    assert result["usage_limits"].startswith("unknown: needs redshift:DescribeUsageLimits")


def test_every_queue_is_told_named_or_not_with_what_survives(toolbox: Toolbox) -> None:
    result = toolbox.get_cluster_wlm_queues("prod-db-1")
    queues = {queue["name"]: queue for queue in result["queues"]}

    assert [queue["kind"] for queue in queues.values()] == ["automatic", "automatic", "automatic", "settings"]
    assert queues["etl"]["user_group"] == ["etl_users"]
    assert queues["etl"]["on_serverless"]["user_role"] == ["etl_users"]
    scans = "dashboard_scans_all: scan_row_count > 1000000000 and query_execution_time > 120 -> abort"
    hogs = "dashboard_hogs_cpu: query_cpu_time > 3600 -> change_query_priority"
    assert queues["dashboards"]["rules"] == [scans, hogs]
    assert queues["dashboards"]["on_serverless"]["rules"] == [scans]
    assert any("dashboard_hogs_cpu" in lost for lost in queues["dashboards"]["lost"])
    assert (queues["queue 3"]["named"], queues["queue 3"]["default"]) == (False, True)
    assert queues["queue 3"]["on_serverless"] is None
    assert [lines[:26] for lines in result["roles_for_user_groups"]] == [
        'CREATE ROLE "etl_users"; S',
        'CREATE ROLE "bi_users"; SE',
    ]


def test_without_queues_the_default_is_told(toolbox: Toolbox, account: SimulatedAccount) -> None:
    result = toolbox.get_cluster_wlm_queues("dev-sandbox")
    assert (result["queues"], result["configuration"]) == ([], "the default: automatic WLM, one queue")

    account.faults.add("redshift:DescribeClusterParameters", kind="denied", times=None)
    unread = toolbox.get_cluster_wlm_queues("prod-db-1")
    assert unread["queues"].startswith("unknown: needs redshift:DescribeClusterParameters")


def test_the_cut_over_is_a_plan_of_its_own_with_its_own_approval(
    toolbox: Toolbox, service: MigrationService, account: SimulatedAccount
) -> None:
    keep_only(account, "QS2-nightly-sales-rollup", "QS2-monthly-archive")
    plan = service.prepare(MIGRATE)
    service.approve(plan.digest, approved_by="tester", channel="program")
    migration_id = service.run(MIGRATE).migration_id or ""
    cut_over = toolbox.cut_over_scheduled_queries(migration_id)

    assert cut_over.answer()["status"] == "approval_required"
    assert sides(account)["QS2-nightly-sales-rollup"] == (True, False)

    service.approve(cut_over.prepare().digest, approved_by="tester", channel="program")
    result = cut_over.answer()

    assert result["status"] == "success"
    assert {pair["setting"]: pair["action"] for pair in result["pairs"]} == {
        "rule QS2-nightly-sales-rollup": "set",
        "rule QS2-monthly-archive": "unchanged",
    }
    again = toolbox.cut_over_scheduled_queries(migration_id).answer()
    assert (again["status"], "Nothing is left to switch" in again["message"]) == ("unchanged", True)


def test_a_cut_over_of_nothing_known_is_refused(toolbox: Toolbox) -> None:
    with pytest.raises(SettingsError):
        toolbox.cut_over_scheduled_queries("")
    with pytest.raises(MigrationNotFound):
        toolbox.cut_over_scheduled_queries("20260101-000000-abcdef")


def test_no_tool_calls_what_its_permissions_do_not_name(
    toolbox: Toolbox, service: MigrationService, account: SimulatedAccount
) -> None:
    def called(tool: str, *arguments: str) -> set[str]:
        account.calls.clear()
        answer = getattr(toolbox, tool)(*arguments)
        if isinstance(answer, Change):
            answer.answer()
        return {call.name for call in account.calls}

    for tool in ("list_scheduled_queries", "get_cluster_usage_limits", "get_cluster_wlm_queues"):
        assert called(tool, "prod-db-1") <= set(TOOLS[tool].may_call), tool
    plan = service.prepare(MIGRATE)
    service.approve(plan.digest, approved_by="tester", channel="program")
    migration_id = service.run(MIGRATE).migration_id or ""
    prepared = toolbox.cut_over_scheduled_queries(migration_id).prepare()
    service.approve(prepared.digest, approved_by="tester", channel="program")

    assert called("cut_over_scheduled_queries", migration_id) <= set(TOOLS["cut_over_scheduled_queries"].may_call)
