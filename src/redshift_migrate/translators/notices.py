"""Dated changes of Redshift itself that an owner should hear of before a move: those alone that the cluster meets."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import redshift_facts as record
from redshift_migrate.models.base import Unknown
from redshift_migrate.models.choices import MigrationChoices
from redshift_migrate.models.cluster import ProvisionedClusterConfig
from redshift_migrate.models.finding import Finding, Level, Subject
from redshift_migrate.translators.scope import restores_data
from redshift_migrate.translators.translation import About, Translation

LARGE_STRINGS = "enable_large_strings_opt_in"
ENFORCES_FUNCTIONS = "203"
"""The patch from which Python functions that exist are refused too."""

about = About(Subject.SOURCE)

Applies = Callable[[ProvisionedClusterConfig, MigrationChoices], bool]


@dataclass(frozen=True)
class Notice:
    """One change: the key of its line in the record, whom it meets, and what to do."""

    key: str
    setting: str
    level: Level
    applies: Applies
    words: str
    """May name `{day}`, `{patch}` and `{node_type}`."""


def _always(cluster: ProvisionedClusterConfig, choices: MigrationChoices) -> bool:
    return True


def _with_data(cluster: ProvisionedClusterConfig, choices: MigrationChoices) -> bool:
    return restores_data(choices)


def takes_large_strings(parameters: Iterable[tuple[str, str | None]]) -> bool:
    """True where SUPER may hold strings over 65,535 bytes. Source: MG, Behavior changes, patch 206."""
    return any(key == LARGE_STRINGS and (value or "").lower() in ("yes", "true", "on") for key, value in parameters)


def _large_strings(cluster: ProvisionedClusterConfig, choices: MigrationChoices) -> bool:
    parameters = () if isinstance(cluster.parameters, Unknown) else cluster.parameters
    return takes_large_strings((each.name, each.value) for each in parameters) and restores_data(choices)


def _dc2(cluster: ProvisionedClusterConfig, choices: MigrationChoices) -> bool:
    return (cluster.node_type or "").lower().startswith("dc2.")


NOTICES = (
    Notice(
        "python_functions",
        "Python functions",
        "warning",
        _always,
        "Support of Python user-defined functions ended on 30 June 2026, and from patch 203 ({day} on the current "
        "track) those that exist are refused too. {patch} List them (SELECT proname FROM pg_proc JOIN pg_language l ON "
        "prolang = l.oid WHERE lanname = 'plpythonu') and rewrite them in SQL or as Lambda functions before the move: "
        "a workgroup has the newest patches.",
    ),
    Notice(
        "odbc_1",
        "ODBC driver 1.x",
        "warning",
        _always,
        "Support of the ODBC driver 1.x ends on {day}: clients need version 2 before they are pointed at the "
        "workgroup.",
    ),
    Notice(
        "tls_1_2",
        "TLS",
        "info",
        _always,
        "Since {day} clients need TLS 1.2 or newer, here and there.",
    ),
    Notice(
        "failed_logins",
        "failed logins",
        "info",
        _with_data,
        "Since patch 204 ({day}) five failed logins lock a user (2 to 50: ALTER SYSTEM SET "
        "max_failed_login_attempts). A job with an old password locks its user at the cut-over: SHOW USER LOCKOUT "
        "tells, ALTER USER ... LOGIN PASSWORD unlocks. IAM logins are not counted.",
    ),
    Notice(
        "large_strings",
        "large strings",
        "warning",
        _large_strings,
        "The cluster allows strings over 65,535 bytes in SUPER. A snapshot that has some may not be restored where "
        f"{LARGE_STRINGS} is not Yes, so the workgroup needs it before the restore, and every datashare partner the "
        "same value. SELECT is_large_string_enabled() tells, on both sides.",
    ),
    Notice(
        "dc2",
        "DC2 nodes",
        "warning",
        _dc2,
        "AWS makes no new {node_type} nodes, and their end of life on {day} is reported by others; no page of AWS says "
        "so. What becomes of clusters that are left is AWS's decision: do not count on a way back to this one.",
    ),
)


def translate_notices(cluster: ProvisionedClusterConfig, choices: MigrationChoices) -> Translation:
    """Findings alone. Days and sources are lines of the record."""
    return Translation(
        findings=(
            *(_finding(notice, cluster) for notice in NOTICES if notice.applies(cluster, choices)),
            _system_tables(cluster),
        )
    )


def _finding(notice: Notice, cluster: ProvisionedClusterConfig) -> Finding:
    fact = record.fact("notices.changes", notice.key)
    words = notice.words.format(day=fact.value, patch=_patch(cluster), node_type=cluster.node_type)
    tell = about.warning if notice.level == "warning" else about.info
    return tell(notice.setting, f"{words} (Source: {fact.source}.)", None, None)


def _patch(cluster: ProvisionedClusterConfig) -> str:
    """Which patch the cluster has, as far as its version and track tell: AWS names patches, clusters a revision."""
    version = cluster.cluster_version or "an unknown version"
    is_trailing = (cluster.maintenance_track or "").lower() == "trailing"
    table = "trailing_patches" if is_trailing else "patches"
    since = record.facts(f"notices.{table}")[ENFORCES_FUNCTIONS].value
    track = cluster.maintenance_track or "unknown"
    return (
        f"The cluster runs {version} on track {track}, which got that patch from {since} on: its functions fail unless "
        "maintenance was put off (SELECT version() and AWS's list of cluster versions tell)."
    )


def _system_tables(cluster: ProvisionedClusterConfig) -> Finding:
    """Source: Management Guide, "Multi-AZ deployment" and "Migrating a provisioned cluster"."""
    if cluster.multi_az:
        message = (
            "On a Multi-AZ cluster the STL, STV, SVL and SVCS tables do not answer, and serverless has SYS views too: "
            "SQL that runs today needs no change. REBOOT_CLUSTER is not there."
        )
        return about.info("system tables", message)
    message = (
        "SQL that reads the STL, STV and SVL tables has to use the SYS views on serverless; REBOOT_CLUSTER is "
        "not there."
    )
    return about.warning("system tables", message)
