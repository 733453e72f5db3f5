"""What a cluster costs: the arithmetic, and what is said where something is not known."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

import redshift_facts as record
from redshift_migrate.assessment.cost import DAYS_OF_BOTH, SCALING_FACTOR, estimate
from redshift_migrate.extractors.prices import known_prices, parse_product
from redshift_migrate.models.base import Unknown
from redshift_migrate.models.choices import migration_choices
from redshift_migrate.models.cluster import ReservedNode
from redshift_migrate.models.cost import HOURS_A_MONTH, Activity, Estimate
from redshift_migrate.translators.capacity import translate_capacity
from tests.support.fleets import cluster

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
WEEK = 7 * 24 * 60
DENIED = Unknown(needs_action="cloudwatch:GetMetricData", reason="it is not allowed")


def activity(share: float, **members: Any) -> Activity:
    given: dict[str, Any] = {
        "start": "2026-11-19T12:00:00Z",
        "end": "2026-11-26T12:00:00Z",
        "minutes": WEEK,
        "reported_minutes": WEEK,
        "active_minutes": round(WEEK * share),
        "connected_minutes": 0,
    }
    return Activity(**given | members)


def made(share: float | None = 0.5, *, region: str = "us-east-1", seen: Any = None, **members: Any) -> Estimate:
    given = cluster(region=region, **{"stored_mb": 1024 * 1024, **members})
    base = translate_capacity(given, migration_choices(given.cluster_id)).settings["base_capacity_rpu"]
    was = seen or (DENIED if share is None else activity(share))
    return estimate(given, base, known_prices(region, given.node_type), was, NOW)


@pytest.mark.parametrize(
    ("node_type", "nodes", "share"),
    [
        ("ra3.large", 2, 72),
        ("ra3.xlplus", 2, 145),
        ("ra3.4xlarge", 2, 109),
        ("ra3.4xlarge", 4, 145),
        ("ra3.16xlarge", 2, 145),
        ("dc2.large", 2, 33),
        ("dc2.large", 4, 67),
        ("dc2.8xlarge", 2, 80),
        ("rg.xlarge", 2, 101),
    ],
)
def test_the_share_of_the_time_at_which_both_cost_the_same(node_type: str, nodes: int, share: int) -> None:
    """In us-east-1; the same figures were worked out by hand beforehand."""
    found = made(node_type=node_type, number_of_nodes=nodes).break_even_share
    assert found is not None
    assert round(100 * found) == share


def test_every_figure_follows_from_its_formula() -> None:
    found = made(0.25)
    hour = 2 * record.amounts("prices.node_hour")["us-east-1 ra3.4xlarge"]
    rpu, storage = (
        record.amounts("prices.rpu_hour")["us-east-1"],
        record.amounts("prices.storage_gb_month")["us-east-1"],
    )
    assert found.base_capacity_rpu == 16
    assert found.today_total == pytest.approx(hour * HOURS_A_MONTH + 1024 * storage)
    low = 16 * 0.25 * HOURS_A_MONTH * rpu
    assert found.after_range == pytest.approx((low + 1024 * storage, SCALING_FACTOR * low + 1024 * storage))
    assert found.once[0].low == pytest.approx(hour * 24 * DAYS_OF_BOTH)
    assert found.ceiling_usd_hour == pytest.approx(32 * rpu)
    assert all(each.formula and each.source and each.date for each in (*found.today, *found.after))


def test_the_upper_end_is_held_by_the_maximum_capacity() -> None:
    given = cluster(stored_mb=0)
    found = estimate(given, 16, known_prices("us-east-1", given.node_type), activity(0.5), NOW, max_rpu=16)
    assert found.after[0].low == found.after[0].most


@pytest.mark.parametrize("region", ["eu-west-1", "us-east-2", "me-south-1"])
def test_a_price_that_is_not_known_there_is_taken_from_nowhere_else(region: str) -> None:
    found = made(region=region)
    assert found.today[0].low is None
    assert found.today_total is None
    assert f"unknown for ra3.4xlarge in {region}" in str(found.today[0].inputs)
    known = record.amounts("prices.rpu_hour").get(region)
    assert (found.after[0].low is None) is (known is None)


def test_without_activity_only_the_share_is_said() -> None:
    found = made(None)
    assert found.after[0].low is None
    assert found.after_range is None
    assert found.break_even_share is not None
    assert "cloudwatch:GetMetricData" in str(found.after[0].inputs)
    assert not any("cheaper than" in each or "at both ends" in each for each in found.advice)


def test_a_week_of_pause_is_no_activity_of_zero() -> None:
    found = made(seen=activity(0, reported_minutes=0))
    assert found.after[0].low is None
    assert "as when paused" in str(found.after[0].inputs)


def test_paused_hours_are_not_billed_today() -> None:
    half = made(seen=activity(0.25, reported_minutes=WEEK // 2))
    assert half.today[0].low == pytest.approx(made(0.25).today[0].low / 2)  # type: ignore[operator]


@pytest.mark.parametrize(("share", "says"), [(0.05, "serverless is cheaper"), (1.0, "depends on"), (0.9, "depends on")])
def test_it_says_which_is_cheaper(share: float, says: str) -> None:
    assert any(says in each for each in made(share).advice)


def test_it_says_when_staying_is_cheaper() -> None:
    found = made(1.0, node_type="dc2.large", number_of_nodes=8)
    assert any("staying on the cluster is cheaper" in each for each in found.advice)


def test_reservations_other_nodes_and_idle_clients_are_named() -> None:
    nodes = (
        ReservedNode(reserved_node_id="r", node_type="ra3.4xlarge", node_count=2, ends_at="2027-09-01T06:00:00Z"),
        ReservedNode(reserved_node_id="s", node_type="dc2.large", node_count=9),
    )
    found = made(seen=activity(0.9, connected_minutes=WEEK), reserved_nodes=nodes)
    told = " ".join(found.advice)
    assert "2 x ra3.4xlarge) are billed on until 2027-09-01" in told
    assert "9 x" not in told
    assert "6 x rg.xlarge" in told
    assert "serverless reservation would be cheaper" in told
    assert "no promise of the same speed" in told
    assert "turn them off" in " ".join(made(seen=activity(0.1, connected_minutes=WEEK)).advice)


def test_old_nodes_have_no_storage_price_and_scaling_beyond_the_free_hours_counts() -> None:
    assert [each.name for each in made(node_type="dc2.large").today] == ["nodes"]
    assert len(made(seen=activity(0.5, concurrency_scaling_s=60)).today) == 3
    free = made(seen=activity(0.5, concurrency_scaling_s=3600)).today[2]
    assert free.low == 0
    busy = made(seen=activity(0.5, concurrency_scaling_s=3600 * 100)).today[2]
    assert busy.low is not None
    assert busy.low > 0


@pytest.mark.parametrize("text", ["", "no JSON", "[]", '"text"', "{}", '{"terms": {"OnDemand": {}}}'])
def test_an_item_of_the_price_list_that_says_nothing_is_no_price(text: str) -> None:
    assert list(parse_product(text)) == []
