"""Audit logging of clusters."""

from __future__ import annotations

from typing import Any

from redshift_simulator.account import SimulatedAccount
from redshift_simulator.redshift.clusters import find_cluster
from redshift_simulator.registry import Parameters, operation

KIND = "cluster_logging"


@operation("redshift", "DescribeLoggingStatus")
def describe_logging_status(account: SimulatedAccount, region: str, parameters: Parameters) -> dict[str, Any]:
    cluster = find_cluster(account, region, parameters["ClusterIdentifier"])
    return dict(account.table(region, KIND).get(cluster["ClusterIdentifier"], {"LoggingEnabled": False}))


def s3_logging_of(account: SimulatedAccount, region: str, cluster: str, bucket: str, prefix: str) -> None:
    """Logs of a cluster in a bucket."""
    account.table(region, KIND)[cluster] = {
        "LoggingEnabled": True,
        "LogDestinationType": "s3",
        "BucketName": bucket,
        "S3KeyPrefix": prefix,
        "LastSuccessfulDeliveryTime": account.clock.now(),
    }


def cloudwatch_logging_of(account: SimulatedAccount, region: str, cluster: str, exports: list[str]) -> None:
    """Logs of a cluster in CloudWatch."""
    account.table(region, KIND)[cluster] = {
        "LoggingEnabled": True,
        "LogDestinationType": "cloudwatch",
        "LogExports": exports,
    }
