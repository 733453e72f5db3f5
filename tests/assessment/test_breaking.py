"""SQL that serverless refuses: what each kind says, and when it is not said."""

from __future__ import annotations

from typing import Any

import pytest

from redshift_migrate.assessment.breaking import find_breaking
from redshift_migrate.models.cluster import ProvisionedClusterConfig
from redshift_migrate.models.data import Contents
from tests.support.builders import a_cluster, denied, some_parameters

DENIED = denied("redshift:DescribeClusterParameters")
TAKES = some_parameters(enable_large_strings_opt_in="Yes")


def told(cluster: ProvisionedClusterConfig, parameters: dict[str, str], **contents: Any) -> dict[str, str]:
    return {each.code: each.message for each in find_breaking(cluster, Contents(**contents), parameters)}


def test_nothing_is_said_of_a_cluster_without_any() -> None:
    assert told(a_cluster(), {}) == {}


def test_who_reads_system_tables_is_named_by_kind() -> None:
    found = told(
        a_cluster(),
        {},
        views_on_system_tables=("dev.public.v", "dev.public.w"),
        procedures_on_system_tables=("dev.sp",),
        queries_on_system_tables=(("ana", 3, "SELECT * FROM stl_query"),),
        python_functions=("dev.f",),
    )
    assert found["system-tables"] == (
        "STL, STV and SVL tables are read by 2 views (dev.public.v, dev.public.w); by 1 procedure (dev.sp); "
        "by queries of ana 3 times lately, last: SELECT * FROM stl_query. Use SYS views."
    )
    assert "1 function in Python: dev.f." in found["python-functions"]


@pytest.mark.parametrize(
    ("parameters", "times"),
    [
        ({}, 2),  # nobody set a limit: the default of four hours holds
        ({"max_query_execution_time": "3600"}, 7),
        ({"max_query_execution_time": "86399"}, None),
    ],
)
def test_queries_that_ran_longer_than_the_workgroup_allows_are_counted(
    parameters: dict[str, str], times: int | None
) -> None:
    found = told(a_cluster(), parameters, long_queries=(("etl", 240, 2), ("etl", 60, 5), ("bi", 5, 90)))
    if times is None:
        assert found == {}
    else:
        assert f"etl {times} times, the longest 240 minutes" in found["long-queries"]
        assert "bi" not in found["long-queries"]


@pytest.mark.parametrize(
    ("parameters", "on_workgroup", "says"),
    [
        (TAKES, {}, "the cluster takes them"),
        (DENIED, {}, "whether the cluster takes them is unknown"),
        (TAKES, {"enable_large_strings_opt_in": "Yes"}, None),
        ((), {}, None),
    ],
)
def test_large_strings_are_told_where_only_the_cluster_takes_them(
    parameters: Any, on_workgroup: dict[str, str], says: str | None
) -> None:
    cluster = a_cluster().model_copy(update={"parameters": parameters})
    found = told(cluster, on_workgroup, super_columns=("dev.public.events",))
    if says is None:
        assert found == {}
    else:
        assert says in found["large-strings"]
        assert "dev.public.events" in found["large-strings"]
    assert told(cluster, {}) == {}
