"""Identity: IAM roles and their trust, the default role, and who knows the admin password."""

from __future__ import annotations

import json
import re
from typing import Any

from redshift_migrate.models.aws_made import is_service_linked, service_of_linked_role
from redshift_migrate.models.base import Unknown
from redshift_migrate.models.choices import MigrationChoices
from redshift_migrate.models.cluster import IamRole, ProvisionedClusterConfig
from redshift_migrate.models.finding import Finding, Subject
from redshift_migrate.translators.scope import restores_data
from redshift_migrate.translators.translation import About, Translation, cite, count

SERVERLESS_PRINCIPAL = "redshift-serverless.amazonaws.com"
"""Source: Management Guide, "Authorizing Amazon Redshift to access other AWS services on your behalf"."""

ROLES_A_REQUEST = 10
"""What CloudFormation's text says of CreateNamespace; the quota of a cluster is 50."""

ADMIN_NAME = re.compile(r"[a-zA-Z][a-zA-Z_0-9+.@-]{0,127}")

about = About(Subject.IDENTITY)


def translate_identity(cluster: ProvisionedClusterConfig, choices: MigrationChoices) -> Translation:
    """Roles, default role and the handling of the admin password.

    A member that the cluster does not speak of is no wish: roles that a namespace has already are left to it.
    """
    roles = _roles(cluster)
    admin = _admin(cluster, choices)
    return Translation(
        settings=roles.settings | admin.settings,
        changes=roles.changes + admin.changes,
        findings=roles.findings + admin.findings,
    )


def trust_statement(principal: str) -> dict[str, Any]:
    """The statement that a role's trust policy needs, exactly."""
    return {"Effect": "Allow", "Principal": {"Service": principal}, "Action": "sts:AssumeRole"}


def role_name(arn: str) -> str:
    """The name at the end of a role's ARN, without its path."""
    return arn.rpartition("/")[2]


def _roles(cluster: ProvisionedClusterConfig) -> Translation:
    leaving = [role.iam_role_arn for role in cluster.iam_roles if role.apply_status == "removing"]
    of_aws = sorted({role.iam_role_arn for role in cluster.iam_roles if is_service_linked(role.iam_role_arn)})
    staying = [role for role in cluster.iam_roles if role.iam_role_arn not in (*leaving, *of_aws)]
    arns = tuple(sorted({role.iam_role_arn for role in staying}))
    default = cluster.default_iam_role_arn
    changes = [
        about.row(
            "IAM roles",
            cite(role.iam_role_arn for role in cluster.iam_roles) or None,
            cite(arns),
            "carried",
            member="iam_roles",
        )
    ]
    findings = [*_trust(staying), *_conditions(cluster, staying), *(_tell_linked(arn, default) for arn in of_aws)]
    if leaving:
        message = f"Being removed from the cluster, so not carried: {cite(leaving)}."
        findings.append(about.info("IAM roles", message, cite(leaving), "none"))
    if len(arns) > ROLES_A_REQUEST:
        message = f"AWS may take only {ROLES_A_REQUEST} roles in one request, and there are {len(arns)}."
        findings.append(about.warning("IAM roles", message, count(len(arns), "role")))
    if not arns:
        return Translation(changes=tuple(changes), findings=tuple(findings))
    kept_default = default if default in arns else ""
    changes.append(
        about.row("default IAM role", default, kept_default or "none", "carried", member="default_iam_role_arn")
    )
    if default and not kept_default and not is_service_linked(default):
        message = f"The default role {default} is not among the roles that stay, so the namespace has no default role."
        findings.append(about.warning("default IAM role", message, default, "none"))
    return Translation(
        settings={"iam_roles": arns, "default_iam_role_arn": kept_default},
        changes=tuple(changes),
        findings=tuple(findings),
    )


def _tell_linked(role_arn: str, default: str | None) -> Finding:
    """Source: IAM User Guide, "Using service-linked roles": only the service itself may hand such a role on."""
    was_default = " It is the default role of the cluster; the namespace has none then." if role_arn == default else ""
    message = (
        f"Role {role_arn} is service-linked: {service_of_linked_role(role_arn)} attaches its own to what it makes, and "
        f"AWS refuses it in a call. It is not sent, and there is nothing to do.{was_default}"
    )
    return about.info("service-linked role", message, role_arn, "attached by AWS itself")


