"""Workgroups: the compute of a namespace, and the tracks they are on."""

from __future__ import annotations

from typing import Any

from redshift_simulator.account import Resource, SimulatedAccount, is_changing, public
from redshift_simulator.errors import conflict, not_found, validation
from redshift_simulator.exchange import dns_suffix
from redshift_simulator.redshift.clusters import TRACK_VERSIONS
from redshift_simulator.registry import Parameters, operation
from redshift_simulator.serverless.namespaces import check_namespace_idle, find_namespace
from redshift_simulator.serverless.resources import NEWER_PAGES, PAGES, check_key_use, check_tags, find
from redshift_simulator.serverless.settings import (
    check_network,
    check_settings,
    merge_parameters,
    settings_of,
)
from redshift_simulator.serverless.usage_limits import forget_limits_of

KIND = "workgroups"
SUBNETS = ["subnet-0a1b2c3d4e5f60718", "subnet-0b1c2d3e4f5061728", "subnet-0c1d2e3f405162738"]
SECURITY_GROUPS = ["sg-0a1b2c3d4e5f60718"]
TRACKS = {"current": "trailing", "trailing": "current"}
"""Track -> the track that a workgroup on it can be moved to."""


@operation("redshift-serverless", "CreateWorkgroup")
def create_workgroup(account: SimulatedAccount, region: str, parameters: Parameters) -> dict[str, Any]:
    name, namespace_name = parameters["workgroupName"], parameters["namespaceName"]
    workgroups = account.table(region, KIND)
    if name in workgroups:
        raise conflict(f"Workgroup {name} already exists")
    namespace = find_namespace(account, region, namespace_name)
    if any(group["namespaceName"] == namespace_name for group in workgroups.values()):
        raise conflict(f"Namespace {namespace_name} already has a workgroup.")
    check_track(parameters.get("trackName", "current"))
    check_settings(parameters, {})
    check_network(account, region, parameters, {})
    check_tags(parameters.get("tags", []), name)
    check_namespace_idle(namespace, "using")
    check_key_use(account, namespace["kmsKeyId"])
    workgroup = workgroup_of(account, region, name, parameters)
    return {"workgroup": account.begin(workgroup, "workgroup.create", {"status": "CREATING"}, {"status": "AVAILABLE"})}


def workgroup_of(account: SimulatedAccount, region: str, name: str, parameters: Parameters) -> Resource:
    """An available workgroup, put in the account."""
    identifier = account.new_uuid()
    settings = settings_of(parameters)
    workgroup: Resource = {
        "workgroupId": identifier,
        "workgroupArn": account.arn("redshift-serverless", region, f"workgroup/{identifier}"),
        "status": "AVAILABLE",
        "creationDate": account.clock.now(),
        "securityGroupIds": SECURITY_GROUPS,
        "subnetIds": SUBNETS,
        "crossAccountVpcs": [],
        **settings,
        "workgroupName": name,
        "endpoint": _endpoint(account, region, name, settings["port"]),
        "workgroupVersion": TRACK_VERSIONS[settings["trackName"]],
        "patchVersion": "1",
        "_tags": parameters.get("tags", []),
    }
    account.table(region, KIND)[name] = workgroup
    return workgroup


@operation("redshift-serverless", "GetWorkgroup")
def get_workgroup(account: SimulatedAccount, region: str, parameters: Parameters) -> dict[str, Any]:
    return {"workgroup": public(find_workgroup(account, region, parameters["workgroupName"]))}


@operation("redshift-serverless", "ListWorkgroups")
def list_workgroups(account: SimulatedAccount, region: str, parameters: Parameters) -> dict[str, Any]:
    return PAGES.page(account, parameters, "workgroups", account.select(region, KIND, parameters))


@operation("redshift-serverless", "UpdateWorkgroup")
def update_workgroup(account: SimulatedAccount, region: str, parameters: Parameters) -> dict[str, Any]:
    name = parameters["workgroupName"]
    workgroup = find_workgroup(account, region, name)
    asked = set(parameters) - {"workgroupName"}
    if not asked:
        raise validation(f"No configuration to update was given for workgroup {name}.")
    if len(asked) > 1:
        raise validation(f"Can't update multiple configurations at the same time for workgroup {name}.")
    if "trackName" in parameters:
        check_track(parameters["trackName"])
    check_settings(parameters, workgroup)
    check_network(account, region, parameters, workgroup)
    check_workgroup_idle(account, region, workgroup, "updating")
    changes = {"status": "AVAILABLE", **_changes(account, region, workgroup, parameters)}
    return {"workgroup": account.begin(workgroup, "workgroup.modify", {"status": "MODIFYING"}, changes)}


