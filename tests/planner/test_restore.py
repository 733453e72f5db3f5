"""A restore is made once, however the run ends: before the call, after it, or while AWS still looks at rest."""

from __future__ import annotations

from typing import Any

import pytest

from redshift_migrate.aws.door import Answer, Aws, Door
from redshift_migrate.errors import ApplyError, Unreachable
from redshift_migrate.models.finding import Finding, Subject
from redshift_migrate.models.plan import Call, Step
from redshift_migrate.models.serverless import ServerlessConfig, ServerlessTarget
from redshift_migrate.models.source import SourceData
from redshift_migrate.planner.data import PLACEHOLDER
from redshift_migrate.planner.difference import plan_findings, plan_steps
from tests.planner.world import FRESH, REGION, World, everything

RESTORE = "redshift-serverless:RestoreFromSnapshot"


class DiedError(Exception):
    """The process ends here: nothing of the product catches it."""


class Dying(Door):
    """Ends the process just before or just after one call has been made."""

    def __init__(self, inner: Aws, operation: str, *, applied: bool) -> None:
        super().__init__()
        self._inner = inner
        self._operation, self._applied = operation, applied

    def validate(self, call: Call) -> None:
        self._inner.validate(call)

    def ask(self, call: Call) -> Answer:
        if call.operation == self._operation:
            if self._applied:
                self._inner.ask(call)
            raise DiedError
        return self._inner.ask(call)


def restores(world: World) -> list[str]:
    found: list[str] = world.account.table(REGION, "namespaces")["prod-db-1"].get("_restored_from", [])
    return found


def died(world: World, operation: str, *, applied: bool) -> None:
    whole = world.aws
    world.aws = Dying(whole, operation, applied=applied)
    with pytest.raises(DiedError):
        world.apply(world.plan(everything(), FRESH))
    world.aws = whole


@pytest.mark.parametrize("later_s", [0, 1, 9, 100, 10_000], ids=lambda seconds: f"{seconds}s-later")
@pytest.mark.parametrize("applied", [False, True], ids=["before", "after"])
def test_a_run_that_died_around_the_call_restores_once(world: World, applied: bool, later_s: int) -> None:
    died(world, "RestoreFromSnapshot", applied=applied)
    world.account.clock.advance(later_s)
    journal = world.resume()

    assert journal.is_finished
    assert restores(world) == ["prod-db-1-run-1"]
    assert world.plan(everything(), FRESH) == ()


@pytest.mark.parametrize(
    "operation",
    [
        "CreateClusterSnapshot",
        "CreateNamespace",
        "CreateWorkgroup",
        "CreateUsageLimit",
        "CreateSnapshotCopyConfiguration",
        "CreateScheduledAction",
        "CreateEndpointAccess",
        "PutResourcePolicy",
    ],
)
@pytest.mark.parametrize("applied", [False, True], ids=["before", "after"])
def test_a_run_that_died_around_any_call_makes_nothing_twice(world: World, operation: str, applied: bool) -> None:
    died(world, operation, applied=applied)
    world.resume()

    made = [call for call in world.account.writes() if call.operation == operation and call.outcome == "ok"]
    assert len(made) == (2 if operation == "CreateUsageLimit" else 1)
    assert restores(world) == ["prod-db-1-run-1"]
    assert world.plan(everything(), FRESH) == ()


@pytest.mark.parametrize("kind", ["throttle", "500", "reset", "lost_reply"])
def test_a_fault_on_the_call_restores_once(world: World, kind: Any) -> None:
    world.account.faults.add(RESTORE, kind=kind)
    world.apply(world.plan(everything(), FRESH))

    assert restores(world) == ["prod-db-1-run-1"]


