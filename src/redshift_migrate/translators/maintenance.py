"""Maintenance: the track is carried, the window has no counterpart."""

from __future__ import annotations

from redshift_migrate.models.cluster import ProvisionedClusterConfig
from redshift_migrate.models.finding import Finding, Level, Subject
from redshift_migrate.models.plan import SettingChange
from redshift_migrate.translators.translation import Translation

TRACKS = ("current", "trailing")
"""The tracks that both products have. Source: API reference, CreateWorkgroup.trackName."""

NO_WINDOW = (
    "Serverless has no maintenance window: an update is applied while the workgroup is idle, within 14 days of its "
    "release, and takes up to about 15 minutes; without such an idle time it is forced and the endpoint may be "
    "briefly unavailable."
)
"""Source: Management Guide, "Amazon Redshift Serverless maintenance"."""


def translate_maintenance(cluster: ProvisionedClusterConfig) -> Translation:
    """The workgroup's track, and what becomes of window, deferral and upgrade switch.

    Source: Management Guide, "Workgroups and tracks".
    """
    wanted, track_findings = _track(cluster)
    changes = (
        SettingChange(
            subject=Subject.MAINTENANCE,
            setting="maintenance track",
            on_cluster=cluster.maintenance_track,
            after=wanted,
            action="carried" if wanted == cluster.maintenance_track else "translated",
        ),
        SettingChange(
            subject=Subject.MAINTENANCE,
            setting="maintenance window",
            on_cluster=cluster.maintenance_window,
            after="none: AWS picks an idle time",
            action="not carried",
        ),
    )
    return Translation(
        settings={"track_name": wanted},
        changes=changes,
        findings=(*track_findings, *_window(cluster), *_upgrades(cluster)),
    )


def _track(cluster: ProvisionedClusterConfig) -> tuple[str, list[Finding]]:
    track, pending = cluster.maintenance_track, cluster.pending_maintenance_track
    if pending in TRACKS and pending != track:
        return pending, [
            _finding(
                "warning",
                "maintenance track",
                f"The cluster is on {track} with a change to {pending} pending; the workgroup starts on {pending}, "
                "which is where the cluster was going.",
                on_cluster=f"{track}, pending {pending}",
                after=pending,
            )
        ]
    if track == "trailing":
        return track, [
            _finding(
                "info",
                "maintenance track",
                "The trailing track is carried and set when the workgroup is created: a switch from current to "
                "trailing later would not bring the version back, and a restore does not carry the track.",
                on_cluster=track,
                after=track,
            )
        ]
    if track == "current":
        return track, [
            _finding("info", "maintenance track", "The current track is carried.", on_cluster=track, after=track)
        ]
    return "current", [_unusual_track(track)]


def _unusual_track(track: str | None) -> Finding:
    if track is None:
        return _finding(
            "warning",
            "maintenance track",
            "AWS names no maintenance track for this cluster; the workgroup starts on current.",
            after="current",
        )
    return _finding(
        "warning",
        "maintenance track",
        f"The track {track} is not carried: serverless workgroups follow current or trailing, and a preview "
        "cannot be moved to either. The workgroup starts on current; whether a snapshot taken on a preview track "
        "can be restored there must be tried first.",
        on_cluster=track,
        after="current",
    )


def _window(cluster: ProvisionedClusterConfig) -> list[Finding]:
    findings = [
        _finding("warning", "maintenance window", NO_WINDOW, on_cluster=cluster.maintenance_window, after="none")
    ]
    if cluster.deferred_maintenance_windows:
        ends = ", ".join(window.ends_at or "?" for window in cluster.deferred_maintenance_windows)
        findings.append(
            _finding(
                "warning",
                "deferred maintenance",
                f"Maintenance of the cluster is deferred until {ends}; serverless updates cannot be deferred.",
                on_cluster=f"deferred until {ends}",
                after="none",
            )
        )
    return findings


def _upgrades(cluster: ProvisionedClusterConfig) -> list[Finding]:
    if cluster.allow_version_upgrade is not False:
        return []
    return [
        _finding(
            "warning",
            "version upgrades",
            "Version upgrades are switched off on the cluster; serverless upgrades by itself, and the trailing "
            "track is the only brake.",
            on_cluster="off",
            after="automatic",
        )
    ]


def _finding(
    level: Level, setting: str, message: str, *, on_cluster: str | None = None, after: str | None = None
) -> Finding:
    return Finding(
        level=level,
        subject=Subject.MAINTENANCE,
        setting=setting,
        message=message,
        on_cluster=on_cluster,
        after=after,
    )
