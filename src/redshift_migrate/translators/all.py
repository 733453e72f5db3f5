"""Every subject's translation as one, and the ServerlessConfig that follows."""

from __future__ import annotations

from collections.abc import Callable

from redshift_migrate.models.choices import MigrationChoices
from redshift_migrate.models.cluster import ProvisionedClusterConfig
from redshift_migrate.models.finding import Subject
from redshift_migrate.models.serverless import ServerlessConfig
from redshift_migrate.translators.automation import translate_automation
from redshift_migrate.translators.capacity import translate_capacity
from redshift_migrate.translators.config_parameters import settle
from redshift_migrate.translators.data import translate_data
from redshift_migrate.translators.encryption import translate_encryption
from redshift_migrate.translators.endpoints import translate_endpoints
from redshift_migrate.translators.identity import translate_identity
from redshift_migrate.translators.left_out import left_out, only_these
from redshift_migrate.translators.logging import translate_logging
from redshift_migrate.translators.maintenance import translate_maintenance
from redshift_migrate.translators.monitoring import translate_monitoring
from redshift_migrate.translators.namespace import translate_namespace
from redshift_migrate.translators.network import translate_network
from redshift_migrate.translators.notices import translate_notices
from redshift_migrate.translators.parameters import translate_parameters
from redshift_migrate.translators.scheduled_actions import translate_scheduled_actions
from redshift_migrate.translators.scheduled_queries import translate_scheduled_queries
from redshift_migrate.translators.scope import in_scope
from redshift_migrate.translators.sharing import translate_sharing
from redshift_migrate.translators.snapshot_copy import translate_snapshot_copy
from redshift_migrate.translators.snapshots import translate_snapshots
from redshift_migrate.translators.source import translate_source
from redshift_migrate.translators.tags import translate_tags
from redshift_migrate.translators.translation import Translation, join
from redshift_migrate.translators.usage_limits import translate_usage_limits
from redshift_migrate.translators.wlm import translate_wlm

Translator = Callable[[ProvisionedClusterConfig, MigrationChoices], Translation]

TRANSLATORS: tuple[tuple[Subject, Translator], ...] = (
    (Subject.SOURCE, translate_source),
    (Subject.SOURCE, translate_notices),
    (Subject.DATA, translate_data),
    (Subject.NAMESPACE, translate_namespace),
    (Subject.CAPACITY, translate_capacity),
    (Subject.CAPACITY, lambda cluster, _: translate_scheduled_actions(cluster)),
    (Subject.NETWORK, translate_network),
    (Subject.ENCRYPTION, translate_encryption),
    (Subject.IDENTITY, translate_identity),
    (Subject.PARAMETERS, translate_parameters),
    (Subject.WLM, translate_wlm),
    (Subject.LOGGING, translate_logging),
    (Subject.USAGE_LIMITS, translate_usage_limits),
    (Subject.SNAPSHOTS, translate_snapshots),
    (Subject.SNAPSHOT_COPY, lambda cluster, _: translate_snapshot_copy(cluster)),
    (Subject.MAINTENANCE, lambda cluster, _: translate_maintenance(cluster)),
    (Subject.TAGS, translate_tags),
    (Subject.ENDPOINTS, translate_endpoints),
    (Subject.SHARING, translate_sharing),
    (Subject.SCHEDULED_QUERIES, translate_scheduled_queries),
    (Subject.AUTOMATION, translate_automation),
    (Subject.MONITORING, translate_monitoring),
)
"""In the order of the plan's table."""


def translate(cluster: ProvisionedClusterConfig, choices: MigrationChoices) -> Translation:
    """Everything about the cluster, and what stays behind of what the choices leave out.

    SettingsError for a choice that cannot be. The same cluster and choices always give the same translation.
    """
    parts = [translator(cluster, choices) for subject, translator in TRANSLATORS if in_scope(subject, choices)]
    left = (each for each in Subject if each in choices.exclude and not in_scope(each, choices))
    return settle(join([*parts, *(_left_out(cluster, choices, each) for each in left), only_these(choices)]))


def _left_out(cluster: ProvisionedClusterConfig, choices: MigrationChoices, left: Subject) -> Translation:
    parts = (translator(cluster, choices) for subject, translator in TRANSLATORS if subject is left)
    return left_out(cluster, left, [row for part in parts for row in part.changes])


def wanted_config(translation: Translation, choices: MigrationChoices) -> ServerlessConfig:
    """The serverless side as it is wanted: the names, and every setting that a subject spoke of."""
    return ServerlessConfig(
        namespace_name=choices.namespace_name, workgroup_name=choices.workgroup_name, **translation.settings
    )
