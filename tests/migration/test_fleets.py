"""Many clusters: few calls, named gaps, waves that remember, and several runs side by side."""

from __future__ import annotations

import math
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest

from redshift_migrate.agent import fleet_results
from redshift_migrate.clock import Clock
from redshift_migrate.errors import AccessDenied, RedshiftMigrateError, SettingsError
from redshift_migrate.extractors.activity import parse_queries
from redshift_migrate.migration.fleets import EVERY_REGION
from redshift_migrate.migration.many import name_of
from redshift_migrate.migration.service import MigrationService
from redshift_migrate.models.accounts import Account
from redshift_migrate.models.approval import Consent
from redshift_migrate.models.cost import Activity
from redshift_migrate.models.fleet import MEMBER_COLUMNS
from redshift_migrate.models.listing import COLUMNS, NONE, select
from redshift_migrate.terminal.fleetview import waves_shown
from redshift_migrate.terminal.shown import Listing
from redshift_simulator import SimulatedAccount, SimulatedAws
from redshift_simulator.demo.account import FLEET, READER, SECOND_ACCOUNT, SECOND_FLEET
from redshift_simulator.faults import FaultKind
from tests.support.fleets import REGION, SECOND, wide_service

CONSENT = Consent(approved_by="ana", channel="program")
STRANGE = Account(name="elsewhere", account_id="999999999999", role_arn=READER.format(account="999999999999"))


@pytest.fixture
def wide(aws: SimulatedAws, clock: Clock, tmp_path: Path) -> MigrationService:
    """A service that may look at two accounts."""
    return wide_service(aws, clock, tmp_path)


def test_a_quick_look_takes_a_page_a_hundred_three_lists_and_each_group_once(
    service: MigrationService, account: SimulatedAccount
) -> None:
    many = 250
    account.settings["fleet"] = {"eu-west-1": many}
    found = service.fleet("eu-west-1")
    calls = Counter(call.operation for call in account.calls if call.operation != "GetCallerIdentity")
    groups = {name["ParameterGroupName"] for name in (call.parameters for call in account.calls) if "Source" in name}
    assert len(found.members) == many
    assert calls["DescribeClusters"] == math.ceil(many / 100)
    assert calls["DescribeClusterParameters"] == len(groups) == 4
    assert sum(calls.values()) == math.ceil(many / 100) + 3 + len(groups)


def test_all_accounts_and_regions_are_one_answer(wide: MigrationService) -> None:
    found = wide.fleet("all")
    many = Counter((each.cluster.account, each.cluster.region) for each in found.members)
    assert {region: many["home", region] for region in FLEET} == FLEET
    assert {region: many["analytics", region] for region in SECOND_FLEET} == SECOND_FLEET
    assert {each.account_id for each in found.members if each.cluster.account == "analytics"} == {SECOND_ACCOUNT}
    assert found.unreadable == ()


@pytest.mark.parametrize("kind", ["denied", "expired", "throttle"])
def test_a_region_that_cannot_be_read_is_a_row_and_the_rest_is_whole(
    wide: MigrationService, account: SimulatedAccount, kind: FaultKind
) -> None:
    whole = {each.key for each in wide.fleet("all").members}
    account.faults.add("redshift:DescribeClusters", kind=kind, region="eu-west-1", times=None)
    found = wide.fleet("all")
    assert {(each.account, each.region) for each in found.unreadable} == {
        ("home", "eu-west-1"),
        ("analytics", "eu-west-1"),
    }
    assert all(each.reason for each in found.unreadable)
    assert {each.key for each in found.members} == {key for key in whole if "@eu-west-1/" not in key}


def test_a_throttled_page_makes_the_region_a_row_not_a_shorter_list(
    service: MigrationService, account: SimulatedAccount
) -> None:
    account.settings["fleet"] = {"eu-west-1": 250}
    account.faults.add("redshift:DescribeClusters", kind="throttle", region="eu-west-1", nth=3, times=None)
    found = service.fleet("all")
    assert [each.region for each in found.unreadable] == ["eu-west-1"]
    assert not any(each.cluster.region == "eu-west-1" for each in found.members)


