"""Namespaces: databases and users, without compute."""

from __future__ import annotations

from typing import Any

import redshift_facts as record
from redshift_simulator.account import Resource, SimulatedAccount, is_changing, public
from redshift_simulator.errors import conflict, validation
from redshift_simulator.registry import Parameters, operation
from redshift_simulator.serverless.resources import PAGES, check_key, check_key_use, check_retention, check_tags, find

KIND = "namespaces"
FRESH = record.facts("namespace.settings")
AWS_OWNED_KEY = FRESH["kms_key_id"].value
PAIRS = (
    {"adminUsername", "adminUserPassword"},
    {"iamRoles", "defaultIamRoleArn"},
    {"manageAdminPassword", "adminPasswordSecretKmsKeyId"},
)
"""The only settings that UpdateNamespace takes together."""
LOG_DESTINATION = {"logDestinationType", "s3TableAction", "s3TableGranularity", "s3TableKmsKeyId", "s3TableNames"}
COPIES = "snapshot_copy_configurations"
COPIED = "_copied"
"""Of a snapshot: where it was copied to."""
SNAPSHOTS = "serverless_snapshots"


@operation("redshift-serverless", "CreateNamespace")
def create_namespace(account: SimulatedAccount, region: str, parameters: Parameters) -> dict[str, Any]:
    name = parameters["namespaceName"]
    if name in account.table(region, KIND):
        raise conflict(f"Namespace {name} already exists")
    _check_admin(parameters)
    _check_roles(parameters, parameters.get("iamRoles", []))
    check_key(parameters.get("kmsKeyId"), region)
    check_key_use(account, parameters.get("kmsKeyId"))
    check_tags(parameters.get("tags", []), name)
    namespace = namespace_of(account, region, name, parameters)
    return {"namespace": account.begin(namespace, "namespace.create", {"status": "MODIFYING"}, {"status": "AVAILABLE"})}


def namespace_of(account: SimulatedAccount, region: str, name: str, parameters: Parameters) -> Resource:
    """An available namespace, put in the account."""
    identifier = account.new_uuid()
    namespace: Resource = {
        "namespaceName": name,
        "namespaceId": identifier,
        "namespaceArn": account.arn("redshift-serverless", region, f"namespace/{identifier}"),
        "status": "AVAILABLE",
        "creationDate": account.clock.now(),
        **{
            record.sent_as(key): parameters.get(record.sent_as(key), FRESH[key].value)
            for key in ("admin_username", "db_name", "kms_key_id")
        },
        "iamRoles": [_print_role(role) for role in parameters.get("iamRoles", [])],
        "logExports": parameters.get("logExports", []),
        "_tags": parameters.get("tags", []),
    }
    namespace["_databases"] = [namespace["dbName"]]
    if "defaultIamRoleArn" in parameters:
        namespace["defaultIamRoleArn"] = parameters["defaultIamRoleArn"]
    if parameters.get("manageAdminPassword"):
        namespace.update(secret_members(account, region, namespace, parameters))
    account.table(region, KIND)[name] = namespace
    return namespace


@operation("redshift-serverless", "GetNamespace")
def get_namespace(account: SimulatedAccount, region: str, parameters: Parameters) -> dict[str, Any]:
    return {"namespace": public(find_namespace(account, region, parameters["namespaceName"]))}


@operation("redshift-serverless", "ListNamespaces")
def list_namespaces(account: SimulatedAccount, region: str, parameters: Parameters) -> dict[str, Any]:
    return PAGES.page(account, parameters, "namespaces", account.select(region, KIND, parameters))


@operation("redshift-serverless", "UpdateNamespace")
def update_namespace(account: SimulatedAccount, region: str, parameters: Parameters) -> dict[str, Any]:
    name = parameters["namespaceName"]
    namespace = find_namespace(account, region, name)
    asked = set(parameters) - {"namespaceName"}
    _check_one_setting(asked, name)
    _check_admin(parameters)
    if "defaultIamRoleArn" in asked and "iamRoles" not in asked:
        raise validation("To change the default IAM role, you must specify the entire list of IAM roles.")
    _check_roles(parameters, parameters.get("iamRoles", []))
    check_key(parameters.get("kmsKeyId"), region)
    check_namespace_idle(namespace, "updating")
    changes = {"status": "AVAILABLE", **_changes(account, region, namespace, parameters)}
    return {"namespace": account.begin(namespace, "namespace.modify", {"status": "MODIFYING"}, changes)}


@operation("redshift-serverless", "DeleteNamespace")
def delete_namespace(account: SimulatedAccount, region: str, parameters: Parameters) -> dict[str, Any]:
    name = parameters["namespaceName"]
    namespace = find_namespace(account, region, name)
    check_namespace_idle(namespace, "deleting")
    if any(group["namespaceName"] == name for group in account.table(region, "workgroups").values()):
        raise conflict(f"Namespace {name} has a workgroup. Delete the workgroup first.")
    check_retention(parameters.get("finalSnapshotRetentionPeriod"))
    if "finalSnapshotName" in parameters:
        days = parameters.get("finalSnapshotRetentionPeriod")
        snapshot_of(account, region, parameters["finalSnapshotName"], namespace, days, [])
    elif "finalSnapshotRetentionPeriod" in parameters:
        raise validation("finalSnapshotRetentionPeriod needs finalSnapshotName.")
    account.table(region, "resource_policies").pop(namespace["namespaceArn"], None)
    copies = account.table(region, "snapshot_copy_configurations")
    for identifier in [key for key, copy in copies.items() if copy["namespaceName"] == name]:
        del copies[identifier]
    return {"namespace": account.begin(namespace, "namespace.delete", {"status": "DELETING"})}


