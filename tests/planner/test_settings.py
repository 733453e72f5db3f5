"""Each setting of a namespace and a workgroup that exist: applied it is as wished, undone it is as before."""

from __future__ import annotations

import json
from typing import Any

import pytest

from redshift_migrate.models.parameters import effective
from redshift_migrate.models.serverless import (
    ScheduledSnapshot,
    ServerlessConfig,
    SnapshotCopyConfiguration,
    UsageLimit,
    WantedEndpoint,
)
from tests.planner.world import NO_DATA, POLICY, REGION, ROLES, SECURITY_GROUP, SUBNETS, World, a_schedule

KEY = "arn:aws:kms:us-east-2:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
QUEUES = json.dumps([{"name": "etl", "user_role": ["loader"], "rules": []}])


def limit(amount: int, action: str = "log", period: str = "daily") -> UsageLimit:
    return UsageLimit.model_validate(
        {"usage_type": "serverless-compute", "amount": amount, "period": period, "breach_action": action}
    )


def endpoint(name: str, *subnets: str, groups: tuple[str, ...] = (SECURITY_GROUP,)) -> WantedEndpoint:
    return WantedEndpoint(endpoint_name=name, subnet_ids=subnets, vpc_security_group_ids=groups)


def wish(**members: Any) -> ServerlessConfig:
    return ServerlessConfig(namespace_name="my-namespace", workgroup_name="my-workgroup", **members)


CASES: list[Any] = [
    pytest.param({"kms_key_id": KEY}, 1, False, id="kms-key"),
    pytest.param({"iam_roles": ROLES, "default_iam_role_arn": ROLES[1]}, 1, True, id="roles"),
    pytest.param({"iam_roles": ()}, 1, True, id="no-roles"),
    pytest.param({"default_iam_role_arn": ""}, 1, True, id="no-default-role"),
    pytest.param({"log_exports": ("userlog", "connectionlog")}, 1, True, id="logs"),
    pytest.param({"manage_admin_password": True}, 1, False, id="managed-password"),
    pytest.param({"base_capacity_rpu": 64}, 1, True, id="base"),
    pytest.param({"max_capacity_rpu": 128}, 1, True, id="max"),
    pytest.param({"base_capacity_rpu": 64, "max_capacity_rpu": 64}, 2, True, id="base-and-max"),
    pytest.param({"price_performance_level": 50}, 1, True, id="price-performance"),
    pytest.param({"extra_compute_for_automatic_optimization": True}, 1, True, id="extra-compute"),
    pytest.param({"subnet_ids": SUBNETS[:2]}, 1, True, id="subnets"),
    pytest.param({"enhanced_vpc_routing": True}, 1, True, id="routing"),
    pytest.param({"port": 5440}, 1, True, id="port"),
    pytest.param({"publicly_accessible": True}, 1, True, id="public"),
    pytest.param({"track_name": "trailing"}, 1, True, id="track"),
    pytest.param({"config_parameters": (("datestyle", "ISO, DMY"), ("use_fips_ssl", "true"))}, 1, True, id="params"),
    pytest.param({"config_parameters": (("max_query_execution_time", "60"),)}, 1, True, id="query-limit"),
    pytest.param({"config_parameters": (("max_scan_row_count", "60"),)}, 1, False, id="query-limit-without-default"),
    pytest.param({"config_parameters": (("wlm_json_configuration", QUEUES),)}, 1, False, id="queues"),
    pytest.param({"config_parameters": (("require_ssl", "false"),)}, 1, True, id="without-ssl"),
    pytest.param({"config_parameters": (("require_ssl", "false"), ("auto_mv", "false"))}, 2, True, id="ssl-by-itself"),
    pytest.param({"tags": (("Environment", "test"), ("Team", "data"))}, 3, True, id="tags"),
    pytest.param({"usage_limits": (limit(10), limit(100, "deactivate", "monthly"))}, 2, True, id="usage-limits"),
    pytest.param({"snapshot_copy": (SnapshotCopyConfiguration(destination_region="us-west-2"),)}, 1, True, id="copy"),
    pytest.param({"scheduled_snapshots": (a_schedule(), a_schedule(scheduled_action_name="x-y", enabled=False))},
                 2, True, id="schedules"),
    pytest.param({"endpoint_access": (endpoint("one", SUBNETS[0]), endpoint("two", SUBNETS[1], groups=()))},
                 2, True, id="endpoints"),
    pytest.param({"resource_policy": POLICY}, 1, True, id="policy"),
]  # fmt: skip


