"""Retention, schedules and the role that scheduled snapshots need."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from redshift_migrate.errors import SettingsError
from redshift_migrate.models.choices import MigrationChoices
from redshift_migrate.models.cluster import SnapshotSchedule
from redshift_migrate.models.serverless import ScheduledSnapshot
from redshift_migrate.translators.schedules import serverless_schedule
from redshift_migrate.translators.snapshots import translate_snapshots
from redshift_migrate.translators.translation import Translation
from tests.support.builders import a_cluster, a_role, levels, some_choices, the_finding, with_everything
from tests.support.strategies import definitions

SCHEDULER = a_role("snapshots", "scheduler.redshift.amazonaws.com")
NIGHTLY = SnapshotSchedule(identifier="s", definitions=("cron(30 12 *)", "rate(12 hours)"), state="ACTIVE")


@pytest.mark.parametrize(
    ("definition", "schedule"),
    [
        ("cron(30 12 *)", "(30 12 * * ? *)"),
        ("cron(0 9,17 MON-FRI)", "(0 9,17 ? * MON-FRI *)"),
        ("cron(0 17 SAT,SUN)", "(0 17 ? * SAT,SUN *)"),
        ("cron(0 17 sat,sun)", "(0 17 ? * SAT,SUN *)"),
        ("cron(0 14-20/1 TUE)", "(0 14-20/1 ? * TUE *)"),
        ("cron(30 0/6 SAT-SUN)", "(30 0/6 ? * SAT-SUN *)"),
        ("cron(30 12/4 *)", "(30 12/4 * * ? *)"),
        ("cron(15 */2 ?)", "(15 0/2 * * ? *)"),
        ("cron(00 08 *)", "(0 08 * * ? *)"),
        ("cron(0 3 3#2)", "(0 3 ? * 3#2 *)"),
        ("cron( 0  3   1,7 )", "(0 3 ? * 1,7 *)"),
        ("rate(12 hours)", "(0 0/12 * * ? *)"),
        ("rate(8 hours)", "(0 0/8 * * ? *)"),
        ("rate(1 hour)", "(0 * * * ? *)"),
        ("rate(24 hours)", "(0 0 * * ? *)"),
        ("rate(1 day)", "(0 0 * * ? *)"),
        (" RATE(2 Hours) ", "(0 0/2 * * ? *)"),
    ],
)
def test_schedules_get_their_six_fields(definition: str, schedule: str) -> None:
    assert serverless_schedule(definition) == (schedule, None)


@pytest.mark.parametrize(
    ("definition", "schedule", "last_hours"),
    [
        ("rate(5 hours)", "(0 0,5,10,15,20 * * ? *)", 4),
        ("rate(7 hours)", "(0 0,7,14,21 * * ? *)", 3),
        ("rate(23 hours)", "(0 0,23 * * ? *)", 1),
    ],
)
def test_a_rate_that_does_not_divide_the_day_lists_its_hours(definition: str, schedule: str, last_hours: int) -> None:
    translated, note = serverless_schedule(definition)

    assert translated == schedule
    assert note is not None
    assert f"last interval of a day is {last_hours} hours" in note


@pytest.mark.parametrize(
    "definition",
    [
        "",
        "rate(0 hours)",
        "rate(25 hours)",
        "rate(2 days)",
        "rate(30 minutes)",
        "cron(0 12)",
        "cron(0 12 * * ? *)",
        "cron(* 12 *)",
        "cron(0,30 12 *)",
        "cron(60 12 *)",
        "cron(0 24 *)",
        "cron(0 12/0 *)",
        "cron(0 noon *)",
        "cron(0 12 FUNDAY)",
        "cron(٣ 12 *)",
        "cron(0 ٣ *)",
        "nightly",
    ],
)
def test_what_is_no_schedule_is_refused_by_name(definition: str) -> None:
    with pytest.raises(SettingsError) as caught:
        serverless_schedule(definition)

    assert repr(definition) in caught.value.message


@given(st.one_of(definitions, st.text(max_size=60)))
def test_every_schedule_has_six_fields_and_one_question_mark(definition: str) -> None:
    try:
        schedule, _ = serverless_schedule(definition)
    except SettingsError:
        return
    assert schedule[0] + schedule[-1] == "()"
    fields = schedule[1:-1].split(" ")
    assert len(fields) == 6
    assert sorted((fields[2] == "?", fields[4] == "?")) == [False, True]
    assert schedule.isascii()


def translated(choices: MigrationChoices, **members: Any) -> Translation:
    return translate_snapshots(a_cluster(snapshot_schedules=(NIGHTLY,), **members), choices)


def test_scheduled_snapshots_are_made_when_named_by_a_role_that_may() -> None:
    translation = translated(
        with_everything(), iam_roles=(a_role(), SCHEDULER), automated_snapshot_retention_period_days=14
    )

    assert translation.settings["scheduled_snapshots"] == tuple(
        ScheduledSnapshot(
            scheduled_action_name=f"prod-db-1-snapshots-{number}",
            schedule=schedule,
            snapshot_name_prefix=f"prod-db-1-snapshots-{number}",
            retention_period_days=14,
            role_arn=SCHEDULER.iam_role_arn,
        )
        for number, schedule in ((1, "(30 12 * * ? *)"), (2, "(0 0/12 * * ? *)"))
    )


def test_unasked_they_are_offered_and_not_made() -> None:
    translation = translated(some_choices(), iam_roles=(SCHEDULER,))

    assert translation.settings == {}
    assert "Offered and not made" in the_finding(translation, "scheduled snapshots").message


@pytest.mark.parametrize("roles", [(), (a_role(),), (SCHEDULER.model_copy(update={"apply_status": "removing"}),)])
def test_without_a_role_that_may_none_is_made_and_the_role_is_described(roles: tuple[Any, ...]) -> None:
    translation = translated(with_everything(), iam_roles=roles)

    message = the_finding(translation, "scheduled snapshots").message
    assert translation.settings == {}
    assert '"Principal": {"Service": "scheduler.redshift.amazonaws.com"}' in message
    assert '"Action": "redshift-serverless:CreateSnapshot"' in message
    assert "arn:aws:redshift-serverless:us-east-2:123456789012:namespace/*" in message
    assert "iam:PassRole" in message


def test_a_retention_of_more_than_a_day_shrinks_and_a_schedule_is_offered_for_it() -> None:
    translation = translate_snapshots(
        a_cluster(automated_snapshot_retention_period_days=7, iam_roles=(SCHEDULER,)), some_choices()
    )

    assert levels(translation, "automated snapshots") == ["warning"]
    assert "shrinks from 7 days to 24 hours" in the_finding(translation, "automated snapshots").message
    assert "(0 0/8 * * ? *) UTC kept 7 days" in the_finding(translation, "scheduled snapshots").message


@pytest.mark.parametrize("days", [None, 0, 1])
def test_a_day_or_less_is_covered_by_recovery_points(days: int | None) -> None:
    translation = translate_snapshots(a_cluster(automated_snapshot_retention_period_days=days), with_everything())

    assert levels(translation, "automated snapshots") == ["info"]
    assert levels(translation, "scheduled snapshots") == []


def test_a_schedule_that_cannot_be_read_is_named_and_the_others_are_kept() -> None:
    schedule = SnapshotSchedule(identifier="s", definitions=("cron(0 24 *)", "rate(5 hours)"), state="FAILED")

    translation = translate_snapshots(
        a_cluster(snapshot_schedules=(schedule,), iam_roles=(SCHEDULER,)), with_everything()
    )

    assert levels(translation, "snapshot schedule") == ["warning", "warning", "warning"]
    assert [each.schedule for each in translation.settings["scheduled_snapshots"]] == ["(0 0,5,10,15,20 * * ? *)"]


def test_names_of_scheduled_actions_fit() -> None:
    translation = translated(with_everything(namespace_name="n" * 63), iam_roles=(SCHEDULER,))

    assert all(len(each.scheduled_action_name) <= 60 for each in translation.settings["scheduled_snapshots"])


def test_manual_snapshots_lose_their_common_default() -> None:
    translation = translate_snapshots(a_cluster(manual_snapshot_retention_period_days=30), some_choices())

    assert "kept 30 days" in the_finding(translation, "manual snapshots").message
    assert levels(translate_snapshots(a_cluster(), some_choices()), "manual snapshots") == []


def test_existing_snapshots_are_always_spoken_of() -> None:
    assert (
        "not converted" in the_finding(translate_snapshots(a_cluster(), some_choices()), "existing snapshots").message
    )
