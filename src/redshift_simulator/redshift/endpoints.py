"""Redshift-managed VPC endpoints of clusters, and the accounts that may make some."""

from __future__ import annotations

from typing import Any

from redshift_simulator.account import SimulatedAccount
from redshift_simulator.redshift.clusters import find_cluster
from redshift_simulator.redshift.listing import PAGES, check_known
from redshift_simulator.registry import Parameters, operation

KIND = "cluster_endpoints"
AUTHORIZATIONS = "cluster_endpoint_authorizations"


@operation("redshift", "DescribeEndpointAccess")
def describe_endpoint_access(account: SimulatedAccount, region: str, parameters: Parameters) -> dict[str, Any]:
    if "ClusterIdentifier" in parameters:
        find_cluster(account, region, parameters["ClusterIdentifier"])
    check_known(account, region, KIND, parameters.get("EndpointName"), "EndpointNotFound", "Endpoint")
    found = account.select(region, KIND, parameters, "ClusterIdentifier", "EndpointName")
    return PAGES.page(account, parameters, "EndpointAccessList", found)


@operation("redshift", "DescribeEndpointAuthorization")
def describe_endpoint_authorization(account: SimulatedAccount, region: str, parameters: Parameters) -> dict[str, Any]:
    if "ClusterIdentifier" in parameters:
        find_cluster(account, region, parameters["ClusterIdentifier"])
    given = account.select(region, AUTHORIZATIONS, parameters, "ClusterIdentifier")
    found = [] if parameters.get("Grantee") else given  # the account gave authorizations; it was given none
    return PAGES.page(account, parameters, "EndpointAuthorizationList", found)


def endpoint_of(
    account: SimulatedAccount, region: str, name: str, cluster: str, subnets: list[str], security_groups: list[str]
) -> None:
    """An active endpoint with an interface in each of these subnets."""
    interfaces = [
        {"NetworkInterfaceId": f"eni-{subnet.removeprefix('subnet-')}", "SubnetId": subnet} for subnet in subnets
    ]
    account.table(region, KIND)[name] = {
        "ClusterIdentifier": cluster,
        "ResourceOwner": account.account_id,
        "SubnetGroupName": f"{name}-subnets",
        "EndpointStatus": "active",
        "EndpointName": name,
        "Port": 5439,
        "Address": f"{name}-endpoint.c{account.account_id[-8:]}.{region}.redshift.amazonaws.com",
        "VpcSecurityGroups": [{"VpcSecurityGroupId": group, "Status": "active"} for group in security_groups],
        "VpcEndpoint": {
            "VpcEndpointId": "vpce-0a1b2c3d4e5f60718",
            "VpcId": "vpc-0f1e2d3c4b5a69788",
            "NetworkInterfaces": interfaces,
        },
    }


def endpoint_authorization_of(account: SimulatedAccount, region: str, cluster: str, grantee: str) -> None:
    """Another account may make endpoints from all of its VPCs."""
    account.table(region, AUTHORIZATIONS)[f"{cluster}/{grantee}"] = {
        "Grantor": account.account_id,
        "Grantee": grantee,
        "ClusterIdentifier": cluster,
        "ClusterStatus": "available",
        "Status": "Authorized",
        "AllowedAllVPCs": True,
        "AllowedVPCs": [],
        "EndpointCount": 1,
    }
