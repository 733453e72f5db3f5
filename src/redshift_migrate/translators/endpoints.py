"""Ways in: host name, custom domain, managed VPC endpoints and who may make them."""

from __future__ import annotations

import re

from redshift_migrate.models.base import Unknown
from redshift_migrate.models.choices import MigrationChoices
from redshift_migrate.models.cluster import EndpointAccess, ProvisionedClusterConfig
from redshift_migrate.models.finding import Finding, Subject
from redshift_migrate.models.plan import SettingChange
from redshift_migrate.models.serverless import WantedEndpoint
from redshift_migrate.translators.translation import About, Translation, cite

LONGEST_ENDPOINT_NAME = 30
"""Source: API reference, CreateEndpointAccess."""

SUFFIX = "-sl"
DNS_SUFFIXES = {"aws-cn": "amazonaws.com.cn"}

about = About(Subject.ENDPOINTS)


def translate_endpoints(cluster: ProvisionedClusterConfig, choices: MigrationChoices) -> Translation:
    """Managed endpoints under new names, because both stand at once; the rest is to do at the cut-over.

    Source: API reference, CreateEndpointAccess; Management Guide, "Connecting to Amazon Redshift Serverless".
    """
    host = host_name(cluster, choices)
    endpoints = _translate_managed(cluster)
    return Translation(
        settings=endpoints.settings,
        changes=(
            about.row("host name", cluster.endpoint_address, host, "not carried"),
            *_custom_domain_rows(cluster),
            *endpoints.changes,
        ),
        findings=(
            _host(cluster, host),
            *_custom_domain(cluster, choices),
            *endpoints.findings,
            *_authorizations(cluster),
        ),
    )


def host_name(cluster: ProvisionedClusterConfig, choices: MigrationChoices) -> str:
    """Where clients find the workgroup."""
    suffix = DNS_SUFFIXES.get(cluster.partition, "amazonaws.com")
    return f"{choices.workgroup_name}.{cluster.account_id}.{cluster.region}.redshift-serverless.{suffix}"


def new_endpoint_name(name: str, taken: set[str]) -> str:
    """A valid name that is not the old one and not taken yet; remembers it."""
    stem = re.sub(r"-{2,}", "-", re.sub(r"[^A-Za-z0-9-]", "-", name)).strip("-")
    stem = stem if stem[:1].isalpha() else f"e-{stem}".rstrip("-")
    number = 1
    while True:
        suffix = SUFFIX if number == 1 else f"{SUFFIX}{number}"
        candidate = stem[: LONGEST_ENDPOINT_NAME - len(suffix)].rstrip("-") + suffix
        if candidate not in taken:
            taken.add(candidate)
            return candidate
        number += 1


def _host(cluster: ProvisionedClusterConfig, host: str) -> Finding:
    message = (
        f"Clients connect to {host}. Every connection string, JDBC URL, function and dashboard that names the cluster "
        "has to change; only a custom domain hides that. The Data API is called with WorkgroupName instead of "
        "ClusterIdentifier, and without DbUser. Health checks of connection pools count as use and are billed."
    )
    return about.warning("host name", message, cluster.endpoint_address, host)


def _custom_domain_rows(cluster: ProvisionedClusterConfig) -> tuple[SettingChange, ...]:
    name = cluster.custom_domain_name
    return (about.row("custom domain", name, "left to the cut-over", "not carried"),) if name else ()


def _custom_domain(cluster: ProvisionedClusterConfig, choices: MigrationChoices) -> list[Finding]:
    name = cluster.custom_domain_name
    if not name:
        return []
    certificate = cluster.custom_domain_certificate_arn or "CERTIFICATE_ARN"
    message = (
        f"{name} can move to the workgroup at the cut-over, not before: both may not have it at once. The cut-over "
        "plan takes it from the cluster (aws redshift delete-custom-domain-association) and gives it to it (aws "
        f"redshift-serverless create-custom-domain-association --workgroup-name {choices.workgroup_name} "
        f"--custom-domain-name {name} --custom-domain-certificate-arn {certificate}, which needs "
        "acm:DescribeCertificate); then point its CNAME to the new host name."
    )
    return [about.warning("custom domain", message, f"{name} with {certificate}", "left to the cut-over")]