def test_an_account_that_cannot_be_entered_is_a_row(aws: SimulatedAws, clock: Clock, tmp_path: Path) -> None:
    found = wide_service(aws, clock, tmp_path, SECOND, STRANGE).fleet("all")
    (row,) = found.unreadable
    assert (row.account, row.region) == ("elsewhere", EVERY_REGION)
    assert "AssumeRole" in row.reason
    assert {each.cluster.account for each in found.members} == {"home", "analytics"}


def test_a_role_that_leads_to_another_account_is_a_row(
    aws: SimulatedAws, account: SimulatedAccount, clock: Clock, tmp_path: Path
) -> None:
    account.settings["roles"][SECOND.role_arn] = "999999999999"
    found = wide_service(aws, clock, tmp_path).fleet("all")
    (row,) = found.unreadable
    assert "lead to 999999999999" in row.reason
    assert not any(call.access_key.startswith("ASIA999") for call in account.calls if "Describe" in call.operation)


def test_an_expired_role_is_told_as_expired(wide: MigrationService, account: SimulatedAccount) -> None:
    account.faults.add("sts:AssumeRole", kind="expired", times=None)
    (row,) = wide.fleet(REGION).unreadable
    assert (row.account, row.region) == ("analytics", REGION)
    assert "expired" in row.reason


def test_where_nothing_can_be_read_that_is_the_answer(service: MigrationService, account: SimulatedAccount) -> None:
    account.faults.add("redshift:DescribeClusters", kind="denied", times=None)
    with pytest.raises(AccessDenied):
        service.fleet("all")


def test_an_account_with_regions_of_its_own_is_looked_at_there_alone(
    aws: SimulatedAws, account: SimulatedAccount, clock: Clock, tmp_path: Path
) -> None:
    only = SECOND.model_copy(update={"regions": ("us-east-1",)})
    found = wide_service(aws, clock, tmp_path, only).fleet("all")
    there = {each.cluster.region for each in found.members if each.cluster.account == "analytics"}
    assert there == {"us-east-1"}
    assert {call.region for call in account.calls if call.access_key.startswith("ASIA")} == {"us-east-1"}


def test_what_may_not_be_read_beside_the_clusters_is_unknown_never_none(
    service: MigrationService, account: SimulatedAccount
) -> None:
    account.faults.add("redshift:DescribeClusterParameters", kind="denied", times=None)
    account.faults.add("servicequotas:ListServiceQuotas", kind="denied", times=None)
    found = service.fleet("eu-west-1")
    assert {each.readiness for each in found.members} == {"unknown"}
    assert {each.not_known for each in found.members} == {("redshift:DescribeClusterParameters",)}
    (room,) = found.rooms
    assert room.namespaces is None


def test_waves_say_where_the_datashares_that_order_them_could_not_be_read(
    service: MigrationService, account: SimulatedAccount
) -> None:
    account.faults.add("redshift:DescribeDataShares", kind="denied", times=None)
    plan = service.plan_fleet("eu-west-1")
    (gap,) = plan.fleet.unreadable
    assert gap.where == "eu-west-1"
    assert "unknown: needs redshift:DescribeDataShares" in gap.reason
    (told,) = [part for part in waves_shown(plan) if isinstance(part, Listing) and part.title.startswith("Not read")]
    assert told.rows == ((gap.where, gap.reason),)
    assert fleet_results.waves_result(plan, None)["unreadable"] == {gap.where: gap.reason}


def test_any_filter_over_any_column_counts_exactly(wide: MigrationService) -> None:
    """Which and which not, for every value that there is, against counting by hand."""
    members = wide.fleet("all").members
    for column, of in MEMBER_COLUMNS.items():
        values = Counter((of(each) or NONE).lower() for each in members)
        for value, many in values.items():
            assert len(select(members, [f"{column}={value}"], MEMBER_COLUMNS)) == many
            assert len(select(members, [f"{column}!={value}"], MEMBER_COLUMNS)) == len(members) - many
    listed = wide.clusters_everywhere().clusters
    assert {each.cluster.cluster_id for each in members} == {each.cluster_id for each in listed}
    assert COLUMNS.keys() < MEMBER_COLUMNS.keys()


def test_the_answer_for_a_model_is_short_whatever_the_number(wide: MigrationService) -> None:
    import json

    found = wide.fleet("all")
    answer = fleet_results.fleet_result(found, found.members, None)
    assert len(json.dumps(answer)) <= 3_000
    assert sum(answer["readiness"].values()) == answer["clusters"] == len(found.members)


