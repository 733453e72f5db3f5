"""Base capacity is a starting point: both figures of a Multi-AZ cluster, other ways on, and unknown nodes are said."""

from __future__ import annotations

import pytest

from redshift_migrate.models.finding import Finding
from redshift_migrate.translators.capacity import GIB_PER_NODE, translate_capacity
from tests.cases.loading import about, case, choices_of, cluster_of, translated, with_changes
from tests.support.builders import a_cluster, levels, some_choices, the_finding

REPLIES = case("multi_az_sizing")


def base_finding(**changes: object) -> Finding:
    replies = with_changes(REPLIES, **changes)
    translation = translate_capacity(cluster_of(replies), choices_of(replies))
    return next(finding for finding in translation.findings if finding.setting == "base capacity")


def test_the_case_offers_both_figures() -> None:
    finding = base_finding()

    assert "one zone come to 24 RPU, those of both to 48 RPU" in finding.message
    assert finding.level == "warning"
    assert translated(REPLIES).settings["base_capacity_rpu"] == 24
    assert about(translated(REPLIES), "keeps the memory") == []


@pytest.mark.parametrize("on", ["Enabled", "enabled", "true", "MultiAZ"])
def test_every_word_for_on_counts(on: str) -> None:
    assert "48 RPU" in base_finding(MultiAZ=on).message


@pytest.mark.parametrize("off", ["Disabled", "false", "", None])
def test_one_zone_has_one_figure(off: str | None) -> None:
    finding = base_finding(MultiAZ=off)

    assert "zone" not in finding.message
    assert "starting point" in finding.message
    assert finding.level == "info"


@pytest.mark.parametrize("node_type", GIB_PER_NODE)
@pytest.mark.parametrize("nodes", [2, 3, 128])
def test_both_figures_are_those_of_one_and_of_two_zones(node_type: str, nodes: int) -> None:
    def rpu(count: int) -> int:
        cluster = a_cluster(node_type=node_type, number_of_nodes=count, region="us-east-1")
        size: int = translate_capacity(cluster, some_choices()).settings["base_capacity_rpu"]
        return size

    message = base_finding(NodeType=node_type, NumberOfNodes=nodes).message
    assert f"one zone come to {rpu(nodes)} RPU, those of both to {rpu(2 * nodes)} RPU" in message


def test_the_figures_are_offered_beside_the_users_own() -> None:
    choices = choices_of(REPLIES).model_copy(update={"base_capacity_rpu": 64})
    finding = the_finding(translate_capacity(cluster_of(REPLIES), choices), "base capacity")

    assert finding.message.startswith("64 RPU as asked for.")
    assert "to 24 RPU, those of both to 48 RPU" in finding.message


@pytest.mark.parametrize("node_type", ["rg.99xlarge", "ra4.large", "", None, "RA3.4XLARGE"])
@pytest.mark.parametrize("multi_az", ["Enabled", "Disabled"])
def test_an_unknown_node_type_is_unknown_with_what_follows(node_type: str | None, multi_az: str) -> None:
    finding = base_finding(NodeType=node_type, MultiAZ=multi_az)

    assert finding.level == "warning"
    assert finding.after == "128 RPU"
    assert "not known here" in finding.message
    assert "name a base capacity" in finding.message
    assert ("as many nodes again" in finding.message) == (multi_az == "Enabled")


@pytest.mark.parametrize(
    ("node_type", "is_offered"), [("ra3.4xlarge", True), ("dc2.large", True), ("rg.xlarge", False)]
)
def test_rg_nodes_are_not_hidden(node_type: str, is_offered: bool) -> None:
    translation = translate_capacity(a_cluster(node_type=node_type), some_choices())

    assert levels(translation, "RG nodes") == (["info"] if is_offered else [])


@pytest.mark.parametrize(
    ("node_type", "level"), [("ra3.large", "info"), ("rg.xlarge", "warning"), ("rg.12xlarge", "warning")]
)
def test_only_memory_that_no_page_states_is_called_assumed(node_type: str, level: str) -> None:
    translation = translate_capacity(a_cluster(node_type=node_type, number_of_nodes=4), some_choices())

    assert levels(translation, "base capacity")[0] == level
