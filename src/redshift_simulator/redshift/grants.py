"""Snapshot copy grants: a permission in the *destination* region to use a KMS key of that region."""

from __future__ import annotations

from typing import Any

from redshift_simulator.account import SimulatedAccount
from redshift_simulator.errors import SimulatedError
from redshift_simulator.redshift.listing import has_tags, listed
from redshift_simulator.registry import Parameters, operation
from redshift_simulator.transitions import Resource, public

KIND = "snapshot_copy_grants"


@operation("redshift", "DescribeSnapshotCopyGrants")
def describe_snapshot_copy_grants(account: SimulatedAccount, region: str, parameters: Parameters) -> dict[str, Any]:
    name = parameters.get("SnapshotCopyGrantName")
    grants = account.table(region, KIND)
    if name is not None:
        if name not in grants:
            raise SimulatedError("SnapshotCopyGrantNotFoundFault", f"Snapshot copy grant {name} not found.")
        return {"SnapshotCopyGrants": [public(grants[name])]}
    shown = [public(grant) for _, grant in sorted(grants.items()) if has_tags(grant["Tags"], parameters)]
    return listed(account, parameters, "SnapshotCopyGrants", shown)


def grant_of(account: SimulatedAccount, region: str, name: str, kms_key_arn: str) -> Resource:
    """A grant on a key, put in the account."""
    grant: Resource = {
        "SnapshotCopyGrantName": name,
        "KmsKeyId": kms_key_arn,
        "Tags": [],
    }
    account.table(region, KIND)[name] = grant
    return grant
