"""WLM is read in its context: what a number means depends on what stands beside it, and on who manages the queues."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from redshift_migrate.models.choices import MigrationChoices
from redshift_migrate.models.finding import Subject
from redshift_migrate.translators.translation import Translation
from redshift_migrate.translators.wlm import translate_wlm
from redshift_migrate.translators.wlm_queues import HANDLED, METRICS
from redshift_migrate.translators.wlm_reading import GROUPS, SHORT_QUERY_KEYS
from tests.cases.loading import about, case, choices_of, cluster_of, parameter, translated
from tests.support.builders import a_cluster, a_rule, some_choices, some_parameters, with_everything

WLM = "wlm_json_configuration"
ABORT = a_rule(query_execution_time=60)
NOT_NAMED, NAMED = some_choices(), with_everything()


def of(*elements: Any, choices: MigrationChoices = NAMED) -> Translation:
    return of_text(json.dumps(list(elements)), choices)


def of_text(text: str, choices: MigrationChoices = NAMED) -> Translation:
    return translate_wlm(a_cluster(parameters=some_parameters(wlm_json_configuration=text)), choices)


def made(translation: Translation) -> list[dict[str, Any]]:
    queues: list[dict[str, Any]] = json.loads(translation.config_parameters.get(WLM, "[]"))
    return queues


def said(translation: Translation, *words: str) -> str:
    return "\n".join(finding.message for finding in about(translation, *words))


# --- the cases ------------------------------------------------------------------------------------------


def test_the_cap_of_short_queries_is_no_timeout_and_makes_no_queue() -> None:
    translation = translate_wlm(cluster_of(case("sqa_cap_auto")), choices_of(case("sqa_cap_auto")))

    assert translation.config_parameters == {}
    (finding,) = about(translation, "short query acceleration", "20 s")
    assert finding.level == "info"
    assert {finding.level for finding in translation.findings} == {"info"}


def test_a_timeout_under_automatic_wlm_is_neither_limit_nor_rule() -> None:
    for choices in (NOT_NAMED, NAMED):
        translation = translate_wlm(cluster_of(case("auto_wlm_timeout")), choices)

        assert translation.config_parameters == {}
        assert "queue 1 (600000 ms), queue 2 (900000 ms)" in said(translation, "automatic WLM", "not in force")


def test_a_group_given_as_text_is_a_list_of_one() -> None:
    translation = translate_wlm(cluster_of(case("wlm_group_as_text")), choices_of(case("wlm_group_as_text")))

    first, second = made(translation)
    assert (first["query_group"], [rule["rule_name"] for rule in first["rules"]]) == (["etl"], ["r1"])
    assert second["user_role"] == ["admins"]
    assert 'CREATE ROLE "admins"' in said(translation, "admins")
    not_named = translate_wlm(cluster_of(case("wlm_group_as_text")), NOT_NAMED)
    assert not_named.config_parameters == {}
    assert "queue_1 (query group etl), queue_2 (user role admins)" in said(not_named, "not asked for")


def test_the_default_configuration_written_out_loses_nothing() -> None:
    translation = translated(case("explicit_defaults"))

    wlm = [finding for finding in translation.findings if finding.subject == Subject.WLM]
    assert [finding.level for finding in wlm] == ["info"]
    assert parameter(translation, WLM) is None
    (row,) = (row for row in translation.changes if row.subject == Subject.WLM)
    assert (row.on_cluster, row.action) == ("default", "carried")


# --- short query acceleration ---------------------------------------------------------------------------

SWITCHES: list[dict[str, Any]] = [
    {"short_query_queue": True, "max_execution_time": 20000},
    {"short_query_queue": "true", "max_execution_time": "20000"},
    {"short_query_queue": 1, "max_execution_time": 20000},
    {"short_query_queue": False, "max_execution_time": 20000},
    {"Short_Query_Queue": True, "Max_Execution_Time": 20000},
    {"short_query_queue": True, "max_execution_time": 20000, "auto_wlm": True},
    {"short_query_queue": True, "max_execution_time": 20000, "query_group": [], "rules": [], "user_group": ""},
]


@pytest.mark.parametrize("switch", SWITCHES)
@pytest.mark.parametrize("before", [[], [{"auto_wlm": True}], [{"query_concurrency": 5}]])
@pytest.mark.parametrize("choices", [NOT_NAMED, NAMED])
def test_the_cap_is_no_timeout_however_it_is_written(
    switch: dict[str, Any], before: list[dict[str, Any]], choices: MigrationChoices
) -> None:
    translation = of(*before, switch, choices=choices)

    assert translation.config_parameters == {}
    assert "20 s" in said(translation, "short query acceleration")
    assert "not in force" not in said(translation)


def test_beside_a_queue_with_a_limit_the_switch_is_no_queue() -> None:
    queue = {"query_concurrency": 5, "max_execution_time": 60_000}

    translation = of(queue, *SWITCHES[:1], choices=NOT_NAMED)

    assert translation.config_parameters == {"max_query_execution_time": "60"}


# --- timeouts and limits --------------------------------------------------------------------------------


@pytest.mark.parametrize("on", [True, "true", "TRUE", 1, "1"])
@pytest.mark.parametrize("key", ["auto_wlm", "AUTO_WLM"])
@pytest.mark.parametrize("timeout", [60_000, "60000", 60_000.0])
def test_automatic_wlm_is_known_in_every_spelling(on: Any, key: str, timeout: Any) -> None:
    for choices in (NOT_NAMED, NAMED):
        translation = of({key: on, "query_group": ["bi"], "max_execution_time": timeout}, {key: on}, choices=choices)

        assert translation.config_parameters == {}
        assert said(translation, "not in force")


@pytest.mark.parametrize("off", [False, "false", 0, "0", None])
def test_manual_wlm_keeps_its_timeouts(off: Any) -> None:
    translation = of({"auto_wlm": off, "max_execution_time": "60000"}, choices=NOT_NAMED)

    assert translation.config_parameters == {"max_query_execution_time": "60"}
    assert not said(translation, "not in force")


def test_a_queue_type_says_as_much() -> None:
    translation = of({"queue_type": "Auto", "query_group": ["bi"], "max_execution_time": 60_000})

    assert translation.config_parameters == {}
    assert said(translation, "not in force")


def test_rules_hold_under_automatic_wlm_too() -> None:
    queue = {"auto_wlm": True, "query_group": ["bi"], "max_execution_time": 5000, "rules": [ABORT]}

    (bi,) = made(of(queue, {"auto_wlm": True}))
    assert [rule["rule_name"] for rule in bi["rules"]] == ["slow"]


ROUTED = [
    {"query_group": ["etl"], "rules": [ABORT]},
    {"user_group": ["etl"], "rules": [ABORT]},
    {"user_role": ["etl"], "rules": [ABORT]},
    {"query_group": "etl", "rules": ABORT},
    {"query_group": ["etl"], "max_execution_time": 60_000},
]
NO_LIMIT_OF_THEIR_OWN = [
    [],
    [{"auto_wlm": False}],
    [{"query_concurrency": 5}],
    [{"name": "Default queue"}],
    [{"query_group": ["bi"], "rules": []}],
    [{"query_group": ["bi"]}, {"max_execution_time": 60_000}],
    [{"rules": [a_rule(scan_row_count=5)]}],
    [{"rules": [a_rule("log", "log", query_execution_time=60)]}],
]


@pytest.mark.parametrize("routed", ROUTED)
@pytest.mark.parametrize("others", NO_LIMIT_OF_THEIR_OWN)
def test_a_limit_of_one_queue_never_becomes_one_for_all(routed: dict[str, Any], others: list[dict[str, Any]]) -> None:
    for elements in ([routed, *others], [*others, routed]):
        assert "max_query_execution_time" not in of(*elements, choices=NOT_NAMED).config_parameters


@pytest.mark.parametrize("routed", ROUTED)
def test_a_limit_of_every_queue_is_one_for_all(routed: dict[str, Any]) -> None:
    translation = of(routed, {"max_execution_time": 90_000}, choices=NOT_NAMED)

    assert translation.config_parameters == {"max_query_execution_time": "90"}


def test_under_automatic_wlm_the_unrouted_default_queue_counts() -> None:
    routed = {"auto_wlm": True, "query_group": ["etl"], "rules": [ABORT]}

    assert of(routed, {"auto_wlm": True}, choices=NOT_NAMED).config_parameters == {}
    limits = of(routed, {"auto_wlm": True, "rules": [ABORT]}, choices=NOT_NAMED).config_parameters
    assert limits == {"max_query_execution_time": "60"}


@pytest.mark.parametrize("group", ["superuser", ["superuser"], ["Superuser"]])
def test_the_superuser_queue_takes_no_queries_of_users(group: Any) -> None:
    superusers = {"query_group": group, "query_concurrency": 1}

    limits = of(superusers, {"max_execution_time": 60_000}, choices=NOT_NAMED).config_parameters
    assert limits == {"max_query_execution_time": "60"}
    strict = {**superusers, "rules": [ABORT]}
    assert of(strict, {"query_concurrency": 5}, choices=NOT_NAMED).config_parameters == {}
    named = of(strict, {"query_group": ["etl"], "rules": [ABORT]})
    assert [queue["query_group"] for queue in made(named)] == [["etl"]]
    assert said(named, "superuser")


@given(
    st.lists(
        st.fixed_dictionaries(
            {},
            optional={
                "query_group": st.sampled_from([["a"], "b", [], ""]),
                "max_execution_time": st.sampled_from([0, 5000, "60000"]),
                "rules": st.sampled_from([[], [ABORT], ABORT, [a_rule("h", "hop", query_execution_time=5)]]),
                "query_concurrency": st.just(5),
            },
        ),
        max_size=4,
    )
)
def test_no_limit_stops_what_some_queue_lets_run(elements: list[dict[str, Any]]) -> None:
    """An oracle of its own: where a query can run without an abort below the limit, there is no such limit."""
    limit = of(*elements, choices=NOT_NAMED).config_parameters.get("max_query_execution_time")
    if limit is None:
        return
    assert any(not element.get("query_group") for element in elements), "the default queue has a limit of its own"
    for element in (element for element in elements if element):
        stops_at = [int(element.get("max_execution_time") or 0) / 1000 or None]
        stops_at += [60 if element.get("rules") in ([ABORT], ABORT) else None]
        assert [each for each in stops_at if each and each <= int(limit)]


# --- spelling -------------------------------------------------------------------------------------------

PLAIN = {"query_group": ["etl"], "rules": [ABORT]}
PREDICATE = ABORT["predicate"][0]
SPELLINGS: list[dict[str, Any]] = [
    {"query_group": "etl", "rules": [ABORT]},
    {"query_group": ["etl"], "rules": ABORT},
    {"query_group": ["etl"], "rules": [{**ABORT, "predicate": PREDICATE}]},
    {"query_group": "etl", "rules": {**ABORT, "predicate": PREDICATE}},
    {"query_group": "etl", "rules": [{**ABORT, "action": "ABORT"}]},
    {"query_group": "etl", "rules": [{**ABORT, "action": " abort "}]},
    {"query_group": "etl", "rules": [{**ABORT, "value": ""}]},
    {"query_group": "etl", "rules": [{**ABORT, "predicate": [{**PREDICATE, "value": "60"}]}]},
    {"query_group": "etl", "rules": [{**ABORT, "predicate": [{**PREDICATE, "value": 60.0}]}]},
    {"query_group": "etl", "rules": [{**ABORT, "predicate": [{**PREDICATE, "value": " 60 "}]}]},
    {"query_group": "etl", "rules": [{**ABORT, "predicate": [{**PREDICATE, "operator": " > "}]}]},
    *(
        {"query_group": "etl", "rules": [{**ABORT, "predicate": [{**PREDICATE, "metric_name": metric}]}]}
        for metric in (
            "Query_Execution_Time",
            "query_execution_time (seconds)",
            "Query execution time (seconds)",
            "max_query_execution_time",
        )
    ),
    {
        "query_group": "etl",
        "rules": [{"rule_name": "slow", "predicates": [PREDICATE], "action": "abort"}],
    },
    {"query_group": "etl", "rules": [{"name": "slow", "predicate": [PREDICATE], "action": "abort"}]},
    {"Query_Group": "etl", "RULES": [{"Rule_Name": "slow", "Predicate": [PREDICATE], "Action": "abort"}]},
    {"query-group": "etl", "rules": [ABORT]},
    {"query_group": ["etl", "etl", ""], "rules": [ABORT, None]},
    {"query_group": ["etl"], "user_group": "", "user_role": None, "rules": [ABORT]},
    {"query_group": ["etl"], "query_group_wild_card": 0, "user_group_wild_card": "0", "rules": [ABORT]},
    {"query_group": ["etl"], "query_group_wild_card": "false", "rules": [ABORT]},
]


@pytest.mark.parametrize("spelled", SPELLINGS, ids=[str(number) for number in range(len(SPELLINGS))])
def test_every_spelling_means_the_same_queue(spelled: dict[str, Any]) -> None:
    (queue,) = made(of(spelled))

    assert queue == {"name": "queue_1", **PLAIN}
    limits = of(spelled, {"max_execution_time": 60_000}, choices=NOT_NAMED).config_parameters
    assert limits == {"max_query_execution_time": "60"}


@pytest.mark.parametrize("key", ["query_group", "user_group", "user_role"])
@pytest.mark.parametrize("value", ["bi", ["bi"], ["bi", "bi"]])
def test_whatever_routes_is_carried_or_named(key: str, value: Any) -> None:
    translation = of({key: value, "rules": [ABORT]})

    (queue,) = made(translation)
    assert queue["query_group" if key == "query_group" else "user_role"] == ["bi"]


@pytest.mark.parametrize("on", [1, "1", True, "true", "True"])
def test_wild_cards_are_known_in_every_spelling(on: Any) -> None:
    (queue,) = made(of({"query_group": "load*", "query_group_wild_card": on, "rules": ABORT}))

    assert (queue["query_group"], queue["query_group_wild_card"]) == (["load*"], 1)
    users = {"name": "dba", "user_group": "dba*", "user_group_wild_card": on, "rules": ABORT}
    translation = of(users, PLAIN)
    assert [queue["name"] for queue in made(translation)] == ["queue_2"], "without its groups it would catch all"
    assert said(translation, "dba: user group dba*")
    assert said(translation, "would catch every query")


@pytest.mark.parametrize("odd", [{"a": 1}, None, 1.5])
def test_a_group_that_is_no_name_is_said(odd: Any) -> None:
    translation = of({"name": "odd", "query_group": ["etl", odd], "rules": ABORT})

    assert [queue["query_group"] for queue in made(translation)] == [["etl"]]
    assert said(translation, f"odd: query group {json.dumps(odd)}")


def test_a_number_is_a_name_too() -> None:
    assert made(of({"query_group": [7], "rules": ABORT}))[0]["query_group"] == ["7"]


def test_json_in_json_and_a_single_object_are_read() -> None:
    assert made(of_text(json.dumps(json.dumps([PLAIN])))) == made(of(PLAIN))
    assert made(of_text(json.dumps(PLAIN))) == made(of(PLAIN))


@pytest.mark.parametrize("metric", METRICS)
def test_every_metric_of_serverless_is_carried_by_its_name(metric: str) -> None:
    (queue,) = made(of({"query_group": "etl", "rules": {**ABORT, "predicate": {**PREDICATE, "metric_name": metric}}}))

    assert queue["rules"][0]["predicate"][0]["metric_name"] == metric


@pytest.mark.parametrize(
    "text",
    [
        "{}",
        "[",
        "null",
        "3",
        '""',
        '"["',
        "[1]",
        '[[{"query_group": "a"}]]',
        '[{"query_group": "a"}, 5]',
        "[{'a': 1}]",
        "\x00",
    ],
)
def test_what_cannot_be_read_is_a_finding_and_no_crash(text: str) -> None:
    for choices in (NOT_NAMED, NAMED):
        translation = of_text(text, choices)

        assert translation.config_parameters == {}
        assert [finding.level for finding in translation.findings] == ["warning"]


ODD: tuple[Any, ...] = (
    *(None, True, 0, -1, 3.5, 10**30, "", "a", "60"),
    *([], {}, [None], ["a", 5], {"a": []}, [{}], [[]]),
    [{"predicate": 3}],
    [{"rule_name": 5, "predicate": [{}, 7]}],
    {"predicate": [{"metric_name": [], "operator": {}, "value": {}}]},
    {"predicate": [{"metric_name": {}, "operator": ">", "value": 5}], "action": []},
)
KEYS = (*GROUPS, *HANDLED, *SHORT_QUERY_KEYS, "rules", "max_execution_time", "name", "query_group_wild_card", "strange")
ELEMENT = st.dictionaries(st.sampled_from(KEYS), st.sampled_from(ODD), max_size=5)


@given(st.lists(ELEMENT, max_size=4), st.sampled_from([NOT_NAMED, NAMED]))
def test_no_value_of_any_key_breaks_it(elements: list[dict[str, Any]], choices: MigrationChoices) -> None:
    assert isinstance(of(*elements, choices=choices), Translation)


@pytest.mark.parametrize("number", [10**400, "9" * 400, -(10**400), 1e300, "1e9"])
def test_a_number_beyond_all_limits_is_no_limit(number: Any) -> None:
    translation = of({"max_execution_time": number, "query_concurrency": 5}, choices=NOT_NAMED)

    assert translation.config_parameters == {}
    assert said(translation, "no number of milliseconds")


# --- what is lost ---------------------------------------------------------------------------------------


def test_what_serverless_does_by_itself_is_one_line_a_queue_and_no_warning() -> None:
    attributes = {
        "auto_wlm": True,
        "queue_type": "auto",
        "priority": "high",
        "concurrency_scaling": "auto",
        "query_concurrency": 5,
        "memory_percent_to_use": 40,
    }

    translation = of({"name": "etl", **PLAIN, **attributes}, {"name": "bi", "query_group": "bi", **attributes})

    for name in ("etl", "bi"):
        (line,) = about(translation, "not carried", f"{name}: auto_wlm")
        assert line.level == "info"
        assert all(key in line.message for key in attributes)


@pytest.mark.parametrize(
    ("key", "value"), [("priority", "normal"), ("concurrency_scaling", "off"), ("auto_wlm", False)]
)
def test_a_value_that_changes_nothing_is_no_loss(key: str, value: Any) -> None:
    assert not said(of({**PLAIN, key: value}), "not carried")


@pytest.mark.parametrize("queues", [2, 5])
def test_queues_without_rules_are_no_reason_for_a_way_of_no_return(queues: int) -> None:
    translation = of(*({"query_group": f"g{number}", "priority": "high"} for number in range(queues)), {})

    assert translation.config_parameters == {}
    assert all(f"query group g{number}" in said(translation, "divide the cluster") for number in range(queues))


def test_a_key_that_is_not_known_here_is_not_called_nonexistent() -> None:
    translation = of({**PLAIN, "lanes": {"fast": 2}})

    (finding,) = about(translation, "lanes")
    assert finding.level == "warning"
    assert "was not looked at" in finding.message


@pytest.mark.parametrize("action", ["hop", "HOP"])
def test_hop_becomes_log_and_never_a_limit(action: str) -> None:
    rule = a_rule("away", action, query_execution_time=5)

    (queue,) = made(of({"query_group": "etl", "rules": rule}))
    assert queue["rules"][0]["action"] == "log"
    assert of({"rules": rule}, choices=NOT_NAMED).config_parameters == {}
