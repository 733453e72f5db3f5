"""Custom domain names of workgroups: one a workgroup."""

from __future__ import annotations

from typing import Any

from redshift_simulator.account import SimulatedAccount
from redshift_simulator.errors import conflict, not_found
from redshift_simulator.registry import Parameters, operation
from redshift_simulator.serverless.listing import listed
from redshift_simulator.serverless.workgroups import find_workgroup
from redshift_simulator.transitions import Resource

KIND = "serverless_custom_domains"
CERTIFICATE_LIFE_S = 395 * 86_400.0
WORKGROUP_MEMBERS = ("customDomainName", "customDomainCertificateArn", "customDomainCertificateExpiryTime")


@operation("redshift-serverless", "CreateCustomDomainAssociation")
def create_custom_domain_association(account: SimulatedAccount, region: str, parameters: Parameters) -> dict[str, Any]:
    domain, domains = parameters["customDomainName"], account.table(region, KIND)
    workgroup = find_workgroup(account, region, parameters["workgroupName"])
    if domain in domains or "customDomainName" in workgroup:
        raise conflict(f"A custom domain association already exists for {domain} or the workgroup.")
    association = {
        "customDomainName": domain,
        "customDomainCertificateArn": parameters["customDomainCertificateArn"],
        "customDomainCertificateExpiryTime": account.clock.now() + CERTIFICATE_LIFE_S,
        "workgroupName": parameters["workgroupName"],
    }
    domains[domain] = association
    workgroup.update({key: association[key] for key in WORKGROUP_MEMBERS})
    return dict(association)


@operation("redshift-serverless", "GetCustomDomainAssociation")
def get_custom_domain_association(account: SimulatedAccount, region: str, parameters: Parameters) -> dict[str, Any]:
    return dict(_find(account, region, parameters))


@operation("redshift-serverless", "ListCustomDomainAssociations")
def list_custom_domain_associations(account: SimulatedAccount, region: str, parameters: Parameters) -> dict[str, Any]:
    name, certificate = parameters.get("customDomainName"), parameters.get("customDomainCertificateArn")
    found = [
        dict(association)
        for _, association in sorted(account.table(region, KIND).items())
        if name in (None, association["customDomainName"])
        and certificate in (None, association["customDomainCertificateArn"])
    ]
    return listed(account, parameters, "associations", found, "InvalidPaginationException")


@operation("redshift-serverless", "DeleteCustomDomainAssociation")
def delete_custom_domain_association(account: SimulatedAccount, region: str, parameters: Parameters) -> dict[str, Any]:
    association = _find(account, region, parameters)
    workgroup = find_workgroup(account, region, association["workgroupName"])
    for member in WORKGROUP_MEMBERS:
        workgroup.pop(member, None)
    del account.table(region, KIND)[association["customDomainName"]]
    return {}


def _find(account: SimulatedAccount, region: str, parameters: Parameters) -> Resource:
    domain = parameters["customDomainName"]
    association = account.table(region, KIND).get(domain)
    if association is None or association["workgroupName"] != parameters["workgroupName"]:
        raise not_found(f"Custom domain association {domain} not found.", domain)
    return association