def find_namespace(account: SimulatedAccount, region: str, name: str) -> Resource:
    """A namespace by name; raises ResourceNotFoundException."""
    return find(account, region, KIND, name, "Namespace")


def check_namespace_idle(namespace: Resource, doing: str) -> None:
    """Raise ConflictException while something runs on the namespace."""
    if namespace["status"] != "AVAILABLE" or is_changing(namespace):
        raise conflict(f"There is an operation running on the namespace. Try {doing} the namespace again later.")


def _check_one_setting(asked: set[str], name: str) -> None:
    if not asked:
        raise validation(f"No configuration to update was given for namespace {name}.")
    if len(asked) > 1 and not any(asked <= together for together in (*PAIRS, LOG_DESTINATION)):
        raise validation(
            f"Amazon Redshift Serverless can't update multiple configurations at the same time for namespace {name}."
        )


def _check_admin(parameters: Parameters) -> None:
    if parameters.get("manageAdminPassword"):
        if "adminUserPassword" in parameters:
            raise validation("You can't use adminUserPassword if manageAdminPassword is true.")
    elif ("adminUsername" in parameters) != ("adminUserPassword" in parameters):
        raise validation("Specify both the user name and password, or neither.")
    check_secret_key(parameters)


def check_secret_key(parameters: Parameters) -> None:
    """Raise ValidationException for a key without the secret that it would encrypt."""
    if "adminPasswordSecretKmsKeyId" in parameters and not parameters.get("manageAdminPassword"):
        raise validation("adminPasswordSecretKmsKeyId needs manageAdminPassword to be true.")


def _check_roles(parameters: Parameters, roles: list[str]) -> None:
    default = parameters.get("defaultIamRoleArn")
    if default is not None and default not in roles:
        raise validation(f"The default IAM role {default} must be in the list of IAM roles.")
    for role in roles:
        if not role.startswith("arn:") or ":iam::" not in role or ":role/" not in role:
            raise validation(f"{role} is not the ARN of an IAM role.")


def _changes(account: SimulatedAccount, region: str, namespace: Resource, parameters: Parameters) -> dict[str, Any]:
    """What an update leaves behind; a password is never kept."""
    changes: dict[str, Any] = {
        key: parameters[key]
        for key in ("adminUsername", "kmsKeyId", "logExports", "defaultIamRoleArn")
        if key in parameters
    }
    if "iamRoles" in parameters:
        changes["iamRoles"] = [_print_role(role) for role in parameters["iamRoles"]]
        changes.setdefault("defaultIamRoleArn", None)
    if parameters.get("manageAdminPassword"):
        changes.update(secret_members(account, region, namespace, parameters))
    elif parameters.get("manageAdminPassword") is False or "adminUserPassword" in parameters:
        changes.update({"adminPasswordSecretArn": None, "adminPasswordSecretKmsKeyId": None})
    if parameters.get("s3TableAction") == "Enable":
        changes["s3TablePublishStatus"] = {
            "enabledAll": parameters.get("s3TableNames", ["all"]) == ["all"],
            "s3TableGranularity": parameters.get("s3TableGranularity", "namespace"),
            "s3Tables": parameters.get("s3TableNames", ["all"]),
        }
    elif parameters.get("s3TableAction") == "Disable":
        changes["s3TablePublishStatus"] = None
    return changes


def secret_members(
    account: SimulatedAccount, region: str, namespace: Resource, parameters: Parameters
) -> dict[str, str]:
    """What a namespace shows of a managed admin password: a secret of its own, named after it and the admin user."""
    admin = parameters.get("adminUsername", namespace["adminUsername"])
    name = f"redshift!{namespace['namespaceName']}-{admin}"
    key = parameters.get("adminPasswordSecretKmsKeyId")
    return {"adminPasswordSecretArn": account.arn("secretsmanager", region, f"secret:{name}-Ab12Cd")} | (
        {"adminPasswordSecretKmsKeyId": key} if key else {}
    )


def _print_role(role_arn: str) -> str:
    """A role the way the service really shows it: a printed object instead of an ARN."""
    return f"IamRole(applyStatus=in-sync, iamRoleArn={role_arn})"


def _goes_to(account: SimulatedAccount, region: str, namespace_name: str) -> Resource:
    """The region to which snapshots of the namespace are copied now, and the key there."""
    for copy in account.table(region, COPIES).values():
        if copy["namespaceName"] == namespace_name:
            return {COPIED: {"region": copy["destinationRegion"], "key": copy["destinationKmsKeyId"]}}
    return {}


def snapshot_of(
    account: SimulatedAccount,
    region: str,
    name: str,
    namespace: Resource,
    retention_days: int | None,
    tags: list[dict[str, str]],
) -> Resource:
    """A snapshot that is being taken of a namespace, with its databases as they are now; as a reply shows it."""
    snapshots = account.table(region, SNAPSHOTS)
    if name in snapshots:
        raise conflict(f"Snapshot {name} already exists")
    identifier = account.new_uuid()
    snapshot: Resource = {
        "snapshotName": name,
        "snapshotArn": account.arn("redshift-serverless", region, f"snapshot/{identifier}"),
        "namespaceName": namespace["namespaceName"],
        "namespaceArn": namespace["namespaceArn"],
        "adminUsername": namespace["adminUsername"],
        "kmsKeyId": namespace["kmsKeyId"],
        "ownerAccount": account.account_id,
        "snapshotCreateTime": account.clock.now(),
        "snapshotRetentionPeriod": -1 if retention_days is None else retention_days,
        "_databases": list(namespace.get("_databases", [])),
        "_tags": tags,
        **_goes_to(account, region, namespace["namespaceName"]),
    }
    snapshots[name] = snapshot
    return account.begin(snapshot, "snapshot.create", {"status": "CREATING"}, {"status": "AVAILABLE"})
