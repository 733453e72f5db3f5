"""WLM queues, and the limits that take their place."""

from __future__ import annotations

import json
from typing import Any

import pytest

from redshift_migrate.models.cluster import Parameter
from redshift_migrate.translators.translation import Translation
from redshift_migrate.translators.wlm import role_lines, translate_wlm
from tests.support.builders import (
    a_cluster,
    a_rule,
    a_wlm,
    denied,
    levels,
    some_choices,
    some_parameters,
    with_everything,
)

SLOW: dict[str, Any] = {"query_group": ["etl"], "rules": [a_rule(query_execution_time=60)]}
DEFAULT: dict[str, Any] = {"query_concurrency": 5}


def with_queues(*queues: dict[str, Any]) -> Translation:
    return translate_wlm(a_cluster(parameters=a_wlm(*queues)), with_everything())


def with_limits(*queues: dict[str, Any]) -> Translation:
    return translate_wlm(a_cluster(parameters=a_wlm(*queues)), some_choices())


def made(translation: Translation) -> list[dict[str, Any]]:
    queues: list[dict[str, Any]] = json.loads(translation.config_parameters["wlm_json_configuration"])
    return queues


def told(translation: Translation) -> str:
    return "\n".join(finding.message for finding in translation.findings)


def test_queues_are_made_only_when_wlm_is_named() -> None:
    assert "wlm_json_configuration" in with_queues(SLOW, DEFAULT).config_parameters
    assert "wlm_json_configuration" not in with_limits(SLOW, DEFAULT).config_parameters
    assert "cannot go back" in told(with_limits(SLOW, DEFAULT))
    assert "cannot go back" in told(with_queues(SLOW, DEFAULT))


def test_including_wlm_is_naming_it_and_excluding_it_is_not() -> None:
    cluster = a_cluster(parameters=a_wlm(SLOW))

    assert "wlm_json_configuration" in translate_wlm(cluster, some_choices(also=("wlm",))).config_parameters
    assert not translate_wlm(cluster, some_choices(also=("wlm",), exclude=("wlm",))).config_parameters.get(
        "wlm_json_configuration"
    )


def test_a_queue_keeps_its_name_groups_roles_and_rules() -> None:
    queue = {
        "name": "ETL",
        "query_group": ["etl", "load*"],
        "query_group_wild_card": 1,
        "user_role": ["loader"],
        "rules": [a_rule("big", "log", scan_row_count=10, query_queue_time=5)],
        "query_concurrency": 3,
    }

    assert made(with_queues(queue)) == [
        {
            "name": "ETL",
            "user_role": ["loader"],
            "query_group": ["etl", "load*"],
            "query_group_wild_card": 1,
            "rules": [a_rule("big", "log", scan_row_count=10, query_queue_time=5)],
        }
    ]


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("query_concurrency", 5),
        ("memory_percent_to_use", 40),
        ("priority", "high"),
        ("concurrency_scaling", "auto"),
        ("queue_type", "auto"),
        ("auto_wlm", True),
        ("user_role_wild_card", 1),
        ("never_seen", "x"),
    ],
)
def test_every_key_that_is_lost_is_listed(key: str, value: object) -> None:
    translation = with_queues({**SLOW, "name": "ETL", key: value})

    assert f"ETL: {key} = {json.dumps(value)}" in told(translation)
    assert key not in made(translation)[0]


def test_elements_that_only_switch_short_queries_make_no_queue() -> None:
    translation = with_queues(SLOW, {"auto_wlm": True}, {"short_query_queue": True})

    assert len(made(translation)) == 1
    assert "short_query_queue = true" in told(translation)


def test_a_user_group_becomes_a_role_with_the_sql_to_make_it() -> None:
    translation = with_queues({"user_group": ["analysts"], "rules": [a_rule(query_execution_time=60)]})

    assert made(translation)[0]["user_role"] == ["analysts"]
    assert 'CREATE ROLE "analysts";' in told(translation)
    assert 'GRANT ROLE "analysts" TO' in told(translation)


def test_role_lines_quote_names_as_sql_wants_it() -> None:
    assert role_lines(("o\"brien's",)).startswith('CREATE ROLE "o""brien\'s"; SELECT \'GRANT ROLE "o""brien\'\'s" TO')
    assert "groname = 'o\"brien''s'" in role_lines(("o\"brien's",))


def test_a_wild_card_for_users_cannot_be_carried() -> None:
    queue = {**SLOW, "name": "DBA", "user_group": ["dba*", "ops"], "user_group_wild_card": 1}

    translation = with_queues(queue)

    assert made(translation)[0]["user_role"] == ["ops"]
    assert "DBA: user group dba*" in told(translation)


