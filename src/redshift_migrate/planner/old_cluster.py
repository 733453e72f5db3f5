"""Steps on a cluster that nobody needs any more: its scheduled actions off, the cluster paused, and deleted at last."""

from __future__ import annotations

from collections.abc import Sequence

from redshift_migrate.models.base import JsonObject
from redshift_migrate.models.cluster import ScheduledAction
from redshift_migrate.models.finding import Subject
from redshift_migrate.models.plan import Call, Check, Reading, SettingChange, Step, Wait
from redshift_migrate.planner.building import make_step

ACTIVE, DISABLED = "ACTIVE", "DISABLED"
PAUSE_ID, DELETE_ID = "decommission.pause", "decommission.delete"
AT_REST = ("available", "paused", None)
"""States of a cluster in which nothing is under way."""
INDEFINITELY = -1


def is_active(action: ScheduledAction) -> bool:
    """Whether it would act on the cluster again."""
    return action.state in (None, ACTIVE)


def plan_actions_off(actions: Sequence[ScheduledAction], region: str) -> tuple[Step, ...]:
    """One step for each that is on. Source: API reference, ModifyScheduledAction."""
    return tuple(_action_off(each, region) for each in actions if is_active(each))


def action_rows(actions: Sequence[ScheduledAction]) -> tuple[SettingChange, ...]:
    """One row an action."""
    return tuple(
        SettingChange(
            subject=Subject.CAPACITY,
            setting=f"scheduled action {each.name}",
            on_cluster=f"{each.action}, {'on' if is_active(each) else 'off'}",
            now="not on serverless",
            after="off" if is_active(each) else "unchanged",
            action="set" if is_active(each) else "unchanged",
        )
        for each in actions
    )


def _action_off(action: ScheduledAction, region: str) -> Step:
    reading = Reading(name="cluster_action", region=region, arguments={"name": action.name})
    return make_step(
        id=f"cut_over.action.{action.name}",
        subject=Subject.CAPACITY,
        summary=f"On the cluster: switch off scheduled action {action.name} ({action.action})",
        call=_enable(action, region, is_on=False),
        check=Check(reading=reading, before={"state": ACTIVE}, after={"state": DISABLED}),
        undo=_enable(action, region, is_on=True),
    )


def _enable(action: ScheduledAction, region: str, *, is_on: bool) -> Call:
    return _call(region, "ModifyScheduledAction", {"ScheduledActionName": action.name, "Enable": is_on})


def pause(cluster_id: str, region: str) -> Step:
    """The cluster takes no connection any more, and its compute is not billed. Undone by resuming it."""
    reading = _reading(cluster_id, region)
    parameters: JsonObject = {"ClusterIdentifier": cluster_id}
    paused = Wait(
        reading=reading,
        member="status",
        until=("paused",),
        failed=("deleting", "final-snapshot"),
        what=f"cluster {cluster_id} to be paused",
        usually_s=900,
    )
    resumed = paused.model_copy(
        update={"until": ("available",), "what": f"cluster {cluster_id} to be available", "failed": ("deleting",)}
    )
    return make_step(
        id=PAUSE_ID,
        subject=Subject.SOURCE,
        summary=f"Pause cluster {cluster_id}",
        call=_call(region, "PauseCluster", parameters),
        check=Check(reading=reading, before={"is_paused": False}, after={"is_paused": True}),
        waits=(paused,),
        undo=_call(region, "ResumeCluster", parameters),
        undo_waits=(resumed,),
        interrupts=f"Whoever still uses cluster {cluster_id} is cut off, until it is resumed.",
    )


def delete(cluster_id: str, region: str, namespace_arn: str, snapshot: str, days: int | None) -> Step:
    """The end of the cluster; its last snapshot stays, for so many days (None: until somebody deletes it)."""
    reading = _reading(cluster_id, region)
    parameters: JsonObject = {
        "ClusterIdentifier": cluster_id,
        "SkipFinalClusterSnapshot": False,
        "FinalClusterSnapshotIdentifier": snapshot,
        "FinalClusterSnapshotRetentionPeriod": INDEFINITELY if days is None else days,
    }
    rest = Wait(
        reading=reading, member="status", until=AT_REST, what=f"cluster {cluster_id} to come to rest", usually_s=600
    )
    return make_step(
        id=DELETE_ID,
        subject=Subject.SOURCE,
        summary=f"Delete cluster {cluster_id}, keep snapshot {snapshot} of it",
        call=_call(region, "DeleteCluster", parameters),
        # The ARN is of this very cluster: another one that was given its name since is not deleted.
        check=Check(reading=reading, before={"cluster_namespace_arn": namespace_arn}, after=None),
        waits=(rest.model_copy(update={"until": (None,), "what": f"cluster {cluster_id} to be gone"}),),
        ready=(rest,),
        no_undo=f"A cluster that is deleted does not come back; snapshot {snapshot} can be restored into a new one.",
        destroys=f"Cluster {cluster_id} with its automated snapshots and its endpoint. Snapshot {snapshot} is taken "
        f"first and kept {'until somebody deletes it' if days is None else f'for {days} days'}.",
    )


def _reading(cluster_id: str, region: str) -> Reading:
    return Reading(name="cluster", region=region, arguments={"cluster_id": cluster_id})


def _call(region: str, operation: str, parameters: JsonObject) -> Call:
    return Call(service="redshift", region=region, operation=operation, parameters=parameters)
