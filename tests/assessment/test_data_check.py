"""Is the data there: what each difference means, and that a side which was not read is never a success."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from redshift_migrate.assessment.data_check import compare, tell_row
from redshift_migrate.models.base import Unknown
from redshift_migrate.models.data import FAULTS, KINDS, Contents, CountedTable, DataCheck, DataTable

CHECK = DataCheck(
    cluster_id="c",
    namespace_name="n",
    workgroup_name="w",
    region="us-east-1",
    account_id="123456789012",
    at="2026-11-26T12:00:00Z",
    snapshot_at="2026-11-26T10:00:00Z",
)
DENIED = Unknown(needs_action="redshift-data:BatchExecuteStatement", reason="it is not allowed")
BEFORE, AFTER = "2026-11-26 09:59:59", "2026-11-26 10:00:01"


def table(name: str, rows: int, table_id: int = 1) -> DataTable:
    return DataTable(database="dev", schema_name="public", table=name, table_id=table_id, rows=rows)


def contents(*tables: DataTable, **members: Any) -> Contents:
    return Contents(tables=tables, **members)


@pytest.mark.parametrize(
    ("here", "there", "written", "verdict", "status"),
    [
        (10, 10, None, "equal", "equal"),
        (10, 10, AFTER, "equal", "equal"),
        (10, 7, AFTER, "written since", "equal"),
        (10, 7, BEFORE, "fewer", "differs"),
        (10, 7, None, "fewer", "differs"),
        (7, 10, AFTER, "written since", "equal"),
        (7, 10, None, "more", "equal"),
        (10, None, None, "missing", "differs"),
        (10, None, AFTER, "missing", "differs"),
    ],
)
def test_a_difference_is_judged_by_what_was_written_since(
    here: int, there: int | None, written: str | None, verdict: str, status: str
) -> None:
    cluster = contents(table("t", here), written=((1, written),) if written else ())
    found = compare(CHECK, cluster, contents(*([table("t", there)] if there is not None else [])))
    assert found.counts == {verdict: 1}
    assert found.status == status
    assert [each.verdict for each in found.differences] == ([] if verdict == "equal" else [verdict])


def test_without_the_moment_of_the_snapshot_any_write_may_explain_it() -> None:
    check = CHECK.model_copy(update={"snapshot_at": None})
    assert compare(check, contents(table("t", 9), written=((1, BEFORE),)), contents(table("t", 7))).status == "equal"
    assert compare(check, contents(table("t", 9)), contents(table("t", 7))).status == "differs"


def test_a_table_without_backup_is_in_no_snapshot() -> None:
    found = compare(CHECK, contents(table("scratch", 9), without_backup=("scratch",)), contents())
    assert found.counts == {"not in snapshots": 1}
    assert found.status == "equal"


@pytest.mark.parametrize(("here", "there"), [(DENIED, contents()), (contents(), DENIED), (DENIED, DENIED)])
def test_a_side_that_was_not_read_is_never_a_success(here: Contents | Unknown, there: Contents | Unknown) -> None:
    found = compare(CHECK, here, there)
    assert found.status == "unknown"
    assert found.counts == {}
    assert DENIED in found.unknown


def test_objects_that_are_missing_are_named() -> None:
    cluster = contents(objects=tuple((kind, f"dev.{kind}") for kind in KINDS))
    there = tuple((kind, f"dev.{kind}") for kind in KINDS if kind not in ("view", "role"))
    found = compare(CHECK, cluster, contents(objects=there))
    assert found.missing_objects == ("view dev.view", "role dev.role")
    assert found.objects_compared == dict.fromkeys(KINDS, 1)
    assert found.status == "differs"


def counted(rows: int, **columns: tuple[int, str]) -> dict[str, CountedTable]:
    return {"dev.public.t": CountedTable(rows=rows, columns=columns)}


@pytest.mark.parametrize(
    ("here", "there", "written", "verdict", "columns"),
    [
        (counted(10), counted(10), None, "equal", ()),
        (counted(10), counted(9), None, "fewer", ()),
        (counted(10), counted(9), AFTER, "written since", ()),
        (counted(10, a=(10, "7")), counted(10, a=(10, "7")), None, "equal", ()),
        (counted(10, a=(10, "7")), counted(10, a=(10, "8")), None, "other values", ("a",)),
        (counted(10, a=(10, "7")), counted(10, a=(9, "7")), None, "other values", ("a",)),
        (counted(10, a=(10, "7")), counted(10), None, "other values", ("a",)),
        (counted(10, a=(10, "7")), counted(10, a=(10, "8")), AFTER, "written since", ("a",)),
        (counted(10), {}, None, "equal", ()),  # one side alone is no comparison: the estimates are
    ],
)
def test_what_was_counted_decides_over_the_estimates(
    here: dict[str, CountedTable],
    there: dict[str, CountedTable],
    written: str | None,
    verdict: str,
    columns: tuple[str, ...],
) -> None:
    log = ((1, written),) if written else ()
    cluster = contents(table("t", 5), written=log, counted=here)
    found = compare(CHECK, cluster, contents(table("t", 5), counted=there))
    assert found.counts == {verdict: 1}
    assert found.status == ("differs" if verdict in FAULTS else "equal")
    if verdict != "equal":
        assert found.differences[0].columns == columns
        assert not columns or "columns: a" in tell_row(found.differences[0])


def test_what_every_move_changes_is_expected_and_no_fault() -> None:
    found = compare(CHECK, contents(interleaved=("dev.public.t",), temporary_tables=2), contents())
    assert found.status == "equal"
    assert [each.split()[0] for each in found.expected] == ["interleaved", "2"]


tables = st.lists(st.tuples(st.sampled_from("abcdef"), st.integers(0, 5)), unique_by=lambda each: each[0])


@given(tables, tables)
def test_every_table_of_either_side_is_counted_once(here: list[tuple[str, int]], there: list[tuple[str, int]]) -> None:
    found = compare(CHECK, contents(*(table(*each) for each in here)), contents(*(table(*each) for each in there)))
    assert sum(found.counts.values()) == len({name for name, _ in (*here, *there)})
    assert sum(found.counts.values()) - found.counts.get("equal", 0) == len(found.differences)
    faults = [name for name, rows in here if rows > dict(there).get(name, -1)]
    assert (found.status == "differs") is bool(faults)
