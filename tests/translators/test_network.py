"""Subnets and the rest of the network."""

from __future__ import annotations

from typing import Any

import pytest

from redshift_migrate.models.cluster import Subnet
from redshift_migrate.translators.network import free_ips_needed, translate_network
from tests.support.builders import a_cluster, after, denied, levels, some_choices, some_subnets, the_finding


@pytest.mark.parametrize(
    ("number", "routing", "blocked"),
    [(1, False, True), (2, False, False), (3, False, False), (2, True, True), (3, True, False)],
)
def test_two_zones_are_enough_without_enhanced_routing_and_three_with(
    number: int, routing: bool, blocked: bool
) -> None:
    cluster = a_cluster(subnets=some_subnets(number), enhanced_vpc_routing=routing)

    assert ("blocker" in levels(translate_network(cluster, some_choices()), "subnets")) is blocked


def test_subnets_in_one_zone_are_not_enough() -> None:
    subnets = tuple(subnet.model_copy(update={"availability_zone_id": "use2-az1"}) for subnet in some_subnets(3))

    finding = the_finding(translate_network(a_cluster(subnets=subnets), some_choices()), "subnets")

    assert finding.level == "blocker"
    assert "3 subnets in 1 zone" in finding.message
    assert "Add a subnet" in finding.message


def test_a_zone_that_is_not_known_only_warns() -> None:
    subnets = (Subnet(subnet_id="a"), Subnet(subnet_id="b", availability_zone_id="az1"))

    assert levels(translate_network(a_cluster(subnets=subnets), some_choices()), "subnets") == ["warning"]


@pytest.mark.parametrize(
    ("rpu", "routing", "ips"),
    [
        (4, False, 3),
        (1024, False, 3),
        (4, True, 9),
        (8, True, 9),
        (16, True, 13),
        (24, True, 13),
        (32, True, 13),
        (64, True, 21),
        (128, True, 37),
        (256, True, 69),
        (264, True, 133),
        (512, True, 133),
        (1024, True, 261),
    ],
)
def test_free_addresses_follow_the_table(rpu: int, routing: bool, ips: int) -> None:
    assert free_ips_needed(rpu, routing) == ips


def test_a_cramped_subnet_is_left_out_where_the_rest_will_do() -> None:
    cramped = some_subnets(3)[2].model_copy(update={"available_ip_address_count": 2})

    translation = translate_network(a_cluster(subnets=(*some_subnets(2), cramped)), some_choices())

    assert translation.settings["subnet_ids"] == ("subnet-0", "subnet-1")
    assert the_finding(translation, "free addresses").message.endswith("subnet-2 (2 free).")
    assert levels(translation, "subnets") == []


@pytest.mark.parametrize(("free", "blocked"), [(12, True), (13, False), (0, True), (None, False)])
def test_too_few_free_addresses_for_the_capacity_block(free: int | None, blocked: bool) -> None:
    cluster = a_cluster(subnets=some_subnets(3, free_ips=free), enhanced_vpc_routing=True)

    translation = translate_network(cluster, some_choices(base_capacity_rpu=16))

    assert ("blocker" in levels(translation, "subnets")) is blocked


def test_unknown_subnets_block_and_name_the_action() -> None:
    cluster = a_cluster(subnets=denied("redshift:DescribeClusterSubnetGroups"))

    finding = the_finding(translate_network(cluster, some_choices()), "subnets of the cluster")

    assert finding.level == "blocker"
    assert "redshift:DescribeClusterSubnetGroups" in finding.message


def test_without_subnets_there_is_a_blocker_only_where_there_should_be_some() -> None:
    no_vpc = a_cluster(subnets=(), vpc_id=None, cluster_subnet_group_name=None)

    assert levels(translate_network(a_cluster(subnets=()), some_choices()), "subnets") == ["blocker"]
    assert levels(translate_network(no_vpc, some_choices()), "subnets") == ["warning"]


@pytest.mark.parametrize(
    ("port", "wanted", "action"),
    [
        (5439, 5439, "carried"),
        (5431, 5431, "carried"),
        (5455, 5455, "carried"),
        (8191, 8191, "carried"),
        (8215, 8215, "carried"),
        (5430, 5439, "translated"),
        (5456, 5439, "translated"),
        (8216, 5439, "translated"),
        (1150, 5439, "translated"),
    ],
)
def test_a_port_out_of_range_becomes_the_default(port: int, wanted: int, action: str) -> None:
    translation = translate_network(a_cluster(port=port), some_choices())

    assert translation.settings["port"] == wanted
    assert after(translation, "port") == [(str(wanted), action)]
    assert levels(translation, "port") == ([] if action == "carried" else ["warning"])


@pytest.mark.parametrize(
    ("members", "setting", "value"),
    [
        ({"publicly_accessible": True}, "publicly_accessible", True),
        ({"enhanced_vpc_routing": True}, "enhanced_vpc_routing", True),
        ({"ip_address_type": "dualstack"}, "ip_address_type", "dualstack"),
        ({"vpc_security_group_ids": ("sg-2", "sg-1", "sg-2")}, "security_group_ids", ("sg-1", "sg-2")),
    ],
)
def test_switches_and_groups_are_carried(members: dict[str, Any], setting: str, value: object) -> None:
    assert translate_network(a_cluster(**members), some_choices()).settings[setting] == value


def test_dualstack_needs_ipv6_in_every_subnet() -> None:
    subnets = tuple(subnet.model_copy(update={"has_ipv6": False}) for subnet in some_subnets(2))

    translation = translate_network(a_cluster(subnets=subnets, ip_address_type="dualstack"), some_choices())

    assert levels(translation, "IP address type") == ["blocker"]


def test_an_ip_type_that_serverless_does_not_know_is_not_carried() -> None:
    translation = translate_network(a_cluster(ip_address_type="ipv6"), some_choices())

    assert "ip_address_type" not in translation.settings
    assert levels(translation, "IP address type") == ["warning"]


def test_more_groups_than_a_workgroup_takes_block() -> None:
    groups = tuple(f"sg-{number}" for number in range(33))

    translation = translate_network(a_cluster(vpc_security_group_ids=groups), some_choices())

    assert levels(translation, "security groups") == ["blocker"]


def test_at_most_32_subnets_are_used() -> None:
    translation = translate_network(a_cluster(subnets=some_subnets(40)), some_choices())

    assert len(translation.settings["subnet_ids"]) == 32
    assert levels(translation, "subnets") == ["warning"]
