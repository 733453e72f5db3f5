"""Maintenance: the track is carried, the window has no counterpart."""

from __future__ import annotations

from redshift_migrate.models.cluster import ProvisionedClusterConfig
from redshift_migrate.models.finding import Finding, Subject
from redshift_migrate.translators.translation import About, Translation

TRACKS = ("current", "trailing")
"""The tracks that both products have. Source: API reference, CreateWorkgroup.trackName."""

NO_WINDOW = (
    "Serverless has no maintenance window: an update is applied while the workgroup is idle, within 14 days of its "
    "release, and takes up to about 15 minutes; without such an idle time it is forced and the endpoint may be "
    "briefly unavailable."
)
"""Source: Management Guide, "Amazon Redshift Serverless maintenance"."""

about = About(Subject.MAINTENANCE)


def translate_maintenance(cluster: ProvisionedClusterConfig) -> Translation:
    """The workgroup's track, and what becomes of window, deferral and upgrade switch.

    Source: Management Guide, "Workgroups and tracks".
    """
    wanted, track_findings = _track(cluster)
    changes = (
        about.row(
            "maintenance track",
            cluster.maintenance_track,
            wanted,
            "carried" if wanted == cluster.maintenance_track else "translated",
            member="track_name",
        ),
        about.row("maintenance window", cluster.maintenance_window, "none: AWS picks an idle time", "not carried"),
    )
    return Translation(
        settings={"track_name": wanted},
        changes=changes,
        findings=(*track_findings, *_version(cluster, wanted), *_window(cluster), *_upgrades(cluster)),
    )


def _track(cluster: ProvisionedClusterConfig) -> tuple[str, list[Finding]]:
    track, pending = cluster.maintenance_track, cluster.pending_maintenance_track
    if pending in TRACKS and pending != track:
        present = track or "an unknown track"
        return pending, [
            about.warning(
                "maintenance track",
                f"The cluster is on {present} with a change to {pending} pending; the workgroup starts on {pending}, "
                "which is where the cluster was going.",
                on_cluster=f"{present}, pending {pending}",
                after=pending,
            )
        ]
    if track == "trailing":
        return track, [
            about.info(
                "maintenance track",
                "The trailing track is carried and set when the workgroup is created: a switch from current to "
                "trailing later would not bring the version back, and a restore does not carry the track.",
                on_cluster=track,
                after=track,
            )
        ]
    if track == "current":
        return track, [about.info("maintenance track", "The current track is carried.", on_cluster=track, after=track)]
    return "current", [_unusual_track(track)]


def _unusual_track(track: str | None) -> Finding:
    if track is None:
        return about.warning(
            "maintenance track",
            "AWS names no maintenance track for this cluster; the workgroup starts on current.",
            after="current",
        )
    return about.warning(
        "maintenance track",
        f"The track {track} is not carried: serverless workgroups follow current or trailing, and a preview "
        "cannot be moved to either. The workgroup starts on current; whether a snapshot taken on a preview track "
        "can be restored there must be tried first.",
        on_cluster=track,
        after="current",
    )


def _version(cluster: ProvisionedClusterConfig, wanted: str) -> list[Finding]:
    """Only the trailing track can be behind the cluster's version."""
    if wanted != "trailing" or not cluster.cluster_version:
        return []
    message = (
        f"The cluster runs {cluster.cluster_version}. If the trailing track is behind that, the workgroup runs an "
        "older version; whether a snapshot of a newer version can be restored there is not documented: "
        "compare the versions."
    )
    word = about.info if cluster.maintenance_track == "trailing" else about.warning
    return [word("engine version", message, cluster.cluster_version, "that of the trailing track")]


def _window(cluster: ProvisionedClusterConfig) -> list[Finding]:
    findings = [about.warning("maintenance window", NO_WINDOW, on_cluster=cluster.maintenance_window, after="none")]
    if cluster.deferred_maintenance_windows:
        ends = ", ".join(window.ends_at or "?" for window in cluster.deferred_maintenance_windows)
        findings.append(
            about.warning(
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
        about.warning(
            "version upgrades",
            "Version upgrades are switched off on the cluster; serverless upgrades by itself, and the trailing "
            "track is the only brake.",
            on_cluster="off",
            after="automatic",
        )
    ]
