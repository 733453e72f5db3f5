"""The track and the window."""

from __future__ import annotations

from typing import Any

import pytest

from redshift_migrate.models.cluster import DeferredMaintenanceWindow
from redshift_migrate.translators.maintenance import translate_maintenance
from tests.support.builders import a_cluster, after, levels, the_finding


@pytest.mark.parametrize(
    ("track", "pending", "wanted", "level"),
    [
        ("current", None, "current", "info"),
        ("trailing", None, "trailing", "info"),
        ("current", "trailing", "trailing", "warning"),
        ("trailing", "current", "current", "warning"),
        ("current", "current", "current", "info"),
        ("preview_2026", None, "current", "warning"),
        (None, None, "current", "warning"),
    ],
)
def test_the_track_is_carried_where_serverless_has_it(
    track: str | None, pending: str | None, wanted: str, level: str
) -> None:
    translation = translate_maintenance(a_cluster(maintenance_track=track, pending_maintenance_track=pending))

    assert translation.settings == {"track_name": wanted}
    assert levels(translation, "maintenance track") == [level]
    assert after(translation, "maintenance track") == [(wanted, "carried" if track == wanted else "translated")]


def test_trailing_has_to_be_set_at_creation() -> None:
    finding = the_finding(translate_maintenance(a_cluster(maintenance_track="trailing")), "maintenance track")

    assert "when the workgroup is created" in finding.message


@pytest.mark.parametrize(
    ("members", "level"),
    [
        ({"maintenance_track": "trailing"}, ["info"]),
        ({"pending_maintenance_track": "trailing"}, ["warning"]),
        ({}, []),
    ],
)
def test_a_version_ahead_of_the_trailing_track_is_said(members: dict[str, Any], level: list[str]) -> None:
    translation = translate_maintenance(a_cluster(cluster_version="1.0.68555", **members))

    assert levels(translation, "engine version") == level


def test_the_window_has_no_counterpart() -> None:
    translation = translate_maintenance(a_cluster(maintenance_window="sun:05:00-sun:05:30"))

    finding = the_finding(translation, "maintenance window")
    assert "within 14 days" in finding.message
    assert finding.on_cluster == "sun:05:00-sun:05:30"
    assert [action for _, action in after(translation, "maintenance window")] == ["not carried"]


def test_deferral_and_the_upgrade_switch_are_lost() -> None:
    window = DeferredMaintenanceWindow(identifier="d", ends_at="2027-01-01T00:00:00Z")

    translation = translate_maintenance(a_cluster(deferred_maintenance_windows=(window,), allow_version_upgrade=False))

    assert "2027-01-01" in the_finding(translation, "deferred maintenance").message
    assert levels(translation, "version upgrades") == ["warning"]
