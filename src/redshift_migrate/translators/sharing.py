"""What ties the cluster to others: datashares, integrations, partners, its resource policy, the lakehouse."""

from __future__ import annotations

from redshift_migrate.models.base import Unknown
from redshift_migrate.models.choices import MigrationChoices
from redshift_migrate.models.cluster import DataShare, ProvisionedClusterConfig
from redshift_migrate.models.finding import Finding, Subject
from redshift_migrate.translators.translation import About, Translation, cite, count

OLDEST_CONSUMER = "1.0.38214"
"""Provisioned consumers of a serverless producer need a later version. Source: Management Guide, "Data sharing"."""

NEW_NAMESPACE_ARN = "NEW_NAMESPACE_ARN"
"""Stands in shown policies and commands for an ARN that only exists once the namespace does."""

about = About(Subject.SHARING)


def translate_sharing(cluster: ProvisionedClusterConfig, choices: MigrationChoices) -> Translation:
    """Mostly work that no API call of this program carries, named one by one, and the resource policy.

    Source: Developer Guide, "Data sharing and restore"; API reference, RestoreFromSnapshot and PutResourcePolicy.
    """
    policy = _resource_policy(cluster)
    return Translation(
        settings=policy.settings,
        changes=(
            about.row("datashares", _count(cluster.data_shares, "datashare"), "to be granted anew", "not carried"),
            about.row("integrations", _count(cluster.integrations, "integration"), "to be made anew", "not carried"),
            about.row("partners", _count(cluster.partners, "partner"), "to be registered anew", "not carried"),
            *policy.changes,
        ),
        findings=(
            *_data_shares(cluster),
            *_integrations(cluster, choices),
            *_partners(cluster),
            *policy.findings,
            *_lakehouse(cluster),
        ),
    )


def _count(things: tuple[object, ...] | Unknown, noun: str) -> str:
    return "unknown" if isinstance(things, Unknown) else count(len(things), noun)


def _data_shares(cluster: ProvisionedClusterConfig) -> list[Finding]:
    shares = cluster.data_shares
    if isinstance(shares, Unknown):
        consequence = (
            "Grants on datashares never survive a restore into another namespace; consumers would lose access."
        )
        return [about.unknown("warning", "datashares", shares, consequence)]
    findings = [_inbound(share) if share.direction == "inbound" else _outbound(share) for share in shares]
    if any(share.allow_publicly_accessible_consumers for share in shares):
        message = "Whether public consumers are allowed goes back to what it was when the snapshot was taken: check it."
        findings.append(about.warning("datashares", message, "public consumers allowed"))
    return findings


def _outbound(share: DataShare) -> Finding:
    by = f" It is managed by {share.managed_by}, so publish it there again." if share.managed_by else ""
    message = (
        f"Datashare {share.data_share_arn} comes with the data, its grants do not: the producer is another namespace "
        "now. GRANT USAGE ON DATASHARE again (and redshift:AuthorizeDataShare for other accounts), and let the "
        f"consumers ({cite(share.counterparts) or 'none known'}) associate it and make their databases again with "
        f"the new namespace id. Consumers on clusters need a version above {OLDEST_CONSUMER}.{by}"
    )
    return about.warning("datashare, produced here", message, share.data_share_arn, "grants to be made anew")


def _inbound(share: DataShare) -> Finding:
    by = f" It is managed by {share.managed_by}." if share.managed_by else ""
    message = (
        f"Datashare {share.data_share_arn} is consumed here. Its producer ({cite(share.counterparts) or 'unknown'}) "
        f"has to grant it to the new namespace, and the database on it has to be made again.{by}"
    )
    return about.warning("datashare, consumed here", message, share.data_share_arn, "to be granted anew")


def _integrations(cluster: ProvisionedClusterConfig, choices: MigrationChoices) -> list[Finding]:
    integrations = cluster.integrations
    if isinstance(integrations, Unknown):
        return [
            about.unknown(
                "warning", "integrations", integrations, "They go on writing to the cluster, not to serverless."
            )
        ]
    findings = []
    for each in integrations:
        source = each.source_arn or "its source"
        api = "rds create-integration" if ":rds:" in source else "redshift create-integration"
        message = (
            f"Integration {each.name or each.integration_arn} ({each.status or 'status unknown'}) goes on writing into "
            f"the cluster and cannot be pointed elsewhere. Make a new one from {source} to {NEW_NAMESPACE_ARN} of "
            f"{choices.namespace_name} (aws {api}), which needs a resource policy and case-sensitive identifiers "
            f"there, let it load everything again, then drop {each.integration_arn}."
        )
        findings.append(about.warning("integration", message, each.integration_arn, "to be made anew"))
    return findings


def _partners(cluster: ProvisionedClusterConfig) -> list[Finding]:
    partners = cluster.partners
    if isinstance(partners, Unknown):
        return [about.unknown("warning", "partners", partners, "Partner integrations stay with the cluster.")]
    if not partners:
        return []
    message = f"Register again from the partner's side, for the workgroup: {cite(partners)}."
    return [about.warning("partners", message, cite(partners), "to be registered anew")]


def _resource_policy(cluster: ProvisionedClusterConfig) -> Translation:
    """A policy that names the old namespace is shown with the new one, whose ARN nobody knows yet, and not set."""
    policy = cluster.resource_policy
    if isinstance(policy, Unknown):
        consequence = "If the namespace has a policy, the integrations and accounts that it admits are shut out."
        return Translation(findings=(about.unknown("warning", "resource policy", policy, consequence),))
    if not policy:
        return Translation()
    old_arn = cluster.cluster_namespace_arn
    if not old_arn or old_arn not in policy:
        message = "The resource policy is put on the new namespace as it is: whom it admits there, see the policy."
        return Translation(
            settings={"resource_policy": policy},
            changes=(about.row("resource policy", policy, policy, "carried", member="resource_policy"),),
            findings=(about.warning("resource policy", message, policy, policy),),
        )
    new_policy = policy.replace(old_arn, NEW_NAMESPACE_ARN)
    message = (
        f"The resource policy names the cluster's namespace {old_arn}. Once the new namespace exists, put this one on "
        f"it, with its ARN for {NEW_NAMESPACE_ARN} (aws redshift put-resource-policy --resource-arn "
        f"{NEW_NAMESPACE_ARN} --policy ..., of provisioned Redshift): {new_policy}"
    )
    return Translation(
        changes=(about.row("resource policy", policy, "left to do", "not carried", member="resource_policy"),),
        findings=(about.warning("resource policy", message, policy, new_policy),),
    )


def _lakehouse(cluster: ProvisionedClusterConfig) -> list[Finding]:
    shown = cite(each for each in (cluster.catalog_arn, cluster.lakehouse_registration_status) if each)
    if not shown:
        return []
    message = (
        f"The cluster is registered with the lakehouse ({shown}). "
        "Register the new namespace on its own: aws redshift-serverless update-lakehouse-configuration, which can be "
        "tried with --dry-run. An IAM Identity Center application has to be named when the namespace is created."
    )
    return [about.warning("lakehouse registration", message, shown, "to be registered anew")]
