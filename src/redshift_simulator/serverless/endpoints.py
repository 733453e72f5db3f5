"""Redshift-managed VPC endpoints of workgroups, and custom domain names, one a workgroup."""

from __future__ import annotations

import re
from typing import Any

from redshift_simulator.account import Resource, SimulatedAccount, public
from redshift_simulator.data.clients import arrive, leave
from redshift_simulator.errors import conflict, not_found, validation
from redshift_simulator.exchange import dns_suffix
from redshift_simulator.registry import Parameters, operation
from redshift_simulator.serverless.resources import NEWER_PAGES, PAGES, find
from redshift_simulator.serverless.workgroups import SECURITY_GROUPS, find_workgroup

KIND = "serverless_endpoints"
NAME = re.compile(r"[a-z](?!.*--)[a-z0-9-]{0,28}[a-z0-9]|[a-z]")
DOMAINS = "serverless_custom_domains"
CERTIFICATE_LIFE_S = 395 * 86_400.0
WORKGROUP_MEMBERS = ("customDomainName", "customDomainCertificateArn", "customDomainCertificateExpiryTime")


@operation("redshift-serverless", "CreateEndpointAccess")
def create_endpoint_access(account: SimulatedAccount, region: str, parameters: Parameters) -> dict[str, Any]:
    name, endpoints = parameters["endpointName"], account.table(region, KIND)
    if not NAME.fullmatch(name):
        raise validation(f"The endpoint name {name} isn't valid.")
    if name in endpoints:
        raise conflict(f"Endpoint {name} already exists")
    if not parameters["subnetIds"]:
        raise validation("At least one subnet is needed for an endpoint.")
    workgroup = find_workgroup(account, region, parameters["workgroupName"])
    if workgroup["status"] != "AVAILABLE":
        raise conflict("There is an operation running on the workgroup. Try creating the endpoint again later.")
    endpoint = _endpoint(account, region, name, parameters, workgroup)
    endpoints[name] = endpoint
    done = {"endpointStatus": "ACTIVE"}
    return {"endpoint": account.begin(endpoint, "endpoint.create", {"endpointStatus": "CREATING"}, done)}


@operation("redshift-serverless", "GetEndpointAccess")
def get_endpoint_access(account: SimulatedAccount, region: str, parameters: Parameters) -> dict[str, Any]:
    return {"endpoint": public(_find_endpoint(account, region, parameters["endpointName"]))}


@operation("redshift-serverless", "ListEndpointAccess")
def list_endpoint_access(account: SimulatedAccount, region: str, parameters: Parameters) -> dict[str, Any]:
    name = parameters.get("workgroupName")
    if name is not None:
        find_workgroup(account, region, name)
    return PAGES.page(account, parameters, "endpoints", account.select(region, KIND, parameters, "workgroupName"))


@operation("redshift-serverless", "UpdateEndpointAccess")
def update_endpoint_access(account: SimulatedAccount, region: str, parameters: Parameters) -> dict[str, Any]:
    endpoint = _find_endpoint(account, region, parameters["endpointName"])
    _check_idle(endpoint, "updating")
    groups = parameters.get("vpcSecurityGroupIds")
    if not groups:
        raise validation("No security groups were given for the endpoint.")
    changes = {"endpointStatus": "ACTIVE", "vpcSecurityGroups": _memberships(groups)}
    return {"endpoint": account.begin(endpoint, "endpoint.modify", {"endpointStatus": "MODIFYING"}, changes)}


@operation("redshift-serverless", "DeleteEndpointAccess")
def delete_endpoint_access(account: SimulatedAccount, region: str, parameters: Parameters) -> dict[str, Any]:
    endpoint = _find_endpoint(account, region, parameters["endpointName"])
    _check_idle(endpoint, "deleting")
    return {"endpoint": account.begin(endpoint, "endpoint.delete", {"endpointStatus": "DELETING"})}


