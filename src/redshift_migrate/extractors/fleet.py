"""A quick look at every cluster of a region: pages of a hundred, three lists, and each parameter group once."""

from __future__ import annotations

from collections.abc import Callable, Collection
from functools import partial
from typing import Any

from redshift_migrate.aws.door import Aws
from redshift_migrate.aws.parallel import in_parallel
from redshift_migrate.extractors.parameters import parse_parameters
from redshift_migrate.extractors.provisioned import describe_clusters, parse_cluster, summary_of
from redshift_migrate.extractors.replies import Reply, read_or_unknown
from redshift_migrate.extractors.source import Source
from redshift_migrate.models.base import Unknown
from redshift_migrate.models.cluster import ClusterSummary, ProvisionedClusterConfig
from redshift_migrate.models.fleet import Look, Room, Share
from redshift_migrate.models.plan import Call
from redshift_migrate.models.regions import Identity

SERVERLESS = "redshift-serverless"
NAMESPACES, WORKGROUPS = "Number of namespaces", "Number of workgroups"
"""What Service Quotas calls them."""

Raw = tuple[Reply, ...] | Unknown


def look_at(aws: Aws, region: str, account: str | None, identity: Identity) -> Look:
    """The clusters by name, what they share, and what the region has room for.

    One call where there is no cluster. What may not be read is Unknown; where the clusters themselves may not, that is
    raised.
    """
    clusters = sorted(describe_clusters(aws, region), key=lambda each: str(each.get("ClusterIdentifier")))
    look = Look(account=account, account_id=identity.account_id, region=region)
    if not clusters:
        return look
    groups = sorted({name for cluster in clusters if (name := _group(cluster).get("ParameterGroupName"))})
    lists: list[Callable[[], Raw]] = [
        partial(_all, aws, Call(service="redshift", region=region, operation="DescribeDataShares"), "DataShares"),
        partial(_all, aws, Call(service=SERVERLESS, region=region, operation="ListWorkgroups"), "workgroups"),
        partial(_all, aws, _quotas(region), "Quotas"),
        *(partial(_all, aws, _parameters(region, name), "Parameters") for name in groups),
    ]
    shares, workgroups, quotas, *parameters = in_parallel(lists)
    of_group = dict(zip(groups, parameters, strict=True))
    return look.model_copy(
        update={
            "clusters": tuple(_cluster(aws, each, region, account, identity, of_group) for each in clusters),
            "shares": shares if isinstance(shares, Unknown) else _shares(shares),
            "room": _room(region, account, workgroups, quotas),
        }
    )


def free_addresses(aws: Aws, region: str, groups: Collection[str | None]) -> int | None:
    """The free addresses of the scarcest subnet of these subnet groups; None where that may not be read."""
    call = Call(service="redshift", region=region, operation="DescribeClusterSubnetGroups")
    found = _all(aws, call, "ClusterSubnetGroups")
    if isinstance(found, Unknown):
        return None
    used = {
        str(subnet.get("SubnetIdentifier"))
        for group in found
        if group.get("ClusterSubnetGroupName") in groups
        for subnet in group.get("Subnets") or ()
    }
    subnets = _all(aws, Call(service="ec2", region=region, operation="DescribeSubnets"), "Subnets")
    if isinstance(subnets, Unknown):
        return None
    free = [each.get("AvailableIpAddressCount") for each in subnets if each.get("SubnetId") in used]
    return min((each for each in free if isinstance(each, int)), default=None)


def _all(aws: Aws, call: Call, member: str) -> Raw:
    none: tuple[Reply, ...] = ()
    return read_or_unknown(call, lambda: tuple(aws.pages(call, member)), absent=none)


def _parameters(region: str, group: str) -> Call:
    asked = {"ParameterGroupName": group, "Source": "user"}
    return Call(service="redshift", region=region, operation="DescribeClusterParameters", parameters=asked)


def _quotas(region: str) -> Call:
    asked = {"ServiceCode": SERVERLESS}
    return Call(service="servicequotas", region=region, operation="ListServiceQuotas", parameters=asked)


def _group(cluster: Reply) -> Reply:
    groups: list[Reply] = cluster.get("ClusterParameterGroups") or [{}]
    return groups[0]


def _cluster(
    aws: Aws, cluster: Reply, region: str, account: str | None, identity: Identity, of_group: dict[str, Raw]
) -> tuple[ClusterSummary, ProvisionedClusterConfig]:
    summary = summary_of(cluster, region).model_copy(update={"account": account})
    name = summary.cluster_id
    source = Source(aws, name, region, identity.account_id, identity.partition, cluster)
    group = _group(cluster)
    found = of_group.get(str(group.get("ParameterGroupName")), ())
    read: Any = found if isinstance(found, Unknown) else parse_parameters(list(found), group)
    return summary, parse_cluster(source, {"parameters": read})


def _shares(shares: tuple[Reply, ...]) -> tuple[Share, ...]:
    found = {
        (str(share.get("ProducerArn") or ""), str(each.get("ConsumerIdentifier") or ""))
        for share in shares
        for each in share.get("DataShareAssociations") or ()
    }
    return tuple(Share(producer_arn=one, consumer=other) for one, other in sorted(found) if one and other)


def _room(region: str, account: str | None, workgroups: Raw, quotas: Raw) -> Room:
    """What is left of the quotas. A namespace has one workgroup, so the workgroups count for both."""
    room = Room(region=region, account=account)
    if isinstance(workgroups, Unknown) or isinstance(quotas, Unknown):
        return room
    values = {str(quota.get("QuotaName")): int(quota["Value"]) for quota in quotas if quota.get("Value") is not None}
    left = {name: max(value - len(workgroups), 0) for name, value in values.items()}
    return room.model_copy(update={"namespaces": left.get(NAMESPACES), "workgroups": left.get(WORKGROUPS)})
