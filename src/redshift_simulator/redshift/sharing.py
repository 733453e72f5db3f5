"""Datashares, integrations and partners of clusters, and the resource policies of namespaces, serverless ones too."""

from __future__ import annotations

import json
from typing import Any

from redshift_simulator.account import Resource, SimulatedAccount
from redshift_simulator.errors import SimulatedError
from redshift_simulator.redshift.clusters import clusters_of, find_cluster
from redshift_simulator.redshift.listing import PAGES
from redshift_simulator.registry import Parameters, operation

DATA_SHARES, INTEGRATIONS, PARTNERS = "data_shares", "integrations", "partners"
POLICIES = "resource_policies"


@operation("redshift", "DescribeDataShares")
def describe_data_shares(account: SimulatedAccount, region: str, parameters: Parameters) -> dict[str, Any]:
    return PAGES.page(account, parameters, "DataShares", _data_shares(account, region, parameters, "DataShareArn"))


@operation("redshift", "DescribeDataSharesForProducer")
def describe_data_shares_for_producer(account: SimulatedAccount, region: str, parameters: Parameters) -> dict[str, Any]:
    return PAGES.page(account, parameters, "DataShares", _data_shares(account, region, parameters, "ProducerArn"))


@operation("redshift", "DescribeDataSharesForConsumer")
def describe_data_shares_for_consumer(account: SimulatedAccount, region: str, parameters: Parameters) -> dict[str, Any]:
    arn = parameters.get("ConsumerArn")
    found = [
        share
        for share in _data_shares(account, region, parameters)
        if arn in (None, *(each["ConsumerIdentifier"] for each in share["DataShareAssociations"]))
    ]
    return PAGES.page(account, parameters, "DataShares", found)


def _data_shares(account: SimulatedAccount, region: str, parameters: Parameters, *members: str) -> list[Resource]:
    status = parameters.get("Status")
    return [
        share
        for share in account.select(region, DATA_SHARES, parameters, *members)
        if status in (None, *(each["Status"] for each in share["DataShareAssociations"]))
    ]


@operation("redshift", "DescribeInboundIntegrations")
def describe_inbound_integrations(account: SimulatedAccount, region: str, parameters: Parameters) -> dict[str, Any]:
    found = [
        {key: value for key, value in integration.items() if key != "IntegrationName"}
        for integration in account.select(region, INTEGRATIONS, parameters, "IntegrationArn", "TargetArn")
    ]
    return PAGES.page(account, parameters, "InboundIntegrations", found)


@operation("redshift", "DescribeIntegrations")
def describe_integrations(account: SimulatedAccount, region: str, parameters: Parameters) -> dict[str, Any]:
    integrations = account.select(region, INTEGRATIONS, parameters, "IntegrationArn")
    found = [integration for integration in integrations if ":redshift:" in integration["IntegrationArn"]]
    return PAGES.page(account, parameters, "Integrations", found)


@operation("redshift", "DescribePartners")
def describe_partners(account: SimulatedAccount, region: str, parameters: Parameters) -> dict[str, Any]:
    cluster = find_cluster(account, region, parameters["ClusterIdentifier"])["ClusterIdentifier"]
    asked = {**parameters, "_cluster": cluster}
    found = account.select(region, PARTNERS, asked, "_cluster", "DatabaseName", "PartnerName")
    return {"PartnerIntegrationInfoList": found}


def data_share_of(account: SimulatedAccount, region: str, producer_arn: str, name: str, *consumers: str) -> None:
    """A datashare that these consumers (accounts or namespace ARNs) use."""
    arn = producer_arn.replace(":namespace:", ":datashare:") + f"/{name}"
    account.table(region, DATA_SHARES)[arn] = {
        "DataShareArn": arn,
        "ProducerArn": producer_arn,
        "AllowPubliclyAccessibleConsumers": False,
        "DataShareAssociations": [
            {"ConsumerIdentifier": consumer, "Status": "ACTIVE", "ConsumerRegion": region} for consumer in consumers
        ],
    }


def integration_of(account: SimulatedAccount, region: str, name: str, source_arn: str, target_arn: str) -> None:
    """A zero-ETL integration; those from databases belong to RDS, those from S3 and DynamoDB to Redshift."""
    owner = "rds" if ":rds:" in source_arn else "redshift"
    arn = account.arn(owner, region, f"integration:{account.new_uuid()}")
    account.table(region, INTEGRATIONS)[arn] = {
        "IntegrationArn": arn,
        "IntegrationName": name,
        "SourceArn": source_arn,
        "TargetArn": target_arn,
        "Status": "active",
        "Errors": [],
        "CreateTime": 1_700_000_000.0,
    }


def partner_of(account: SimulatedAccount, region: str, cluster: str, name: str, database: str) -> None:
    """A partner integration."""
    account.table(region, PARTNERS)[f"{cluster}/{database}/{name}"] = {
        "_cluster": cluster,
        "DatabaseName": database,
        "PartnerName": name,
        "Status": "Active",
    }


@operation("redshift", "PutResourcePolicy")
def put_resource_policy(account: SimulatedAccount, region: str, parameters: Parameters) -> dict[str, Any]:
    arn, policy = parameters["ResourceArn"], parameters["Policy"]
    _check_resource(account, region, arn)
    _check_policy(policy)
    kept = {"ResourceArn": arn, "Policy": policy}
    account.table(region, POLICIES)[arn] = kept
    return {"ResourcePolicy": dict(kept)}


@operation("redshift", "GetResourcePolicy")
def get_resource_policy(account: SimulatedAccount, region: str, parameters: Parameters) -> dict[str, Any]:
    arn = parameters["ResourceArn"]
    _check_resource(account, region, arn)
    return {"ResourcePolicy": dict(_find_policy(account, region, arn))}


@operation("redshift", "DeleteResourcePolicy")
def delete_resource_policy(account: SimulatedAccount, region: str, parameters: Parameters) -> dict[str, Any]:
    arn = parameters["ResourceArn"]
    _find_policy(account, region, arn)
    del account.table(region, POLICIES)[arn]
    return {}


def _find_policy(account: SimulatedAccount, region: str, arn: str) -> dict[str, Any]:
    policy = account.table(region, POLICIES).get(arn)
    if policy is None:
        raise SimulatedError("ResourceNotFoundFault", f"There is no resource policy for {arn}.", 404)
    return policy


def _check_resource(account: SimulatedAccount, region: str, arn: str) -> None:
    known = {cluster.get("ClusterNamespaceArn") for cluster in clusters_of(account, region).values()}
    known |= {namespace["namespaceArn"] for namespace in account.table(region, "namespaces").values()}
    if arn not in known:
        raise SimulatedError("ResourceNotFoundFault", f"The resource {arn} was not found.", 404)


def _check_policy(text: str) -> None:
    try:
        policy = json.loads(text)
    except ValueError as error:
        raise SimulatedError("InvalidPolicyFault", f"The resource policy is not JSON: {error}") from error
    if not isinstance(policy, dict) or not policy.get("Statement"):
        raise SimulatedError("InvalidPolicyFault", "The resource policy has no statement.")
