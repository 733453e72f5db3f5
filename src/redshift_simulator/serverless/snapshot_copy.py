"""Copies of a namespace's snapshots to another region: at most one configuration a namespace."""

from __future__ import annotations

from typing import Any

from redshift_simulator.account import Resource, SimulatedAccount, public
from redshift_simulator.errors import conflict, validation
from redshift_simulator.exchange import partition_of
from redshift_simulator.registry import Parameters, operation
from redshift_simulator.serverless.namespaces import AWS_OWNED_KEY, COPIES, check_namespace_idle, find_namespace
from redshift_simulator.serverless.resources import NEWER_PAGES, check_key, check_retention, find

DISABLED_REGIONS = "snapshot_copy_disabled_regions"
"""Setting of the account: regions that answer as if the feature had not arrived there."""


@operation("redshift-serverless", "CreateSnapshotCopyConfiguration")
def create_snapshot_copy_configuration(
    account: SimulatedAccount, region: str, parameters: Parameters
) -> dict[str, Any]:
    _check_enabled(account, region)
    name = parameters["namespaceName"]
    namespace = find_namespace(account, region, name)
    _check_destination(parameters["destinationRegion"], region)
    check_retention(parameters.get("snapshotRetentionPeriod"))
    check_key(parameters.get("destinationKmsKeyId"), parameters["destinationRegion"], "the destination Region")
    copies = account.table(region, COPIES)
    if any(copy["namespaceName"] == name for copy in copies.values()):
        raise conflict(f"A snapshot copy configuration already exists for namespace {name}.")
    check_namespace_idle(namespace, "configuring")
    copy = copy_of(account, region, name, parameters)
    _occupy(account, namespace)
    return {"snapshotCopyConfiguration": public(copy)}


def copy_of(account: SimulatedAccount, region: str, namespace_name: str, parameters: Parameters) -> Resource:
    """A snapshot copy configuration, put in the account."""
    identifier = account.new_uuid()
    copy: Resource = {
        "snapshotCopyConfigurationId": identifier,
        "snapshotCopyConfigurationArn": account.arn(
            "redshift-serverless", region, f"snapshotcopyconfiguration/{identifier}"
        ),
        "namespaceName": namespace_name,
        "destinationRegion": parameters["destinationRegion"],
        "destinationKmsKeyId": parameters.get("destinationKmsKeyId", AWS_OWNED_KEY),
        "snapshotRetentionPeriod": parameters.get("snapshotRetentionPeriod", -1),
    }
    account.table(region, COPIES)[identifier] = copy
    return copy


@operation("redshift-serverless", "ListSnapshotCopyConfigurations")
def list_snapshot_copy_configurations(account: SimulatedAccount, region: str, parameters: Parameters) -> dict[str, Any]:
    _check_enabled(account, region)
    name = parameters.get("namespaceName")
    if name is not None:
        find_namespace(account, region, name)
    copies = [public(copy) for copy in account.table(region, COPIES).values() if name in (None, copy["namespaceName"])]
    return NEWER_PAGES.page(account, parameters, "snapshotCopyConfigurations", copies)


@operation("redshift-serverless", "UpdateSnapshotCopyConfiguration")
def update_snapshot_copy_configuration(
    account: SimulatedAccount, region: str, parameters: Parameters
) -> dict[str, Any]:
    copy = _find(account, region, parameters["snapshotCopyConfigurationId"])
    if "snapshotRetentionPeriod" not in parameters:
        raise validation("snapshotRetentionPeriod is required to update a snapshot copy configuration.")
    check_retention(parameters["snapshotRetentionPeriod"])
    namespace = find_namespace(account, region, copy["namespaceName"])
    check_namespace_idle(namespace, "configuring")
    copy["snapshotRetentionPeriod"] = parameters["snapshotRetentionPeriod"]
    _occupy(account, namespace)
    return {"snapshotCopyConfiguration": public(copy)}


@operation("redshift-serverless", "DeleteSnapshotCopyConfiguration")
def delete_snapshot_copy_configuration(
    account: SimulatedAccount, region: str, parameters: Parameters
) -> dict[str, Any]:
    copy = _find(account, region, parameters["snapshotCopyConfigurationId"])
    namespace = find_namespace(account, region, copy["namespaceName"])
    check_namespace_idle(namespace, "configuring")
    del account.table(region, COPIES)[copy["snapshotCopyConfigurationId"]]
    _occupy(account, namespace)
    return {"snapshotCopyConfiguration": public(copy)}


def _find(account: SimulatedAccount, region: str, identifier: str) -> Resource:
    return find(account, region, COPIES, identifier, "Snapshot copy configuration")


def _occupy(account: SimulatedAccount, namespace: Resource) -> None:
    if account.durations["snapshot_copy.modify"] > 0:
        account.begin(namespace, "snapshot_copy.modify", {"status": "MODIFYING"}, {"status": "AVAILABLE"})


def _check_enabled(account: SimulatedAccount, region: str) -> None:
    if region in account.settings.get(DISABLED_REGIONS, []):
        raise validation(f"Snapshot copy isn't supported in Region {region}.")


def _check_destination(destination: str, region: str) -> None:
    if destination == region:
        raise validation("The destination Region must be different from the source Region.")
    if partition_of(destination) is None or destination.endswith("-global"):
        raise validation(f"The destination Region {destination} isn't valid.")
    if partition_of(destination) != partition_of(region):
        raise validation(f"The destination Region {destination} isn't in the partition of {region}.")
