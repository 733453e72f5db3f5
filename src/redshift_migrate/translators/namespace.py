"""Names of namespace and workgroup, which can never be changed later, and the name of the first database."""

from __future__ import annotations

import re

from redshift_migrate.models.choices import MigrationChoices
from redshift_migrate.models.cluster import ProvisionedClusterConfig
from redshift_migrate.models.finding import Subject
from redshift_migrate.translators.translation import About, Translation

DB_NAME = re.compile(r"[a-zA-Z][a-zA-Z_0-9+.@-]{0,126}")
"""What CloudFormation takes as AWS::RedshiftServerless::Namespace.DbName."""

about = About(Subject.NAMESPACE)


def translate_namespace(cluster: ProvisionedClusterConfig, choices: MigrationChoices) -> Translation:
    """The two names, which the choices have checked, and the database name.

    Source: API reference, CreateNamespace and CreateWorkgroup.
    """
    db_name = cluster.db_name if cluster.db_name and DB_NAME.fullmatch(cluster.db_name) else None
    changes = [
        about.row("namespace name", cluster.cluster_id, choices.namespace_name, "translated", "namespace_name"),
        about.row("workgroup name", cluster.cluster_id, choices.workgroup_name, "translated", "workgroup_name"),
        about.row(
            "database name",
            cluster.db_name,
            db_name or "dev",
            "carried" if db_name else "not carried",
            member="db_name",
        ),
    ]
    findings = [
        about.info(
            "names",
            "Neither name can be changed after creation.",
            cluster.cluster_id,
            f"{choices.namespace_name} / {choices.workgroup_name}",
        )
    ]
    if cluster.db_name and not db_name:
        message = f"{cluster.db_name!r} cannot be given as the first database; the namespace starts with dev."
        findings.append(about.warning("database name", message, cluster.db_name, "dev"))
    return Translation(
        settings={"db_name": db_name} if db_name else {}, changes=tuple(changes), findings=tuple(findings)
    )