# --- waves ---------------------------------------------------------------------------------------------


def test_what_was_decided_outlives_a_new_look(wide: MigrationService, account: SimulatedAccount) -> None:
    first = wide.plan_fleet(REGION, left_out=["prod-db-1"])
    assert [key.partition("@")[0] for key in first.left_out] == ["prod-db-1"]
    planned = wide.plan_fleet(wave=1)
    assert planned.digests
    again = wide.plan_fleet(REGION)
    assert again.left_out == first.left_out
    assert again.digests == planned.digests
    assert wide.plan_fleet(REGION, left_out=[]).left_out == ()
    assert account.writes() == []


def test_a_wave_is_a_list_of_saved_plans_with_their_digests(wide: MigrationService) -> None:
    order = wide.plan_fleet(REGION)
    plan = wide.plan_fleet(wave=1)
    wave = order.waves[0]
    assert set(plan.digests) == set(wave.keys)
    for key, digest in plan.digests.items():
        saved = wide.plan(digest)
        assert saved.digest == digest
        assert saved.title.startswith(f"Migrate cluster {key.partition('@')[0]} ")


def test_clusters_of_another_account_are_not_planned_from_here(wide: MigrationService) -> None:
    order = wide.plan_fleet("eu-central-1", ["account=analytics"])
    plan = wide.plan_fleet(wave=1)
    assert not plan.digests
    assert set(plan.failed) == set(order.waves[0].keys)
    assert all("only looked at from here" in why for why in plan.failed.values())


@pytest.mark.parametrize("number", [0, 99])
def test_a_wave_that_is_not_there_is_said(wide: MigrationService, number: int) -> None:
    wide.plan_fleet(REGION)
    with pytest.raises(SettingsError, match="no wave"):
        wide.plan_fleet(wave=number)


def test_a_name_that_is_no_cluster_is_left_out_of_nothing(wide: MigrationService) -> None:
    with pytest.raises(SettingsError) as raised:
        wide.plan_fleet(REGION, left_out=["prod-db-9"])
    assert "prod-db-1" in raised.value.hint


# --- several runs --------------------------------------------------------------------------------------


@pytest.fixture
def shown(service: MigrationService) -> tuple[str, ...]:
    """The digests of two plans that were shown."""
    service.plan_fleet(REGION, ["node_type=dc2.large"])
    digests = tuple(service.plan_fleet(wave=1).digests.values())
    for digest in digests:
        service.note_shown(service.plan(digest), "ana", "program")
    assert len(digests) == 2
    return digests


def test_several_plans_run_each_with_its_own_approval_and_journal(
    service: MigrationService, shown: tuple[str, ...]
) -> None:
    ends = service.apply_each(shown, CONSENT)
    runs = [end.outcome.migration_id for end in ends if end.outcome]
    assert len(set(runs)) == 2
    assert {service.journal(str(run)).header.plan_digest for run in runs} == set(shown)
    assert service.states_of_plans() == dict.fromkeys(shown, "finished")
    assert not any(service.is_approved(service.plan(digest)) for digest in shown)


def test_one_that_fails_stops_none_of_the_others_and_is_gone_on_with(
    service: MigrationService, account: SimulatedAccount, shown: tuple[str, ...]
) -> None:
    account.faults.add("redshift-serverless:CreateWorkgroup", kind="denied", nth=1, times=1)
    ends = service.apply_each(shown, CONSENT, at_once=1)
    assert [end.outcome is None for end in ends] == [True, False]
    assert ends[0].message
    states = service.states_of_plans()
    assert states[shown[1]] == "finished"
    again = service.apply_each([shown[0]], CONSENT)
    assert again[0].outcome is not None
    assert service.states_of_plans()[shown[0]] == "finished"


def test_a_plan_that_nobody_approved_is_not_carried_along(
    service: MigrationService, account: SimulatedAccount, shown: tuple[str, ...]
) -> None:
    service.note_consent(service.plan(shown[0]), CONSENT)
    ends = service.apply_each(shown)
    assert [end.code for end in ends if end.outcome is None] == ["ApprovalRequired"]
    made = {call.parameters["namespaceName"] for call in account.writes() if call.operation == "CreateNamespace"}
    assert made == {ends[0].plan.title.split()[2]}


