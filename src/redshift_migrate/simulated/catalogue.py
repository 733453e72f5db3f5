"""Imports every module that registers handlers."""

from __future__ import annotations

from redshift_migrate.simulated import sts
from redshift_migrate.simulated.events import buses, rules, targets
from redshift_migrate.simulated.redshift import clusters, grants, tags, tracks
from redshift_migrate.simulated.scheduler import groups, schedules
from redshift_migrate.simulated.serverless import namespaces, snapshot_copy, workgroups
from redshift_migrate.simulated.serverless import tags as serverless_tags
from redshift_migrate.simulated.serverless import tracks as serverless_tracks

__all__ = [
    "buses",
    "clusters",
    "grants",
    "groups",
    "namespaces",
    "rules",
    "schedules",
    "serverless_tags",
    "serverless_tracks",
    "snapshot_copy",
    "sts",
    "tags",
    "targets",
    "tracks",
    "workgroups",
]
