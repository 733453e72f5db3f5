"""Audit logs and tags."""

from __future__ import annotations

import pytest

from redshift_migrate.models.cluster import LoggingSettings
from redshift_migrate.models.source import RUN_TAG
from redshift_migrate.translators.logging import translate_logging
from redshift_migrate.translators.tags import translate_tags
from tests.support.builders import a_cluster, denied, levels, some_choices, some_parameters, the_finding

ALL = ("connectionlog", "useractivitylog", "userlog")


@pytest.mark.parametrize("logging", [None, LoggingSettings(enabled=False, log_destination_type="s3")])
def test_a_cluster_that_logs_nothing_wishes_nothing(logging: LoggingSettings | None) -> None:
    assert translate_logging(a_cluster(logging=logging), some_choices()).settings == {}


def test_cloudwatch_exports_are_carried() -> None:
    logging = LoggingSettings(enabled=True, log_destination_type="cloudwatch", log_exports=("userlog", "connectionlog"))

    translation = translate_logging(a_cluster(logging=logging), some_choices(namespace_name="analytics"))

    assert translation.settings == {"log_exports": ("connectionlog", "userlog")}
    assert "/aws/redshift/analytics/" in the_finding(translation, "audit logging").message


@pytest.mark.parametrize(("exports", "proposed"), [((), ALL), (("userlog",), ("userlog",))])
def test_s3_becomes_proposed_cloudwatch_exports(exports: tuple[str, ...], proposed: tuple[str, ...]) -> None:
    logging = LoggingSettings(enabled=True, bucket_name="audit", s3_key_prefix="prod/", log_exports=exports)

    translation = translate_logging(a_cluster(logging=logging), some_choices())

    finding = the_finding(translation, "audit logging")
    assert translation.settings == {"log_exports": proposed}
    assert finding.level == "warning"
    assert finding.on_cluster == "s3://audit/prod/"


@pytest.mark.parametrize(("value", "level"), [(None, []), ("false", ["warning"]), ("true", [])])
def test_the_log_of_statements_stays_empty_where_its_owner_switched_it_off(value: str | None, level: list[str]) -> None:
    logging = LoggingSettings(enabled=True, log_destination_type="cloudwatch", log_exports=ALL)
    parameters = some_parameters(enable_user_activity_logging=value) if value else ()

    translation = translate_logging(a_cluster(logging=logging, parameters=parameters), some_choices())

    assert levels(translation, "useractivitylog") == level


def test_s3_tables_are_left_to_a_request_of_their_own() -> None:
    logging = LoggingSettings(
        enabled=True, log_destination_type="s3table", s3_tables=("userlog",), s3_table_granularity="cluster"
    )

    finding = the_finding(translate_logging(a_cluster(logging=logging), some_choices()), "audit logging")

    assert "s3TableGranularity=namespace" in finding.message


def test_an_unread_log_setting_blocks() -> None:
    cluster = a_cluster(logging=denied("redshift:DescribeLoggingStatus"))

    assert levels(translate_logging(cluster, some_choices()), "audit logging") == ["blocker"]


def test_tags_are_carried_without_those_of_aws_and_of_a_run() -> None:
    tags = (("team", "data"), ("aws:cloudformation:stack-name", "s"), (RUN_TAG, "old"), ("AWS:x", "y"), ("env", ""))

    translation = translate_tags(a_cluster(tags=tags), some_choices())

    assert translation.settings == {"tags": (("env", ""), ("team", "data"))}
    assert any("aws:cloudformation:stack-name" in finding.message for finding in translation.findings)


@pytest.mark.parametrize("tag", [("", "v"), ("k" * 129, "v"), ("k", "v" * 257)])
def test_tags_that_serverless_refuses_are_dropped_and_named(tag: tuple[str, str]) -> None:
    translation = translate_tags(a_cluster(tags=(tag,)), some_choices())

    assert translation.settings == {}
    assert levels(translation, "tags") == ["warning"]


def test_one_place_is_kept_for_the_tag_of_the_run() -> None:
    tags = tuple((f"key{number:02}", "v") for number in range(50))

    translation = translate_tags(a_cluster(tags=tags), some_choices())

    assert len(translation.settings["tags"]) == 49
    assert any("key49" in finding.message for finding in translation.findings)


def test_without_tags_nothing_is_wished() -> None:
    assert translate_tags(a_cluster(), some_choices()).settings == {}
