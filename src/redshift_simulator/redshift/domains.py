"""Custom domain names of clusters, one each; whoever comes by the name goes where it leads."""

from __future__ import annotations

from typing import Any

from redshift_simulator.account import Resource, SimulatedAccount
from redshift_simulator.data.clients import arrive, leave
from redshift_simulator.errors import SimulatedError
from redshift_simulator.redshift.clusters import find_cluster
from redshift_simulator.redshift.listing import PAGES
from redshift_simulator.registry import Parameters, operation

CERTIFICATE_LIFE_S = 395 * 86_400.0
MEMBERS = ("CustomDomainName", "CustomDomainCertificateArn", "CustomDomainCertificateExpiryDate")


@operation("redshift", "CreateCustomDomainAssociation")
def create_custom_domain_association(account: SimulatedAccount, region: str, parameters: Parameters) -> dict[str, Any]:
    cluster = find_cluster(account, region, parameters["ClusterIdentifier"])
    domain, certificate = parameters["CustomDomainName"], parameters["CustomDomainCertificateArn"]
    if cluster.get("CustomDomainName") or domain in account.table(region, "serverless_custom_domains"):
        raise SimulatedError("CustomCnameAssociationFault", f"{domain} is associated already, or the cluster has one.")
    expires_s = associate(account, cluster, domain, certificate)
    arrive(account, region, domain, cluster)
    return {
        "CustomDomainName": domain,
        "CustomDomainCertificateArn": certificate,
        "ClusterIdentifier": cluster["ClusterIdentifier"],
        "CustomDomainCertExpiryTime": str(int(expires_s)),
    }


def associate(account: SimulatedAccount, cluster: Resource, domain: str, certificate: str) -> float:
    """Give the cluster a name of its own. Returns when its certificate ends."""
    expires_s = account.clock.now() + CERTIFICATE_LIFE_S
    cluster.update(dict(zip(MEMBERS, (domain, certificate, expires_s), strict=True)))
    return expires_s


@operation("redshift", "DeleteCustomDomainAssociation")
def delete_custom_domain_association(account: SimulatedAccount, region: str, parameters: Parameters) -> dict[str, Any]:
    cluster = find_cluster(account, region, parameters["ClusterIdentifier"])
    domain = parameters["CustomDomainName"]
    if cluster.get("CustomDomainName") != domain:
        raise SimulatedError("CustomDomainAssociationNotFoundFault", f"{domain} is not associated.", 404)
    for member in MEMBERS:
        cluster.pop(member, None)
    leave(account, region, domain, cluster)
    return {}


@operation("redshift", "DescribeCustomDomainAssociations")
def describe_custom_domain_associations(
    account: SimulatedAccount, region: str, parameters: Parameters
) -> dict[str, Any]:
    asked = parameters.get("CustomDomainName")
    found = [
        {
            "CustomDomainCertificateArn": cluster["CustomDomainCertificateArn"],
            "CustomDomainCertificateExpiryDate": cluster["CustomDomainCertificateExpiryDate"],
            "CertificateAssociations": [
                {
                    "CustomDomainName": cluster["CustomDomainName"],
                    "ClusterIdentifier": cluster["ClusterIdentifier"],
                }
            ],
        }
        for _, cluster in sorted(account.table(region, "clusters").items())
        if cluster.get("CustomDomainName") and asked in (None, cluster["CustomDomainName"])
    ]
    if asked and not found:
        raise SimulatedError("CustomDomainAssociationNotFoundFault", f"{asked} is not associated.", 404)
    return PAGES.page(account, parameters, "Associations", found)
