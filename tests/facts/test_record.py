"""The dated record: every line says what, from where, when and how well it stands."""

from __future__ import annotations

from datetime import date

import pytest

import redshift_facts as record

TABLES = [f"{file}.{name}" for file in record.FILES for name in record.tables(file)]


@pytest.mark.parametrize("name", TABLES)
def test_every_fact_has_a_source_a_date_and_a_standing(name: str) -> None:
    for key, fact in record.facts(name).items():
        assert fact.key == key
        assert fact.source.strip()
        assert date.fromisoformat(fact.date) <= date(2100, 1, 1)
        assert fact.standing in record.STANDINGS


@pytest.mark.parametrize("name", TABLES)
def test_no_fact_is_told_twice_in_a_table(name: str) -> None:
    file, _, table = name.partition(".")

    assert len(record.facts(name)) == len(record._tables(file)[table])


def test_both_families_of_parameter_groups_know_the_same_parameters() -> None:
    old, new = (record.facts(f"parameter_groups.redshift-{version}") for version in ("1.0", "2.0"))

    assert old.keys() == new.keys()
    assert (old["require_ssl"].value, new["require_ssl"].value) == ("false", "true")


def test_what_a_fresh_workgroup_lists_can_be_sent_too() -> None:
    known = {**record.facts("workgroup.accepted"), **record.facts("workgroup.query_limits")}

    assert record.facts("workgroup.parameters").keys() <= known.keys()


def test_a_removed_limit_is_accepted_nowhere() -> None:
    removed = record.facts("workgroup.removed_limits").keys()

    assert not removed & {**record.facts("workgroup.accepted"), **record.facts("workgroup.query_limits")}.keys()


def test_what_is_not_in_the_record_is_not_known() -> None:
    with pytest.raises(KeyError):
        record.fact("workgroup.parameters", "a_parameter_of_next_year")


def test_a_value_is_taken_as_what_it_is() -> None:
    assert record.number("limits.account", "manual_snapshots") == 700
    assert record.text("workgroup.parameters", "max_query_execution_time") == "14400"
    with pytest.raises(TypeError):
        record.number("workgroup.parameters", "require_ssl")
    with pytest.raises(TypeError):
        record.text("limits.account", "namespaces")