def _find_endpoint(account: SimulatedAccount, region: str, name: str) -> Resource:
    return find(account, region, KIND, name, "Endpoint")


def _check_idle(endpoint: Resource, doing: str) -> None:
    if endpoint["endpointStatus"] != "ACTIVE":
        raise conflict(f"There is an operation running on the endpoint. Try {doing} the endpoint again later.")


def _endpoint(
    account: SimulatedAccount, region: str, name: str, parameters: Parameters, workgroup: Resource
) -> Resource:
    identifier = account.new_uuid()
    address = f"{name}-endpoint-{identifier[:8]}.{account.account_id}.{region}.redshift-serverless.{dns_suffix(region)}"
    return {
        "endpointName": name,
        "endpointArn": account.arn("redshift-serverless", region, f"managedvpcendpoint/{identifier}"),
        "endpointCreateTime": account.clock.now(),
        "address": address,
        "port": workgroup["port"],
        "subnetIds": parameters["subnetIds"],
        "vpcSecurityGroups": _memberships(parameters.get("vpcSecurityGroupIds") or SECURITY_GROUPS),
        "workgroupName": parameters["workgroupName"],
    }


def _memberships(groups: list[str]) -> list[dict[str, str]]:
    return [{"vpcSecurityGroupId": group, "status": "active"} for group in groups]


@operation("redshift-serverless", "CreateCustomDomainAssociation")
def create_custom_domain_association(account: SimulatedAccount, region: str, parameters: Parameters) -> dict[str, Any]:
    domain, domains = parameters["customDomainName"], account.table(region, DOMAINS)
    workgroup = find_workgroup(account, region, parameters["workgroupName"])
    of_clusters = {cluster.get("CustomDomainName") for cluster in account.table(region, "clusters").values()}
    if domain in domains or domain in of_clusters or "customDomainName" in workgroup:
        raise conflict(f"A custom domain association already exists for {domain} or the workgroup.")
    association = {
        "customDomainName": domain,
        "customDomainCertificateArn": parameters["customDomainCertificateArn"],
        "customDomainCertificateExpiryTime": account.clock.now() + CERTIFICATE_LIFE_S,
        "workgroupName": parameters["workgroupName"],
    }
    domains[domain] = association
    workgroup.update({key: association[key] for key in WORKGROUP_MEMBERS})
    arrive(account, region, domain, account.table(region, "namespaces")[workgroup["namespaceName"]])
    return dict(association)


@operation("redshift-serverless", "GetCustomDomainAssociation")
def get_custom_domain_association(account: SimulatedAccount, region: str, parameters: Parameters) -> dict[str, Any]:
    return dict(_find_domain(account, region, parameters))


@operation("redshift-serverless", "ListCustomDomainAssociations")
def list_custom_domain_associations(account: SimulatedAccount, region: str, parameters: Parameters) -> dict[str, Any]:
    found = account.select(region, DOMAINS, parameters, "customDomainName", "customDomainCertificateArn")
    return NEWER_PAGES.page(account, parameters, "associations", found)


@operation("redshift-serverless", "DeleteCustomDomainAssociation")
def delete_custom_domain_association(account: SimulatedAccount, region: str, parameters: Parameters) -> dict[str, Any]:
    association = _find_domain(account, region, parameters)
    workgroup = find_workgroup(account, region, association["workgroupName"])
    for member in WORKGROUP_MEMBERS:
        workgroup.pop(member, None)
    domain = association["customDomainName"]
    leave(account, region, domain, account.table(region, "namespaces")[workgroup["namespaceName"]])
    del account.table(region, DOMAINS)[domain]
    return {}


def _find_domain(account: SimulatedAccount, region: str, parameters: Parameters) -> Resource:
    domain = parameters["customDomainName"]
    association = account.table(region, DOMAINS).get(domain)
    if association is None or association["workgroupName"] != parameters["workgroupName"]:
        raise not_found(f"Custom domain association {domain} not found.", domain)
    return association
