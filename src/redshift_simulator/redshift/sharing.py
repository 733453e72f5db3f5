"""Datashares, integrations and partners of clusters."""

from __future__ import annotations

from typing import Any

from redshift_simulator.account import SimulatedAccount
from redshift_simulator.redshift.clusters import find_cluster
from redshift_simulator.redshift.listing import listed
from redshift_simulator.registry import Parameters, operation
from redshift_simulator.transitions import Resource, public

DATA_SHARES, INTEGRATIONS, PARTNERS = "data_shares", "integrations", "partners"


@operation("redshift", "DescribeDataSharesForProducer")
def describe_data_shares_for_producer(account: SimulatedAccount, region: str, parameters: Parameters) -> dict[str, Any]:
    arn = parameters.get("ProducerArn")
    shares = _data_shares(account, region, parameters)
    return listed(account, parameters, "DataShares", [share for share in shares if arn in (None, share["ProducerArn"])])


@operation("redshift", "DescribeDataSharesForConsumer")
def describe_data_shares_for_consumer(account: SimulatedAccount, region: str, parameters: Parameters) -> dict[str, Any]:
    arn = parameters.get("ConsumerArn")
    found = [
        share
        for share in _data_shares(account, region, parameters)
        if arn in (None, *(each["ConsumerIdentifier"] for each in share["DataShareAssociations"]))
    ]
    return listed(account, parameters, "DataShares", found)


def _data_shares(account: SimulatedAccount, region: str, parameters: Parameters) -> list[Resource]:
    status = parameters.get("Status")
    return [
        dict(share)
        for _, share in sorted(account.table(region, DATA_SHARES).items())
        if status in (None, *(each["Status"] for each in share["DataShareAssociations"]))
    ]


@operation("redshift", "DescribeInboundIntegrations")
def describe_inbound_integrations(account: SimulatedAccount, region: str, parameters: Parameters) -> dict[str, Any]:
    arn, target = parameters.get("IntegrationArn"), parameters.get("TargetArn")
    found = [
        {key: value for key, value in public(integration).items() if key != "IntegrationName"}
        for _, integration in sorted(account.table(region, INTEGRATIONS).items())
        if arn in (None, integration["IntegrationArn"]) and target in (None, integration["TargetArn"])
    ]
    return listed(account, parameters, "InboundIntegrations", found)


@operation("redshift", "DescribeIntegrations")
def describe_integrations(account: SimulatedAccount, region: str, parameters: Parameters) -> dict[str, Any]:
    arn = parameters.get("IntegrationArn")
    found = [
        public(integration)
        for _, integration in sorted(account.table(region, INTEGRATIONS).items())
        if arn in (None, integration["IntegrationArn"]) and ":redshift:" in integration["IntegrationArn"]
    ]
    return listed(account, parameters, "Integrations", found)


@operation("redshift", "DescribePartners")
def describe_partners(account: SimulatedAccount, region: str, parameters: Parameters) -> dict[str, Any]:
    cluster = find_cluster(account, region, parameters["ClusterIdentifier"])["ClusterIdentifier"]
    database, name = parameters.get("DatabaseName"), parameters.get("PartnerName")
    found = [
        public(partner)
        for _, partner in sorted(account.table(region, PARTNERS).items())
        if partner["_cluster"] == cluster
        and database in (None, partner["DatabaseName"])
        and name in (None, partner["PartnerName"])
    ]
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
