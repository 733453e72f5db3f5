"""A fresh workgroup is not a fresh cluster: what both run with is compared, and what can be sent is kept."""

from __future__ import annotations

import pytest

from tests.cases.loading import about, case, parameter, translated

CLUSTER_FOREVER = ("workgroup_defaults", "workgroup_defaults_timeout_off")


@pytest.mark.parametrize("name", CLUSTER_FOREVER)
def test_queries_without_a_limit_get_the_longest_there_is_and_both_numbers_are_said(name: str) -> None:
    translation = translated(case(name))

    assert parameter(translation, "max_query_execution_time") == "86399"
    (found,) = about(translation, "statement_timeout", "86399")
    assert "14400" in found.message
    assert "off -> off" not in found.message


@pytest.mark.parametrize("name", CLUSTER_FOREVER)
def test_ssl_is_required_and_the_clients_that_will_fail_can_be_found(name: str) -> None:
    translation = translated(case(name))

    assert parameter(translation, "require_ssl") != "false"
    (found,) = about(translation, "require_ssl", "sys_connection_log")
    assert (found.level, found.on_cluster, found.after) == ("warning", "false", "true")


def test_user_activity_is_logged_whatever_the_cluster_did() -> None:
    said = [finding.message for finding in translated(case("workgroup_defaults")).findings]

    assert not [message for message in said if "useractivitylog stays empty" in message]


def test_a_key_that_exists_on_both_sides_is_carried() -> None:
    translation = translated(case("large_strings_cluster"))

    assert parameter(translation, "enable_large_strings_opt_in") == "Yes"
    assert not about(translation, "no such parameter")
