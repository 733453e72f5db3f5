"""Where snapshots of namespaces are kept, and how one comes about."""

from __future__ import annotations

from redshift_simulator.account import SimulatedAccount
from redshift_simulator.errors import conflict, validation
from redshift_simulator.transitions import Resource

KIND = "serverless_snapshots"
MAX_RETENTION_DAYS = 3653


def snapshot_of(
    account: SimulatedAccount,
    region: str,
    name: str,
    namespace: Resource,
    retention_days: int | None,
    tags: list[dict[str, str]],
) -> Resource:
    """A snapshot that is being taken of a namespace, with its databases as they are now; put in the account."""
    snapshots = account.table(region, KIND)
    if name in snapshots:
        raise conflict(f"Snapshot {name} already exists")
    identifier = account.new_uuid()
    snapshot: Resource = {
        "snapshotName": name,
        "snapshotArn": account.arn("redshift-serverless", region, f"snapshot/{identifier}"),
        "namespaceName": namespace["namespaceName"],
        "namespaceArn": namespace["namespaceArn"],
        "adminUsername": namespace["adminUsername"],
        "kmsKeyId": namespace["kmsKeyId"],
        "ownerAccount": account.account_id,
        "snapshotCreateTime": account.clock.now(),
        "snapshotRetentionPeriod": -1 if retention_days is None else retention_days,
        "status": "CREATING",
        "_databases": list(namespace.get("_databases", [])),
        "_tags": tags,
    }
    snapshots[name] = snapshot
    account.after(snapshot, "snapshot.create", {"status": "AVAILABLE"})
    return snapshot


def check_retention(days: int | None) -> None:
    """Raise ValidationException for a retention that snapshots of namespaces cannot have."""
    if days is not None and not 1 <= days <= MAX_RETENTION_DAYS:
        raise validation(f"The retention period {days} must be between 1 and {MAX_RETENTION_DAYS} days.")
