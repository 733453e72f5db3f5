"""The data: what a restore brings, what it replaces, and what it changes on the way."""

from __future__ import annotations

from redshift_migrate.models.choices import FRESH_SNAPSHOT, NO_DATA, MigrationChoices
from redshift_migrate.models.cluster import ProvisionedClusterConfig
from redshift_migrate.models.finding import Finding, Subject
from redshift_migrate.translators.translation import About, Translation

about = About(Subject.DATA)


def translate_data(cluster: ProvisionedClusterConfig, choices: MigrationChoices) -> Translation:
    """Where the data comes from, and what its owner must know of a restore.

    Source: Management Guide, "Restoring a serverless namespace from a provisioned cluster snapshot".
    """
    if choices.data == NO_DATA:
        message = (
            "No data is moved: databases, users, groups, roles and grants of the cluster are not on serverless, and "
            "what refers to them fails there."
        )
        return Translation(
            changes=(about.row("data", cluster.cluster_id, "none", "not carried"),),
            findings=(about.warning("data", message, cluster.cluster_id, "none"),),
        )
    fresh = choices.data == FRESH_SNAPSHOT
    source = "a fresh snapshot" if fresh else f"snapshot {choices.data}"
    return Translation(
        changes=(about.row("data", cluster.cluster_id, source, "carried"),),
        findings=(_tell_data(cluster, choices, source), *_age(choices, fresh), *_changes(), *_afterwards()),
    )


def _tell_data(cluster: ProvisionedClusterConfig, choices: MigrationChoices, source: str) -> Finding:
    message = (
        f"Databases, schemas, users, groups, roles and grants come from {source}. A restore replaces all databases of "
        f"namespace {choices.namespace_name}, so it is made only while the namespace is new. The cluster is not "
        "changed and goes on; what is written to it after the snapshot does not arrive."
    )
    return about.warning("data", message, cluster.cluster_id, source)


def _age(choices: MigrationChoices, fresh: bool) -> list[Finding]:
    if fresh:
        return []
    message = (
        f"Snapshot {choices.data} holds data, users and passwords as they were when it was taken; the settings are "
        "those of the cluster today."
    )
    return [about.warning("existing snapshot", message, choices.data, choices.data)]


def _changes() -> list[Finding]:
    return [
        about.info(
            "interleaved sort keys",
            "Interleaved sort keys become compound ones; distribution styles stay. Check tables that rely on them.",
            "interleaved",
            "compound",
        ),
        about.info(
            "tables without backup",
            "Tables made with BACKUP NO become permanent tables that are backed up. On dc2 nodes their rows are not in "
            "a snapshot: load them again.",
            "BACKUP NO",
            "backed up",
        ),
    ]


def _afterwards() -> list[Finding]:
    message = (
        "A few minutes after the restore begins the data can be queried. Tuning goes on in the background for hours to "
        "days, at worst a couple of weeks, and queries may be slower until then: measure after that."
    )
    return [about.info("after the restore", message)]
