"""Cross-region snapshot copy."""

from __future__ import annotations

from typing import Any

import pytest

from redshift_migrate.models.cluster import SnapshotCopySettings
from redshift_migrate.models.serverless import SnapshotCopyConfiguration
from redshift_migrate.translators.snapshot_copy import recovery_window, say_days, translate_snapshot_copy
from redshift_migrate.translators.translation import Translation
from tests.support.builders import a_cluster, after, denied, levels, the_finding

KEY = "arn:aws:kms:us-west-2:123456789012:key/k"


def translated(**members: Any) -> Translation:
    usual = {"destination_region": "us-west-2", "retention_period_days": 7, "manual_snapshot_retention_period_days": 30}
    return translate_snapshot_copy(a_cluster(snapshot_copy_config=SnapshotCopySettings.model_validate(usual | members)))


@pytest.mark.parametrize(("manual", "days"), [(30, 30), (1, 1), (3653, 3653), (-1, None), (None, None), (0, None)])
def test_the_manual_retention_is_the_one_that_is_carried(manual: int | None, days: int | None) -> None:
    (wanted,) = translated(manual_snapshot_retention_period_days=manual).settings["snapshot_copy"]

    assert wanted == SnapshotCopyConfiguration(destination_region="us-west-2", snapshot_retention_period_days=days)


def test_a_grant_becomes_its_key() -> None:
    translation = translated(snapshot_copy_grant_name="my-kms-grant", kms_key_id=KEY)

    assert translation.settings["snapshot_copy"][0].destination_kms_key_id == KEY
    assert after(translation, "copy key") == [(KEY, "translated")]
    assert "kms:CreateGrant" in the_finding(translation, "destination key").message


def test_a_key_that_could_not_be_read_blocks() -> None:
    translation = translated(snapshot_copy_grant_name="g", kms_key_id=denied("redshift:DescribeSnapshotCopyGrants"))

    finding = the_finding(translation, "destination key")
    assert finding.level == "blocker"
    assert "redshift:DescribeSnapshotCopyGrants" in finding.message


@pytest.mark.parametrize(("days", "level"), [(7, "warning"), (1, "info"), (None, "warning")])
def test_the_recovery_window_is_said_before_and_after(days: int | None, level: str) -> None:
    finding = the_finding(translated(retention_period_days=days), "recovery window")

    assert finding.level == level
    assert ("shrinks from 7 days to 1 day" in finding.message) is (days == 7)


def test_a_copy_alone_has_a_recovery_window_too() -> None:
    finding = recovery_window(SnapshotCopyConfiguration(destination_region="us-west-2"))

    assert "kept indefinitely" in finding.message
    assert finding.on_cluster is None


def test_a_cluster_that_copies_nothing_wishes_nothing() -> None:
    translation = translate_snapshot_copy(a_cluster())

    assert translation.settings == {}
    assert after(translation, "snapshot copy") == [("off", "carried")]


@pytest.mark.parametrize(("automated", "manual", "level"), [(7, 30, "warning"), (7, 7, "info")])
def test_two_retentions_become_one(automated: int, manual: int, level: str) -> None:
    translation = translated(retention_period_days=automated, manual_snapshot_retention_period_days=manual)

    assert levels(translation, "retention of copies") == [level]


@pytest.mark.parametrize(
    ("days", "words"), [(None, "kept indefinitely"), (-1, "kept indefinitely"), (1, "1 day"), (7, "7 days")]
)
def test_retentions_in_words(days: int | None, words: str) -> None:
    assert say_days(days) == words
