"""Network: the subnets must span enough zones with enough free addresses; port, groups and switches are carried."""

from __future__ import annotations

from typing import Any

import redshift_facts as record
from redshift_migrate.models.base import Unknown
from redshift_migrate.models.choices import MigrationChoices
from redshift_migrate.models.cluster import ProvisionedClusterConfig, Subnet
from redshift_migrate.models.finding import Finding, Subject
from redshift_migrate.translators.capacity import base_capacity_rpu
from redshift_migrate.translators.translation import About, Translation, cite, count, yes_no


def _steps(table: str) -> tuple[tuple[int, int], ...]:
    """Up to so many RPU, so many free addresses in each subnet."""
    return tuple((int(rpu), addresses) for rpu, addresses in record.numbers(f"network.{table}").items())


_ZONES = record.numbers("network.zones")
ZONES_NEEDED = {False: _ZONES["without_routing"], True: _ZONES["with_routing"]}
"""Zones, and as many subnets, without and with enhanced VPC routing."""

FREE_IPS_PER_SUBNET = record.number("network.free_addresses", "in_a_subnet")
FREE_IPS_WITH_ROUTING = _steps("free_addresses_with_routing")
FREE_IPS_TO_GROW = _steps("free_addresses_to_grow")
PORTS = tuple(range(int(first), last + 1) for first, last in record.numbers("network.ports").items())
DEFAULT_PORT = record.number("workgroup.settings", "port")
MOST_SUBNETS = record.number("network.most", "subnets")
MOST_GROUPS = record.number("network.most", "security_groups")
IP_ADDRESS_TYPES = ("ipv4", "dualstack")
WAYS_OUT = (
    "Add a subnet to the cluster's subnet group (that changes nothing for the running cluster), or make the "
    "workgroup with other subnets yourself and plan with the network excluded."
)

about = About(Subject.NETWORK)


def translate_network(cluster: ProvisionedClusterConfig, choices: MigrationChoices) -> Translation:
    """Subnets, security groups, port, public access, enhanced VPC routing and IP type of the workgroup."""
    routing = bool(cluster.enhanced_vpc_routing)
    parts = (
        _subnets(cluster, routing, free_ips_needed(base_capacity_rpu(cluster, choices), routing)),
        _security_groups(cluster),
        _port(cluster),
        _public(cluster),
        _routing(cluster, choices),
        _ip_address_type(cluster),
    )
    settings: dict[str, Any] = {}
    for part in parts:
        settings |= part.settings
    return Translation(
        settings=settings,
        changes=tuple(change for part in parts for change in part.changes),
        findings=tuple(finding for part in parts for finding in part.findings),
    )


def free_ips_needed(base_rpu: int, enhanced_vpc_routing: bool) -> int:
    """Free addresses that each subnet needs when the workgroup is created."""
    if not enhanced_vpc_routing:
        return FREE_IPS_PER_SUBNET
    return next(ips for rpu, ips in FREE_IPS_WITH_ROUTING if base_rpu <= rpu)


def _subnets(cluster: ProvisionedClusterConfig, routing: bool, ips: int) -> Translation:
    subnets = cluster.subnets
    group = cluster.cluster_subnet_group_name
    if isinstance(subnets, Unknown):
        consequence = "Without the subnets AWS would put the workgroup into the default VPC."
        return Translation(
            changes=(about.row("subnets", group, None, "not carried", member="subnet_ids"),),
            findings=(about.unknown("blocker", "subnets of the cluster", subnets, consequence),),
        )
    if not subnets:
        return Translation(
            changes=(about.row("subnets", group, "the default VPC's", "not carried", member="subnet_ids"),),
            findings=(_no_subnets(cluster),),
        )
    roomy = [subnet for subnet in subnets if _is_roomy(subnet, ips)]
    cramped = [subnet for subnet in subnets if subnet not in roomy]
    used = sorted({subnet.subnet_id for subnet in roomy})[:MOST_SUBNETS]
    findings = [*_zones(roomy, cramped, routing, ips), *_addresses(subnets, cramped, ips, routing)]
    return Translation(
        settings={"subnet_ids": tuple(used)} if used else {},
        changes=(
            about.row(
                "subnets",
                f"{group or 'no group'}: {cite(sorted(subnet.subnet_id for subnet in subnets))}",
                cite(used) or None,
                "translated" if used else "not carried",
                member="subnet_ids",
            ),
        ),
        findings=tuple(findings),
    )


