"""A namespace and workgroup with values of their own: each is shown, only what is wished changes, all of it is said."""

from __future__ import annotations

from typing import Any

import pytest

from redshift_migrate.models.finding import Subject
from redshift_migrate.models.plan import SettingChange, Wish
from redshift_migrate.models.serverless import (
    NamespaceObserved,
    ScheduledSnapshot,
    ServerlessConfig,
    ServerlessTarget,
    SnapshotCopyConfiguration,
    UsageLimit,
    UsageLimitObserved,
    WantedEndpoint,
    WorkgroupObserved,
)
from redshift_migrate.planner.difference import Seen, difference
from redshift_migrate.planner.rows import changes_of

ARN = "arn:aws:redshift-serverless:us-east-2:123456789012"
KEY, OTHER_KEY = (f"arn:aws:kms:us-east-2:123456789012:key/{number}" for number in (1, 2))
ROLE, OTHER_ROLE = (f"arn:aws:iam::123456789012:role/{name}" for name in ("Load", "Spectrum"))
LIMIT, OTHER_LIMIT = (
    UsageLimit(usage_type="serverless-compute", amount=amount, period="daily", breach_action="log")
    for amount in (10, 20)
)


def snapshots(name: str) -> ScheduledSnapshot:
    return ScheduledSnapshot(
        scheduled_action_name=name, schedule="(0 3 * * ? *)", snapshot_name_prefix=name, role_arn=ROLE
    )


def endpoint(name: str) -> WantedEndpoint:
    return WantedEndpoint(endpoint_name=name, subnet_ids=("subnet-1",), vpc_security_group_ids=("sg-1",))


def copy(region: str) -> SnapshotCopyConfiguration:
    return SnapshotCopyConfiguration(destination_region=region, snapshot_retention_period_days=14)


OWN: dict[str, Any] = {
    "db_name": "theirs",
    "admin_username": "boss",
    "manage_admin_password": True,
    "admin_password_secret_kms_key_id": KEY,
    "kms_key_id": KEY,
    "iam_roles": (ROLE,),
    "default_iam_role_arn": ROLE,
    "log_exports": ("userlog",),
    "tags": (("Team", "theirs"),),
    "base_capacity_rpu": 64,
    "max_capacity_rpu": 512,
    "price_performance_level": 25,
    "extra_compute_for_automatic_optimization": True,
    "subnet_ids": ("subnet-1", "subnet-2", "subnet-3"),
    "security_group_ids": ("sg-1",),
    "port": 5440,
    "publicly_accessible": True,
    "enhanced_vpc_routing": True,
    "ip_address_type": "dualstack",
    "track_name": "trailing",
    "config_parameters": (("query_group", "theirs"), ("search_path", "theirs")),
    "usage_limits": (LIMIT,),
    "snapshot_copy": (copy("eu-west-1"),),
    "scheduled_snapshots": (snapshots("theirs"),),
    "endpoint_access": (endpoint("theirs"),),
    "resource_policy": '{"Statement":["theirs"]}',
}
"""What the target has."""

WISHED: dict[str, tuple[Any, str]] = {
    "kms_key_id": (OTHER_KEY, KEY),
    "iam_roles": ((OTHER_ROLE,), ROLE),
    "default_iam_role_arn": ("", ROLE),
    "log_exports": ((), "userlog"),
    "tags": ((("Team", "mine"),), "theirs"),
    "base_capacity_rpu": (32, "64 RPU"),
    "max_capacity_rpu": (128, "512 RPU"),
    "price_performance_level": (0, "level 25"),
    "extra_compute_for_automatic_optimization": (False, "yes"),
    "subnet_ids": (("subnet-1", "subnet-2", "subnet-4"), "subnet-3"),
    "security_group_ids": (("sg-2",), "sg-1"),
    "port": (5439, "5440"),
    "publicly_accessible": (False, "yes"),
    "enhanced_vpc_routing": (False, "yes"),
    "ip_address_type": ("ipv4", "dualstack"),
    "track_name": ("current", "trailing"),
    "config_parameters": ((("search_path", "mine"),), "theirs"),
    "usage_limits": ((OTHER_LIMIT,), "10 RPU-hours daily"),
    "snapshot_copy": ((copy("us-west-2"),), "eu-west-1"),
    "scheduled_snapshots": ((snapshots("mine"),), "(0 3 * * ? *) UTC"),
    "endpoint_access": ((endpoint("mine"),), "theirs in subnet-1"),
    "resource_policy": ("", "theirs"),
}
"""Each setting that can be changed: another value for it, and what must be said of what is there."""

BESIDE: dict[str, dict[str, Any]] = {"base_capacity_rpu": {"price_performance_level": 0}}
"""A base capacity and a price-performance target exclude each other."""

