"""Which AWS operations each tool may make, so that a role can be given what one use of the program needs."""

from __future__ import annotations

from redshift_migrate.permissions import OPERATIONS, TOOL_OPERATIONS

_NAMESPACE = (
    "redshift-serverless:GetNamespace",
    "redshift-serverless:ListNamespaces",
    "redshift-serverless:ListWorkgroups",
    "redshift-serverless:ListSnapshotCopyConfigurations",
)
_COPY = ("sts:GetCallerIdentity", *_NAMESPACE)
_CREATE_COPY = "redshift-serverless:CreateSnapshotCopyConfiguration"
_UPDATE_COPY = "redshift-serverless:UpdateSnapshotCopyConfiguration"
_DELETE_COPY = "redshift-serverless:DeleteSnapshotCopyConfiguration"

_TOOLS: dict[str, tuple[str, ...]] = {
    "list_clusters": ("redshift:DescribeClusters",),
    "get_cluster_maintenance_settings": ("redshift:DescribeClusters",),
    "get_cluster_snapshot_copy_settings": ("redshift:DescribeClusters", "redshift:DescribeSnapshotCopyGrants"),
    **{
        tool: TOOL_OPERATIONS[tool]
        for tool in (
            "list_scheduled_queries",
            "get_cluster_usage_limits",
            "get_cluster_wlm_queues",
            "cut_over_scheduled_queries",
        )
    },
    "get_serverless_settings": _NAMESPACE,
    "get_migration_status": (),
    "get_migration_help": (),
    "configure_serverless_snapshot_copy": (
        *_COPY,
        "redshift:DescribeSnapshotCopyGrants",
        "kms:DescribeKey",
        _CREATE_COPY,
        _UPDATE_COPY,
        _DELETE_COPY,  # another destination or key: the old configuration goes first
    ),
    "update_serverless_snapshot_copy": (*_COPY, _UPDATE_COPY),
    "remove_serverless_snapshot_copy": (*_COPY, _DELETE_COPY, _CREATE_COPY),  # to put it back
    "set_workgroup_track": (
        *_COPY,
        "redshift-serverless:GetWorkgroup",
        "redshift-serverless:ListTracks",
        "redshift-serverless:UpdateWorkgroup",
    ),
}
"""The tools whose operations do not depend on what a cluster has."""

_READERS = ("get_cluster_config", "plan_migration", "verify_migration")


def tool_operations(tool: str) -> tuple[str, ...]:
    """The operations that the tool may make. Those that follow a plan may make all that any plan can hold."""
    if tool in _TOOLS:
        return _TOOLS[tool]
    return tuple(name for name, operation in OPERATIONS.items() if tool not in _READERS or not operation.writes)