def seen(world: World) -> Any:
    """What an observer sees, without what AWS decides."""
    config = world.observe("my-namespace", "my-workgroup").config
    return config.model_copy(update={"config_parameters": ()}), effective(config.config_parameters)


@pytest.mark.parametrize(("members", "calls", "can_go_back"), CASES)
def test_a_wish_is_fulfilled_once_and_can_be_taken_back(
    world: World, members: dict[str, Any], calls: int, can_go_back: bool
) -> None:
    before = seen(world)
    wanted = wish(**members)

    journal = world.apply(world.plan(wanted))

    assert len(world.account.writes()) == calls
    assert world.plan(wanted) == ()
    assert seen(world) != before
    findings = world.undo(journal)
    assert (findings == ()) is can_go_back
    if can_go_back:
        assert seen(world) == before


def test_a_wish_that_is_fulfilled_already_makes_no_step(world: World) -> None:
    """What is there, wished for as it is; require_ssl, which AWS shows unasked, counts as its default."""
    present = world.observe("my-namespace", "my-workgroup").config

    assert world.plan(present) == ()
    assert world.plan(wish(config_parameters=(("require_ssl", "true"), ("auto_mv", "true")))) == ()


def test_a_member_that_is_not_wished_for_is_left_alone(world: World) -> None:
    everything_else = wish(port=5440)
    world.apply(world.plan(wish(usage_limits=(limit(10),), log_exports=("userlog",))))

    assert [step.id for step in world.plan(everything_else)] == ["network.port"]


@pytest.mark.parametrize(
    ("first", "second", "order"),
    [
        ((32, 40), (64, 128), ["capacity.max", "capacity.base"]),
        ((64, 128), (16, 32), ["capacity.base", "capacity.max"]),
        ((32, 40), (64, -1), ["capacity.max", "capacity.base"]),
        ((32, -1), (64, 128), ["capacity.max", "capacity.base"]),
    ],
)
def test_base_and_max_change_in_an_order_that_is_valid_at_every_moment(
    world: World, first: tuple[int, int], second: tuple[int, int], order: list[str]
) -> None:
    world.apply(world.plan(wish(base_capacity_rpu=first[0], max_capacity_rpu=first[1])))
    steps = world.plan(wish(base_capacity_rpu=second[0], max_capacity_rpu=second[1]))
    world.apply(steps)

    assert [step.id for step in steps] == order
    assert world.plan(wish(base_capacity_rpu=second[0], max_capacity_rpu=second[1])) == ()


@pytest.mark.parametrize(
    ("first", "second"),
    [((SUBNETS[:2], False), (SUBNETS, True)), ((SUBNETS, True), (SUBNETS[:2], False))],
    ids=["towards-routing", "away-from-routing"],
)
def test_subnets_and_routing_change_in_a_valid_order(
    world: World, first: tuple[tuple[str, ...], bool], second: tuple[tuple[str, ...], bool]
) -> None:
    for subnets, routing in (first, second):
        wanted = wish(subnet_ids=subnets, enhanced_vpc_routing=routing)
        world.apply(world.plan(wanted))
        assert world.plan(wanted) == ()


def test_a_limit_is_changed_in_place_where_that_is_possible(world: World) -> None:
    world.apply(world.plan(wish(usage_limits=(limit(10), limit(20, "deactivate"), limit(30, period="weekly")))))
    wanted = wish(usage_limits=(limit(11), limit(20, "deactivate"), limit(30, period="monthly")))
    steps = world.plan(wanted)
    journal = world.apply(steps)

    assert [step.call.operation for step in steps] == ["DeleteUsageLimit", "UpdateUsageLimit", "CreateUsageLimit"]
    assert world.plan(wanted) == ()
    world.undo(journal)
    limits = world.observe("my-namespace", "my-workgroup").config.usage_limits
    assert set(limits) == {limit(10), limit(20, "deactivate"), limit(30, period="weekly")}


