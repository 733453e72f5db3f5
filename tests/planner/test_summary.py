"""The first view of a plan: short enough to be read, and nothing urgent missing from it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from redshift_migrate.migration.service import MigrationService
from redshift_migrate.models.plan import MigrationPlan
from redshift_migrate.planner.summary import brief, cut, summarize
from redshift_migrate.terminal.plain import render_text
from redshift_migrate.terminal.shown import PlanShown
from tests.support.migrating import request_for

MOST_LINES = 60


@pytest.fixture
def plans(service: MigrationService) -> Iterator[MigrationPlan]:
    """A plan for each cluster of the demo."""
    return (service.prepare(request_for(each.cluster_id)) for each in service.clusters())


def test_the_first_view_of_any_cluster_fits_on_a_screen_and_tells_all_work(plans: Iterator[MigrationPlan]) -> None:
    seen = 0
    for plan in plans:
        seen += 1
        lines = render_text(PlanShown(plan, "./chat /approve x")).splitlines()
        assert len(lines) <= MOST_LINES, plan.title
        summary = summarize(plan)
        told = {(group, line.code): line.count for group, of_group in summary.groups for line in of_group}
        wanted = [(found.group, found.code) for found in plan.blockers or plan.findings if found.group != "know"]
        assert told == {each: wanted.count(each) for each in wanted}
        assert sum(told.values()) + summary.known == len(plan.findings)
        for row in plan.changes:
            assert not (row.on_cluster or "").startswith("0 "), row
            assert (row.on_cluster, row.after) != ("none", "none"), row
    assert seen > 5


@pytest.mark.parametrize(
    ("message", "short"),
    [
        ("One thing. Another one.", "One thing"),
        ('Add this: {"Effect": 1}. More.', "Add this"),
        ("Version 1.0.3 runs. It is old.", "Version 1.0.3 runs"),
    ],
)
def test_a_message_is_told_by_its_first_sentence(message: str, short: str) -> None:
    assert brief(message) == short


def test_long_lines_are_cut_between_words() -> None:
    assert cut("one two three", 9) == "one two…"
    assert cut("one two", 9) == "one two"