def test_a_digest_twice_is_refused_before_anything_begins(
    service: MigrationService, account: SimulatedAccount, shown: tuple[str, ...]
) -> None:
    with pytest.raises(SettingsError, match="twice"):
        service.apply_each([shown[0], shown[0][:12]], CONSENT)
    assert account.writes() == []


def test_progress_says_which_run_it_is_of(service: MigrationService, shown: tuple[str, ...]) -> None:
    heard: list[str] = []
    service.listen(lambda progress: heard.append(progress.about))
    service.apply_each(shown, CONSENT)
    assert set(heard) == {"dev-sandbox", "reports-dc2"}


def test_no_more_than_so_many_at_once(service: MigrationService, account: SimulatedAccount) -> None:
    """Begun one after the other, the second begins when the first has ended."""
    service.plan_fleet(REGION, ["node_type=dc2.large"])
    digests = list(service.plan_fleet(wave=1).digests.values())
    for digest in digests:
        service.note_shown(service.plan(digest), "ana", "program")
    order: list[str] = []
    service.listen(lambda progress: order.append(progress.about))
    ends = service.apply_each(digests, CONSENT, at_once=1)
    assert not [end for end in ends if end.outcome is None]
    assert [title for title, before in zip(order, ["", *order], strict=False) if title != before] == [
        name_of(end.plan) for end in ends
    ]


# --- cost ----------------------------------------------------------------------------------------------


def test_a_cost_is_kept_and_prices_are_read_once_a_day(
    service: MigrationService, account: SimulatedAccount, clock: Clock
) -> None:
    first = service.estimate_cost("prod-db-1")
    asked = sum(call.operation == "GetProducts" for call in account.calls)
    service.estimate_cost("prod-db-1", base_capacity_rpu=32)
    assert sum(call.operation == "GetProducts" for call in account.calls) == asked
    account.clock.advance(25 * 3600)
    latest = service.estimate_cost("prod-db-1")
    assert sum(call.operation == "GetProducts" for call in account.calls) == 2 * asked
    (kept,) = service.estimates()
    assert kept == latest
    assert first.prices.rpu_hour is not None
    assert first.prices.rpu_hour.source == "AWS Price List"


def test_denied_prices_and_metrics_leave_the_dated_table_and_the_share(
    service: MigrationService, account: SimulatedAccount
) -> None:
    account.faults.add("pricing:GetProducts", kind="denied", times=None)
    account.faults.add("cloudwatch:GetMetricData", kind="denied", times=None)
    found = service.estimate_cost("prod-db-2", "us-east-1")
    assert found.prices.node_hour is not None
    assert "aws.amazon.com" in found.prices.node_hour.source
    assert "pricing:GetProducts" in found.prices.note
    assert found.after[0].low is None
    assert found.break_even_share is not None


def test_a_cluster_that_is_not_there_costs_nothing_to_ask(service: MigrationService) -> None:
    with pytest.raises(RedshiftMigrateError, match="no cluster"):
        service.estimate_cost("no-such-cluster")


def test_the_log_of_queries_is_asked_where_it_is_wished_and_may_be(
    service: MigrationService, account: SimulatedAccount
) -> None:
    by_metrics, by_queries = service.estimate_cost("prod-db-1"), service.estimate_cost("prod-db-1", by_queries=True)
    assert isinstance(by_metrics.activity, Activity)
    assert isinstance(by_queries.activity, Activity)
    assert by_queries.activity.method == "SYS_QUERY_HISTORY"
    # The last query of each of five evenings goes on for two minutes in which nothing begins.
    assert by_queries.activity.active_minutes == by_metrics.activity.active_minutes + 5 * 3
    account.faults.add("redshift-data:BatchExecuteStatement", kind="denied", times=None)
    again = service.estimate_cost("prod-db-1", by_queries=True)
    assert isinstance(again.activity, Activity)
    assert again.activity.method == "CloudWatch"


def test_a_query_over_midnight_is_active_in_every_minute_of_it() -> None:
    start, end = datetime(2026, 11, 19, tzinfo=UTC), datetime(2026, 11, 26, tzinfo=UTC)
    long = [("2026-11-20 23:58:30", "2026-11-21 00:01:10.5")]
    found = parse_queries([("2026-11-20 23:58:00",), ("2026-11-01 00:00:00",)], long, start, end)
    assert found.active_minutes == 4
    assert sum(found.profile) == pytest.approx(4 / 60, abs=0.001)