def _trust(roles: list[IamRole]) -> list[Finding]:
    """One finding a role that serverless could not assume: it would fail at the first COPY, not before."""
    findings = []
    for role in sorted(roles, key=lambda role: role.iam_role_arn):
        trusted = role.trusted_services
        if isinstance(trusted, Unknown):
            consequence = (
                f"If it does not trust {SERVERLESS_PRINCIPAL}, COPY, UNLOAD and Spectrum fail when a query needs them."
            )
            findings.append(about.unknown("warning", f"trust of role {role.iam_role_arn}", trusted, consequence))
        elif SERVERLESS_PRINCIPAL not in trusted:
            statement = json.dumps(trust_statement(SERVERLESS_PRINCIPAL))
            message = (
                f"Role {role.iam_role_arn} does not trust {SERVERLESS_PRINCIPAL}: COPY, UNLOAD and Spectrum would fail "
                f"when a query needs them. Add this statement to its trust policy: {statement}"
            )
            findings.append(about.warning("role trust", message, cite(trusted) or "none", SERVERLESS_PRINCIPAL))
    return findings


def _conditions(cluster: ProvisionedClusterConfig, roles: list[IamRole]) -> list[Finding]:
    findings = []
    for role in sorted(roles, key=lambda role: role.iam_role_arn):
        if role.trust_conditions:
            form = (
                f"arn:{cluster.partition}:redshift:{cluster.region}:{cluster.account_id}:dbuser:"
                f"serverless-{cluster.account_id}-WORKGROUP_ID/USER"
            )
            message = (
                f"The trust policy of {role.iam_role_arn} names a cluster or a user of one "
                f"({cite(role.trust_conditions)}). On serverless that is written {form}; add it once the workgroup "
                "and its id exist."
            )
            findings.append(about.warning("trust condition", message, cite(role.trust_conditions), form))
    return findings


def _admin(cluster: ProvisionedClusterConfig, choices: MigrationChoices) -> Translation:
    if cluster.master_password_secret_arn:
        return _translate_managed(cluster, choices)
    if restores_data(choices):
        message = (
            f"The admin user {cluster.master_username or ''} and its password come with the snapshot, as they were "
            "when it was taken."
        ).replace("  ", " ")
        return Translation(
            changes=(
                about.row(
                    "admin password",
                    "set by its owner",
                    "that of the snapshot",
                    "carried",
                    member="manage_admin_password",
                ),
            ),
            findings=(about.info("admin password", message, cluster.master_username, cluster.master_username),),
        )
    message = (
        "No password can be read from a cluster, and without a restore none comes with the data: AWS makes one and "
        "keeps it in Secrets Manager."
    )
    return Translation(
        settings={"manage_admin_password": True, **_admin_username(cluster, choices)},
        changes=(
            about.row(
                "admin password", "set by its owner", "managed by AWS", "translated", member="manage_admin_password"
            ),
        ),
        findings=(about.warning("admin password", message, "set by its owner", "managed by AWS"),),
    )


def _translate_managed(cluster: ProvisionedClusterConfig, choices: MigrationChoices) -> Translation:
    settings: dict[str, Any] = {"manage_admin_password": True, **_admin_username(cluster, choices)}
    if cluster.master_password_secret_kms_key_id:
        settings["admin_password_secret_kms_key_id"] = cluster.master_password_secret_kms_key_id
    message = (
        f"Nobody knows the managed password of the cluster, so the namespace gets a managed one, in a new secret. "
        f"Whatever reads {cluster.master_password_secret_arn} (scheduled queries, functions) has to be pointed to the "
        "new one; the old secret goes with the cluster. Under the managed policy for the Data API the new secret needs "
        "a tag with the key RedshiftDataFullAccess."
    )
    return Translation(
        settings=settings,
        changes=(
            about.row(
                "admin password",
                "managed by AWS",
                "managed by AWS, new secret",
                "translated",
                member="manage_admin_password",
            ),
        ),
        findings=(about.warning("admin password", message, cluster.master_password_secret_arn, "a new secret"),),
    )


def _admin_username(cluster: ProvisionedClusterConfig, choices: MigrationChoices) -> dict[str, str]:
    """Only where no restore brings it: a restore replaces whatever name was given."""
    name = cluster.master_username or ""
    return {"admin_username": name} if not restores_data(choices) and ADMIN_NAME.fullmatch(name) else {}