def test_limits_that_are_wholly_alike_count_as_one(world: World) -> None:
    wanted = wish(usage_limits=(limit(10), limit(10)))
    world.apply(world.plan(wanted))

    limits = world.observe("my-namespace", "my-workgroup").config.usage_limits
    assert limits == (limit(10),)
    assert world.plan(wanted) == ()


def test_schedules_and_endpoints_are_updated_by_name(world: World) -> None:
    world.apply(world.plan(wish(scheduled_snapshots=(a_schedule(),), endpoint_access=(endpoint("one", *SUBNETS[:2]),))))
    other: ScheduledSnapshot = a_schedule(schedule="(0 5 ? * MON *)", retention_period_days=None)
    wanted = wish(scheduled_snapshots=(other,), endpoint_access=(endpoint("one", SUBNETS[2]),))
    steps = world.plan(wanted)
    world.apply(steps)

    assert [step.call.operation for step in steps] == [
        "UpdateScheduledAction",
        "DeleteEndpointAccess",
        "CreateEndpointAccess",
    ]
    assert world.plan(wanted) == ()


def test_a_policy_spelled_in_another_way_is_the_same_policy(world: World) -> None:
    world.apply(world.plan(wish(resource_policy=POLICY)))

    assert world.plan(wish(resource_policy=json.dumps(json.loads(POLICY), indent=4))) == ()
    gone = world.plan(wish(resource_policy=""))
    world.apply(gone)
    assert [step.call.operation for step in gone] == ["DeleteResourcePolicy"]
    assert world.observe("my-namespace", "my-workgroup").config.resource_policy == ""


def test_a_workgroup_is_made_for_a_namespace_that_has_none(world: World) -> None:
    world.account.table(REGION, "workgroups").clear()
    wanted = wish(base_capacity_rpu=8, usage_limits=(limit(10),))
    steps = world.plan(wanted)
    journal = world.apply(steps)

    assert steps[0].id == "workgroup.create"
    assert world.plan(wanted) == ()
    world.undo(journal)
    assert world.account.table(REGION, "workgroups") == {}
    assert "my-namespace" in world.account.table(REGION, "namespaces")


def test_what_could_not_be_read_is_not_planned_and_said(world: World) -> None:
    from redshift_migrate.planner.difference import plan_findings, plan_steps

    world.account.faults.add("redshift-serverless:ListUsageLimits", kind="denied")
    target = world.observe("my-namespace", "my-workgroup")
    wanted = wish(usage_limits=(limit(10),), port=5440)

    assert [step.id for step in plan_steps(wanted, target, NO_DATA)] == ["network.port"]
    (finding,) = plan_findings(wanted, target, NO_DATA)
    assert "redshift-serverless:ListUsageLimits" in finding.message


def test_queues_cannot_be_turned_back_into_limits(world: World) -> None:
    from redshift_migrate.planner.difference import plan_findings

    world.apply(world.plan(wish(config_parameters=(("wlm_json_configuration", QUEUES),))))
    wanted = wish(config_parameters=(("max_query_execution_time", "60"), ("auto_mv", "false")))

    assert [step.call.operation for step in world.plan(wanted)] == ["UpdateWorkgroup"]
    (finding,) = plan_findings(wanted, world.observe("my-namespace", "my-workgroup"), NO_DATA)
    assert finding.level == "blocker"


def test_only_the_parameters_that_differ_are_sent(world: World) -> None:
    wanted = wish(config_parameters=(("auto_mv", "false"), ("datestyle", "ISO, MDY"), ("require_ssl", "true")))

    (step,) = world.plan(wanted)

    assert step.call.parameters["configParameters"] == [{"parameterKey": "auto_mv", "parameterValue": "false"}]


def test_a_target_that_scales_by_itself_keeps_doing_so_unless_a_base_is_asked_for(world: World) -> None:
    world.apply(world.plan(wish(price_performance_level=75)))

    assert world.plan(wish(base_capacity_rpu=64)) == ()
    off, base = world.plan(wish(base_capacity_rpu=64, price_performance_level=0))
    world.apply((off, base))

    now = world.observe("my-namespace", "my-workgroup").config
    assert (off.id, base.id) == ("capacity.price_performance", "capacity.base")
    assert (now.base_capacity_rpu, now.price_performance_level) == (64, 0)
