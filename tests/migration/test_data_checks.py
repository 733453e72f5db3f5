"""The data of both sides, who connects, and snapshots, asked through the Data API of the simulated account."""

from __future__ import annotations

import pytest

from redshift_migrate.clock import Clock
from redshift_migrate.errors import AwsError, MigrationNotFound, RedshiftMigrateError, SettingsError, Unreachable
from redshift_migrate.extractors.data_api import LONGEST_S, Where, ask
from redshift_migrate.migration.service import MigrationService
from redshift_migrate.models import statements
from redshift_migrate.models.approval import Consent
from redshift_migrate.models.choices import migration_choices
from redshift_migrate.models.data import KINDS
from redshift_migrate.models.request import MigrateCluster, SetWorkgroupTrack
from redshift_simulator import SimulatedAccount, demo
from redshift_simulator.data.contents import table

REGION = demo.HOME_REGION
CONSENT = Consent(approved_by="ana", channel="program")


def migrate(service: MigrationService, cluster: str, **choices: str) -> str:
    """The id of the run that moved it."""
    request = MigrateCluster(region=REGION, choices=migration_choices(cluster, **choices))  # type: ignore[arg-type]
    plan = service.prepare(request)
    service.note_shown(plan, "ana", "program")
    return str(service.apply(plan.digest, CONSENT).migration_id)


def test_a_table_that_is_written_to_all_the_time_is_no_fault(service: MigrationService) -> None:
    found = service.check_data(migrate(service, "prod-db-1"))
    assert found.status == "equal"
    assert found.counts == {"written since": 1, "equal": 5}
    (row,) = found.differences
    assert row.key == "dev.sales.orders"
    assert (row.on_cluster or 0) > (row.on_serverless or 0)
    assert found.snapshot_at is not None
    assert "function dev.f_parse_url is in Python" in found.will_break


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
    assert any(each.startswith("bi_user asked STL, STV or SVL tables 3 times") for each in whole.will_break)

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


def test_three_thousand_tables_are_all_counted(service: MigrationService, account: SimulatedAccount) -> None:
    tables = [table("wide", f"t{number:04}", number + 1) for number in range(3_000)]
    account.table(REGION, "clusters")["dev-sandbox"]["_contents"] = {
        "databases": {"dev": {"tables": tables, "views": [], "functions": []}},
        "users": ["awsuser"],
        "connections": [],
    }
    found = service.check_data(migrate(service, "dev-sandbox"))
    assert found.counts == {"equal": 3_000}


def test_no_statement_but_ours_is_ever_sent(service: MigrationService, account: SimulatedAccount) -> None:
    service.check_data(migrate(service, "reports-dc2"))
    service.connections("prod-db-1")
    service.estimate_cost("prod-db-1", by_queries=True)
    sent = {sql for call in account.calls for sql in call.parameters.get("Sqls", ())}
    assert sent == set(statements.ALL)
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
    plan = service.prepare(request)
    service.note_shown(plan, "ana", "program")
    other = service.apply(plan.digest, CONSENT)
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
    newest, *others = service.snapshots("prod-db-1")
    assert newest.usable
    assert newest.kind == "manual"
    assert [each.kind for each in others] == ["automated"]
    assert service.snapshots(namespace_name="my-namespace") == ()


def test_a_name_that_is_not_there_is_said(service: MigrationService) -> None:
    with pytest.raises(RedshiftMigrateError, match="no cluster"):
        service.snapshots("no-such")
    with pytest.raises(RedshiftMigrateError):
        service.connections(workgroup_name="no-such")
