"""Usage limits of clusters."""

from __future__ import annotations

from typing import Any

from redshift_simulator.account import SimulatedAccount
from redshift_simulator.redshift.clusters import find_cluster
from redshift_simulator.redshift.listing import PAGES, with_tags
from redshift_simulator.registry import Parameters, operation

KIND = "cluster_usage_limits"
LIMIT_TYPES = {
    "concurrency-scaling": "time",
    "spectrum": "data-scanned",
    "cross-region-datasharing": "data-scanned",
    "extra-compute-for-automatic-optimization": "time",
}


@operation("redshift", "DescribeUsageLimits")
def describe_usage_limits(account: SimulatedAccount, region: str, parameters: Parameters) -> dict[str, Any]:
    cluster = parameters.get("ClusterIdentifier")
    if cluster is not None:
        find_cluster(account, region, cluster)
    found = account.select(region, KIND, parameters, "UsageLimitId", "ClusterIdentifier", "FeatureType")
    return PAGES.page(account, parameters, "UsageLimits", with_tags(found, parameters))


def usage_limit_of(
    account: SimulatedAccount,
    region: str,
    cluster: str,
    feature: str,
    amount: int,
    *,
    period: str = "monthly",
    breach_action: str = "log",
) -> None:
    """A limit on one feature; minutes for the features that are used for a time, TB for the others."""
    number = len(account.table(region, KIND)) + 1
    identifier = f"4c0a91d2-7b1e-4f0e-9b7d-{number:012d}"
    account.table(region, KIND)[identifier] = {
        "UsageLimitId": identifier,
        "ClusterIdentifier": cluster,
        "FeatureType": feature,
        "LimitType": LIMIT_TYPES[feature],
        "Amount": amount,
        "Period": period,
        "BreachAction": breach_action,
        "Tags": [],
    }
