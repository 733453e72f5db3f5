"""Redshift-managed VPC endpoints of workgroups."""

from __future__ import annotations

import re
from typing import Any

from redshift_simulator.account import SimulatedAccount
from redshift_simulator.errors import conflict, not_found, validation
from redshift_simulator.places import dns_suffix
from redshift_simulator.registry import Parameters, operation
from redshift_simulator.serverless.listing import listed
from redshift_simulator.serverless.workgroups import SECURITY_GROUPS, find_workgroup
from redshift_simulator.transitions import Resource, public

KIND = "serverless_endpoints"
NAME = re.compile(r"[a-z](?!.*--)[a-z0-9-]{0,28}[a-z0-9]|[a-z]")


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
    shown = public(endpoint)
    account.after(endpoint, "endpoint.create", {"endpointStatus": "ACTIVE"})
    return {"endpoint": shown}


@operation("redshift-serverless", "GetEndpointAccess")
def get_endpoint_access(account: SimulatedAccount, region: str, parameters: Parameters) -> dict[str, Any]:
    return {"endpoint": public(_find(account, region, parameters["endpointName"]))}


@operation("redshift-serverless", "ListEndpointAccess")
def list_endpoint_access(account: SimulatedAccount, region: str, parameters: Parameters) -> dict[str, Any]:
    name = parameters.get("workgroupName")
    if name is not None:
        find_workgroup(account, region, name)
    found = [
        public(endpoint)
        for _, endpoint in sorted(account.table(region, KIND).items())
        if name in (None, endpoint["workgroupName"])
    ]
    return listed(account, parameters, "endpoints", found)


@operation("redshift-serverless", "UpdateEndpointAccess")
def update_endpoint_access(account: SimulatedAccount, region: str, parameters: Parameters) -> dict[str, Any]:
    endpoint = _find(account, region, parameters["endpointName"])
    _check_idle(endpoint, "updating")
    groups = parameters.get("vpcSecurityGroupIds")
    if not groups:
        raise validation("No security groups were given for the endpoint.")
    endpoint["endpointStatus"] = "MODIFYING"
    changes = {"endpointStatus": "ACTIVE", "vpcSecurityGroups": _memberships(groups)}
    account.after(endpoint, "endpoint.modify", changes)
    return {"endpoint": public(endpoint)}


@operation("redshift-serverless", "DeleteEndpointAccess")
def delete_endpoint_access(account: SimulatedAccount, region: str, parameters: Parameters) -> dict[str, Any]:
    endpoint = _find(account, region, parameters["endpointName"])
    _check_idle(endpoint, "deleting")
    endpoint["endpointStatus"] = "DELETING"
    shown = public(endpoint)
    account.after(endpoint, "endpoint.delete")
    return {"endpoint": shown}


def _find(account: SimulatedAccount, region: str, name: str) -> Resource:
    endpoint = account.table(region, KIND).get(name)
    if endpoint is None:
        raise not_found(f"Endpoint {name} not found.", name)
    return endpoint


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
        "endpointStatus": "CREATING",
        "address": address,
        "port": workgroup["port"],
        "subnetIds": parameters["subnetIds"],
        "vpcSecurityGroups": _memberships(parameters.get("vpcSecurityGroupIds") or SECURITY_GROUPS),
        "workgroupName": parameters["workgroupName"],
    }


def _memberships(groups: list[str]) -> list[dict[str, str]]:
    return [{"vpcSecurityGroupId": group, "status": "active"} for group in groups]
