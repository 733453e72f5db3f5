"""Steps that bring a workgroup to the wanted maintenance track."""

from __future__ import annotations

from redshift_migrate.models.finding import Finding, Subject
from redshift_migrate.models.plan import Call, Check, Step, Wait
from redshift_migrate.models.serverless import ServerlessConfig, ServerlessTarget, WorkgroupObserved
from redshift_migrate.permissions import iam_actions

SERVICE = "redshift-serverless"
TRACK_ID = "maintenance.track"


def effective_track(workgroup: WorkgroupObserved) -> str | None:
    """The track that the workgroup is on or on its way to. A switch may stay pending for weeks."""
    return workgroup.pending_track_name or workgroup.track_name


def plan_track(wanted: ServerlessConfig, target: ServerlessTarget) -> tuple[Step, ...]:
    """One UpdateWorkgroup, or nothing when the workgroup is on the track or a switch to it is pending."""
    workgroup = target.workgroup
    if wanted.track_name is None or workgroup is None or effective_track(workgroup) == wanted.track_name:
        return ()
    before = effective_track(workgroup)
    call = _update(target, workgroup.workgroup_name, wanted.track_name)
    return (
        Step(
            id=TRACK_ID,
            subject=Subject.MAINTENANCE,
            summary=f"Put workgroup {workgroup.workgroup_name} on the {wanted.track_name} track (now {before})",
            call=call,
            check=Check(
                call=_get(target, workgroup.workgroup_name),
                select="not_null(workgroup.pendingTrackName, workgroup.trackName)",
                before=before,
                after=wanted.track_name,
            ),
            waits=(_available(target, workgroup.workgroup_name),),
            undo=_update(target, workgroup.workgroup_name, before) if before else None,
            no_undo="" if before else "AWS named no track before.",
            interrupts="The upgrade may make the endpoint briefly unavailable."
            if wanted.track_name == "current"
            else "",
            iam_actions=iam_actions(call.name, call.parameters),
        ),
    )


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


def _update(target: ServerlessTarget, workgroup_name: str, track_name: str) -> Call:
    return Call(
        service=SERVICE,
        region=target.region,
        operation="UpdateWorkgroup",
        parameters={"workgroupName": workgroup_name, "trackName": track_name},
    )


def _get(target: ServerlessTarget, workgroup_name: str) -> Call:
    return Call(
        service=SERVICE,
        region=target.region,
        operation="GetWorkgroup",
        parameters={"workgroupName": workgroup_name},
    )


def _available(target: ServerlessTarget, workgroup_name: str) -> Wait:
    return Wait(
        call=_get(target, workgroup_name),
        select="workgroup.status",
        until=("AVAILABLE",),
        failed=("DELETING", None),
        what=f"workgroup {workgroup_name} to be AVAILABLE",
    )