@operation("redshift-serverless", "DeleteWorkgroup")
def delete_workgroup(account: SimulatedAccount, region: str, parameters: Parameters) -> dict[str, Any]:
    workgroup = find_workgroup(account, region, parameters["workgroupName"])
    check_workgroup_idle(account, region, workgroup, "deleting")
    name = workgroup["workgroupName"]
    if any(endpoint["workgroupName"] == name for endpoint in account.table(region, "serverless_endpoints").values()):
        raise conflict(f"Workgroup {name} has VPC endpoints. Delete them first.")
    forget_limits_of(account, region, workgroup["workgroupArn"])
    return {"workgroup": account.begin(workgroup, "workgroup.delete", {"status": "DELETING"})}


def find_workgroup(account: SimulatedAccount, region: str, name: str) -> Resource:
    """A workgroup by name; raises ResourceNotFoundException."""
    return find(account, region, KIND, name, "Serverless workgroup")


def check_workgroup_idle(account: SimulatedAccount, region: str, workgroup: Resource, doing: str) -> None:
    """Raise ConflictException while something runs on the workgroup or its namespace."""
    if workgroup["status"] != "AVAILABLE" or is_changing(workgroup):
        raise conflict(f"There is an operation running on the workgroup. Try {doing} the workgroup again later.")
    check_namespace_idle(find_namespace(account, region, workgroup["namespaceName"]), "using")


def _changes(account: SimulatedAccount, region: str, workgroup: Resource, parameters: Parameters) -> dict[str, Any]:
    ((key, value),) = ((key, value) for key, value in parameters.items() if key != "workgroupName")
    if key == "trackName":
        return _track_changes(workgroup, value)
    if key == "maxCapacity" and value == -1:
        return {"maxCapacity": None}
    if key == "configParameters":
        return {key: merge_parameters(workgroup["configParameters"], value)}
    if key == "port":
        return {key: value, "endpoint": _endpoint(account, region, workgroup["workgroupName"], value)}
    return {key: value}


def _track_changes(workgroup: Resource, wanted: str) -> dict[str, Any]:
    """To a newer track at once; to an older one never by a downgrade, so it stays pending until that catches up."""
    if wanted == workgroup["trackName"]:
        return {"pendingTrackName": None}
    if wanted == "trailing":
        return {"pendingTrackName": "trailing"}
    return {"trackName": wanted, "pendingTrackName": None, "workgroupVersion": TRACK_VERSIONS[wanted]}


def _endpoint(account: SimulatedAccount, region: str, name: str, port: int) -> dict[str, Any]:
    address = f"{name}.{account.account_id}.{region}.redshift-serverless.{dns_suffix(region)}"
    return {"address": address, "port": port}


@operation("redshift-serverless", "ListTracks")
def list_tracks(account: SimulatedAccount, region: str, parameters: Parameters) -> dict[str, Any]:
    return NEWER_PAGES.page(account, parameters, "tracks", [_track(name) for name in TRACKS])


@operation("redshift-serverless", "GetTrack")
def get_track(account: SimulatedAccount, region: str, parameters: Parameters) -> dict[str, Any]:
    name = parameters["trackName"]
    if name not in TRACKS:
        raise not_found(f"Track {name} not found.", name)
    return {"track": _track(name)}


def _track(name: str) -> dict[str, Any]:
    target = TRACKS[name]
    return {
        "trackName": name,
        "workgroupVersion": TRACK_VERSIONS[name],
        "updateTargets": [{"trackName": target, "workgroupVersion": TRACK_VERSIONS[target]}],
    }


def check_track(name: str) -> None:
    """Raise ValidationException for a track that workgroups do not have."""
    if name not in TRACKS:
        raise validation(f"The track name {name} isn't supported. Supported values: {sorted(TRACKS)}")
