"""The agent's tools, one row each: what it is about, what it may call, how its answer is drawn, where its help is.

Everybody who has to know the tools reads these rows: what is offered, the gate, the printed policies, the offline
model's words, completion and the pages. What each does is the method of its name in `agent/toolbox.py`.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

from redshift_migrate.permissions import OPERATIONS, policy_of

Kind = Literal["read", "plan", "change"]
"""A plan reads AWS and saves what it made; a change needs a person's approval of exactly one plan."""

About = Literal["account", "cluster", "namespace", "workgroup", "plan", "migration", "program"]
"""What a tool is called with, its first argument."""

Drawing = Literal[
    "fields",
    "clusters",
    "maintenance",
    "snapshot_copy",
    "serverless",
    "status",
    "help",
    "plan",
    "copy_change",
    "track_change",
    "run",
    "fleet",
    "waves",
    "cost",
    "data_check",
    "connections",
    "snapshots",
]
"""How the answer is told in words by a model that has none of its own; `fields` tells any JSON object."""


@dataclass(frozen=True)
class Tool:
    """One tool. Its name and arguments are a contract with users."""

    name: str
    kind: Kind
    about: About
    may_call: tuple[str, ...]
    """The operations at most."""
    drawing: Drawing = "fields"
    topic: str = ""
    """The help topic that explains it."""
    spends: str = ""
    """The argument with an amount that is billed: only a person can have said it."""

    @property
    def changes(self) -> bool:
        """True for a tool that can change the account."""
        return self.kind == "change"


_FURTHER = ("fleet", "data")
"""Policies that no plan and no run needs."""


def _reads(*services: str) -> tuple[str, ...]:
    """The reads of these services, of all without any; not those that only many clusters and costs need."""
    known = (name for name in OPERATIONS if not OPERATIONS[name].writes and policy_of(name) not in _FURTHER)
    return tuple(name for name in known if not services or name.partition(":")[0] in services)


def _copy_operations(*more: str) -> tuple[str, ...]:
    names = (*_TARGET, "sts:GetCallerIdentity", "iam:SimulatePrincipalPolicy")
    return (*names, *(f"redshift-serverless:{each}SnapshotCopyConfiguration" for each in more))


_AUTOMATION = ("glue", "lambda", "pipes", "states")
_QUERIES = tuple(name for name in _reads("events", "scheduler", "iam") if name != "events:ListRules")
_NAMESPACES = "redshift-serverless:ListNamespaces"
_CLUSTER = ("redshift:DescribeClusters", _NAMESPACES)  # a name that is no cluster's may be a namespace's
_FLEET = (
    "redshift:DescribeClusters",
    "redshift:DescribeClusterParameters",
    "redshift:DescribeDataShares",
    "redshift-serverless:ListWorkgroups",
    "servicequotas:ListServiceQuotas",
)
_ACCOUNTS = ("sts:AssumeRole", "sts:GetCallerIdentity")
"""Looking into accounts that a person allowed."""
_TARGET = (
    "redshift-serverless:GetNamespace",
    "redshift-serverless:ListSnapshotCopyConfigurations",
    "redshift-serverless:ListWorkgroups",
    _NAMESPACES,
)
_PARTS = (
    *(f"redshift-serverless:List{each}" for each in ("TagsForResource", "UsageLimits", "EndpointAccess")),
    "redshift-serverless:ListScheduledActions",
    "redshift-serverless:GetScheduledAction",
    "redshift:GetResourcePolicy",
)
"""What belongs to a namespace and its workgroup."""
_DATA = tuple(name for name in OPERATIONS if policy_of(name) == "data")
_OF_THE_OLD = (*_CLUSTER, *_QUERIES, *_reads("redshift", "iam", "sts"))
"""What is looked at before a cluster is left, or ended."""
_ALL = tuple(name for name in OPERATIONS if policy_of(name) not in _FURTHER)
"""A plan of any kind may be behind a digest or a run."""

