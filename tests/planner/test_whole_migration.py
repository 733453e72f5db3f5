"""A whole migration in the simulated account: done once it is empty, and taken back it leaves nothing."""

from __future__ import annotations

import pytest

from redshift_migrate.errors import ApplyError
from tests.planner.world import FRESH, NO_DATA, REGION, World, everything


def test_after_a_whole_migration_there_is_nothing_left_to_do(world: World) -> None:
    wanted = everything()
    journal = world.apply(world.plan(wanted, FRESH))
    written = len(world.account.writes())

    assert journal.is_finished
    assert world.plan(wanted, FRESH) == ()
    assert len(world.account.writes()) == written
    namespace = world.account.table(REGION, "namespaces")["prod-db-1"]
    assert namespace["adminUsername"] == "awsuser"
    assert namespace["_restored_from"] == ["prod-db-1-run-1"]


def test_the_steps_come_in_the_order_of_a_migration(world: World) -> None:
    ids = [step.id for step in world.plan(everything(), FRESH)]

    assert ids == [
        "data.snapshot",
        "namespace.create",
        "workgroup.create",
        "data.restore",
        "encryption.kms_key.after_restore",
        "identity.iam_roles.after_restore",
        "logging.log_exports.after_restore",
        "usage_limits.create.serverless-compute-daily-log-100",
        "usage_limits.create.cross-region-datasharing-weekly-deactivate-2",
        "snapshot_copy.create",
        "snapshots.create.prod-db-1-nightly",
        "endpoints.create.reports",
        "sharing.resource_policy",
    ]


def test_every_setting_is_in_the_create_call_and_no_update_follows(world: World) -> None:
    world.apply(world.plan(everything(), FRESH))
    names = [call.operation for call in world.account.writes()]

    assert "UpdateNamespace" not in names
    assert "UpdateWorkgroup" not in names
    assert names.count("RestoreFromSnapshot") == 1


def test_what_the_restore_changed_is_set_again(world: World) -> None:
    wanted = everything()
    world.account.settings["restore_also_changes"] = {"logExports": [], "kmsKeyId": "AWS_OWNED_KMS_KEY"}
    world.apply(world.plan(wanted, FRESH))
    names = [call.operation for call in world.account.writes()]

    assert names.count("UpdateNamespace") == 2
    assert world.plan(wanted, FRESH) == ()


def test_without_data_there_is_no_snapshot_and_no_restore(world: World) -> None:
    wanted = everything()
    steps = world.plan(wanted, NO_DATA)
    world.apply(steps)

    assert [step.id for step in steps][:2] == ["namespace.create", "workgroup.create"]
    assert not any(step.id.startswith("data.") for step in steps)
    assert world.plan(wanted, NO_DATA) == ()


def test_an_existing_snapshot_is_restored_without_making_one(world: World) -> None:
    world.aws.call(world.plan(everything(), FRESH)[0].call)
    world.account.clock.advance(600)
    arn = "arn:aws:redshift:us-east-2:123456789012:snapshot:prod-db-1/prod-db-1-run-1"
    source = NO_DATA.model_copy(update={"snapshot_arn": arn, "admin_username": "awsuser"})

    world.apply(world.plan(everything(), source))

    assert world.account.table(REGION, "namespaces")["prod-db-1"]["_restored_from"] == ["prod-db-1-run-1"]
    assert world.plan(everything(), source) == ()


def test_undo_leaves_nothing_but_the_snapshots(world: World) -> None:
    before = {kind: dict(table) for kind, table in world.account.state["regions"][REGION].items()}
    journal = world.apply(world.plan(everything(), FRESH))

    findings = world.undo(journal)

    after = world.account.state["regions"][REGION]
    kept = {"cluster_snapshots", "serverless_snapshots"}
    assert {kind: table for kind, table in after.items() if kind not in kept and table} == {
        kind: table for kind, table in before.items() if kind not in kept and table
    }
    (snapshot,) = after["serverless_snapshots"]
    assert snapshot.startswith("prod-db-1-before-undo-")
    assert [finding.setting for finding in findings] == ["data.snapshot"]


def test_undo_does_not_touch_a_namespace_that_somebody_made_anew(world: World) -> None:
    wanted = everything(endpoint_access=(), scheduled_snapshots=(), snapshot_copy=())
    journal = world.apply(world.plan(wanted, FRESH))
    del world.account.table(REGION, "workgroups")["prod-db-1"]
    del world.account.table(REGION, "namespaces")["prod-db-1"]
    world.apply(world.plan(wanted, NO_DATA.model_copy(update={"run_tag": "another-run"})))
    deletes = len([call for call in world.account.writes() if call.operation == "DeleteNamespace"])

    world.undo(journal)

    assert "prod-db-1" in world.account.table(REGION, "namespaces")
    assert len([call for call in world.account.writes() if call.operation == "DeleteNamespace"]) == deletes


def test_undo_refuses_a_namespace_without_the_mark_of_the_run(world: World) -> None:
    wanted = everything(endpoint_access=(), scheduled_snapshots=(), snapshot_copy=(), usage_limits=())
    journal = world.apply(world.plan(wanted, FRESH))
    world.account.table(REGION, "workgroups")["prod-db-1"]["_tags"] = []

    blockers = [finding.message for finding in world.undo(journal) if finding.level == "blocker"]

    assert ["not made by this run" in message for message in blockers] == [True]
    assert "prod-db-1" in world.account.table(REGION, "namespaces")


def test_a_foreign_namespace_of_that_name_is_never_adopted(world: World) -> None:
    steps = world.plan(everything(), FRESH)
    other = world.plan(everything(kms_key_id="AWS_OWNED_KMS_KEY"), NO_DATA)
    world.apply(other[:1])

    with pytest.raises(ApplyError, match="not as it was when the plan was made"):
        world.apply(steps)


def test_the_plan_never_holds_a_password(world: World) -> None:
    for step in world.plan(everything(), FRESH):
        assert "adminUserPassword" not in step.call.parameters


def test_a_full_migration_takes_less_than_half_a_minute_in_the_demo(world: World) -> None:
    from redshift_simulator import demo

    world.account.durations.update(demo.DURATIONS_S)
    began = world.account.clock.now()
    world.apply(world.plan(everything(), FRESH))

    assert world.account.clock.now() - began < 28
