"""Scheduled queries through the whole data path: carried byte for byte, cut over, taken back."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import boto3
import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from redshift_migrate.aws.client import AwsClient
from redshift_migrate.aws.session import PinnedSession, region_catalog
from redshift_migrate.clock import Clock as ProductClock
from redshift_migrate.errors import ApplyError, PlanBlocked, PlanError
from redshift_migrate.migration.running import Outcome
from redshift_migrate.migration.service import MigrationService
from redshift_migrate.models.plan import MigrationPlan
from redshift_migrate.models.request import CutOverScheduledQueries, PlanRequest, UndoMigration
from redshift_migrate.state.store import FileStore
from redshift_simulator import SimulatedAws
from tests.support.examples import examples
from tests.support.patience import PATIENCE_S
from tests.support.scheduled import (
    CLUSTER_ARN,
    MIGRATE,
    REGION,
    WORKGROUP,
    WatchedAccount,
    contents,
    keep_only,
    sides,
    watched_account,
)

ROLE = "arn:aws:iam::123456789012:role/ScheduledQueryRole"
STRANGERS = ("rule default/QS2-analytics-refresh", "schedule default/analytics-nightly", "schedule default/rotate-logs")


class World:
    """A watched account, a service on it, and boto3 clients beside the service."""

    def __init__(self, folder: Path) -> None:
        self.account: WatchedAccount = watched_account()
        self.server = SimulatedAws(self.account).start()
        clock = ProductClock(
            now=lambda: datetime.fromtimestamp(self.account.clock.now(), UTC),
            monotonic_s=self.account.clock.now,
            sleep=self.account.clock.advance,
        )
        self.service = MigrationService(
            aws=AwsClient(PinnedSession(self.server.endpoint_url, REGION), read_timeout_s=PATIENCE_S),
            regions=region_catalog(),
            store=FileStore(folder),
            clock=clock,
            default_region=REGION,
        )
        keys = {"aws_access_key_id": "simulated", "aws_secret_access_key": "simulated"}
        self.events = boto3.client("events", REGION, endpoint_url=self.server.endpoint_url, **keys)
        self.scheduler = boto3.client("scheduler", REGION, endpoint_url=self.server.endpoint_url, **keys)

    def run(self, request: PlanRequest) -> Outcome:
        """Plan, approve, run."""
        plan = self.service.prepare(request)
        if not plan.is_empty:
            self.service.approve(plan.digest, approved_by="tester", channel="program")
        return self.service.run(request)

    def migrated(self) -> CutOverScheduledQueries:
        """Make the copies; the request that cuts over to them."""
        return CutOverScheduledQueries(region=REGION, migration_id=self.run(MIGRATE).migration_id or "")

    @property
    def workgroup_arn(self) -> str:
        return str(self.account.table(REGION, "workgroups")[WORKGROUP]["workgroupArn"])


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    world = World(tmp_path)
    yield world
    world.server.stop()
    assert world.account.defects == []
    assert world.account.twice == []


def messages(plan: MigrationPlan, level: str = "warning") -> str:
    return "\n".join(finding.message for finding in plan.findings if finding.level == level)


# --- the demo account, all of it -----------------------------------------------------------------------


def test_all_are_carried_switched_off_and_strangers_are_untouched(world: World) -> None:
    before = contents(world.account)
    world.account.page_size = 2

    plan = world.service.prepare(MIGRATE)
    world.run(MIGRATE)
    after = contents(world.account)

    assert {name: after[name] for name in before} == before, "nothing that was there is changed"
    made = sorted(after.keys() - before.keys())
    assert len(made) == 9
    assert all(each["State"] == "DISABLED" for name, each in after.items() if name in made)
    assert not any(stranger.rpartition("/")[2] in name for stranger in STRANGERS for name in made)
    assert "LegacyQueryRole cannot run QS2-legacy-export-my-workgroup" in messages(plan)
    assert 'TO "IAMR:ScheduledQueryRole"' in messages(plan)


def test_after_applying_and_after_cutting_over_the_next_plan_is_empty(world: World) -> None:
    cut_over = world.migrated()
    assert world.service.prepare(MIGRATE).is_empty

    world.run(cut_over)

    assert world.service.prepare(MIGRATE).is_empty
    assert world.service.prepare(cut_over).is_empty
    assert world.service.run(cut_over).status == "unchanged"


def test_a_cut_over_leaves_what_is_off_and_what_cannot_run(world: World) -> None:
    before = sides(world.account)
    world.run(world.migrated())

    after = sides(world.account)
    assert {name for name, side in after.items() if side == (True, False)} == {
        "QS2-legacy-export",
        "QS2-analytics-refresh",
        "analytics-nightly",
        "rotate-logs",
    }
    assert {name for name, side in after.items() if side == (False, False)} == {"QS2-monthly-archive", "quarter-report"}
    assert all(after[name] == (False, True) for name in before if after[name][1])
    left = world.account.table(REGION, "event_rules")["default/hourly-maintenance"]
    assert (left["State"], [target["Id"] for target in left["_targets"]]) == ("ENABLED", ["tell"])


def test_undoing_cut_over_and_migration_brings_back_what_was(world: World) -> None:
    before = contents(world.account)
    cut_over = world.migrated()
    copied = contents(world.account)
    done = world.run(cut_over).migration_id or ""

    with pytest.raises((ApplyError, PlanBlocked)):
        world.run(UndoMigration(region=REGION, migration_id=cut_over.migration_id))
    assert sides(world.account)["QS2-nightly-sales-rollup"] == (False, True), "a migration is not undone under it"

    world.run(UndoMigration(region=REGION, migration_id=done))
    assert contents(world.account) == copied
    world.run(UndoMigration(region=REGION, migration_id=cut_over.migration_id))
    assert contents(world.account) == before


# --- a cut-over that meets a changed world --------------------------------------------------------------


def test_a_query_that_changed_since_it_was_copied_stays_until_it_is_planned_again(world: World) -> None:
    keep_only(world.account, "QS2-nightly-sales-rollup")
    cut_over = world.migrated()
    targets = world.events.list_targets_by_rule(Rule="QS2-nightly-sales-rollup")["Targets"]
    targets[0]["RedshiftDataParameters"]["Sql"] = "SELECT 'changed since'"
    world.events.put_targets(Rule="QS2-nightly-sales-rollup", Targets=targets)

    plan = world.service.prepare(cut_over)

    assert plan.is_empty
    assert "is not the same as its copy" in messages(plan)
    world.run(MIGRATE)
    world.run(cut_over)
    assert sides(world.account) == {"QS2-nightly-sales-rollup": (False, True)}
    copy = world.events.list_targets_by_rule(Rule=f"QS2-nightly-sales-rollup-{WORKGROUP}")["Targets"][0]
    assert copy["RedshiftDataParameters"]["Sql"] == "SELECT 'changed since'"


def test_an_old_query_that_is_switched_on_again_meanwhile_is_not_joined_by_its_copy(world: World) -> None:
    """Killed between off and on, somebody helps by hand; gone on with, the run sees that and stops."""
    keep_only(world.account, "QS2-nightly-sales-rollup")
    cut_over = world.migrated()
    plan = world.service.prepare(cut_over)
    world.service.approve(plan.digest, approved_by="tester", channel="program")
    world.account.faults.add("events:EnableRule", kind="denied")
    with pytest.raises(ApplyError) as stopped:
        world.service.run(cut_over)
    world.events.enable_rule(Name="QS2-nightly-sales-rollup")

    world.service.approve(plan.digest, approved_by="tester", channel="program")
    with pytest.raises(ApplyError, match="to be switched off"):
        world.service.resume(stopped.value.data["migration_id"])

    assert sides(world.account) == {"QS2-nightly-sales-rollup": (True, False)}


def test_a_pair_that_is_on_twice_loses_the_old_one(world: World) -> None:
    keep_only(world.account, "QS2-nightly-sales-rollup", "morning-report")
    cut_over = world.migrated()
    world.events.enable_rule(Name=f"QS2-nightly-sales-rollup-{WORKGROUP}")
    assert world.account.twice
    plan = world.service.prepare(cut_over)

    assert "are both on now" in messages(plan)
    world.run(cut_over)
    world.account.twice.clear()
    assert sides(world.account)["QS2-nightly-sales-rollup"] == (False, True)


def test_a_cut_over_needs_a_finished_migration_of_a_cluster(world: World) -> None:
    world.account.faults.add("scheduler:CreateSchedule", kind="denied")
    with pytest.raises(ApplyError) as stopped:
        world.run(MIGRATE)
    unfinished = CutOverScheduledQueries(region=REGION, migration_id=stopped.value.data["migration_id"])

    with pytest.raises(PlanError, match="has not come to its end"):
        world.service.prepare(unfinished)


def test_a_denied_list_is_never_nothing_to_cut_over(world: World) -> None:
    cut_over = world.migrated()
    world.account.faults.add("events:ListRuleNamesByTarget", kind="denied", times=None)
    plan = world.service.prepare(cut_over)

    assert "needs events:ListRuleNamesByTarget" in messages(plan)
    world.account.faults.add("scheduler:ListSchedules", kind="denied", times=None)
    with pytest.raises(PlanBlocked, match="needs events:ListRuleNamesByTarget"):
        world.service.prepare(cut_over)


def test_a_schedule_that_has_begun_and_a_rule_with_a_rare_state_go_there_and_back(world: World) -> None:
    """AWS refuses a start that has passed, and EnableRule knows one state only."""
    keep_only(world.account, "morning-report", "load-on-arrival")
    world.account.table(REGION, "schedules")["reports/morning-report"]["StartDate"] = 946_684_800.0
    rare = "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS"
    world.account.table(REGION, "event_rules")["data-platform/load-on-arrival"]["State"] = rare
    cut_over = world.migrated()
    done = world.run(cut_over).migration_id or ""

    assert sides(world.account) == dict.fromkeys(("morning-report", "load-on-arrival"), (False, True))
    made = contents(world.account)
    assert "StartDate" not in made[f"schedule reports/morning-report-{WORKGROUP}"]
    assert made[f"rule data-platform/load-on-arrival-{WORKGROUP}"]["State"] == rare
    assert world.service.prepare(MIGRATE).is_empty

    world.run(UndoMigration(region=REGION, migration_id=done))
    assert sides(world.account) == dict.fromkeys(("morning-report", "load-on-arrival"), (True, False))
    assert contents(world.account)["rule data-platform/load-on-arrival"]["State"] == rare


def test_the_managed_secret_is_replaced_by_the_namespaces_once_that_exists(world: World) -> None:
    keep_only(world.account, "QS2-nightly-sales-rollup", "morning-report")
    old = "arn:aws:secretsmanager:us-east-2:123456789012:secret:redshift!prod-db-1-awsuser-AbCdEf"
    world.account.table(REGION, "clusters")["prod-db-1"]["MasterPasswordSecretArn"] = old
    rule = world.account.table(REGION, "event_rules")["default/QS2-nightly-sales-rollup"]
    rule["_targets"][0]["RedshiftDataParameters"]["SecretManagerArn"] = old
    target = world.account.table(REGION, "schedules")["reports/morning-report"]["Target"]
    target["Input"] = json.dumps({**json.loads(target["Input"]), "SecretArn": old})

    waiting = world.service.prepare(MIGRATE)
    assert waiting.is_empty
    assert "needs the managed admin secret of the namespace" in messages(waiting)

    new = old.replace("prod-db-1", "my-namespace")
    world.account.table(REGION, "namespaces")["my-namespace"]["adminPasswordSecretArn"] = new
    world.run(MIGRATE)
    made = contents(world.account)
    copy = made[f"rule default/QS2-nightly-sales-rollup-{WORKGROUP}"]["_targets"][0]["RedshiftDataParameters"]
    assert copy["SecretManagerArn"] == new
    assert json.loads(made[f"schedule reports/morning-report-{WORKGROUP}"]["Target"]["Input"])["SecretArn"] == new
    assert world.service.prepare(MIGRATE).is_empty


@pytest.mark.parametrize("kind", ["throttle", "500", "reset", "hang", "lost_reply"])
def test_one_fault_on_any_change_changes_nothing_about_the_end(world: World, kind: Any) -> None:
    keep_only(world.account, "QS2-nightly-sales-rollup", "hourly-maintenance", "morning-report")
    for operation in ("events:PutRule", "events:PutTargets", "scheduler:CreateSchedule"):
        world.account.faults.add(operation, kind=kind)
    cut_over = world.migrated()
    changes = ("events:DisableRule", "events:EnableRule", "events:RemoveTargets", "scheduler:UpdateSchedule")
    for operation in changes:
        world.account.faults.add(operation, kind=kind)

    world.run(cut_over)

    assert set(sides(world.account).values()) == {(False, True)}
    assert world.service.prepare(MIGRATE).is_empty


# --- names and neighbours -------------------------------------------------------------------------------


def test_somebody_elses_rule_of_the_new_name_is_left_alone(world: World) -> None:
    keep_only(world.account, "QS2-nightly-sales-rollup")
    taken = f"QS2-nightly-sales-rollup-{WORKGROUP}"
    world.events.put_rule(Name=taken, ScheduleExpression="rate(7 days)")
    world.events.put_targets(
        Rule=taken, Targets=[{"Id": "1", "Arn": "arn:aws:sns:us-east-2:123456789012:data-platform-alerts"}]
    )

    plan = world.service.prepare(MIGRATE)

    assert plan.is_empty
    assert f"Rule {taken} (default) exists and is not a copy made here" in messages(plan)


def test_a_rule_without_its_targets_is_completed(world: World) -> None:
    """What a killed run leaves behind, when somebody plans anew instead of going on."""
    keep_only(world.account, "QS2-nightly-sales-rollup")
    world.account.faults.add("events:PutTargets", kind="denied")
    with pytest.raises(ApplyError):
        world.run(MIGRATE)

    assert [step.call.operation for step in world.service.prepare(MIGRATE).steps] == ["PutTargets"]
    world.run(MIGRATE)
    assert world.service.prepare(MIGRATE).is_empty


# --- any query ------------------------------------------------------------------------------------------

SQL = st.one_of(
    st.text(min_size=1, max_size=120),
    st.sampled_from(
        [
            "SELECT $$it's {a} [b] \\n$$, '\t', \"Ünïcödé 🦭\"\r\n",
            "select '<aws.scheduler.execution-id>', '${not.a.variable}', '%s'",
            "-- ends with spaces   ",
            "x" * 5000,
        ]
    ),
)
NAME = st.text("abcXYZ019._-", min_size=1, max_size=64)
ARN = st.sampled_from(["arn:aws:sqs:us-east-2:123456789012:dead", "arn:aws:sqs:us-east-2:123456789012:letters"])
RETRY = st.fixed_dictionaries(
    {},
    optional={"MaximumRetryAttempts": st.integers(0, 185), "MaximumEventAgeInSeconds": st.integers(60, 86400)},
)


def optional(**strategies: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional=strategies)


STATEMENT = st.one_of(
    st.fixed_dictionaries({"Sql": SQL}), st.fixed_dictionaries({"Sqls": st.lists(SQL, min_size=1, max_size=4)})
)
SECRET = st.just("arn:aws:secretsmanager:us-east-2:123456789012:secret:etl-AbCdEf")
TARGET = st.tuples(
    STATEMENT,
    optional(DbUser=st.just("etl"), StatementName=st.text("abc ", min_size=1, max_size=20), WithEvent=st.booleans()),
    optional(SecretManagerArn=SECRET),
    optional(DeadLetterConfig=st.fixed_dictionaries({"Arn": ARN}), RetryPolicy=RETRY.filter(bool)),
)
RULE = st.tuples(
    NAME,
    st.sampled_from(["cron(0 3 * * ? *)", "rate(5 minutes)", "rate(1 day)"]),
    optional(Description=st.text(max_size=60), State=st.sampled_from(["ENABLED", "DISABLED"])),
    st.lists(TARGET, min_size=1, max_size=3),
)
SCHEDULE = st.tuples(
    NAME,
    st.sampled_from(["cron(0 3 ? * MON *)", "rate(3 hours)", "at(2099-12-31T23:59:59)"]),
    STATEMENT,
    optional(DbUser=st.just("etl"), StatementName=st.text(max_size=20), WithEvent=st.booleans(), SecretArn=SECRET),
    optional(
        ScheduleExpressionTimezone=st.sampled_from(["Europe/Berlin", "UTC", "America/Sao_Paulo"]),
        Description=st.text(max_size=60),
        StartDate=st.sampled_from(["2098-01-01T00:00:00Z", "2098-06-30T12:34:56Z"]),
        EndDate=st.sampled_from(["2099-01-01T00:00:00Z"]),
        KmsKeyArn=st.just("arn:aws:kms:us-east-2:123456789012:key/1f2e3d4c"),
        FlexibleTimeWindow=st.just({"Mode": "FLEXIBLE", "MaximumWindowInMinutes": 15}),
        ActionAfterCompletion=st.sampled_from(["NONE", "DELETE"]),
        State=st.sampled_from(["ENABLED", "DISABLED"]),
    ),
    optional(DeadLetterConfig=st.fixed_dictionaries({"Arn": ARN}), RetryPolicy=RETRY.filter(bool)),
    st.sampled_from(["default", "reports"]),
)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    world = World(tmp_path_factory.mktemp("round-trip"))
    yield world
    world.server.stop()
    assert world.account.defects == []


PROPERTY = examples(30, suppress=(HealthCheck.function_scoped_fixture,))


@PROPERTY
@given(rule=RULE)
def test_any_rule_survives_byte_for_byte(shared: World, rule: Any) -> None:
    name, expression, more, targets = rule
    keep_only(shared.account)
    shared.events.put_rule(Name=name, ScheduleExpression=expression, **more)
    put = [
        {
            "Id": f"target-{number}",
            "Arn": CLUSTER_ARN,
            "RoleArn": ROLE,
            "RedshiftDataParameters": {"Database": "dev", **statement, **query, **secret},
            **target,
        }
        for number, (statement, query, secret, target) in enumerate(targets)
    ]
    shared.events.put_targets(Rule=name, Targets=put)

    shared.run(MIGRATE)

    (new,) = [each for each in shared.events.list_rules()["Rules"] if each["Name"] != name]
    assert len(new["Name"]) <= 64
    assert new["State"] == "DISABLED"
    assert new["ScheduleExpression"] == expression
    assert new.get("Description") == more.get("Description")
    copies = shared.events.list_targets_by_rule(Rule=new["Name"])["Targets"]
    assert [_without_names(copy) for copy in copies] == [_as_on_workgroup(each, shared) for each in put]
    if len(copies) == 1:
        assert copies[0]["RedshiftDataParameters"]["StatementName"] == new["Name"]
    assert shared.service.prepare(MIGRATE).is_empty


def _without_names(target: dict[str, Any]) -> dict[str, Any]:
    query = {key: value for key, value in target["RedshiftDataParameters"].items() if key != "StatementName"}
    return {**target, "RedshiftDataParameters": query}


def _as_on_workgroup(target: dict[str, Any], world: World) -> dict[str, Any]:
    dropped = ("DbUser", "StatementName")
    query = {key: value for key, value in target["RedshiftDataParameters"].items() if key not in dropped}
    return {**target, "Arn": world.workgroup_arn, "RedshiftDataParameters": query}


@PROPERTY
@given(schedule=SCHEDULE)
def test_any_schedule_survives_byte_for_byte(shared: World, schedule: Any) -> None:
    name, expression, statement, query, more, target, group = schedule
    keep_only(shared.account)
    operation = "batchExecuteStatement" if "Sqls" in statement else "executeStatement"
    put = {"ClusterIdentifier": "prod-db-1", "Database": "dev", **statement, **query}
    shared.scheduler.create_schedule(
        Name=name,
        GroupName=group,
        ScheduleExpression=expression,
        Target={
            "Arn": f"arn:aws:scheduler:::aws-sdk:redshiftdata:{operation}",
            "RoleArn": ROLE,
            "Input": json.dumps(put, indent=2),
            **target,
        },
        **({"FlexibleTimeWindow": {"Mode": "OFF"}} | more),
    )
    old = shared.scheduler.get_schedule(Name=name, GroupName=group)

    shared.run(MIGRATE)

    listed = shared.scheduler.list_schedules()["Schedules"]
    (address,) = [each for each in listed if each["Name"] != name]
    new = shared.scheduler.get_schedule(Name=address["Name"], GroupName=address["GroupName"])
    assert address["GroupName"] == group
    assert len(new["Name"]) <= 64
    assert new["State"] == "DISABLED"
    carried = json.loads(new["Target"]["Input"])
    expected = {key: value for key, value in put.items() if key not in ("ClusterIdentifier", "DbUser")}
    assert carried == {"WorkgroupName": WORKGROUP, **expected}
    assert _settings(new) == _settings(old)
    assert shared.service.prepare(MIGRATE).is_empty


def _settings(schedule: dict[str, Any]) -> dict[str, Any]:
    own = ("Arn", "Name", "State", "CreationDate", "LastModificationDate", "ResponseMetadata")
    kept = {key: value for key, value in schedule.items() if key not in own}
    return {**kept, "Target": {**schedule["Target"], "Input": ""}}
