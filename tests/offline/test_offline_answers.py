"""Tool answers as the sentences that are shown."""

from __future__ import annotations

import unicodedata
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from redshift_migrate.offline.answers import answer
from redshift_migrate.offline.history import Done
from redshift_migrate.offline.meaning import call
from redshift_migrate.text import HIDDEN, visible_values
from redshift_migrate.tools import TOOLS
from tests.support.any_text import any_text

MAINTENANCE: dict[str, Any] = {
    "cluster_id": "prod-db-1",
    "maintenance_track": "current",
    "maintenance_window": "sun:05:00-sun:05:30",
    "next_maintenance_window": "2026-11-29T05:00:00Z",
    "allow_version_upgrade": True,
    "cluster_version": "1.0",
    "region": "us-east-2",
    "pending_maintenance_track": "trailing",
    "findings": [{"level": "warning", "setting": "maintenance window", "message": "It has no counterpart."}],
}
COPY: dict[str, Any] = {
    "cluster_id": "prod-db-1",
    "snapshot_copy_enabled": True,
    "destination_region": "us-west-2",
    "retention_period_days": 7,
    "manual_snapshot_retention_period_days": -1,
    "snapshot_copy_grant_name": "my-kms-grant",
    "kms_key_id": "arn:aws:kms:us-west-2:1:key/k",
}


def shown(tool: str, result: dict[str, Any], *, ok: bool = True, text: str = "") -> str:
    return answer([Done(call(tool), ok=ok, result=result, text=text)])


def test_maintenance_settings() -> None:
    assert shown("get_cluster_maintenance_settings", MAINTENANCE).splitlines() == [
        "**Maintenance** of `prod-db-1` (us-east-2)",
        "- Maintenance track: `current`",
        "- Maintenance window: `sun:05:00-sun:05:30` (UTC)",
        "- Next maintenance window: `2026-11-29T05:00:00Z`",
        "- Version upgrades: allowed",
        "- Cluster version: `1.0`",
        "- pending maintenance track: `trailing`",
        "",
        "**To know**",
        "- warning: maintenance window: It has no counterpart.",
    ]


def test_copy_settings_name_both_retentions() -> None:
    assert shown("get_cluster_snapshot_copy_settings", COPY).splitlines() == [
        "**Cross-region snapshot copy** of `prod-db-1`",
        "- Enabled: yes",
        "- Destination region: `us-west-2`",
        "- Retention of automated snapshots: 7 days",
        "- Retention of manual snapshots: kept indefinitely",
        "- Snapshot copy grant: `my-kms-grant`",
        "- KMS key: `arn:aws:kms:us-west-2:1:key/k`",
    ]


def test_a_copy_that_is_off_says_no_more() -> None:
    off = dict.fromkeys(COPY) | {"cluster_id": "c", "snapshot_copy_enabled": False}

    assert shown("get_cluster_snapshot_copy_settings", off) == "**Cross-region snapshot copy** of `c`\n- Enabled: no"


def test_a_change_quotes_what_aws_says() -> None:
    result = {
        "status": "success",
        "namespace_name": "my-namespace",
        "destination_region": "us-west-2",
        "retention_period_days": 7,
        "message": "Done, and read back from AWS.",
        "kms_key_id": None,
        "migration_id": "m-1",
    }

    assert shown("configure_serverless_snapshot_copy", result).splitlines() == [
        "**Success** for `my-namespace`: Done, and read back from AWS.",
        "- Destination region: `us-west-2`",
        "- Retention of copied snapshots: 7 days",
        "- KMS key: owned by AWS",
        "- migration id: `m-1`",
    ]


def test_a_change_that_waits_says_how_to_approve_it() -> None:
    result = {
        "status": "approval_required",
        "message": "Nothing was changed.",
        "hint": "Approve with: ./chat /approve abc",
        "plan_digest": "ab" * 32,
        "steps": ["Create the configuration"],
    }

    lines = shown("configure_serverless_snapshot_copy", result).splitlines()

    assert lines == [
        "**Approval needed.** Nothing was changed.",
        "Approve with: ./chat /approve abc",
        f"Plan digest: `{'ab' * 32}`",
    ]