@pytest.mark.parametrize(
    ("rule", "word"),
    [
        (a_rule("cpu", query_cpu_time=100), "metric query_cpu_time"),
        (a_rule("both", query_execution_time=1, io_skew=2), "metric io_skew"),
        (a_rule("prio", "change_query_priority", query_execution_time=1), "change_query_priority"),
        (a_rule("far", query_execution_time=86_400), "out of range"),
        (a_rule("many", scan_row_count=1, join_row_count=1, query_queue_time=1, query_blocks_read=1), "more than 3"),
        ({"rule_name": "odd", "predicate": "x", "action": "log"}, "cannot be read"),
    ],
)
def test_a_rule_that_serverless_cannot_keep_whole_is_dropped_and_named(rule: dict[str, Any], word: str) -> None:
    translation = with_queues({**SLOW, "rules": [*SLOW["rules"], rule]})

    assert len(made(translation)[0]["rules"]) == 1
    assert f"rule {rule['rule_name']}" in told(translation)
    assert word in told(translation)


def test_hop_becomes_log_and_is_told() -> None:
    translation = with_queues({**SLOW, "rules": [a_rule("away", "hop", query_execution_time=5)]})

    assert made(translation)[0]["rules"][0]["action"] == "log"
    assert "logged instead" in told(translation)


def test_a_time_limit_in_milliseconds_becomes_a_rule_in_seconds() -> None:
    rules = made(with_queues({"query_group": ["etl"], "max_execution_time": 1500}))[0]["rules"]

    assert rules == [a_rule("max_execution_time", query_execution_time=2)]


def test_rule_names_are_unique_over_all_queues_and_short_enough() -> None:
    long = a_rule("r" * 40, query_execution_time=5)

    queues = made(with_queues(*[{"query_group": [f"g{number}"], "rules": [long, long]} for number in range(3)]))

    names = [rule["rule_name"] for queue in queues for rule in queue["rules"]]
    assert len(set(names)) == 6
    assert max(map(len, names)) == 32


def test_queues_and_rules_beyond_the_limits_are_left_out_and_named() -> None:
    queues = [
        {"name": f"q{number}", "query_group": [f"g{number}"], "rules": [a_rule(f"r{number}", scan_row_count=5)] * 4}
        for number in range(9)
    ]

    translation = with_queues(*queues)

    assert len(made(translation)) == 8
    assert sum(len(queue.get("rules", [])) for queue in made(translation)) == 25
    assert "q8: serverless has at most 8 queues" in told(translation)
    assert "at most 25 rules" in told(translation)


def test_a_configuration_that_is_too_long_loses_its_last_queues() -> None:
    queues = [
        {"name": f"q{number}", "query_group": ["g" * 3000], "rules": [a_rule(scan_row_count=5)]} for number in range(4)
    ]

    translation = with_queues(*queues)

    assert [queue["name"] for queue in made(translation)] == ["q0", "q1"]
    assert "q3: the configuration would be longer than 8000 characters" in told(translation)


@pytest.mark.parametrize(
    ("queues", "limits"),
    [
        ([{"max_execution_time": 60_000}], {"max_query_execution_time": "60"}),
        ([{"rules": [a_rule(scan_row_count=7)]}], {"max_scan_row_count": "7"}),
        ([{"rules": [a_rule("log", "log", scan_row_count=7)]}], {}),
        ([{"rules": [a_rule(scan_row_count=7, join_row_count=7)]}], {}),
        ([SLOW, DEFAULT], {}),
        ([SLOW, {"max_execution_time": 90_000}], {"max_query_execution_time": "90"}),
        ([SLOW, {"max_execution_time": 90_000}, {"short_query_queue": True}], {"max_query_execution_time": "90"}),
        ([{**SLOW, "max_execution_time": 5000}, {"max_execution_time": 9000}], {"max_query_execution_time": "9"}),
    ],
)
def test_limits_for_all_stop_only_what_every_queue_stops(queues: list[dict[str, Any]], limits: dict[str, str]) -> None:
    assert with_limits(*queues).config_parameters == limits


@pytest.mark.parametrize(
    "queues", [[DEFAULT], [{"auto_wlm": True}], [{"auto_wlm": True}, {"short_query_queue": True}], []]
)
def test_queues_that_do_nothing_on_serverless_are_not_made_even_if_asked_for(queues: list[dict[str, Any]]) -> None:
    assert with_queues(*queues).config_parameters == {}
    assert levels(with_queues(*queues), "WLM queues")[0] == "info"


@pytest.mark.parametrize("text", ["", "{}", "[1]", "no json", "[" * 5000, '["\\ud800"]', '[{"name": "\\ud800"}]'])
def test_a_configuration_that_cannot_be_read_is_not_carried(text: str) -> None:
    parameters = some_parameters(wlm_json_configuration=text)

    translation = translate_wlm(a_cluster(parameters=parameters), with_everything())

    assert translation.config_parameters == {}
    assert levels(translation, "WLM queues") == (["warning"] if text else ["info"])


def test_a_configuration_that_waits_for_a_reboot_is_told() -> None:
    parameter = Parameter(name="wlm_json_configuration", value=json.dumps([SLOW]), pending_reboot=True)

    translation = translate_wlm(a_cluster(parameters=(parameter,)), some_choices())

    assert "next reboot" in told(translation)


def test_an_unread_configuration_blocks() -> None:
    cluster = a_cluster(parameters=denied("redshift:DescribeClusterParameters"))

    assert levels(translate_wlm(cluster, some_choices()), "WLM configuration") == ["blocker"]
