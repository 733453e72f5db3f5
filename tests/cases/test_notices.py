"""Dated changes are told to those whom they meet, with day and source, and to nobody else."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

import redshift_facts as record
from redshift_migrate.translators.notices import LARGE_STRINGS, NOTICES, translate_notices
from redshift_migrate.translators.translation import Translation
from tests.support.builders import a_cluster, denied, levels, some_choices, some_parameters, the_finding


def of(choices: Any = None, **members: Any) -> Translation:
    return translate_notices(a_cluster(**members), choices or some_choices())


def settings(translation: Translation) -> set[str]:
    return {finding.setting for finding in translation.findings}


PLAIN = {"Python functions", "ODBC driver 1.x", "TLS", "failed logins", "system tables"}


def test_a_plain_cluster_hears_of_what_meets_every_cluster() -> None:
    assert settings(of()) == PLAIN


@pytest.mark.parametrize(
    ("members", "more"),
    [
        ({"node_type": "dc2.large"}, {"DC2 nodes"}),
        ({"node_type": "DC2.8xlarge"}, {"DC2 nodes"}),
        ({"node_type": None}, set()),
        ({"parameters": some_parameters(**{LARGE_STRINGS: "Yes"})}, {"large strings"}),
        ({"parameters": some_parameters(**{LARGE_STRINGS: "yes"})}, {"large strings"}),
        ({"parameters": some_parameters(**{LARGE_STRINGS: "No"})}, set()),
        ({"parameters": some_parameters(**{LARGE_STRINGS: ""})}, set()),
        ({"parameters": denied("redshift:DescribeClusterParameters")}, set()),
    ],
)
def test_a_notice_is_for_those_alone_whom_it_meets(members: dict[str, Any], more: set[str]) -> None:
    assert settings(of(**members)) == PLAIN | more


def test_without_a_restore_nobody_s_password_or_string_comes_along() -> None:
    translation = of(some_choices(data="none"), parameters=some_parameters(**{LARGE_STRINGS: "Yes"}))

    assert settings(translation) == PLAIN - {"failed logins"}


@pytest.mark.parametrize(
    ("track", "version", "words"),
    [
        ("current", "1.0.137427", ("1.0.137427", "2026-07-06", "track current")),
        ("trailing", "1.0.137427", ("2026-08-26", "track trailing")),
        ("preview_2025", "1.0", ("track preview_2025",)),
        (None, None, ("an unknown version", "track unknown")),
    ],
)
def test_python_functions_are_refused_by_patch_and_the_cluster_s_is_told(
    track: str | None, version: str | None, words: tuple[str, ...]
) -> None:
    finding = the_finding(of(maintenance_track=track, cluster_version=version), "Python functions")

    assert finding.level == "warning"
    assert "patch 203" in finding.message
    assert all(word in finding.message for word in words)


@pytest.mark.parametrize(("multi_az", "level"), [(True, "info"), (False, "warning")])
def test_system_tables_that_do_not_answer_today_are_no_loss(multi_az: bool, level: str) -> None:
    assert levels(of(multi_az=multi_az), "system tables") == [level]


def test_dc2_is_told_as_reported() -> None:
    assert "reported" in the_finding(of(node_type="dc2.large"), "DC2 nodes").message


@pytest.mark.parametrize("notice", NOTICES, ids=lambda notice: notice.key)
def test_every_notice_is_a_line_of_the_record_and_says_day_and_source(notice: Any) -> None:
    fact = record.fact("notices.changes", notice.key)
    date.fromisoformat(str(fact.value))
    everything = some_parameters(**{LARGE_STRINGS: "Yes"})
    finding = the_finding(of(node_type="dc2.large", parameters=everything), notice.setting)

    assert fact.source in finding.message
    assert "{" not in notice.words or str(fact.value) in finding.message


def test_every_line_of_the_record_has_its_notice() -> None:
    assert {notice.key for notice in NOTICES} == set(record.facts("notices.changes"))
