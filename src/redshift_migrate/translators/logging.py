"""Audit logs: CloudWatch exports are carried, delivery to S3 has no counterpart."""

from __future__ import annotations

from redshift_migrate.models.base import Unknown
from redshift_migrate.models.choices import MigrationChoices
from redshift_migrate.models.cluster import LoggingSettings, ProvisionedClusterConfig
from redshift_migrate.models.finding import Finding, Subject
from redshift_migrate.models.parameters import form
from redshift_migrate.translators.parameters import ACTIVITY_PARAMETER
from redshift_migrate.translators.translation import About, Translation, cite

LOG_EXPORTS = ("connectionlog", "useractivitylog", "userlog")
"""Source: API reference, CreateNamespace.logExports."""

ACTIVITY_LOG = "useractivitylog"

about = About(Subject.LOGGING)


def translate_logging(cluster: ProvisionedClusterConfig, choices: MigrationChoices) -> Translation:
    """The namespace's log exports. Source: Management Guide, "Audit logging for Amazon Redshift Serverless"."""
    logging = cluster.logging
    if isinstance(logging, Unknown):
        consequence = "Going on could silently end the audit log. Allow the read, or plan with the logging excluded."
        return Translation(findings=(about.unknown("blocker", "audit logging", logging, consequence),))
    if logging is None or not logging.enabled:
        return Translation(
            changes=(about.row("audit logging", "off", "off", "carried", member="log_exports"),),
            findings=(about.info("audit logging", "The cluster writes no audit log.", "off", "off"),),
        )
    if logging.log_destination_type == "cloudwatch":
        return _cloudwatch(cluster, logging, choices)
    if logging.log_destination_type == "s3table":
        return _s3_tables(logging, choices)
    return _s3(cluster, logging, choices)


def _cloudwatch(cluster: ProvisionedClusterConfig, logging: LoggingSettings, choices: MigrationChoices) -> Translation:
    exports = _exports(logging)
    shown = cite(exports)
    message = (
        f"The same logs go to CloudWatch, into {_groups(choices)}. New log groups keep their events for ever: set a "
        "retention."
    )
    return Translation(
        settings={"log_exports": exports},
        changes=(about.row("log exports", cite(logging.log_exports), shown, "carried", member="log_exports"),),
        findings=(about.info("audit logging", message, "cloudwatch", shown), *_activity(cluster, exports)),
    )


def _s3(cluster: ProvisionedClusterConfig, logging: LoggingSettings, choices: MigrationChoices) -> Translation:
    exports = _exports(logging) or LOG_EXPORTS
    place = f"s3://{logging.bucket_name or '?'}/{logging.s3_key_prefix or ''}"
    message = (
        f"Serverless delivers no audit log to S3 ({place}). CloudWatch exports of {cite(exports)} are proposed "
        f"instead, into {_groups(choices)}; a subscription or an export task can bring them to S3. New log groups keep "
        "their events for ever: set a retention. What is in the bucket stays there."
    )
    return Translation(
        settings={"log_exports": exports},
        changes=(
            about.row("audit logging", place, f"CloudWatch: {cite(exports)}", "translated", member="log_exports"),
        ),
        findings=(about.warning("audit logging", message, place, "CloudWatch"), *_activity(cluster, exports)),
    )


def _s3_tables(logging: LoggingSettings, choices: MigrationChoices) -> Translation:
    granularity = "namespace" if logging.s3_table_granularity == "cluster" else logging.s3_table_granularity
    message = (
        f"The audit log goes to S3 Tables ({cite(logging.s3_tables) or 'none named'}). Serverless can do that, by a "
        f"request of its own after the namespace exists: UpdateNamespace with namespaceName={choices.namespace_name}, "
        f"logDestinationType=s3table, s3TableGranularity={granularity or 'namespace'} and s3TableNames. It is left to "
        "you."
    )
    exports = _exports(logging)
    return Translation(
        settings={"log_exports": exports} if exports else {},
        changes=(
            about.row("audit logging", "S3 Tables", cite(exports) or "none", "not carried", member="log_exports"),
        ),
        findings=(about.warning("audit logging", message, "S3 Tables", "left to do"),),
    )


def _exports(logging: LoggingSettings) -> tuple[str, ...]:
    return tuple(export for export in LOG_EXPORTS if export in logging.log_exports)


def _groups(choices: MigrationChoices) -> str:
    return f"/aws/redshift/{choices.namespace_name}/LOG_TYPE"


def _activity(cluster: ProvisionedClusterConfig, exports: tuple[str, ...]) -> tuple[Finding, ...]:
    """That the log of statements stays empty where its owner switched it off; a workgroup fills it unasked."""
    if ACTIVITY_LOG not in exports or isinstance(cluster.parameters, Unknown):
        return ()
    values = {parameter.name: form(parameter.name, parameter.value or "") for parameter in cluster.parameters}
    if values.get(ACTIVITY_PARAMETER) != "false":
        return ()
    message = (
        f"{ACTIVITY_PARAMETER} is set to false on the cluster and carried, so {ACTIVITY_LOG} stays empty on serverless "
        "too, until that parameter of the workgroup is set to true."
    )
    return (about.warning(ACTIVITY_LOG, message, "parameter off", "empty log"),)