FOR_GOOD = {"db_name", "admin_username", "admin_password_secret_kms_key_id"}
"""What a namespace has for good, or (the key of the password) as long as it has the password."""
LOOKED_UP_BY_NAME = {"scheduled_queries"}
"""Whoever made what there is under the name: tests/migration/test_scheduled_queries.py."""


def target(**own: Any) -> ServerlessTarget:
    config = ServerlessConfig(namespace_name="ns", workgroup_name="wg", **(OWN | own))
    return ServerlessTarget(
        region="us-east-2",
        config=config,
        namespace=NamespaceObserved(
            namespace_name="ns",
            namespace_arn=f"{ARN}:namespace/1",
            status="AVAILABLE",
            snapshot_copy_configuration_id="c-1",
            admin_username=config.admin_username,
            tags=config.tags or (),
        ),
        workgroup=WorkgroupObserved(
            workgroup_name="wg",
            workgroup_arn=f"{ARN}:workgroup/1",
            status="AVAILABLE",
            track_name=config.track_name,
            usage_limits=tuple(
                UsageLimitObserved(usage_limit_id=f"l-{number}", limit=limit)
                for number, limit in enumerate(config.usage_limits or ())
            ),
            tags=config.tags or (),
        ),
    )


def wish(**members: Any) -> Wish:
    return Wish(title="a wish", settings=ServerlessConfig(namespace_name="ns", workgroup_name="wg", **members))


def of(member: str, rows: tuple[SettingChange, ...]) -> list[SettingChange]:
    return [row for row in rows if row.member.partition(".")[0] == member]


def test_every_setting_is_tried() -> None:
    names = {"namespace_name", "workgroup_name"}
    only_towards_managed = {"manage_admin_password"}

    assert set(ServerlessConfig.model_fields) == set(OWN) | names | LOOKED_UP_BY_NAME
    assert set(WISHED) == set(OWN) - FOR_GOOD - only_towards_managed


@pytest.mark.parametrize("member", WISHED)
def test_what_is_there_is_shown_changed_only_where_wished_and_named_when_it_is_replaced(member: str) -> None:
    wanted, said = WISHED[member]

    made = difference(wish(**{member: wanted}), Seen(target(**BESIDE.get(member, {}))))

    changed = {change.member.partition(".")[0] for step in made.steps for change in changes_of(step, step.check.before)}
    assert member in changed
    assert changed <= {member, "default_iam_role_arn" if member == "iam_roles" else member, "iam_roles"}
    assert any(said in (row.now or "") for row in of(member, made.rows))
    assert any(row.action in ("set", "removed") for row in of(member, made.rows))
    assert any(said in finding.message for finding in made.findings)


@pytest.mark.parametrize("member", WISHED)
def test_what_is_as_wished_already_is_shown_and_left(member: str) -> None:
    made = difference(wish(**{member: OWN[member]}), Seen(target()))

    assert made.steps == ()
    assert made.findings == ()
    assert of(member, made.rows)
    assert {(row.now == row.after, row.action) for row in of(member, made.rows)} == {(True, "unchanged")}


def test_what_nobody_wished_is_left_alone() -> None:
    made = difference(wish(), Seen(target()))

    assert (made.steps, made.rows, made.findings) == ((), (), ())


def test_a_first_database_that_cannot_be_had_any_more_is_named_and_not_promised() -> None:
    made = difference(wish(db_name="mine"), Seen(target()))

    assert made.steps == ()
    assert [(row.now, row.after, row.action) for row in of("db_name", made.rows)] == [("theirs", "theirs", "unchanged")]
    assert ["theirs" in finding.message for finding in made.findings] == [True]


def test_a_password_that_its_owner_set_is_said_to_be_replaced() -> None:
    made = difference(wish(manage_admin_password=True), Seen(target(manage_admin_password=False)))

    assert [step.subject for step in made.steps] == [Subject.IDENTITY]
    assert [(row.now, row.after) for row in of("manage_admin_password", made.rows)] == [
        ("set by its owner", "managed by AWS")
    ]
    assert any("set by its owner is there now" in finding.message for finding in made.findings)


def test_a_row_of_the_cluster_keeps_its_words_and_gets_what_is_there() -> None:
    row = SettingChange(
        subject=Subject.CAPACITY,
        setting="base capacity",
        member="base_capacity_rpu",
        on_cluster="2 x ra3.4xlarge",
        after="16 RPU",
        action="translated",
    )
    asked = wish(base_capacity_rpu=16).model_copy(update={"rows": (row,)})

    (shown,) = difference(asked, Seen(target(price_performance_level=0))).rows

    assert shown == row.model_copy(update={"now": "64 RPU"})
