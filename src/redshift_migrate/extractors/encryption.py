"""Encryption of a cluster: all of it is in DescribeClusters."""

from __future__ import annotations

from redshift_migrate.extractors.replies import Reply
from redshift_migrate.extractors.source import Members, pick


def _hsm(cluster: Reply) -> str | None:
    hsm = cluster.get("HsmStatus") or {}
    return (hsm.get("Status") or "configured") if hsm else None


MEMBERS: Members = {
    "encrypted": pick("Encrypted"),
    "kms_key_id": pick("KmsKeyId"),
    "hsm_status": pick("HsmStatus", parse=_hsm),
}
