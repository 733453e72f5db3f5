"""Steps that bring a workgroup to the wanted maintenance track."""

from __future__ import annotations

from redshift_migrate.models.finding import Finding, Subject
from redshift_migrate.models.plan import Step
from redshift_migrate.models.serverless import ServerlessConfig, ServerlessTarget, WorkgroupObserved
from redshift_migrate.planner.building import place_of
from redshift_migrate.planner.workgroup import update_workgroup


def effective_track(workgroup: WorkgroupObserved) -> str | None:
    """The track that the workgroup is on or on its way to. A switch may stay pending for weeks."""
    return workgroup.pending_track_name or workgroup.track_name


def plan_track(wanted: ServerlessConfig, target: ServerlessTarget) -> tuple[Step, ...]:
    """One UpdateWorkgroup, or nothing when the workgroup is on the track or a switch to it is pending."""
    track = ServerlessConfig(namespace_name=wanted.namespace_name, track_name=wanted.track_name)
    return update_workgroup(track, target.config, place_of(wanted, target)) if target.workgroup else ()


def track_findings(wanted: str, workgroup: WorkgroupObserved) -> tuple[Finding, ...]:
    """What a switch of the track does, and what it does not. Source: Management Guide, "Workgroups and tracks"."""
    if wanted == effective_track(workgroup):
        return ()
    if wanted == "trailing":
        message = (
            "The version does not go back: the workgroup keeps its version until the trailing track has caught up, and "
            "the switch stays pending until then."
        )
    else:
        message = "The workgroup is upgraded to the newer version; going back to trailing later does not undo that."
    return (
        Finding(
            level="warning",
            subject=Subject.MAINTENANCE,
            setting="maintenance track",
            message=message,
            after=wanted,
        ),
    )
