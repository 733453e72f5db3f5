"""What the arguments of tools are, for a model: what leaving one out means, and which words it takes.

One line an argument, for every tool that has it; a line for `tool.argument` goes before it. A name that says all has an
empty line: without one the SDK writes one that says nothing.
"""

from __future__ import annotations

from collections.abc import Sequence

from redshift_migrate.agent.help import HELP_TOPICS
from redshift_migrate.extractors.sections import SECTIONS
from redshift_migrate.models.finding import Subject

DESCRIPTIONS: dict[str, str] = {
    "cluster_id": "",
    "namespace_name": "",
    "workgroup_name": "",
    "destination_region": "",
    "track": "",
    "migration_id": "",
    "plan_digest": "",
    "retention_period_days": "-1: indefinitely",
    "snapshot_copy_grant_name": "a cluster's grant, whose key is taken",
    "kms_key_id": "left out: AWS-owned key",
    "region": "",  # the system prompt says what leaving it out means, once for all
    "list_clusters.region": "left out: the default; all",
    "get_fleet.region": "left out: all",
    "plan_fleet.region": "left out: all",
    "get_fleet.filters": "as list_clusters, and readiness: ready, decide, blocked, unknown",
    "plan_fleet.filters": "as get_fleet",
    "by_queries": "by its query log (SQL)",
    "leave_out": "clusters that stay; left out: as before",
    "wave": "its number",
    "name_contains": "",
    "filters": "column=value or column!=value: region, status, track, node_type, nodes, copies_to (or none), name, "
    "account, environment",
    "sections": "left out: all",
    "topic": "left out: the topics",
    "section": "a code, heading, setting, settings, findings, steps, calls or permissions; left out: the summary",
    "base_capacity_rpu": "left out: by the nodes' memory",
    "max_capacity_rpu": "left out: twice the base",
    "also": "subjects not done unasked: wlm, snapshots, connections_without_ssl",
    "only": "subjects; all else is left alone",
    "exclude": "",
    "data": "snapshot (default), none, or a snapshot's name",
    "get_migration_status.migration_id": "left out: the newest",
    "check_data.migration_id": "left out: the newest",
    "exact": "billed: tells the cost first",
    "rpu_seconds": "that were agreed to",
    "plan_cut_over.migration_id": "left out: the newest",
    "fresh_data": "restore a last snapshot over the data first",
    "with_cut_over": "its cut-over too",
    "quiet_days": "left out: 7",
    "snapshot_retention_days": "left out: indefinitely",
    "get_plan.plan_digest": "left out: the newest",
    "apply_plan.plan_digest": "one or several",
    "plan_migration.namespace_name": "left out: the cluster's name",
    "plan_migration.workgroup_name": "left out: the namespace's",
    "configure_serverless_snapshot_copy.retention_period_days": "left out or -1: indefinitely",
}

WORDS: dict[str, Sequence[str]] = {
    "sections": tuple(SECTIONS),
    "exclude": tuple(Subject),
    "topic": tuple(HELP_TOPICS),
}
"""The words that an argument takes; `only` takes those of `exclude`."""


def describe(tool: str, argument: str) -> str:
    """The line of that argument. KeyError for one that has none: every argument says what it is."""
    return DESCRIPTIONS.get(f"{tool}.{argument}", DESCRIPTIONS[argument])
