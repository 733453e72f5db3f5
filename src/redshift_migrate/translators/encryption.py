"""Encryption at rest: the key is carried; a namespace without one of its own is encrypted with AWS's key."""

from __future__ import annotations

from redshift_migrate.models.choices import MigrationChoices
from redshift_migrate.models.cluster import ProvisionedClusterConfig
from redshift_migrate.models.finding import Subject
from redshift_migrate.models.serverless import AWS_OWNED_KMS_KEY
from redshift_migrate.permissions import KEY_ACTIONS
from redshift_migrate.translators.translation import About, Translation

about = About(Subject.ENCRYPTION)

KEY_PERMISSIONS = f"{', '.join(KEY_ACTIONS[:-1])} and {KEY_ACTIONS[-1]}"


def translate_encryption(cluster: ProvisionedClusterConfig, choices: MigrationChoices) -> Translation:
    """The namespace's key. Serverless is always encrypted. Source: API reference, CreateNamespace.kmsKeyId."""
    key = cluster.kms_key_id
    if key and key != AWS_OWNED_KMS_KEY:  # a literal that clusters show too, and no key that anybody could use
        message = (
            f"The key of the cluster encrypts the namespace too. The caller needs {KEY_PERMISSIONS} on it, and the key "
            "must stay enabled as long as cluster, snapshots or namespace need it. An explicit Deny, or narrow "
            "conditions on grants, in the key's own policy are enough for AWS to answer 'Insufficient KMS permissions.'"
        )
        finding = about.info("encryption key", message, key, key)
        return Translation(
            settings={"kms_key_id": key},
            changes=(about.row("encryption key", key, key, "carried", member="kms_key_id"),),
            findings=(finding,),
        )
    shown = "unencrypted" if cluster.encrypted is False else ("AWS-owned key" if key else "no key of its own")
    message = (
        "Serverless is always encrypted: without a key of the cluster to carry, the namespace is encrypted with the "
        "key that AWS owns, which costs nothing and cannot be audited."
    )
    return Translation(
        settings={"kms_key_id": AWS_OWNED_KMS_KEY},
        changes=(about.row("encryption key", shown, "AWS-owned key", "translated", member="kms_key_id"),),
        findings=(about.info("encryption key", message, shown, "AWS-owned key"),),
    )
