"""SQL on the cluster that serverless refuses, ends or runs in another way: each kind a finding with names. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from redshift_migrate.models.base import Unknown
from redshift_migrate.models.cluster import ProvisionedClusterConfig
from redshift_migrate.models.data import Contents
from redshift_migrate.models.finding import Finding, Subject
from redshift_migrate.models.parameters import DEFAULTS, EXECUTION_TIME_LIMIT
from redshift_migrate.translators.notices import LARGE_STRINGS, takes_large_strings
from redshift_migrate.translators.translation import cite, count

MINUTE_S = 60


def find_breaking(
    cluster: ProvisionedClusterConfig, contents: Contents, parameters: Mapping[str, str]
) -> tuple[Finding, ...]:
    """One finding a kind; `parameters`: those of the workgroup, as it lists them."""
    return tuple(
        Finding(level="warning", subject=Subject.SOURCE, setting=setting, message=message)
        for setting, message in (
            *_python(contents),
            *_system_tables(contents),
            *_long_queries(contents, parameters),
            *_large_strings(cluster, contents, parameters),
        )
    )


def tell_breaking(found: Finding) -> str:
    """One kind in a line, with its code."""
    return f"{found.message} ({found.code})"


def _python(contents: Contents) -> Iterator[tuple[str, str]]:
    if names := contents.python_functions:
        yield (
            "Python functions",
            f"{count(len(names), 'function')} in Python: {cite(names)}. Rewrite them in SQL or as Lambda functions.",
        )


def _system_tables(contents: Contents) -> Iterator[tuple[str, str]]:
    """Source: DG, SYS monitoring views."""
    asked = [f"{user} {times} times lately, last: {text}" for user, times, text in contents.queries_on_system_tables]
    parts = [
        *_name_all("view", contents.views_on_system_tables),
        *_name_all("procedure", contents.procedures_on_system_tables),
        *([f"queries of {'; of '.join(asked)}"] if asked else []),
    ]
    if parts:
        yield "system tables", f"STL, STV and SVL tables are read by {'; by '.join(parts)}. Use SYS views."


def _name_all(noun: str, names: Sequence[str]) -> Iterator[str]:
    if names:
        yield f"{count(len(names), noun)} ({cite(names)})"


def _long_queries(contents: Contents, parameters: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Source: MG, query limits of serverless; a workgroup has one even where nobody set it."""
    text = parameters.get(EXECUTION_TIME_LIMIT, DEFAULTS.get(EXECUTION_TIME_LIMIT, ""))
    limit_s = int(text) if text.isdigit() else 0
    users: dict[str, tuple[int, int]] = {}
    for user, minutes, many in contents.long_queries:
        if limit_s and minutes * MINUTE_S >= limit_s:
            times, longest = users.get(user, (0, 0))
            users[user] = times + many, max(longest, minutes)
    if users:
        told = (f"{user} {times} times, the longest {longest} minutes" for user, (times, longest) in users.items())
        yield (
            "long queries",
            f"The workgroup ends a query after {limit_s:,} s ({EXECUTION_TIME_LIMIT}), and lately these ran longer: "
            f"{cite(told)}. Raise it (86,399 s at most), or make them shorter.",
        )


def _large_strings(
    cluster: ProvisionedClusterConfig, contents: Contents, parameters: Mapping[str, str]
) -> Iterator[tuple[str, str]]:
    if not contents.super_columns or takes_large_strings(parameters.items()):
        return
    if isinstance(cluster.parameters, Unknown):
        why = f"whether the cluster takes them is {cluster.parameters.sentence()}"
    elif takes_large_strings((each.name, each.value) for each in cluster.parameters):
        why = "the cluster takes them"
    else:
        return
    yield (
        "large strings",
        f"The workgroup takes no strings over 65,535 bytes in SUPER, and {why}. Tables with SUPER columns: "
        f"{cite(contents.super_columns)}. Set {LARGE_STRINGS} to Yes before they are written there.",
    )
