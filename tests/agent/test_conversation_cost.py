"""What whole conversations cost over the Bedrock wire, held to the limits; `scripts/bench/conversation` prints them."""

from __future__ import annotations

import pytest

from tests.support.conversing import CANONICAL, FLEET, LIMITS, WHOLE, Measured, Trip, canonical, fleet, whole


@pytest.fixture(scope="module")
def measured() -> dict[str, Measured]:
    return {"canonical": canonical(), "whole": whole(), "fleet": fleet()}


@pytest.mark.parametrize(
    ("name", "trips"),
    [("canonical", 2 * len(CANONICAL)), ("whole", 2 * len(WHOLE)), ("fleet", 2 * len(FLEET))],
)
def test_every_trip_begins_with_the_whole_of_the_one_before(
    measured: dict[str, Measured], name: str, trips: int
) -> None:
    """Else the provider's cache is of no use: what is new is a small part, and the prefix is never part of it."""
    found = measured[name]

    assert found.refusals == []
    assert len(found.trips) == trips
    assert all(trip.new < trip.tokens - found.prefix + 1 for trip in found.trips)
    for before, after in zip(found.trips, found.trips[1:], strict=False):
        assert abs(after.tokens - after.new - before.tokens) <= 2  # rounding


@pytest.mark.parametrize("name", LIMITS)
def test_a_figure_is_within_its_limit(measured: dict[str, Measured], name: str) -> None:
    figures = measured["canonical"].figures | measured["whole"].figures | measured["fleet"].figures
    assert figures[name] <= LIMITS[name]


def test_every_tool_did_what_it_was_called_for(measured: dict[str, Measured]) -> None:
    called = [name for name, _ in measured["whole"].results]
    assert called == [
        "list_clusters",
        "plan_migration",
        "get_plan",
        "get_plan",
        "plan_migration",
        "apply_plan",
        "get_migration_status",
        "verify_migration",
        "undo_migration",
    ]


def test_what_is_cached_counts_a_tenth() -> None:
    assert Trip(tokens=1000, new=100, about="").weighted == pytest.approx(190)


def test_a_fleet_is_counted_ordered_and_moved_over_the_wire(measured: dict[str, Measured]) -> None:
    answers = measured["fleet"].answers
    ready, blocked, waves, wave, applied, cost = (answer for _, answer in answers)
    assert sum(ready["readiness"].values()) == ready["clusters"]
    assert blocked["clusters"] == ready["readiness"]["blocked"] == blocked["readiness"]["blocked"]
    assert len(waves["waves"]) == 1
    assert set(wave["plans"]) == {"dev-sandbox", "reports-dc2"}
    assert [run["status"] for run in applied["runs"]] == ["applied", "applied"]
    assert "USD" in cost["today_a_month"]
    assert "formula" not in cost
    assert "node-hour" in cost["today"][0]
