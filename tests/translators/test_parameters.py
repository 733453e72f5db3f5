"""Parameters that are carried, translated or lost."""

from __future__ import annotations

import pytest

from redshift_migrate.models.cluster import Parameter
from redshift_migrate.translators.parameters import CARRIED, translate_parameters
from tests.support.builders import a_cluster, after, denied, levels, some_choices, some_parameters, the_finding


@pytest.mark.parametrize("name", CARRIED)
def test_parameters_that_both_have_are_carried_as_text(name: str) -> None:
    translation = translate_parameters(a_cluster(parameters=some_parameters(**{name: "x"})), some_choices())

    assert translation.config_parameters == {name: "x"}
    assert after(translation, name) == [("x", "carried")]


@pytest.mark.parametrize(
    ("milliseconds", "seconds"),
    [("1", "1"), ("1000", "1"), ("1001", "2"), ("60000", "60"), ("86399000", "86399"), ("999999999999", "86399")],
)
def test_a_statement_timeout_becomes_seconds_rounded_up_and_capped(milliseconds: str, seconds: str) -> None:
    parameters = some_parameters(statement_timeout=milliseconds)

    translation = translate_parameters(a_cluster(parameters=parameters), some_choices())

    assert translation.config_parameters == {"max_query_execution_time": seconds}
    assert "queue does not count" in the_finding(translation, "statement_timeout").message


@pytest.mark.parametrize(
    ("value", "level"), [("0", []), ("soon", ["warning"]), ("-5", ["warning"]), ("٣", ["warning"])]
)
def test_no_statement_timeout_sets_no_limit(value: str, level: list[str]) -> None:
    parameters = some_parameters(statement_timeout=value)

    translation = translate_parameters(a_cluster(parameters=parameters), some_choices())

    assert translation.config_parameters == {}
    assert levels(translation, "statement_timeout") == level


@pytest.mark.parametrize(
    "name",
    [
        "auto_analyze",
        "extra_float_digits",
        "max_concurrency_scaling_clusters",
        "max_cursor_result_set_size",
        "brand_new",
    ],
)
def test_what_serverless_does_not_have_is_named_with_the_reason(name: str) -> None:
    translation = translate_parameters(a_cluster(parameters=some_parameters(**{name: "1"})), some_choices())

    assert translation.config_parameters == {}
    assert the_finding(translation, name).message.startswith(f"{name} = 1 is not carried: ")


def test_a_value_that_waits_for_a_reboot_is_said_not_to_be_live() -> None:
    parameters = (Parameter(name="require_ssl", value="true", pending_reboot=True),)

    finding = the_finding(translate_parameters(a_cluster(parameters=parameters), some_choices()), "require_ssl")

    assert (finding.level, finding.on_cluster, finding.after) == ("warning", "pending reboot", "true")


def test_defaults_of_the_two_products_are_not_taken_for_the_same() -> None:
    parameters = some_parameters(require_ssl="true")

    finding = the_finding(translate_parameters(a_cluster(parameters=parameters), some_choices()), "defaults")

    assert "search_path" in finding.message
    assert "require_ssl," not in finding.message


def test_a_parameter_without_a_value_is_no_wish() -> None:
    parameters = (Parameter(name="query_group"),)

    assert translate_parameters(a_cluster(parameters=parameters), some_choices()).config_parameters == {}


def test_unread_parameters_block() -> None:
    cluster = a_cluster(parameters=denied("redshift:DescribeClusterParameters"))

    assert levels(translate_parameters(cluster, some_choices()), "parameter group") == ["blocker"]