def test_a_plan_made_anew_after_a_stop_finishes_what_awaits_its_data(world: World) -> None:
    """The placeholder tells another process, and any person, that the namespace has no data yet."""
    world.account.faults.add(RESTORE, kind="denied", times=None)
    with pytest.raises(ApplyError):
        world.apply(world.plan(everything(), FRESH))
    assert world.observe().namespace.admin_username == PLACEHOLDER
    world.account.faults.clear()

    again = FRESH.model_copy(update={"run_tag": "run-2", "snapshot_identifier": "prod-db-1-run-2"})
    steps = world.plan(everything(), again)
    world.apply(steps)

    assert [step.id for step in steps][:2] == ["data.snapshot", "data.restore"]
    assert restores(world) == ["prod-db-1-run-2"]


def test_the_restore_stops_when_aws_does_not_take_the_placeholder(world: World) -> None:
    """If CreateNamespace named another admin user than it was asked for, a restore could look done before it is."""
    steps = world.plan(everything(), FRESH)
    create = next(step for step in steps if step.id == "namespace.create")
    parameters = {key: value for key, value in create.call.parameters.items() if key != "adminUsername"}
    altered = create.model_copy(update={"call": create.call.model_copy(update={"parameters": parameters})})

    with pytest.raises(ApplyError, match=PLACEHOLDER):
        world.apply(altered if step.id == create.id else step for step in steps)

    assert restores(world) == []


def about_data(wanted: ServerlessConfig, target: ServerlessTarget, source: SourceData) -> list[Finding]:
    return [finding for finding in plan_findings(wanted, target, source) if finding.subject == Subject.DATA]


def test_a_namespace_that_may_hold_data_is_not_restored_over_unless_asked(world: World) -> None:
    wanted = everything(namespace_name="my-namespace", workgroup_name="my-workgroup")
    target = world.observe("my-namespace", "my-workgroup")
    other_admin = FRESH.model_copy(update={"admin_username": "boss"})
    replace = other_admin.model_copy(update={"replace_existing_databases": True})

    def ids(steps: tuple[Step, ...]) -> list[str]:
        return [step.id for step in steps if step.id.startswith("data.")]

    assert ids(plan_steps(wanted, target, other_admin)) == []
    assert [finding.level for finding in about_data(wanted, target, other_admin)] == ["warning"]
    assert ids(plan_steps(wanted, target, replace)) == ["data.snapshot", "data.restore"]
    (destroys,) = [step.destroys for step in plan_steps(wanted, target, replace) if step.id == "data.restore"]
    assert "Every database that is in namespace my-namespace now" in destroys


def test_a_restore_that_nobody_could_see_is_blocked(world: World) -> None:
    """The namespace of the demo was migrated earlier: its admin user is the snapshot's already."""
    wanted = everything(namespace_name="my-namespace", workgroup_name="my-workgroup")
    target = world.observe("my-namespace", "my-workgroup")
    source = FRESH.model_copy(update={"replace_existing_databases": True})

    (finding,) = about_data(wanted, target, source)

    assert finding.level == "blocker"
    assert not any(step.id.startswith("data.") for step in plan_steps(wanted, target, source))


def test_a_cluster_whose_admin_is_called_like_the_placeholder_gets_another(world: World) -> None:
    world.account.table(REGION, "clusters")["prod-db-1"]["MasterUsername"] = PLACEHOLDER
    source = FRESH.model_copy(update={"admin_username": PLACEHOLDER})
    world.apply(world.plan(everything(), source))

    assert restores(world) == ["prod-db-1-run-1"]


def test_a_paused_cluster_stops_the_run_before_anything_is_made(world: World) -> None:
    source = FRESH.model_copy(update={"cluster_id": "archive-paused"})
    with pytest.raises(ApplyError, match="paused"):
        world.apply(world.plan(everything(), source)[:1])

    assert "prod-db-1" not in world.account.table(REGION, "namespaces")


def test_an_unreachable_service_leaves_a_run_that_can_go_on(world: World) -> None:
    world.account.faults.add(RESTORE, kind="reset", times=4)
    with pytest.raises(ApplyError) as stopped:
        world.apply(world.plan(everything(), FRESH))
    journal = world.resume()

    assert isinstance(stopped.value.cause, Unreachable)
    assert journal.is_finished
    assert restores(world) == ["prod-db-1-run-1"]
