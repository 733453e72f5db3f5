"""Cross-region snapshot copy: the manual retention is carried, the automated one has no counterpart."""

from __future__ import annotations

from redshift_migrate.models.base import Unknown
from redshift_migrate.models.cluster import KEPT_INDEFINITELY, ProvisionedClusterConfig, SnapshotCopySettings
from redshift_migrate.models.finding import Finding, Subject
from redshift_migrate.models.plan import SettingChange
from redshift_migrate.models.serverless import AWS_OWNED_KMS_KEY, RETENTION_DAYS, SnapshotCopyConfiguration
from redshift_migrate.models.spelling import DAYS
from redshift_migrate.translators.translation import About, Translation

COPIED_RECOVERY_POINTS_KEPT_DAYS = 1
"""Fixed by AWS. Source: Management Guide, "Copying backups to another AWS Region"."""

about = About(Subject.SNAPSHOT_COPY)


def translate_snapshot_copy(cluster: ProvisionedClusterConfig) -> Translation:
    """The namespace's copy configuration, with the recovery window said before and after.

    The one serverless retention applies to snapshots, so it takes the value of ManualSnapshotRetentionPeriod; -1
    becomes "omitted", which keeps them. A cluster that copies nothing wishes nothing: a copy that the namespace has
    already is left to it. Source: Management Guide, "Copying backups to another AWS Region"; API
    reference, CreateSnapshotCopyConfiguration.
    """
    copy = cluster.snapshot_copy_config
    if copy is None:
        return Translation(
            changes=(about.row("snapshot copy", "off", "off", "carried"),),
            findings=(
                about.info(
                    "snapshot copy",
                    "The cluster copies no snapshots to another region.",
                    "off",
                    "off",
                ),
            ),
        )
    wanted = SnapshotCopyConfiguration(
        destination_region=copy.destination_region,
        snapshot_retention_period_days=carried_retention_days(copy),
        destination_kms_key_id=copy.kms_key_id if isinstance(copy.kms_key_id, str) else AWS_OWNED_KMS_KEY,
    )
    return Translation(
        settings={"snapshot_copy": (wanted,)},
        changes=_rows(copy, wanted),
        findings=(recovery_window(wanted, copy), _which_retention(copy), *_key(copy), _old_copies()),
    )


def carried_retention_days(copy: SnapshotCopySettings) -> int | None:
    """The serverless retention for these settings: the manual one, None for "kept indefinitely"."""
    manual = copy.manual_snapshot_retention_period_days
    return manual if manual in RETENTION_DAYS else None


def say_days(days: int | None) -> str:
    """A retention in words; None and -1 are "kept indefinitely"."""
    return DAYS.tell(DAYS.read(days))


def recovery_window(wanted: SnapshotCopyConfiguration, copy: SnapshotCopySettings | None = None) -> Finding:
    """How far back one can recover in the other region: today (when the cluster is known) and after."""
    snapshots = say_days(wanted.snapshot_retention_period_days)
    after = f"recovery points {COPIED_RECOVERY_POINTS_KEPT_DAYS} day, snapshots {snapshots}"
    rule = (
        f"copied recovery points live {COPIED_RECOVERY_POINTS_KEPT_DAYS} day in {wanted.destination_region} and that "
        f"cannot be changed; the retention ({snapshots}) is for snapshots only, and serverless takes no snapshot by "
        "itself. Scheduled snapshots, made only if asked for (migrate the cluster here, only its "
        "snapshots), restore a longer window."
    )
    automated = copy.retention_period_days if copy else None
    if copy is None or automated is None:
        return about.warning("recovery window", f"After this change, {rule}", None, after)
    shorter = automated > COPIED_RECOVERY_POINTS_KEPT_DAYS
    today = f"automated {say_days(automated)}, manual {say_days(copy.manual_snapshot_retention_period_days)}"
    change = (
        f"Today you can recover in {copy.destination_region} from automated snapshots of the last "
        f"{say_days(automated)}. After the move, {rule}"
    )
    if shorter:
        change += (
            f" Without them the cross-region recovery window shrinks from {say_days(automated)} to "
            f"{say_days(COPIED_RECOVERY_POINTS_KEPT_DAYS)}."
        )
    word = about.warning if shorter else about.info
    return word("recovery window", change, today, after)


def _which_retention(copy: SnapshotCopySettings) -> Finding:
    manual, automated = copy.manual_snapshot_retention_period_days, copy.retention_period_days
    word = about.warning if automated != manual else about.info
    return word(
        "retention of copies",
        f"Copies of automated snapshots are kept {_days(automated)} on the cluster, copies of manual ones "
        f"{_days(manual)}. Serverless has one value, for snapshots: it takes the manual one.",
        f"automated {say_days(automated)}, manual {say_days(manual)}",
        say_days(carried_retention_days(copy)),
    )


def _key(copy: SnapshotCopySettings) -> list[Finding]:
    grant = copy.snapshot_copy_grant_name or "without a known name"
    if isinstance(copy.kms_key_id, Unknown):
        return [
            about.blocker(
                "destination key",
                f"The key behind grant {grant} in {copy.destination_region} is {copy.kms_key_id.sentence()}. Without "
                "it the copies would silently be encrypted with another key. Allow the read, or name the key.",
                grant,
                "unknown",
            )
        ]
    if copy.kms_key_id:
        return [
            about.info(
                "destination key",
                f"Serverless needs no grant: it is given the key behind grant {grant} and makes its own. The caller "
                "needs kms:CreateGrant and kms:DescribeKey on that key.",
                grant,
                copy.kms_key_id,
            )
        ]
    return []


def _old_copies() -> Finding:
    return about.info(
        "existing copies",
        "Copies already in the destination stay, and the cluster goes on copying until its own copy is switched off.",
        "continues",
        "continues until switched off",
    )


def _rows(copy: SnapshotCopySettings, wanted: SnapshotCopyConfiguration) -> tuple[SettingChange, ...]:
    manual, automated = copy.manual_snapshot_retention_period_days, copy.retention_period_days
    key_after = "AWS-owned key" if wanted.destination_kms_key_id == AWS_OWNED_KMS_KEY else wanted.destination_kms_key_id
    return (
        about.row(
            "copy destination",
            copy.destination_region,
            wanted.destination_region,
            "carried",
            member="snapshot_copy.destination_region",
        ),
        about.row(
            "copy retention",
            say_days(manual),
            say_days(wanted.snapshot_retention_period_days),
            "carried",
            member="snapshot_copy.snapshot_retention_period_days",
        ),
        about.row("copy retention, automated", say_days(automated), "1 day (recovery points)", "not carried"),
        about.row(
            "copy key",
            copy.snapshot_copy_grant_name or "AWS-owned key",
            key_after,
            "translated",
            member="snapshot_copy.destination_kms_key_id",
        ),
    )


def _days(days: int | None) -> str:
    return "indefinitely" if days in (None, KEPT_INDEFINITELY) else say_days(days)
