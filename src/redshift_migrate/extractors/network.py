"""Where the cluster is in the network, and how much room its subnets have."""

from __future__ import annotations

from redshift_migrate.extractors.replies import Reply, read_or_unknown, require_text
from redshift_migrate.extractors.source import Members, Read, Source, pick
from redshift_migrate.models.base import Unknown
from redshift_migrate.models.cluster import Subnet


def parse_security_groups(groups: list[Reply] | None) -> tuple[str, ...]:
    """The ids of those that are attached or about to be; one that is being removed is not carried."""
    return tuple(
        group["VpcSecurityGroupId"]
        for group in groups or ()
        if group.get("VpcSecurityGroupId") and group.get("Status") != "removing"
    )


def extract_subnets(source: Source) -> tuple[Subnet, ...] | Unknown:
    """The subnets of the cluster's subnet group, with their free addresses. Two calls, one after the other."""
    name = source.cluster.get("ClusterSubnetGroupName")
    if not name:
        return ()
    call = source.call("redshift", "DescribeClusterSubnetGroups", ClusterSubnetGroupName=name)
    none: list[Reply] = []
    found = read_or_unknown(call, lambda: source.aws.pages(call, "ClusterSubnetGroups"), absent=none)
    if isinstance(found, Unknown):
        return found
    subnet_ids = [subnet.subnet_id for subnet in parse_subnets(found, [])]
    if not subnet_ids:
        return ()
    # By filter, because naming a subnet that is gone would fail the call for all of them.
    wanted = {"Name": "subnet-id", "Values": subnet_ids}
    details = source.call("ec2", "DescribeSubnets", Filters=[wanted])
    return read_or_unknown(details, lambda: parse_subnets(found, source.aws.pages(details, "Subnets")), absent=())


def parse_subnets(groups: list[Reply], details: list[Reply]) -> tuple[Subnet, ...]:
    """The groups' subnets in their order, each with what EC2 says of it, if it does."""
    by_id = {detail.get("SubnetId"): detail for detail in details}
    return tuple(
        _subnet(subnet, group.get("VpcId"), by_id.get(subnet.get("SubnetIdentifier"), {}))
        for group in groups
        for subnet in group.get("Subnets") or ()
    )


def _subnet(subnet: Reply, vpc_id: str | None, detail: Reply) -> Subnet:
    zone = (subnet.get("SubnetAvailabilityZone") or {}).get("Name")
    return Subnet(
        subnet_id=require_text(subnet, "SubnetIdentifier", "DescribeClusterSubnetGroups"),
        availability_zone=detail.get("AvailabilityZone") or zone,
        availability_zone_id=detail.get("AvailabilityZoneId"),
        available_ip_address_count=detail.get("AvailableIpAddressCount"),
        vpc_id=detail.get("VpcId") or vpc_id,
        has_ipv6=_has_ipv6(detail) if detail else None,
    )


def _has_ipv6(detail: Reply) -> bool:
    blocks = detail.get("Ipv6CidrBlockAssociationSet") or ()
    return any((block.get("Ipv6CidrBlockState") or {}).get("State") == "associated" for block in blocks)


MEMBERS: Members = {
    "cluster_subnet_group_name": pick("ClusterSubnetGroupName"),
    "subnets": Read("redshift:DescribeClusterSubnetGroups", extract_subnets),
    "vpc_id": pick("VpcId"),
    "vpc_security_group_ids": pick(
        "VpcSecurityGroups", parse=lambda cluster: parse_security_groups(cluster.get("VpcSecurityGroups"))
    ),
    "availability_zone": pick("AvailabilityZone"),
    "availability_zone_relocation_status": pick("AvailabilityZoneRelocationStatus"),
    "port": pick("Endpoint.Port"),
    "publicly_accessible": pick("PubliclyAccessible"),
    "enhanced_vpc_routing": pick("EnhancedVpcRouting"),
    "ip_address_type": pick("IpAddressType"),
    "elastic_ip": pick("ElasticIpStatus.ElasticIp"),
}
