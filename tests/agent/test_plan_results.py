"""What a model is told of a plan: little at once, everything on request."""

from __future__ import annotations

import json

import pytest

from redshift_migrate.agent.plan_results import plan_section
from redshift_migrate.agent.toolbox import Toolbox
from redshift_migrate.errors import SettingsError
from redshift_migrate.migration.service import MigrationService
from redshift_migrate.models.plan import MigrationPlan
from tests.support.migrating import request_for

MOST_BYTES = 6 * 1024


@pytest.fixture
def plan(service: MigrationService) -> MigrationPlan:
    """The plan of the founding example."""
    return service.prepare(request_for("prod-db-1"))


def test_a_plan_is_told_in_six_kilobytes(service: MigrationService) -> None:
    for cluster in service.clusters():
        told = Toolbox(service).plan_migration(cluster.cluster_id)
        assert len(json.dumps(told)) <= MOST_BYTES, cluster.cluster_id


def test_every_finding_row_and_call_can_be_read_on_demand(plan: MigrationPlan) -> None:
    for found in plan.findings:
        for name in (found.code, found.setting, found.group):
            assert found.message in [each["message"] for each in plan_section(plan, name)["findings"]]
    for row in plan.changes:
        assert row.as_compact_json() in plan_section(plan, row.setting)["settings"]
    assert len(plan_section(plan, "calls")["calls"]) == len(plan.steps)
    assert "redshift-serverless:CreateNamespace" in json.dumps(plan_section(plan, "permissions"))


def test_a_section_that_is_not_there_is_named_with_those_that_are(plan: MigrationPlan) -> None:
    with pytest.raises(SettingsError) as error:
        plan_section(plan, "nonsense")

    assert "host-name" in error.value.hint


def test_after_a_run_only_what_is_left_to_a_person_is_told(service: MigrationService, plan: MigrationPlan) -> None:
    service.approve(plan.digest, approved_by="tester", channel="program")
    done = Toolbox(service).apply_plan(plan.digest).answer()

    left = json.dumps(done["left_to_do"])
    assert "host-name" in left
    assert "maintenance-window" not in left
    assert len(json.dumps(done)) <= MOST_BYTES
