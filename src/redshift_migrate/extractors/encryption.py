"""Encryption of a cluster: all of it is in DescribeClusters."""

from __future__ import annotations

from typing import Any

from redshift_migrate.extractors.replies import Reply


def encryption_members(cluster: Reply) -> dict[str, Any]:
    """The members of ProvisionedClusterConfig about keys."""
    hsm = cluster.get("HsmStatus") or {}
    return {
        "encrypted": cluster.get("Encrypted"),
        "kms_key_id": cluster.get("KmsKeyId"),
        "hsm_status": (hsm.get("Status") or "configured") if hsm else None,
    }
