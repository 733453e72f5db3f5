"""Base and maximum capacity."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from redshift_migrate.errors import SettingsError
from redshift_migrate.models.cluster import ScheduledAction
from redshift_migrate.translators.capacity import (
    ALLOWED_RPU,
    GIB_PER_NODE,
    MB_PER_TB,
    base_capacity_rpu,
    check_base_capacity,
    max_capacity_rpu,
    rounded_up,
    translate_capacity,
)
from redshift_migrate.translators.scheduled_actions import translate_scheduled_actions
from tests.support.builders import a_cluster, after, levels, some_choices, the_finding


@pytest.mark.parametrize(
    ("node_type", "nodes", "rpu"),
    [
        ("ra3.xlplus", 2, 4),
        ("ra3.4xlarge", 2, 16),
        ("ra3.4xlarge", 4, 24),
        ("ra3.16xlarge", 2, 48),
        ("dc2.8xlarge", 16, 248),
        ("dc2.large", 1, 4),
        ("dc2.large", 8, 8),
        ("rg.4xlarge", 3, 24),
        ("ra3.16xlarge", 22, 544),
        ("ra3.16xlarge", 128, 1024),
    ],
)
def test_memory_becomes_capacity_rounded_up_to_an_allowed_value(node_type: str, nodes: int, rpu: int) -> None:
    cluster = a_cluster(node_type=node_type, number_of_nodes=nodes)

    assert translate_capacity(cluster, some_choices()).settings["base_capacity_rpu"] == rpu


@given(st.sampled_from(list(GIB_PER_NODE)), st.integers(1, 128), st.sampled_from(("us-east-2", "eu-west-3")))
def test_the_capacity_is_the_least_allowed_one_that_keeps_the_memory(node_type: str, nodes: int, region: str) -> None:
    rpu = base_capacity_rpu(a_cluster(node_type=node_type, number_of_nodes=nodes, region=region), some_choices())

    gib = nodes * GIB_PER_NODE[node_type]
    smaller = [value for value in ALLOWED_RPU if value < rpu and (value > 4 or region == "us-east-2")]
    assert rpu in ALLOWED_RPU
    assert rpu * 16 >= gib or rpu == 1024
    assert not smaller or smaller[-1] * 16 < gib


def test_the_formula_is_shown() -> None:
    finding = the_finding(translate_capacity(a_cluster(), some_choices()), "base capacity")

    assert finding.message.startswith("2 nodes x 96 GiB / 16 GiB = 12 RPU, rounded up to 16.")
    assert (finding.level, finding.on_cluster, finding.after) == ("info", "2 x ra3.4xlarge", "16 RPU")


def test_the_ladder_is_4_then_eights_then_thirty_twos() -> None:
    assert len(ALLOWED_RPU) == 1 + 64 + 16
    assert {4, 8, 512, 544, 1024} <= set(ALLOWED_RPU)
    assert not {12, 516, 520, 1032} & set(ALLOWED_RPU)


@pytest.mark.parametrize(
    ("region", "rpu"), [("us-west-2", 4), ("eu-north-1", 4), ("eu-central-1", 8), ("sa-east-1", 8)]
)
def test_4_rpu_exists_in_some_regions_only(region: str, rpu: int) -> None:
    assert rounded_up(2, region) == rpu


def test_4_rpu_comes_with_its_restrictions() -> None:
    translation = translate_capacity(a_cluster(node_type="ra3.xlplus"), some_choices())

    assert any("100 columns" in finding.message for finding in translation.findings)


@pytest.mark.parametrize(("stored_tb", "rpu"), [(None, 4), (32, 4), (33, 8), (128, 8), (129, 32)])
def test_data_sets_a_floor(stored_tb: int | None, rpu: int) -> None:
    stored_mb = None if stored_tb is None else stored_tb * MB_PER_TB
    cluster = a_cluster(node_type="ra3.xlplus", stored_mb=stored_mb)

    assert base_capacity_rpu(cluster, some_choices()) == rpu


def test_storage_that_need_not_be_full_raises_nothing_and_warns() -> None:
    cluster = a_cluster(total_storage_mb=256_000_000)

    translation = translate_capacity(cluster, some_choices())

    (warning,) = (
        finding for finding in translation.findings if finding.setting == "base capacity" and finding.level == "warning"
    )
    assert translation.settings["base_capacity_rpu"] == 16
    assert "more than 128 TB" in warning.message
    assert "at least 32 RPU" in warning.message
    known = translate_capacity(cluster.model_copy(update={"stored_mb": MB_PER_TB}), some_choices())
    assert levels(known, "base capacity") == ["info"]


def test_the_user_s_value_below_the_floor_is_a_blocker() -> None:
    cluster = a_cluster(stored_mb=200 * MB_PER_TB)

    assert "blocker" in levels(translate_capacity(cluster, some_choices(base_capacity_rpu=16)), "base capacity")
    assert "blocker" not in levels(translate_capacity(cluster, some_choices(base_capacity_rpu=32)), "base capacity")


@pytest.mark.parametrize(
    ("rpu", "region", "nearest"),
    [
        (0, "us-east-2", [4]),
        (-1, "us-east-2", [4]),
        (5, "us-east-2", [4, 8]),
        (12, "us-east-2", [8, 16]),
        (520, "us-east-2", [512, 544]),
        (2000, "us-east-2", [1024]),
        (4, "eu-west-3", [8]),
    ],
)
def test_a_value_that_is_not_allowed_names_the_nearest_ones(rpu: int, region: str, nearest: list[int]) -> None:
    with pytest.raises(SettingsError) as caught:
        translate_capacity(a_cluster(region=region), some_choices(base_capacity_rpu=rpu))

    assert caught.value.data["nearest_rpu"] == nearest
    assert all(str(value) in caught.value.hint for value in nearest)


@pytest.mark.parametrize("rpu", ALLOWED_RPU)
def test_every_allowed_value_is_taken(rpu: int) -> None:
    check_base_capacity(rpu, "us-east-2")

    assert base_capacity_rpu(a_cluster(), some_choices(base_capacity_rpu=rpu)) == rpu


@pytest.mark.parametrize(("base", "most"), [(4, 8), (16, 32), (256, 512), (264, 544), (512, 1024), (1024, 1024)])
def test_the_proposed_maximum_is_twice_the_base_and_allowed(base: int, most: int) -> None:
    assert max_capacity_rpu(base) == most
    assert most in ALLOWED_RPU


@pytest.mark.parametrize(
    "members", [{"node_type": "ra9.huge"}, {"node_type": None}, {"number_of_nodes": None}, {"number_of_nodes": 0}]
)
def test_unknown_memory_takes_the_default_and_says_so(members: dict[str, Any]) -> None:
    translation = translate_capacity(a_cluster(**members), some_choices())

    assert translation.settings["base_capacity_rpu"] == 128
    assert levels(translation, "base capacity") == ["warning"]


def test_memory_that_no_page_states_is_said_to_be_assumed() -> None:
    translation = translate_capacity(a_cluster(node_type="rg.xlarge", number_of_nodes=4), some_choices())

    assert "is assumed" in the_finding(translation, "base capacity").message


@pytest.mark.parametrize(("rpu", "offered"), [(8, False), (24, False), (32, True), (512, True), (544, False)])
def test_price_performance_is_offered_where_aws_recommends_it_and_never_switched_on(rpu: int, offered: bool) -> None:
    translation = translate_capacity(a_cluster(), some_choices(base_capacity_rpu=rpu))

    assert ("can be switched on" in the_finding(translation, "price-performance target").message) is offered
    assert translation.settings.get("price_performance_level", 0) == 0


@pytest.mark.parametrize(("region", "warned"), [("us-east-2", False), ("eu-central-1", False), ("sa-east-1", True)])
def test_more_than_512_is_left_to_the_api_with_a_word(region: str, warned: bool) -> None:
    translation = translate_capacity(a_cluster(region=region), some_choices(base_capacity_rpu=544))

    assert ("warning" in levels(translation, "base capacity")) is warned


@pytest.mark.parametrize("on", [True, False])
def test_extra_compute_is_carried(on: bool) -> None:
    translation = translate_capacity(a_cluster(extra_compute_for_automatic_optimization=on), some_choices())

    assert translation.settings["extra_compute_for_automatic_optimization"] is on


def test_pause_is_not_needed_and_resize_is_offered_and_both_are_to_be_switched_off() -> None:
    actions = (
        ScheduledAction(name="night", action="PauseCluster", schedule="cron(0 20 * * ? *)", state="ACTIVE"),
        ScheduledAction(
            name="month-end",
            action="ResizeCluster",
            schedule="cron(0 0 1 * ? *)",
            node_type="ra3.4xlarge",
            number_of_nodes=8,
        ),
    )

    translation = translate_scheduled_actions(a_cluster(scheduled_actions=actions))

    pause, resize, off = translation.findings
    assert "bills no compute" in pause.message
    assert "baseCapacity=48" in resize.message
    assert "night, month-end" in off.message
    assert [row[0] for row in after(translation, "scheduled action")] == ["not needed", "offered"]
    assert translation.settings == {}
