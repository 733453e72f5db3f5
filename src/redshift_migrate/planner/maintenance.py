"""What a switch of the maintenance track does, and what it does not; the step itself is one of the workgroup's."""

from __future__ import annotations

from redshift_migrate.models.finding import Finding
from redshift_migrate.models.serverless import AbsentTarget, ServerlessConfig, ServerlessTarget
from redshift_migrate.models.settings import TRACK


def track_findings(wanted: ServerlessConfig, target: ServerlessTarget | AbsentTarget) -> tuple[Finding, ...]:
    """Of a workgroup that is there already. Source: Management Guide, "Workgroups and tracks"."""
    track = wanted.track_name
    if isinstance(target, AbsentTarget) or target.workgroup is None or track in (None, target.config.track_name):
        return _pending(target, track)
    if track == "trailing":
        message = (
            "The version does not go back: the workgroup keeps its version until the trailing track has caught up, and "
            "the switch stays pending until then."
        )
    else:
        message = "The workgroup is upgraded to the newer version; going back to trailing later does not undo that."
    return (Finding(level="warning", subject=TRACK.subject, setting=TRACK.words, message=message, after=track),)


def _pending(target: ServerlessTarget | AbsentTarget, track: str | None) -> tuple[Finding, ...]:
    workgroup = target.workgroup if isinstance(target, ServerlessTarget) else None
    if track is None or workgroup is None or workgroup.pending_track_name != track:
        return ()
    message = (
        f"The switch to the {track} track was asked for and is pending: AWS still has it on {workgroup.track_name}."
    )
    return (Finding(level="info", subject=TRACK.subject, setting=TRACK.words, message=message, after=track),)
