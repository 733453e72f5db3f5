"""Scheduled queries: listed here with what breaks; they are carried by a cut-over of their own."""

from __future__ import annotations

from redshift_migrate.models.base import Unknown
from redshift_migrate.models.choices import MigrationChoices
from redshift_migrate.models.cluster import ProvisionedClusterConfig
from redshift_migrate.models.finding import Subject
from redshift_migrate.translators.translation import About, Translation, listed

about = About(Subject.SCHEDULED_QUERIES)


def translate_scheduled_queries(cluster: ProvisionedClusterConfig, choices: MigrationChoices) -> Translation:
    """What goes on querying the cluster. Source: Management Guide, "Scheduling a query"."""
    queries = cluster.scheduled_queries
    if isinstance(queries, Unknown):
        consequence = "They go on querying the cluster, not the workgroup."
        return Translation(findings=(about.unknown("warning", "scheduled queries", queries, consequence),))
    changes = (about.row("scheduled queries", _count(len(queries)), "still on the cluster", "not carried"),)
    elsewhere = about.info(
        "queries from elsewhere",
        "State machines, functions and tools that call the Data API with ClusterIdentifier cannot be found from here: "
        "look for them.",
    )
    if not queries:
        return Translation(changes=changes, findings=(elsewhere,))
    told = listed(f"{query.name} ({query.home}{'' if query.enabled else ', off'})" for query in queries)
    message = (
        f"These go on querying the cluster until they are cut over: {told}. For workgroup {choices.workgroup_name} "
        "each needs a role with redshift-data:ExecuteStatement and redshift-serverless:GetCredentials on it, and "
        'grants in the database for the user "IAMR:ROLE"; DbUser does not exist there.'
    )
    finding = about.warning("scheduled queries", message, _count(len(queries)), "still on the cluster")
    return Translation(changes=changes, findings=(finding, elsewhere))


def _count(number: int) -> str:
    return f"{number} quer{'y' if number == 1 else 'ies'}"
