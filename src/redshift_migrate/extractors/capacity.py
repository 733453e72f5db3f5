"""Nodes, what is reserved for them, and the schedule on which the cluster is paused, resumed or resized."""

from __future__ import annotations

from datetime import datetime, timedelta
from math import ceil, isfinite

from redshift_migrate.extractors.replies import Reply, read_or_unknown, require_text, switch
from redshift_migrate.extractors.source import Members, Read, Source, pick
from redshift_migrate.models.base import Unknown, moment_text
from redshift_migrate.models.cluster import ReservedNode, ScheduledAction

ACTIONS = ("PauseCluster", "ResumeCluster", "ResizeCluster")


def version(cluster: Reply) -> str | None:
    """`1.0` and `68555` are shown by AWS itself as 1.0.68555."""
    parts = [cluster.get("ClusterVersion"), cluster.get("ClusterRevisionNumber")]
    return ".".join(part for part in parts if part) or None


def extract_stored_mb(source: Source) -> int | Unknown | None:
    """How much data the cluster held when its newest snapshot was taken; None when it has no snapshot."""
    newest_first = {"Attribute": "CREATE_TIME", "SortOrder": "DESC"}
    call = source.call(
        "redshift",
        "DescribeClusterSnapshots",
        ClusterIdentifier=source.cluster_id,
        SortingEntities=[newest_first],
        MaxRecords=20,
    )
    none: int | None = None
    # One page: the rest is older.
    return read_or_unknown(call, lambda: parse_stored_mb(source.aws.call(call).get("Snapshots") or []), absent=none)


def parse_stored_mb(snapshots: list[Reply]) -> int | None:
    """The size of the newest snapshot of a reply that is whole."""
    whole = [
        (snapshot["SnapshotCreateTime"], snapshot["TotalBackupSizeInMegaBytes"])
        for snapshot in snapshots
        if snapshot.get("Status") == "available"
        and snapshot.get("SnapshotCreateTime") is not None
        and snapshot.get("TotalBackupSizeInMegaBytes") is not None
    ]
    size = max(whole, key=lambda each: each[0])[1] if whole else None
    return ceil(size) if size is not None and isfinite(size) else None


def extract_reserved_nodes(source: Source) -> tuple[ReservedNode, ...] | Unknown:
    """The account's reserved nodes in the region. They belong to a node type, not to a cluster."""
    call = source.call("redshift", "DescribeReservedNodes")
    return read_or_unknown(call, lambda: parse_reserved_nodes(source.aws.pages(call, "ReservedNodes")), absent=())


def parse_reserved_nodes(nodes: list[Reply]) -> tuple[ReservedNode, ...]:
    """Reservations that still bill; a retired one has ended."""
    return tuple(
        ReservedNode(
            reserved_node_id=require_text(node, "ReservedNodeId", "DescribeReservedNodes"),
            node_type=node.get("NodeType") or "",
            node_count=node.get("NodeCount") or 0,
            state=node.get("State"),
            ends_at=_end(node),
        )
        for node in nodes
        if node.get("State") != "retired"
    )


def _end(node: Reply) -> str | None:
    start, seconds = node.get("StartTime"), node.get("Duration")
    if start is None or seconds is None:
        return None
    try:
        return moment_text(datetime.fromisoformat(str(start)) + timedelta(seconds=seconds))
    except OverflowError:  # beyond the year 9999
        return None


def extract_scheduled_actions(source: Source) -> tuple[ScheduledAction, ...] | Unknown:
    """Pauses, resumes and resizes of this cluster on a schedule, disabled ones too."""
    only_this = {"Name": "cluster-identifier", "Values": [source.cluster_id]}
    call = source.call("redshift", "DescribeScheduledActions", Filters=[only_this])
    return read_or_unknown(
        call,
        lambda: parse_scheduled_actions(source.aws.pages(call, "ScheduledActions")),
        absent=(),
        absent_codes={"ScheduledActionNotFound"},
    )


def parse_scheduled_actions(actions: list[Reply]) -> tuple[ScheduledAction, ...]:
    """The actions of a reply, by name."""
    return tuple(sorted((_scheduled_action(action) for action in actions), key=lambda action: action.name))


def _scheduled_action(action: Reply) -> ScheduledAction:
    target = action.get("TargetAction") or {}
    kind = next((name for name in ACTIONS if target.get(name) is not None), "unknown")
    what = target.get(kind) or {}
    return ScheduledAction(
        name=require_text(action, "ScheduledActionName", "DescribeScheduledActions"),
        action=kind,
        schedule=action.get("Schedule") or "",
        iam_role_arn=action.get("IamRole"),
        state=action.get("State"),
        detail=action.get("ScheduledActionDescription") or "",
        node_type=what.get("NodeType"),
        number_of_nodes=what.get("NumberOfNodes"),
        starts_at=action.get("StartTime"),
        ends_at=action.get("EndTime"),
    )


def _multi_az(cluster: Reply) -> bool:
    """A word that is neither on nor off counts as on: better one finding too many than a silent loss."""
    said = cluster.get("MultiAZ")
    return bool(said) and switch(said) is not False


MEMBERS: Members = {
    "node_type": pick("NodeType"),
    "number_of_nodes": pick("NumberOfNodes"),
    "cluster_version": pick("ClusterVersion", "ClusterRevisionNumber", parse=version),
    "total_storage_mb": pick("TotalStorageCapacityInMegaBytes"),
    "stored_mb": Read("redshift:DescribeClusterSnapshots", extract_stored_mb),
    "multi_az": pick("MultiAZ", parse=_multi_az),
    "extra_compute_for_automatic_optimization": pick(
        "ExtraComputeForAutomaticOptimization",
        parse=lambda cluster: switch(cluster.get("ExtraComputeForAutomaticOptimization")),
    ),
    "reserved_nodes": Read("redshift:DescribeReservedNodes", extract_reserved_nodes),
    "scheduled_actions": Read("redshift:DescribeScheduledActions", extract_scheduled_actions),
}
