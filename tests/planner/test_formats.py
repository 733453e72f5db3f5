"""A plan of another format is refused with a sentence: its checks would be misread."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from redshift_migrate.errors import PlanNotFound
from redshift_migrate.models.plan import FORMAT, MigrationPlan, Wish
from redshift_migrate.models.request import SetWorkgroupTrack
from tests.planner.world import FRESH, REGION, World, everything


def a_plan(world: World) -> MigrationPlan:
    return MigrationPlan(
        account_id="123456789012",
        partition="aws",
        region=REGION,
        title="Move prod-db-1",
        request=SetWorkgroupTrack(region=REGION, workgroup_name="prod-db-1", track_name="current"),
        wish=Wish(title="Move prod-db-1", settings=everything(), source=FRESH),
        steps=world.plan(everything(), FRESH),
    )


def test_a_plan_is_the_same_after_it_was_kept(world: World) -> None:
    plan = a_plan(world)

    assert MigrationPlan.model_validate_json(plan.model_dump_json()) == plan


@pytest.mark.parametrize(("written", "by"), [(FORMAT - 1, "an earlier version"), (FORMAT + 1, "a later version")])
def test_a_kept_plan_of_another_version_is_refused_with_what_to_do(
    world: World, tmp_path: Path, written: int, by: str
) -> None:
    plan = a_plan(world)
    world.store.save_plan(plan)
    (kept,) = tmp_path.rglob(f"{plan.digest}.json")
    kept.write_text(re.sub(rf'"format":\s*{FORMAT}', f'"format":{written}', kept.read_text(), count=1))

    with pytest.raises(PlanNotFound, match=f"'Move prod-db-1' was made by {by}.* Nothing was done") as refused:
        world.store.plan(plan.digest)

    assert "Ask for the plan again" in refused.value.hint


def test_no_plan_holds_an_expression(world: World) -> None:
    """What a check reads is a name; values are compared as they are."""
    for step in a_plan(world).steps:
        for values in (step.check.before, step.check.after):
            assert not any("`" in name or "[" in name for name in values or {})
