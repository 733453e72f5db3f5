"""The gate before the cluster."""

from __future__ import annotations

from typing import Any

import pytest

from redshift_migrate.models.cluster import ReservedNode
from redshift_migrate.translators.notices import translate_notices
from redshift_migrate.translators.source import translate_source
from tests.support.builders import a_cluster, after, levels, some_choices, the_finding


@pytest.mark.parametrize(
    ("members", "data", "level"),
    [
        ({}, "snapshot", []),
        ({"status": "paused"}, "snapshot", ["blocker"]),
        ({"status": "paused"}, "last-night", ["info"]),
        ({"status": "paused"}, "none", ["info"]),
        ({"status": "modifying"}, "snapshot", ["blocker"]),
        ({"status": "modifying"}, "last-night", ["warning"]),
        ({"status": "resizing"}, "snapshot", ["blocker"]),
        ({"is_resizing": True}, "snapshot", ["blocker"]),
        ({"is_resizing": True}, "none", ["warning"]),
        ({"status": "deleting"}, "snapshot", ["blocker"]),
        ({"status": "final-snapshot"}, "last-night", ["warning"]),
        ({"status": "storage-full"}, "snapshot", ["blocker"]),
    ],
)
def test_only_an_available_cluster_takes_a_snapshot(members: dict[str, Any], data: str, level: list[str]) -> None:
    translation = translate_source(a_cluster(**members), some_choices(data=data))

    assert levels(translation, "cluster status") == level


def test_a_paused_cluster_is_no_obstacle_when_no_data_is_in_scope() -> None:
    translation = translate_source(a_cluster(status="paused"), some_choices(only=("maintenance",)))

    assert levels(translation, "cluster status") == ["info"]


def test_a_paused_cluster_names_both_ways_out() -> None:
    message = the_finding(translate_source(a_cluster(status="paused"), some_choices()), "cluster status").message

    assert "Resume it" in message
    assert "billing" in message
    assert "existing snapshot" in message


@pytest.mark.parametrize(
    ("pending", "sizes"),
    [
        ({"pending_number_of_nodes": 8}, "is resizing from 4 x ra3.xlplus to 8 x ra3.xlplus"),
        (
            {"pending_number_of_nodes": 2, "pending_node_type": "ra3.4xlarge"},
            "is resizing from 4 x ra3.xlplus to 2 x ra3.4xlarge",
        ),
        ({}, "is resizing from 4 x ra3.xlplus (to what, tells: aws redshift describe-resize"),
    ],
)
def test_a_resize_is_told_with_the_nodes_before_and_after(pending: dict[str, Any], sizes: str) -> None:
    cluster = a_cluster(status="resizing", is_resizing=True, node_type="ra3.xlplus", number_of_nodes=4, **pending)

    assert sizes in the_finding(translate_source(cluster, some_choices()), "cluster status").message


@pytest.mark.parametrize(("data", "level"), [("snapshot", "blocker"), ("last-night", "blocker"), ("none", "warning")])
def test_a_hardware_key_blocks_every_restore(data: str, level: str) -> None:
    translation = translate_source(a_cluster(hsm_status="active"), some_choices(data=data))

    assert levels(translation, "HSM") == [level]


def test_pending_changes_are_named_except_the_track_which_has_its_own_subject() -> None:
    cluster = a_cluster(pending_changes=("NodeType", "MaintenanceTrackName"))

    assert the_finding(translate_source(cluster, some_choices()), "pending changes").on_cluster == "NodeType"
    assert not levels(
        translate_source(a_cluster(pending_changes=("MaintenanceTrackName",)), some_choices()), "pending changes"
    )


def test_multi_az_and_elastic_ip_have_no_counterpart() -> None:
    translation = translate_source(a_cluster(multi_az=True, elastic_ip="203.0.113.7"), some_choices())

    assert levels(translation, "Multi-AZ") == ["warning"]
    assert levels(translation, "elastic IP") == ["warning"]
    assert after(translation, "Multi-AZ") == [("no such setting", "not carried")]
    assert after(translation, "elastic IP") == [("none", "not carried")]


def test_reserved_nodes_of_the_cluster_s_type_keep_billing() -> None:
    nodes = (
        ReservedNode(
            reserved_node_id="a", node_type="ra3.4xlarge", node_count=2, state="active", ends_at="2027-05-01T00:00:00Z"
        ),
        ReservedNode(reserved_node_id="b", node_type="ra3.4xlarge", node_count=1, state="retired"),
        ReservedNode(reserved_node_id="c", node_type="dc2.large", node_count=8, state="active"),
    )

    finding = the_finding(translate_source(a_cluster(reserved_nodes=nodes), some_choices()), "reserved nodes")

    assert "2 x ra3.4xlarge until 2027-05-01T00:00:00Z" in finding.message
    assert "dc2.large" not in finding.message
    assert finding.on_cluster == "1 reservation"


def test_code_that_no_api_can_check_is_always_on_the_list() -> None:
    translation = translate_notices(a_cluster(), some_choices())

    assert "30 June 2026" in the_finding(translation, "Python functions").message
    assert "SYS views" in the_finding(translation, "system tables").message
