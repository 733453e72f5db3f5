"""Each kind of finding has a line that says whose work it is, when, and where the rule was read."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from redshift_migrate.models.catalogue import ANY, DUE, GROUPS, WORK, Kind, kind_of, kinds
from redshift_migrate.models.finding import Finding, Level, Subject

SOURCES = Path(__file__).parents[2] / "src" / "redshift_migrate"
TELLING = ("info", "warning", "blocker", "unknown")
ONE_SETTING = {("tags", "tags"), ("encryption", "encryption key")}
"""Subjects of a single setting, whose line `*` is."""

LINES = [kind for of_subject in kinds().values() for kind in of_subject.values()]


def told_settings() -> Iterator[tuple[str, str]]:
    """Every (subject, setting) that a translator names in so many words."""
    for file in sorted(SOURCES.glob("translators/*.py")):
        tree = ast.parse(file.read_text(encoding="utf-8"))
        abouts = {
            target.id: str(getattr(node.value.args[0], "attr", "")).lower()
            for node in ast.walk(tree)
            if isinstance(node, ast.Assign)
            and isinstance(node.value, ast.Call)
            and getattr(node.value.func, "id", "") == "About"
            for target in node.targets
            if isinstance(target, ast.Name)
        }
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in TELLING:
                subject = abouts.get(getattr(node.func.value, "id", ""))
                setting = node.args[node.func.attr == "unknown"] if node.args else None
                if subject and isinstance(setting, ast.Constant):
                    yield subject, str(setting.value)


def test_what_a_translator_names_has_a_line_of_its_own() -> None:
    told = set(told_settings())

    assert len(told) > 60
    assert sorted(each for each in told - ONE_SETTING if each[1] not in kinds()[each[0]]) == []


def test_the_catalogue_knows_every_subject_and_no_code_twice() -> None:
    codes = [kind.code for kind in LINES if kind.code]

    assert set(kinds()) == {*Subject}
    assert all(ANY in of_subject for of_subject in kinds().values())
    assert sorted(codes) == sorted(set(codes))
    assert all(kind.source and kind.group in GROUPS for kind in LINES)
    assert set(DUE) == {*WORK}


@pytest.mark.parametrize("kind", [kind for kind in LINES if kind.headline], ids=lambda kind: kind.code or ANY)
def test_a_headline_is_short_and_names_nothing_but_values_of_the_finding(kind: Kind) -> None:
    assert len(kind.headline.format(on_cluster="x", after="y")) <= 80
    assert not kind.headline.endswith(".")


def test_no_name_in_a_setting_gets_raw_into_a_code() -> None:
    assert kind_of("scheduled_queries", "scheduled query \x1b]52;x").code == "scheduled-query"
    assert kind_of("parameters", "a\x1b]52;c \u202eb").code == "a-52-c-b"


@pytest.mark.parametrize(
    ("level", "on_cluster", "group", "who"),
    [
        ("blocker", None, "stops", "you"),
        ("warning", None, "at_cut_over", "you"),
        ("warning", "unknown", "before", "you"),
        ("info", None, "know", "nobody"),
    ],
)
def test_level_and_kind_say_under_which_heading_it_is_told(
    level: Level, on_cluster: str | None, group: str, who: str
) -> None:
    found = Finding(
        level=level, subject=Subject.ENDPOINTS, setting="host name", message="It moves.", on_cluster=on_cluster
    )

    assert (found.code, found.group, found.who) == ("host-name", group, who)