def _is_roomy(subnet: Subnet, ips: int) -> bool:
    return subnet.available_ip_address_count is None or subnet.available_ip_address_count >= ips


def _no_subnets(cluster: ProvisionedClusterConfig) -> Finding:
    if cluster.cluster_subnet_group_name or cluster.vpc_id:
        message = (
            f"No subnet is known of {cluster.cluster_subnet_group_name or cluster.vpc_id}, and without one AWS would "
            f"put the workgroup into the default VPC. {WAYS_OUT}"
        )
        return about.blocker("subnets", message, cluster.cluster_subnet_group_name, None)
    message = "The cluster is in no VPC that AWS names; the workgroup goes into the default VPC of the region."
    return about.warning("subnets", message, None, "the default VPC's")


def _zones(roomy: list[Subnet], cramped: list[Subnet], routing: bool, ips: int) -> list[Finding]:
    needed = ZONES_NEEDED[routing]
    zones = {subnet.availability_zone_id or subnet.availability_zone for subnet in roomy}
    known = zones - {None}
    unknown = [subnet for subnet in roomy if not (subnet.availability_zone_id or subnet.availability_zone)]
    enough_subnets = len({subnet.subnet_id for subnet in roomy}) >= needed
    if enough_subnets and len(known) >= needed:
        return []
    shown = f"{count(len(roomy), 'subnet')} in {count(len(known), 'zone')}"
    rule = (
        f"Serverless {'with' if routing else 'without'} enhanced VPC routing needs {needed} subnets in {needed} "
        f"availability zones, each with at least {ips} free addresses"
    )
    if enough_subnets and len(known) + len(unknown) >= needed:
        without = cite(subnet.subnet_id for subnet in unknown)
        return [about.warning("subnets", f"{rule}; the zone of {without} is not known.", shown)]
    cause = f" ({cite(subnet.subnet_id for subnet in cramped)} left out: too few free addresses)" if cramped else ""
    return [about.blocker("subnets", f"{rule}; the cluster has {shown}{cause}. {WAYS_OUT}", shown, f"{needed} zones")]


def _addresses(subnets: tuple[Subnet, ...], cramped: list[Subnet], ips: int, routing: bool) -> list[Finding]:
    findings = []
    if cramped:
        told = cite(f"{subnet.subnet_id} ({subnet.available_ip_address_count} free)" for subnet in cramped)
        message = f"Left out because a subnet needs {ips} free addresses: {told}."
        findings.append(about.warning("free addresses", message, told, "left out"))
    unread = [subnet.subnet_id for subnet in subnets if subnet.available_ip_address_count is None]
    if unread:
        message = f"How many addresses are free in {cite(unread)} is not known; each needs {ips}."
        findings.append(about.warning("free addresses", message, "unknown", f"{ips} needed"))
    if len(subnets) > MOST_SUBNETS:
        message = f"A workgroup takes {MOST_SUBNETS} subnets; the first {MOST_SUBNETS} by name are used."
        findings.append(about.warning("subnets", message, count(len(subnets), "subnet"), f"{MOST_SUBNETS} subnets"))
    if routing:
        told = ", ".join(f"{rpu} RPU: {more}" for rpu, more in FREE_IPS_TO_GROW)
        message = f"A later raise of the base capacity needs free addresses in each subnet: {told}."
        findings.append(about.info("free addresses", message, None, f"{ips} needed now"))
    return findings