def _translate_managed(cluster: ProvisionedClusterConfig) -> Translation:
    endpoints = cluster.endpoint_access
    if isinstance(endpoints, Unknown):
        consequence = "Endpoints that it has are not made for the workgroup, and who comes through them is cut off."
        return Translation(findings=(about.unknown("warning", "managed VPC endpoints", endpoints, consequence),))
    wanted: list[WantedEndpoint] = []
    changes, findings = [], []
    taken = {endpoint.endpoint_name for endpoint in endpoints}
    for endpoint in sorted(endpoints, key=lambda endpoint: endpoint.endpoint_name):
        obstacle = _obstacle(endpoint, cluster)
        if obstacle:
            message = f"Endpoint {endpoint.endpoint_name} is not made for the workgroup: {obstacle}."
            findings.append(about.warning("managed VPC endpoint", message, _say(endpoint), "none"))
            changes.append(about.row("managed VPC endpoint", endpoint.endpoint_name, "none", "not carried"))
            continue
        new = _want(endpoint, taken)
        wanted.append(new)
        message = (
            f"Endpoint {endpoint.endpoint_name} gets a twin to the workgroup, {new.endpoint_name}, with an address of "
            "its own: whoever comes through it has to change the address. The old one stays with the cluster."
        )
        findings.append(about.warning("managed VPC endpoint", message, _say(endpoint), new.endpoint_name))
        changes.append(
            about.row(
                "managed VPC endpoint",
                endpoint.endpoint_name,
                new.endpoint_name,
                "translated",
                f"endpoint_access.{new.endpoint_name}",
            )
        )
    return Translation(
        settings={"endpoint_access": tuple(wanted)} if wanted else {}, changes=tuple(changes), findings=tuple(findings)
    )


def _want(endpoint: EndpointAccess, taken: set[str]) -> WantedEndpoint:
    return WantedEndpoint(
        endpoint_name=new_endpoint_name(endpoint.endpoint_name, taken),
        subnet_ids=tuple(sorted(set(endpoint.subnet_ids))),
        vpc_security_group_ids=tuple(sorted(set(endpoint.vpc_security_group_ids))),
    )


def _say(endpoint: EndpointAccess) -> str:
    place = f" in {endpoint.vpc_id}" if endpoint.vpc_id else ""
    return f"{endpoint.endpoint_name}{place} ({cite(endpoint.subnet_ids) or 'no known subnets'})"


def _obstacle(endpoint: EndpointAccess, cluster: ProvisionedClusterConfig) -> str:
    if endpoint.resource_owner not in (None, "", cluster.account_id):
        return f"it belongs to account {endpoint.resource_owner}, which has to make its own to the workgroup"
    if endpoint.status in ("deleting", "DELETING"):
        return "it is being deleted"
    if not endpoint.subnet_ids:
        return f"the subnets of {endpoint.subnet_group_name or 'its subnet group'} are not known"
    return ""


def _authorizations(cluster: ProvisionedClusterConfig) -> list[Finding]:
    grants = cluster.endpoint_authorizations
    if isinstance(grants, Unknown):
        consequence = "Accounts that may make endpoints to the cluster may make none to the workgroup."
        return [about.unknown("warning", "endpoint authorizations", grants, consequence)]
    live = [grant for grant in grants if grant.status != "Revoking"]
    if not live:
        return []
    told = cite(
        f"{grant.grantee} ({'all VPCs' if grant.allowed_all_vpcs else cite(grant.allowed_vpcs) or 'no VPC'})"
        for grant in live
    )
    message = (
        f"These accounts may make endpoints to the cluster: {told}. For a workgroup no API grants that; it is done in "
        "the console, per workgroup, under Granted accounts."
    )
    return [about.warning("endpoint authorizations", message, told, "left to do in the console")]
