"""Parameters that are carried, translated or lost."""

from __future__ import annotations

import pytest

import redshift_facts as record
from redshift_migrate.models.cluster import Parameter
from redshift_migrate.translators.parameters import WITHOUT_PLACE, translate_parameters
from tests.support.builders import a_cluster, after, denied, levels, some_choices, some_parameters, the_finding

NO_LIMIT = {"max_query_execution_time": "86399"}
TAKEN = sorted(record.facts("workgroup.accepted").keys() - {"wlm_json_configuration", "require_ssl"})


@pytest.mark.parametrize("name", TAKEN)
def test_what_a_workgroup_takes_is_carried_as_text(name: str) -> None:
    translation = translate_parameters(a_cluster(parameters=some_parameters(**{name: "x"})), some_choices())

    assert translation.config_parameters == {name: "x"} | NO_LIMIT
    assert after(translation, name) == [("x", "carried")]


@pytest.mark.parametrize(
    ("milliseconds", "seconds"),
    [("1", "1"), ("1000", "1"), ("1001", "2"), ("60000", "60"), ("86399000", "86399"), ("999999999999", "86399")],
)
def test_a_statement_timeout_becomes_seconds_rounded_up_and_capped(milliseconds: str, seconds: str) -> None:
    parameters = some_parameters(statement_timeout=milliseconds)

    translation = translate_parameters(a_cluster(parameters=parameters), some_choices())

    assert translation.config_parameters == {"max_query_execution_time": seconds}
    finding = the_finding(translation, "statement_timeout")
    assert "queue does not count" in finding.message
    assert ("longer queries are stopped" in finding.message) is (milliseconds == "999999999999")


@pytest.mark.parametrize("parameters", [(), some_parameters(statement_timeout="0")])
def test_no_limit_on_the_cluster_asks_for_the_largest_and_says_both_numbers(parameters: tuple[Parameter, ...]) -> None:
    translation = translate_parameters(a_cluster(parameters=parameters), some_choices())

    assert translation.config_parameters == NO_LIMIT
    message = the_finding(translation, "statement_timeout").message
    assert "14400 s" in message
    assert "86399 s" in message
    assert after(translation, "statement_timeout") == [("max_query_execution_time = 86399 s", "translated")]


@pytest.mark.parametrize("value", ["soon", "-5", "٣"])
def test_a_timeout_that_is_no_number_sets_nothing_and_says_what_holds(value: str) -> None:
    parameters = some_parameters(statement_timeout=value)

    translation = translate_parameters(a_cluster(parameters=parameters), some_choices())

    assert translation.config_parameters == {}
    assert "14400 s" in the_finding(translation, "statement_timeout").message


@pytest.mark.parametrize("name", sorted(WITHOUT_PLACE))
def test_what_serverless_does_not_have_is_named_with_the_reason(name: str) -> None:
    translation = translate_parameters(a_cluster(parameters=some_parameters(**{name: "7"})), some_choices())

    assert name not in translation.config_parameters
    assert the_finding(translation, name).message.startswith(f"{name} = 7 is not carried: {WITHOUT_PLACE[name]}")


@pytest.mark.parametrize("family", ["redshift-1.0", "redshift-2.0"])
@pytest.mark.parametrize("name", sorted(WITHOUT_PLACE))
def test_a_value_that_is_the_default_anyway_loses_nothing(name: str, family: str) -> None:
    value = record.text(f"parameter_groups.{family}", name)
    cluster = a_cluster(parameters=some_parameters(**{name: value}), parameter_group_name=f"default.{family}")

    translation = translate_parameters(cluster, some_choices())

    assert levels(translation, name) == []
    assert after(translation, name) == []


def test_a_key_that_the_record_does_not_know_is_unknown_not_absent() -> None:
    translation = translate_parameters(a_cluster(parameters=some_parameters(brand_new="1")), some_choices())

    assert "brand_new" not in translation.config_parameters
    assert after(translation, "brand_new") == [("unknown", "not carried")]
    message = the_finding(translation, "brand_new").message
    assert "is unknown" in message
    assert "no such parameter" not in message


@pytest.mark.parametrize(("said", "form"), [("Yes", "Yes"), ("yes", "Yes"), ("no", "No"), ("No", "No"), ("", "No")])
def test_large_strings_are_carried_in_one_spelling(said: str, form: str) -> None:
    parameters = some_parameters(enable_large_strings_opt_in=said)

    translation = translate_parameters(a_cluster(parameters=parameters), some_choices())

    assert translation.config_parameters["enable_large_strings_opt_in"] == form


def test_a_value_that_waits_for_a_reboot_is_said_not_to_be_live() -> None:
    parameters = (Parameter(name="require_ssl", value="true", pending_reboot=True),)

    finding = the_finding(translate_parameters(a_cluster(parameters=parameters), some_choices()), "require_ssl")

    assert (finding.level, finding.on_cluster, finding.after) == ("warning", "pending reboot", "true")


@pytest.mark.parametrize(
    ("group", "parameters"),
    [
        ("default.redshift-1.0", ()),
        ("default.redshift-1.0", some_parameters(require_ssl="false")),
        ("default.redshift-2.0", some_parameters(require_ssl="false")),
        ("own-group", some_parameters(require_ssl="FALSE")),
        ("own-group", ()),
        (None, ()),
    ],
)
def test_connections_without_ssl_are_never_wished_unasked(group: str | None, parameters: tuple[Parameter, ...]) -> None:
    cluster = a_cluster(parameters=parameters, parameter_group_name=group)

    unasked = translate_parameters(cluster, some_choices())
    asked = translate_parameters(cluster, some_choices(connections_without_ssl=True))

    assert "require_ssl" not in unasked.config_parameters
    message = the_finding(unasked, "require_ssl").message
    assert "sys_connection_log" in message
    assert "refused" in message
    assert asked.config_parameters["require_ssl"] == "false"
    assert "step of its own" in the_finding(asked, "require_ssl").message


def test_a_cluster_of_the_newer_family_requires_ssl_already() -> None:
    cluster = a_cluster(parameters=(), parameter_group_name="default.redshift-2.0")

    translation = translate_parameters(cluster, some_choices())

    assert levels(translation, "require_ssl") == []
    assert after(translation, "require_ssl") == [("true", "carried")]


def test_user_activity_is_logged_on_serverless_where_nobody_chose() -> None:
    translation = translate_parameters(a_cluster(parameters=()), some_choices())

    finding = the_finding(translation, "enable_user_activity_logging")
    assert (finding.on_cluster, finding.after) == ("false", "true")
    chosen = some_parameters(enable_user_activity_logging="false")
    assert (
        translate_parameters(a_cluster(parameters=chosen), some_choices()).config_parameters[
            "enable_user_activity_logging"
        ]
        == "false"
    )


def test_a_parameter_without_a_value_is_no_wish() -> None:
    parameters = (Parameter(name="query_group"),)

    assert translate_parameters(a_cluster(parameters=parameters), some_choices()).config_parameters == NO_LIMIT


def test_unread_parameters_block() -> None:
    cluster = a_cluster(parameters=denied("redshift:DescribeClusterParameters"))

    assert levels(translate_parameters(cluster, some_choices()), "parameter group") == ["blocker"]
