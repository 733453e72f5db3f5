"""Imports every module that registers handlers."""

from __future__ import annotations

from redshift_migrate.simulated import sts
from redshift_migrate.simulated.redshift import clusters, grants, tags, tracks
from redshift_migrate.simulated.serverless import namespaces, snapshot_copy, workgroups
from redshift_migrate.simulated.serverless import tags as serverless_tags
from redshift_migrate.simulated.serverless import tracks as serverless_tracks

__all__ = [
    "clusters",
    "grants",
    "namespaces",
    "serverless_tags",
    "serverless_tracks",
    "snapshot_copy",
    "sts",
    "tags",
    "tracks",
    "workgroups",
]