def _security_groups(cluster: ProvisionedClusterConfig) -> Translation:
    groups = tuple(sorted(set(cluster.vpc_security_group_ids)))
    if not groups:
        message = "No security group is known of the cluster; the workgroup gets the default group of its VPC."
        return Translation(
            changes=(
                about.row("security groups", None, "the VPC's default", "not carried", member="security_group_ids"),
            ),
            findings=(about.warning("security groups", message, None, "the VPC's default"),),
        )
    if len(groups) > MOST_GROUPS:
        message = f"A workgroup takes {MOST_GROUPS} security groups. Merge some, or plan with the network excluded."
        return Translation(
            changes=(about.row("security groups", cite(groups), None, "not carried", member="security_group_ids"),),
            findings=(about.blocker("security groups", message, count(len(groups), "group")),),
        )
    return Translation(
        settings={"security_group_ids": groups},
        changes=(about.row("security groups", cite(groups), cite(groups), "carried", member="security_group_ids"),),
    )


def _port(cluster: ProvisionedClusterConfig) -> Translation:
    port = cluster.port
    if port is None:
        message = f"AWS names no port of the cluster; the workgroup listens on {DEFAULT_PORT}."
        return Translation(
            changes=(about.row("port", None, str(DEFAULT_PORT), "not carried", member="port"),),
            findings=(about.info("port", message, None, str(DEFAULT_PORT)),),
        )
    if any(port in ports for ports in PORTS):
        return Translation(
            settings={"port": port}, changes=(about.row("port", str(port), str(port), "carried", member="port"),)
        )
    message = (
        f"Serverless listens on 5431 to 5455 or 8191 to 8215, so port {port} becomes {DEFAULT_PORT}. Tell the clients, "
        f"and open {DEFAULT_PORT} in the security groups that name {port}."
    )
    return Translation(
        settings={"port": DEFAULT_PORT},
        changes=(about.row("port", str(port), str(DEFAULT_PORT), "translated", member="port"),),
        findings=(about.warning("port", message, str(port), str(DEFAULT_PORT)),),
    )


def _public(cluster: ProvisionedClusterConfig) -> Translation:
    public = cluster.publicly_accessible
    if public is None:
        return Translation()
    message = (
        "The workgroup is reachable from the internet like the cluster, unless VPC Block Public Access is on: then AWS "
        "refuses to make it so."
    )
    return Translation(
        settings={"publicly_accessible": public},
        changes=(
            about.row("publicly accessible", yes_no(public), yes_no(public), "carried", member="publicly_accessible"),
        ),
        findings=(about.warning("publicly accessible", message, "yes", "yes"),) if public else (),
    )


def _routing(cluster: ProvisionedClusterConfig, choices: MigrationChoices) -> Translation:
    routing = cluster.enhanced_vpc_routing
    if routing is None:
        return Translation()
    ips = free_ips_needed(base_capacity_rpu(cluster, choices), True)
    message = f"Enhanced VPC routing is carried; it asks for 3 zones and {ips} free addresses in each subnet."
    return Translation(
        settings={"enhanced_vpc_routing": routing},
        changes=(
            about.row(
                "enhanced VPC routing", yes_no(routing), yes_no(routing), "carried", member="enhanced_vpc_routing"
            ),
        ),
        findings=(about.info("enhanced VPC routing", message, "yes", "yes"),) if routing else (),
    )


def _ip_address_type(cluster: ProvisionedClusterConfig) -> Translation:
    kind = cluster.ip_address_type
    if kind is None:
        return Translation()
    if kind not in IP_ADDRESS_TYPES:
        message = f"Serverless knows the IP types ipv4 and dualstack; {kind} is not carried."
        return Translation(
            changes=(about.row("IP address type", kind, "ipv4", "not carried", member="ip_address_type"),),
            findings=(about.warning("IP address type", message, kind, "ipv4"),),
        )
    subnets = () if isinstance(cluster.subnets, Unknown) else cluster.subnets
    without = [subnet.subnet_id for subnet in subnets if subnet.has_ipv6 is False]
    findings: tuple[Finding, ...] = ()
    if kind == "dualstack" and without:
        message = f"These subnets have no IPv6 range, so AWS refuses dualstack: {cite(without)}. Give them one."
        findings = (about.blocker("IP address type", message, kind, kind),)
    return Translation(
        settings={"ip_address_type": kind},
        changes=(about.row("IP address type", kind, kind, "carried", member="ip_address_type"),),
        findings=findings,
    )