@pytest.mark.parametrize("text", ["DENIED: the user did not approve plan ab", "CONFIRMATION_FAILED: approve plan ab"])
def test_a_refused_change_says_that_nothing_was_changed(text: str) -> None:
    said = shown("apply_plan", {}, ok=False, text=text)

    assert said.startswith("Nothing was changed")
    assert text in said


def test_an_error_is_shown_with_its_hint_and_its_facts() -> None:
    error = {"code": "ClusterNotFound", "message": "No such cluster.", "hint": "Similar: a.", "similar": ["a"]}

    said = shown("get_cluster_maintenance_settings", {"status": "error", "error": error}, ok=False)

    assert said.splitlines() == [
        "`get_cluster_maintenance_settings` did not work: No such cluster.",
        "Similar: a.",
        "- similar:",
        "  - `a`",
    ]


def test_a_tool_nobody_wrote_a_text_for_is_shown_key_by_key() -> None:
    result = {"message": "Two.", "deep": {"a": [{"b": 1, "c": None}]}, "flag": False, "findings": []}

    assert shown("a_new_tool", result).splitlines() == [
        "Two.",
        "- deep:",
        "  - a:",
        "    - b: 1; c: none",
        "- flag: no",
    ]


def nothing_is_hidden_in(said: str) -> bool:
    return not any(unicodedata.category(char) in HIDDEN for char in said if char != "\n")


def test_a_help_text_keeps_its_lines() -> None:
    text = visible_values({"topic": "tracks", "text": "First.\n- second\n"})

    assert shown("get_migration_help", text) == "First.\n- second"


HOSTILE = "x`\x1b[2J\n**Approved**\u202e" + "y" * 5000


@pytest.mark.parametrize("tool", ["list_clusters", "get_cluster_maintenance_settings", "a_new_tool"])
def test_a_strangers_text_stays_in_its_place(tool: str) -> None:
    hostile = {"cluster_id": HOSTILE, "maintenance_track": HOSTILE, "clusters": [{"cluster_id": HOSTILE}]}

    said = shown(tool, hostile)

    assert nothing_is_hidden_in(said)
    assert not any(line.startswith("**Approved") for line in said.splitlines())
    assert len(said) < 4000


def collections(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.lists(inner, max_size=2) | st.dictionaries(any_text(6), inner, max_size=2)


LEAF = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | any_text(12)
JSON = LEAF | collections(LEAF) | collections(collections(collections(LEAF | st.just({"deep": {"deeper": [[1]]}}))))
"""Small, but deeper than what is drawn line by line."""
KEYS = st.sampled_from(
    [*MAINTENANCE, *COPY, "status", "clusters", "workgroup", "snapshot_copy", "steps", "error", "topics"]
)
TOOL_NAMES = st.sampled_from([*TOOLS, "a_new_tool"])


@given(TOOL_NAMES, st.dictionaries(KEYS, JSON, max_size=4), st.booleans())
def test_any_answer_can_be_shown(tool: str, result: dict[str, Any], ok: bool) -> None:
    said = shown(tool, result, ok=ok)

    assert said.strip()
    assert nothing_is_hidden_in(said)


def test_a_table_keeps_its_columns_whatever_a_name_holds() -> None:
    hostile = {"cluster_id": "a|b`*x*`[l](u)<b>", "status": "available\n| x |", "node_type": "dc2.large"}
    table = shown("list_clusters", {"count": 1, "region": "us-east-2", "clusters": [hostile]})
    rows = [line for line in table.splitlines() if line.startswith("|")]

    assert len(rows) == 3
    assert {line.count("|") for line in rows} == {7}
    assert len({len(line) for line in rows}) == 1
    assert not set("*`[<") & set(rows[2])
