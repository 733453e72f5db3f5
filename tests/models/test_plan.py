"""A plan's digest is of what the plan says now, whatever it was copied from."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable

import pytest

from redshift_migrate.models.base import canonical_json, sha256_hex
from redshift_migrate.models.plan import MigrationPlan, Wish
from tests.support.migrating import request_for


def a_plan() -> MigrationPlan:
    request = request_for("prod-db-1")
    return MigrationPlan(
        account_id="123456789012",
        partition="aws",
        region="us-east-2",
        title="one",
        request=request,
        wish=Wish(title="one"),
    )


def afresh(plan: MigrationPlan) -> str:
    return sha256_hex(canonical_json(plan.as_json()))


@pytest.mark.parametrize(
    "copied",
    [
        lambda plan: plan.model_copy(update={"title": "another"}),
        lambda plan: plan.model_copy(update={"title": "another"}, deep=True),
        lambda plan: copy.copy(plan).model_copy(update={"title": "another"}),
        lambda plan: copy.deepcopy(plan).model_copy(update={"title": "another"}),
        lambda plan: pickle.loads(pickle.dumps(plan)).model_copy(update={"title": "another"}),  # noqa: S301
    ],
)
def test_a_copy_has_a_digest_of_its_own(copied: Callable[[MigrationPlan], MigrationPlan]) -> None:
    plan = a_plan()
    before = plan.digest
    other = copied(plan)
    assert other.title == "another"
    assert other.digest == afresh(other) != before
    assert plan.digest == before == afresh(plan)


def test_a_plan_whose_digest_was_asked_for_is_equal_to_one_whose_was_not() -> None:
    asked, unasked = a_plan(), a_plan()
    assert asked.digest
    assert asked == unasked
    assert "digest" not in asked.as_json()