TOOLS: dict[str, Tool] = {
    tool.name: tool
    for tool in (
        Tool(
            "get_cluster_config",
            "read",
            "cluster",
            (
                *_reads("redshift", "ec2", "cloudwatch", "iam", "events", "scheduler", "kms", "sts", *_AUTOMATION),
                _NAMESPACES,
            ),
        ),
        Tool("list_clusters", "read", "account", ("redshift:DescribeClusters", *_ACCOUNTS), "clusters", "fleet"),
        Tool("get_fleet", "read", "account", (*_FLEET, *_ACCOUNTS), "fleet", "fleet"),
        Tool(
            "estimate_cost",
            "read",
            "cluster",
            (
                *_CLUSTER,
                "redshift:DescribeReservedNodes",
                "redshift:DescribeClusterSnapshots",
                "redshift:DescribeSnapshotCopyGrants",
                "redshift:DescribeSnapshotSchedules",
                "redshift:DescribeScheduledActions",
                "cloudwatch:GetMetricData",
                "pricing:GetProducts",
                *_DATA,
            ),
            "cost",
            "cost",
        ),
        Tool("get_cluster_maintenance_settings", "read", "cluster", _CLUSTER, "maintenance", "maintenance_snapshot"),
        Tool(
            "get_cluster_snapshot_copy_settings",
            "read",
            "cluster",
            (*_CLUSTER, "redshift:DescribeSnapshotCopyGrants"),
            "snapshot_copy",
            "maintenance_snapshot",
        ),
        Tool(
            "list_scheduled_queries",
            "read",
            "cluster",
            (*_CLUSTER, *_QUERIES),
            topic="scheduled_queries",
        ),
        Tool(
            "get_cluster_usage_limits",
            "read",
            "cluster",
            (
                *_CLUSTER,
                "redshift:DescribeUsageLimits",
                "redshift:DescribeClusterSnapshots",
                "redshift:DescribeReservedNodes",
                "redshift:DescribeScheduledActions",
            ),
            topic="usage_limits",
        ),
        Tool(
            "get_cluster_wlm_queues",
            "read",
            "cluster",
            (*_CLUSTER, "redshift:DescribeClusterParameters"),
            topic="wlm_queues",
        ),
        Tool("get_serverless_settings", "read", "namespace", (*_TARGET, *_PARTS), "serverless"),
        Tool("get_migration_status", "read", "migration", (), "status"),
        Tool("get_migration_help", "read", "program", (), "help", "getting_started"),
        Tool("plan_migration", "plan", "cluster", _reads(), "plan", "getting_started"),
        Tool(
            "plan_fleet",
            "plan",
            "account",
            tuple(dict.fromkeys((*_reads(), *_FLEET, *_ACCOUNTS))),
            "waves",
            "fleet",
        ),
        Tool("get_plan", "read", "plan", (), "plan", "approval"),
        Tool("verify_migration", "plan", "cluster", _reads()),
        Tool(
            "configure_serverless_snapshot_copy",
            "change",
            "namespace",
            (
                # Another region or key is delete and create.
                *_copy_operations("Create", "Update", "Delete"),
                "kms:DescribeKey",
                "redshift:DescribeSnapshotCopyGrants",
            ),
            "copy_change",
            "snapshot_copy",
        ),
        Tool(
            "update_serverless_snapshot_copy",
            "change",
            "namespace",
            (*_copy_operations("Update"), "kms:DescribeKey"),
            "copy_change",
            "snapshot_copy",
        ),
        Tool(
            "remove_serverless_snapshot_copy",
            "change",
            "namespace",
            _copy_operations("Delete", "Create"),  # what was removed is put back by creating it
            "copy_change",
            "snapshot_copy",
        ),
        Tool(
            "set_workgroup_track",
            "change",
            "workgroup",
            (
                *_TARGET,
                "redshift-serverless:GetWorkgroup",
                "redshift-serverless:ListTracks",
                "redshift-serverless:UpdateWorkgroup",
                "sts:GetCallerIdentity",
                "iam:SimulatePrincipalPolicy",
            ),
            "track_change",
            "tracks",
        ),
        Tool(
            "check_data",
            "read",
            "migration",
            (
                *_CLUSTER,
                *_TARGET,
                "redshift:DescribeClusterParameters",
                "redshift-serverless:GetWorkgroup",
                "sts:GetCallerIdentity",
                "pricing:GetProducts",
                *_DATA,
            ),
            "data_check",
            "data",
            spends="rpu_seconds",
        ),
        Tool(
            "list_connections",
            "read",
            "cluster",
            (*_CLUSTER, *_TARGET, "redshift-serverless:GetWorkgroup", *_DATA),
            "connections",
            "data",
        ),
        Tool(
            "list_snapshots",
            "read",
            "cluster",
            (
                *_CLUSTER,
                *_TARGET,
                "redshift-serverless:GetWorkgroup",
                "redshift:DescribeClusterSnapshots",
                "redshift:DescribeSnapshotCopyGrants",
                "redshift-serverless:ListSnapshots",
                "kms:DescribeKey",
            ),
            "snapshots",
            "snapshot_copy",
        ),
        Tool(
            "plan_cut_over",
            "plan",
            "migration",
            (*_OF_THE_OLD, *_TARGET, "redshift-serverless:GetWorkgroup", "redshift-serverless:ListUsageLimits"),
            "plan",
            "cut_over",
        ),
        Tool("plan_decommission", "plan", "cluster", (*_OF_THE_OLD, *_DATA), "plan", "decommission"),
        Tool("apply_plan", "change", "plan", _ALL, "run", "approval"),
        Tool("resume_migration", "change", "migration", _ALL, "run", "approval"),
        Tool("undo_migration", "change", "migration", _ALL, "run", "approval"),
        Tool(
            "cut_over_scheduled_queries",
            "change",
            "migration",
            (
                *_QUERIES,
                "sts:GetCallerIdentity",
                *_TARGET,
                *_CLUSTER,
                "redshift-serverless:GetWorkgroup",
                "events:DisableRule",
                "events:EnableRule",
                "events:PutRule",  # a rule of a state that EnableRule does not know
                "events:RemoveTargets",
                "scheduler:UpdateSchedule",
            ),
            "run",
            "scheduled_queries",
        ),
    )
}
"""Every tool the model can have, in the order in which they are offered. What is not here cannot be called."""

CHANGING_TOOLS = frozenset(name for name, tool in TOOLS.items() if tool.changes)
"""The tools that can change the account. A tool that is not here cannot."""


def offered_tools(*, read_only: bool) -> tuple[Tool, ...]:
    """The tools that are offered; with `read_only` the changing ones are not even there."""
    return tuple(tool for tool in TOOLS.values() if not (read_only and tool.changes))


def tools_about(about: About, *kinds: Kind) -> Collection[str]:
    """The names of the tools of these kinds that are called with a cluster, a namespace …"""
    return frozenset(name for name, tool in TOOLS.items() if tool.about == about and tool.kind in kinds)
