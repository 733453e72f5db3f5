"""The data of both sides, who connects, and snapshots, asked through the Data API of the simulated account."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from redshift_migrate.assessment.data_check import tell_check, tell_counting
from redshift_migrate.clock import Clock
from redshift_migrate.errors import AwsError, MigrationNotFound, RedshiftMigrateError, SettingsError, Unreachable
from redshift_migrate.extractors.data_api import LONGEST_S, Where, ask
from redshift_migrate.migration.service import MigrationService
from redshift_migrate.models import statements
from redshift_migrate.models.data import KINDS
from redshift_migrate.models.request import SetWorkgroupTrack
from redshift_migrate.models.statements import Counting
from redshift_simulator import SimulatedAccount, demo
from redshift_simulator.data.contents import table
from tests.support.earlier import earlier_run
from tests.support.migrating import request_for

REGION = demo.HOME_REGION


def migrate(service: MigrationService, cluster: str, **choices: str) -> str:
    """The id of the run that moved it."""
    return str(earlier_run(service, request_for(cluster, **choices)).migration_id)


def test_a_table_that_is_written_to_all_the_time_is_no_fault(service: MigrationService) -> None:
    found = service.check_data(migrate(service, "prod-db-1"))
    assert found.status == "equal"
    assert found.counts == {"written since": 1, "equal": 5}
    (row,) = found.differences
    assert row.key == "dev.sales.orders"
    assert (row.on_cluster or 0) > (row.on_serverless or 0)
    assert found.snapshot_at is not None
    told = {each.code: each.message for each in found.will_break}
    assert list(told) == ["python-functions", "system-tables"]
    assert "dev.f_parse_url" in told["python-functions"]
    assert "procedure (dev.sp_close_day)" in told["system-tables"]
    (expected,) = found.expected
    assert "1 table (dev.sales.customers)" in expected


def test_a_table_that_a_restore_lost_is_a_fault(service: MigrationService, account: SimulatedAccount) -> None:
    contents = account.table(REGION, "clusters")["dev-sandbox"]
    contents["_contents"] = {
        "databases": {"dev": {"tables": [table("crm", "notes", 41, lost=True)], "views": [], "functions": []}},
        "users": ["awsuser"],
        "connections": [],
    }
    found = service.check_data(migrate(service, "dev-sandbox"))
    assert found.status == "differs"
    assert [(each.key, each.verdict) for each in found.differences] == [("dev.crm.notes", "missing")]


def test_a_table_without_backup_on_old_nodes_is_expected(service: MigrationService) -> None:
    found = service.check_data(migrate(service, "reports-dc2"))
    assert found.status == "equal"
    assert found.counts == {"not in snapshots": 1, "equal": 1}


def test_every_kind_of_object_is_compared_by_name(service: MigrationService, account: SimulatedAccount) -> None:
    run = migrate(service, "prod-db-1")
    whole = service.check_data(run)
    assert set(whole.objects_compared) == set(KINDS)
    assert whole.missing_objects == ()
    assert any("queries of bi_user 3 times lately" in each.message for each in whole.will_break)

    there = account.table(REGION, "namespaces")["prod-db-1"]["_contents"]
    dev = there["databases"]["dev"]
    there["roles"], there["users"], dev["external"], dev["grants"], dev["functions"] = [], [], [], [], []
    dev["views"] = []
    dev["tables"] = [each for each in dev["tables"] if each["schema"] == "sales"]
    lost = {each.split()[0] for each in service.check_data(run).missing_objects}
    kinds = {"schema", "view", "materialized", "function", "procedure", "external", "user", "role", "grant"}

    assert lost == kinds


def test_what_it_found_is_told_in_the_report_and_by_a_verification(service: MigrationService) -> None:
    run = migrate(service, "prod-db-1")
    before = service.verify_run(run)
    assert before is not None
    assert "not compared yet" in before.coverage

    found = service.check_data(run)
    _, report = service.report(run)
    after = service.verify_run(run)

    assert after is not None
    assert f"Data, apart: at {found.at}: The data of prod-db-1" in after.coverage
    assert "is the same, by estimated rows" in report


def test_it_is_kept_with_its_run(service: MigrationService) -> None:
    run = migrate(service, "dev-sandbox")
    assert service.data_check_of(run) is None
    found = service.check_data()
    assert service.data_check_of(run) == found == service.data_check_of()


def test_two_names_are_enough_and_find_the_moment_of_their_run(service: MigrationService) -> None:
    migrate(service, "dev-sandbox")
    named = service.check_data(cluster_id="dev-sandbox", namespace_name="dev-sandbox")
    assert named.snapshot_at is not None
    other = service.check_data(cluster_id="prod-db-1", namespace_name="my-namespace")
    assert other.snapshot_at is None
    assert other.status == "differs"


@pytest.mark.parametrize("operation", ["BatchExecuteStatement", "DescribeStatement", "GetStatementResult"])
@pytest.mark.parametrize("kind", ["denied", "throttle", "reset"])
def test_what_cannot_be_read_is_unknown_with_its_reason(
    service: MigrationService, account: SimulatedAccount, operation: str, kind: str
) -> None:
    run = migrate(service, "dev-sandbox")
    account.faults.add(f"redshift-data:{operation}", kind=kind, times=None)  # type: ignore[arg-type]
    found = service.check_data(run)
    assert found.status == "unknown"
    assert found.unknown
    assert all(each.reason and each.needs_action for each in found.unknown)


def test_a_paused_cluster_is_unknown_not_empty(service: MigrationService, account: SimulatedAccount) -> None:
    run = migrate(service, "dev-sandbox")
    account.table(REGION, "clusters")["dev-sandbox"]["ClusterStatus"] = "paused"
    found = service.check_data(run)
    assert found.status == "unknown"
    assert "paused" in found.unknown[0].reason


def test_a_query_that_is_never_answered_ends(
    service: MigrationService, account: SimulatedAccount, clock: Clock
) -> None:
    account.durations["statement"] = 100 * LONGEST_S
    with pytest.raises(Unreachable, match="not answered within"):
        service.connections("prod-db-1")
    account.durations["statement"] = LONGEST_S / 2  # a workgroup that wakes slowly
    assert service.connections("prod-db-1")


def fill_with_three_thousand_tables(account: SimulatedAccount) -> None:
    tables = [table("wide", f"t{number:04}", number + 1) for number in range(3_000)]
    account.table(REGION, "clusters")["dev-sandbox"]["_contents"] = {
        "databases": {"dev": {"tables": tables, "views": [], "functions": []}},
        "users": ["awsuser"],
        "connections": [],
    }


def test_three_thousand_tables_are_all_counted(service: MigrationService, account: SimulatedAccount) -> None:
    fill_with_three_thousand_tables(account)
    found = service.check_data(migrate(service, "dev-sandbox"))
    assert found.counts == {"equal": 3_000}


def test_no_statement_but_ours_is_ever_sent(service: MigrationService, account: SimulatedAccount) -> None:
    run = migrate(service, "reports-dc2")
    service.check_data(run, method="values", up_to_rpu_seconds=10**6)
    service.connections("prod-db-1")
    service.estimate_cost("prod-db-1", by_queries=True)
    sent = {sql for call in account.calls for sql in call.parameters.get("Sqls", ())}
    assert sent >= set(statements.ALL)
    assert all("FNV_HASH" in sql for sql in sent - set(statements.ALL))
    assert all(sql.startswith("SELECT ") and ";" not in sql for sql in statements.ALL)


def test_a_strange_statement_stays_here(service: MigrationService, account: SimulatedAccount, clock: Clock) -> None:
    with pytest.raises(AwsError, match="not of this program"):
        ask(service._aws, clock, Where(REGION, cluster_id="prod-db-1"), "dev", ["DROP TABLE sales.orders"])
    assert not [call for call in account.calls if call.service == "redshift-data"]


def test_runs_without_data_have_none_to_compare(service: MigrationService) -> None:
    with pytest.raises(MigrationNotFound):
        service.check_data()
    run = migrate(service, "dev-sandbox", data="none")
    with pytest.raises(SettingsError, match="without data"):
        service.check_data(run)
    request = SetWorkgroupTrack(region=REGION, workgroup_name="my-workgroup", track_name="trailing")
    other = earlier_run(service, request)
    with pytest.raises(SettingsError, match="moved no cluster"):
        service.check_data(other.migration_id)


def test_who_would_fail_on_serverless_says_why(service: MigrationService) -> None:
    found = {each.application: each for each in service.connections("prod-db-1")}
    assert found["Tableau"].problems == ()
    assert any("without SSL" in each for each in found["excel"].problems)
    assert any("ODBC driver 1.x" in each for each in found["excel"].problems)
    assert found["excel"].host == "10.0.1.17"
    (old,) = service.connections("crm-pending")
    assert "TLSv1.1" in old.problems[0]


def test_a_workgroup_has_clients_of_its_own(service: MigrationService) -> None:
    migrate(service, "dev-sandbox")
    assert service.connections(workgroup_name="dev-sandbox") == ()


def test_snapshots_say_which_of_them_a_migration_can_use(service: MigrationService) -> None:
    migrate(service, "prod-db-1")
    newest, *others = service.snapshots("prod-db-1").snapshots
    assert newest.usable
    assert newest.kind == "manual"
    assert [each.kind for each in others] == ["automated"]
    assert service.snapshots(namespace_name="my-namespace").snapshots == ()


def test_a_name_that_is_not_there_is_said(service: MigrationService) -> None:
    with pytest.raises(RedshiftMigrateError, match="no cluster"):
        service.snapshots("no-such")
    with pytest.raises(RedshiftMigrateError):
        service.connections(workgroup_name="no-such")


def spoil(account: SimulatedAccount, schema: str, name: str, **members: object) -> None:
    """Change one table of the restored namespace."""
    there = account.table(REGION, "namespaces")["prod-db-1"]["_contents"]["databases"]["dev"]["tables"]
    next(each for each in there if (each["schema"], each["table"]) == (schema, name)).update(members)


def test_queries_over_the_limit_of_the_workgroup_are_found(
    service: MigrationService, account: SimulatedAccount
) -> None:
    run = migrate(service, "prod-db-1")
    account.table(REGION, "clusters")["prod-db-1"]["_contents"]["long_queries"] = [[1, 312], [2, 59]]
    account.table(REGION, "workgroups")["prod-db-1"]["configParameters"] = [
        {"parameterKey": "max_query_execution_time", "parameterValue": "14400"}
    ]
    (found,) = (each for each in service.check_data(run).will_break if each.code == "long-queries")
    assert "etl_user 1 times, the longest 312 minutes" in found.message
    assert "bi_user" not in found.message


def test_rows_are_counted_only_when_the_cost_was_agreed_to(
    service: MigrationService, account: SimulatedAccount
) -> None:
    run = migrate(service, "prod-db-1")
    told = service.check_data(run, method="counts")
    assert told.method == "estimates"
    cost = told.counting_cost
    assert cost is not None
    assert cost.rpu_seconds is not None
    assert cost.rpu_seconds >= 60 * 8
    assert cost.usd == pytest.approx(cost.rpu_seconds / 3600 * 0.36, rel=0.2)
    assert f"for {cost.rpu_seconds} RPU-seconds" in tell_counting(told)
    assert service.check_data(run, method="counts", up_to_rpu_seconds=cost.rpu_seconds - 1).method == "estimates"

    spoil(account, "sales", "products", rows=18_219)
    found = service.check_data(run, method="counts", up_to_rpu_seconds=cost.rpu_seconds)
    assert found.method == "counts"
    assert {each.key: each.verdict for each in found.differences} == {
        "dev.sales.products": "fewer",
        "dev.sales.orders": "written since",
    }


def test_values_that_are_not_the_same_are_found_by_column(service: MigrationService, account: SimulatedAccount) -> None:
    run = migrate(service, "prod-db-1")
    same = service.check_data(run, method="values", up_to_rpu_seconds=10**6)
    assert (same.method, same.status) == ("values", "equal")
    assert "every row and value compared" in tell_check(same)

    spoil(account, "sales", "products", value="scrambled")
    assert service.check_data(run, method="counts", up_to_rpu_seconds=10**6).status == "equal"
    found = service.check_data(run, method="values", up_to_rpu_seconds=10**6)
    assert found.status == "differs"
    row = next(each for each in found.differences if each.verdict == "other values")
    assert (row.key, row.columns) == ("dev.sales.products", ("changed_at", "id"))


@pytest.mark.parametrize("nth", range(1, 11))
def test_a_count_that_was_not_answered_is_no_success(
    service: MigrationService, account: SimulatedAccount, nth: int
) -> None:
    run = migrate(service, "dev-sandbox")
    account.faults.add("redshift-data:BatchExecuteStatement", kind="denied", nth=nth)
    found = service.check_data(run, method="values", up_to_rpu_seconds=10**6)
    assert found.status == "unknown"
    assert found.counts == {}
    assert found.unknown


def test_three_thousand_tables_are_counted_in_few_batches(service: MigrationService, account: SimulatedAccount) -> None:
    fill_with_three_thousand_tables(account)
    run = migrate(service, "dev-sandbox")
    before = len(account.calls)
    found = service.check_data(run, method="counts", up_to_rpu_seconds=10**6)
    assert (found.method, found.counts) == ("counts", {"equal": 3_000})
    asked = [each.operation for each in account.calls[before:]]
    assert asked.count("BatchExecuteStatement") < 20
    assert asked.count("GetStatementResult") < 200


@pytest.mark.parametrize(
    "name", ["plain", 'with "quotes"', "semi; DROP TABLE x", "--", "new\nline", "Grösse", "$rows", 'a" FROM "b']
)
def test_names_of_the_catalogue_are_quoted_and_nothing_else_gets_out(
    service: MigrationService, account: SimulatedAccount, name: str
) -> None:
    (sql,) = statements.count_all([Counting("s", name, name, is_hashed=True), Counting("s", name)])
    assert statements.is_ours(sql)
    unquoted = sql.replace('FROM "s"', "FROM s")
    for strange in (f"{sql}; DROP TABLE x", unquoted, f"{sql} UNION ALL SELECT 1", f"{sql} --", f" {sql}"):
        assert not statements.is_ours(strange)


NAMES = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1, max_size=127)


@given(st.lists(st.builds(Counting, NAMES, NAMES, st.none() | NAMES, st.booleans()), max_size=60))
def test_every_statement_that_counts_is_ours_and_short_enough(countings: list[Counting]) -> None:
    sqls = list(statements.count_all(countings))
    assert all(map(statements.is_ours, sqls))
    assert all(len(sql) <= statements.LONGEST_STATEMENT for sql in sqls)
