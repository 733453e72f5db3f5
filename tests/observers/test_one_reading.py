"""One reading a setting: what is sent reads back as the wish, and checks and observers see the same values.

Each law is for every row of `models/settings.py`, so that a row that is added is held to it too.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from redshift_migrate.aws.door import Aws
from redshift_migrate.models.base import Json, JsonObject, Value, moment_text
from redshift_migrate.models.plan import Check, Reading, ReadingName
from redshift_migrate.models.serverless import (
    ScheduledSnapshot,
    ServerlessConfig,
    ServerlessTarget,
    SnapshotCopyConfiguration,
    UsageLimit,
    WantedEndpoint,
)
from redshift_migrate.models.settings import (
    ENDPOINT,
    NAMESPACE,
    RESOURCE_POLICY,
    SCHEDULED_SNAPSHOT,
    SNAPSHOT_COPY,
    USAGE_LIMIT,
    WORKGROUP,
    Setting,
    join_parameters,
    read_all,
    send_all,
    values_of,
)
from redshift_migrate.observers.readings import READINGS, probe
from redshift_migrate.observers.target import observe_target
from redshift_migrate.permissions import OPERATIONS
from redshift_simulator import SimulatedAccount
from tests.planner.world import ROLES, SECURITY_GROUP, SUBNETS, everything

REGION = "us-east-2"
KEY = "arn:aws:kms:us-east-2:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
OF_CONFIG = (*NAMESPACE, *WORKGROUP, RESOURCE_POLICY)
WISHES: dict[str, st.SearchStrategy[Any]] = {
    "db_name": st.sampled_from(["dev", "sales"]),
    "admin_username": st.sampled_from(["admin", "boss"]),
    "manage_admin_password": st.booleans(),
    "admin_password_secret_kms_key_id": st.just(KEY),
    "kms_key_id": st.sampled_from(["AWS_OWNED_KMS_KEY", KEY]),
    "iam_roles": st.sets(st.sampled_from(ROLES)).map(tuple),
    "default_iam_role_arn": st.sampled_from(["", *ROLES]),
    "log_exports": st.sets(st.sampled_from(["userlog", "connectionlog", "useractivitylog"])).map(tuple),
    "base_capacity_rpu": st.integers(1, 128).map(lambda eights: eights * 8),
    "max_capacity_rpu": st.just(-1) | st.integers(8, 1024),
    "price_performance_level": st.sampled_from([0, 1, 25, 50, 75, 100]),
    "extra_compute_for_automatic_optimization": st.booleans(),
    "subnet_ids": st.sets(st.sampled_from(SUBNETS)).map(tuple),
    "security_group_ids": st.sets(st.sampled_from([SECURITY_GROUP, "sg-1"])).map(tuple),
    "enhanced_vpc_routing": st.booleans(),
    "ip_address_type": st.sampled_from(["ipv4", "dualstack"]),
    "publicly_accessible": st.booleans(),
    "port": st.integers(5431, 5455),
    "track_name": st.sampled_from(["current", "trailing"]),
    "resource_policy": st.dictionaries(st.text(max_size=5), st.text(max_size=5)).map(
        lambda document: json.dumps(document, indent=2)
    ),
}
PARTS: tuple[tuple[tuple[Setting, ...], st.SearchStrategy[Value]], ...] = (
    (
        USAGE_LIMIT,
        st.builds(
            UsageLimit,
            usage_type=st.sampled_from(["serverless-compute", "cross-region-datasharing"]),
            amount=st.integers(1, 1000),
            period=st.sampled_from(["daily", "weekly", "monthly"]),
            breach_action=st.sampled_from(["log", "emit-metric", "deactivate"]),
        ),
    ),
    (
        SNAPSHOT_COPY,
        st.builds(
            SnapshotCopyConfiguration,
            destination_region=st.just("us-west-2"),
            snapshot_retention_period_days=st.none() | st.integers(1, 3653),
            destination_kms_key_id=st.sampled_from(["AWS_OWNED_KMS_KEY", KEY]),
        ),
    ),
    (
        SCHEDULED_SNAPSHOT,
        st.builds(
            ScheduledSnapshot,
            scheduled_action_name=st.just("nightly"),
            schedule=st.just("(30 2 * * ? *)"),
            snapshot_name_prefix=st.just("n"),
            retention_period_days=st.none() | st.integers(1, 3653),
            role_arn=st.sampled_from(ROLES),
            enabled=st.booleans(),
        ),
    ),
    (
        ENDPOINT,
        st.builds(
            WantedEndpoint,
            endpoint_name=st.just("one"),
            subnet_ids=st.sets(st.sampled_from(SUBNETS)).map(lambda found: tuple(sorted(found))),
            vpc_security_group_ids=st.sets(st.just(SECURITY_GROUP)).map(tuple),
        ),
    ),
)


def answered(row: Setting, sent: Mapping[str, Any]) -> JsonObject:
    """The reply of a service that keeps what it was sent, at the places where it shows it."""
    value: Json = dict(sent)
    for name in row.sent.split("."):
        value = value.get(name) if isinstance(value, dict) else None
    if row.member == "manage_admin_password":
        value = "arn:aws:secretsmanager:us-east-2:123456789012:secret:redshift!x" if value else None
    elif row.member == "enabled":
        value = "ACTIVE" if value else "DISABLED"
    elif row.member == "vpc_security_group_ids" and isinstance(value, list):
        value = [{"vpcSecurityGroupId": group, "status": "active"} for group in value]
    elif row.member == "iam_roles" and isinstance(value, list):
        value = [f"IamRole(applyStatus=in-sync, iamRoleArn={role})" for role in value]
    reply: JsonObject = {}
    for name in reversed((row.seen or (row.sent,))[-1].split(".")):
        reply = {name: reply or value}
    return reply


def test_every_member_of_a_target_has_its_row_or_its_list() -> None:
    lists = {"usage_limits", "snapshot_copy", "scheduled_snapshots", "endpoint_access", "tags", "config_parameters"}
    names = {"namespace_name", "workgroup_name", "scheduled_queries"}

    assert {row.member for row in OF_CONFIG} | lists | names == set(ServerlessConfig.model_fields)
    assert set(WISHES) == {row.member for row in OF_CONFIG}
    for rows, kind in ((USAGE_LIMIT, UsageLimit), (SNAPSHOT_COPY, SnapshotCopyConfiguration)):
        assert {row.member for row in rows} == set(kind.model_fields)
    assert {row.member for row in SCHEDULED_SNAPSHOT} == set(ScheduledSnapshot.model_fields)
    assert {row.member for row in ENDPOINT} == set(WantedEndpoint.model_fields)


@pytest.mark.parametrize("row", OF_CONFIG, ids=lambda row: row.member)
@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_what_is_sent_reads_back_as_the_wish(row: Setting, data: st.DataObject) -> None:
    wanted = ServerlessConfig(namespace_name="n-1", **{row.member: data.draw(WISHES[row.member])})
    value = row.of(wanted)

    assert row.read(answered(row, row.send(value))) == value
    if row.is_said_by_silence(value):
        assert row.read({}) == value


@pytest.mark.parametrize(("rows", "parts"), PARTS, ids=["limit", "copy", "scheduled snapshot", "endpoint"])
@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_what_is_sent_of_a_part_reads_back_as_the_part(
    rows: tuple[Setting, ...], parts: st.SearchStrategy[Value], data: st.DataObject
) -> None:
    part = data.draw(parts)
    sent = send_all(rows, values_of(rows, part))
    reply: JsonObject = {}
    for row in rows:
        reply = join_parameters(reply, answered(row, sent))

    assert type(part).model_validate(read_all(rows, reply)) == part


@pytest.mark.parametrize("row", OF_CONFIG, ids=lambda row: row.member)
@settings(max_examples=25, deadline=None)
@given(reply=st.dictionaries(st.sampled_from(sorted({path for row in OF_CONFIG for path in row.seen})), st.none()))
def test_a_reply_that_says_nothing_means_what_is_fresh(row: Setting, reply: JsonObject) -> None:
    assert row.read(reply) == row.read({})
    assert row.form(row.read({})) == row.read({})


def test_observer_and_check_see_the_same(door: Aws, account: SimulatedAccount) -> None:
    """Of everything that can be there: each value that is observed is the one that a check of it reads."""
    wanted = everything(namespace_name="my-namespace", workgroup_name="my-workgroup")
    for table, rows in (("namespaces", NAMESPACE), ("workgroups", WORKGROUP)):
        name = f"my-{table[:-1]}"
        there: JsonObject = {key: value for key, value in account.table(REGION, table)[name].items() if key != "port"}
        for row in rows:
            if getattr(wanted, row.member) is not None:
                there = join_parameters(there, answered(row, row.send(row.of(wanted))))
        account.table(REGION, table)[name] = there
    target = observe_target(door, "my-namespace", "my-workgroup", REGION)
    assert isinstance(target, ServerlessTarget)

    for name, rows in (("namespace", NAMESPACE), ("workgroup", WORKGROUP)):
        seen = values_of(rows, target.config)
        assert seen.items() >= values_of(rows, wanted).items()
        reading = Reading.model_validate(
            {"name": name, "region": REGION, "arguments": {f"{name}_name": getattr(target.config, f"{name}_name")}}
        )
        assert probe(door, Check(reading=reading, after=seen), {}).value == seen


def test_every_reading_is_defined_and_reads_only() -> None:
    assert set(READINGS) == set(get_args(ReadingName))
    for definition in READINGS.values():
        assert not OPERATIONS[f"{definition.service}:{definition.operation}"].writes


@pytest.mark.parametrize("zone", [UTC, timezone(timedelta(hours=2))], ids=["UTC", "east"])
def test_a_schedule_reads_its_moments_as_the_door_spells_them(zone: tzinfo) -> None:
    """One spelling for the terminal and for the checkpoints of a worker, whatever zone botocore answers in."""
    end = datetime(2027, 1, 31, 3, tzinfo=zone)
    reply = {"Name": "n", "Arn": "a", "State": "ENABLED", "ScheduleExpression": "rate(1 day)", "Target": {"Arn": "x"}}

    found = READINGS["schedule"].values({**reply, "StartDate": moment_text(end), "EndDate": moment_text(end)}, {})

    assert found is not None
    assert found["start_date"] == found["end_date"]
    assert found["end_date"] == ("2027-01-31T03:00:00Z" if zone is UTC else "2027-01-31T01:00:00Z")
