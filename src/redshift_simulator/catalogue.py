"""Imports every module that registers handlers."""

from __future__ import annotations

from redshift_simulator import reads, sts
from redshift_simulator.events import buses, rules, targets
from redshift_simulator.redshift import clusters, grants, resource_policies, tags, tracks
from redshift_simulator.redshift import snapshots as cluster_snapshots
from redshift_simulator.scheduler import groups, schedules
from redshift_simulator.serverless import (
    custom_domains,
    endpoints,
    namespaces,
    restore,
    scheduled_actions,
    snapshot_copy,
    snapshots,
    usage_limits,
    workgroups,
)
from redshift_simulator.serverless import tags as serverless_tags
from redshift_simulator.serverless import tracks as serverless_tracks

__all__ = [
    "buses",
    "cluster_snapshots",
    "clusters",
    "custom_domains",
    "endpoints",
    "grants",
    "groups",
    "namespaces",
    "reads",
    "resource_policies",
    "restore",
    "rules",
    "scheduled_actions",
    "schedules",
    "serverless_tags",
    "serverless_tracks",
    "snapshot_copy",
    "snapshots",
    "sts",
    "tags",
    "targets",
    "tracks",
    "usage_limits",
    "workgroups",
]
