"""What a workgroup's settings may be, and whether it fits into its network."""

from __future__ import annotations

from typing import Any

import redshift_facts as record
from redshift_simulator.account import Resource, SimulatedAccount
from redshift_simulator.errors import SimulatedError, validation
from redshift_simulator.registry import Parameters

DECIDED_BY_AWS = record.number("workgroup.settings", "base_capacity_rpu")
"""The base capacity that a workgroup shows for which neither a base nor a target was sent."""
BY_RULE = {"base_capacity_rpu", "max_capacity_rpu", "price_performance_level", "price_performance_level_with_base"}
"""Facts about a fresh workgroup that depend on what was sent, or that a reply leaves out."""
MAX_VALUE_LENGTH = 8000

PLAIN_KEYS = frozenset(record.facts("workgroup.accepted")) - {"wlm_json_configuration"}
METRIC_KEYS = frozenset(record.facts("workgroup.query_limits"))
WLM_KEY = "wlm_json_configuration"
FRESH_PARAMETERS = record.texts("workgroup.parameters")
"""What a reply has when nobody sent it."""
FEWEST, FEWEST_WITH_ROUTING = 2, 3
FREE_ADDRESSES = 3
FREE_ADDRESSES_WITH_ROUTING = {4: 9, 8: 9, 16: 13, 32: 13, 64: 21, 128: 37, 256: 69, 512: 133, 1024: 261}
"""Base capacity in RPU, up to which so many free addresses are needed."""
ABOUT_NETWORK = {"subnetIds", "securityGroupIds", "enhancedVpcRouting", "ipAddressType"}


def check_settings(parameters: Parameters, workgroup: dict[str, Any]) -> None:
    """Raise ValidationException for a value that a workgroup cannot have; `workgroup` is empty before it exists."""
    _check_capacity(parameters, workgroup)
    port = parameters.get("port")
    ports = record.numbers("network.ports")
    if port is not None and not any(int(first) <= port <= last for first, last in ports.items()):
        told = " or ".join(f"{first}-{last}" for first, last in ports.items())
        raise validation(f"The port {port} must be in {told}.")
    if "configParameters" in parameters:
        _check_config(parameters["configParameters"], workgroup.get("configParameters", []))
        _check_difference(parameters["configParameters"], workgroup)


def settings_of(parameters: Parameters) -> dict[str, Any]:
    """The settings of a new workgroup: what was sent, and else what the record says of a fresh one."""
    known = record.facts("workgroup.settings").values()
    fresh: dict[str, Any] = {record.sent_as(each.key): each.value for each in known if each.key not in BY_RULE}
    fresh["pricePerformanceTarget"] = {"status": "DISABLED"}
    if "baseCapacity" not in parameters:
        level = record.number("workgroup.settings", "price_performance_level")
        fresh |= {
            "baseCapacity": DECIDED_BY_AWS,
            "pricePerformanceTarget": {"status": "ENABLED", "level": level},
        }
    given = {name: value for name, value in parameters.items() if name != "tags"}
    return fresh | given | {"configParameters": merge_parameters([], parameters.get("configParameters", []))}


def is_capacity(rpu: int) -> bool:
    """The least there is, multiples of 8 up to one value, multiples of 32 from there up to another."""
    known = record.numbers("capacity.rpu")
    small, large = known["steps_of_8_up_to"], known["steps_of_32_up_to"]
    return rpu == known["least"] or (8 <= rpu <= small and rpu % 8 == 0) or (small < rpu <= large and rpu % 32 == 0)


def _check_capacity(parameters: Parameters, workgroup: dict[str, Any]) -> None:
    base = parameters.get("baseCapacity", workgroup.get("baseCapacity", DECIDED_BY_AWS))
    if "baseCapacity" in parameters and workgroup.get("pricePerformanceTarget", {}).get("status") == "ENABLED":
        raise validation(record.text("refusals.serverless", "base_beside_target"))
    if base != DECIDED_BY_AWS and not is_capacity(base):
        raise validation(f"The base capacity {base} must be 4, 8 to 512 in steps of 8, or to 1024 in steps of 32.")
    maximum = parameters.get("maxCapacity", workgroup.get("maxCapacity"))
    if maximum == -1:
        if "maxCapacity" not in workgroup:
            raise validation("The max capacity isn't set, so it can't be removed.")
    elif maximum is not None and maximum < base:
        raise validation(f"The max capacity {maximum} must not be less than the base capacity {base}.")


def _check_config(given: list[dict[str, str]], present: list[dict[str, str]]) -> None:
    known = PLAIN_KEYS | METRIC_KEYS | {WLM_KEY}
    for item in given:
        key = item.get("parameterKey", "")
        if key not in known:
            raise validation(f"The parameter key {key} isn't supported. Supported values: [{sorted(known)}]")
        if len(item.get("parameterValue", "")) > MAX_VALUE_LENGTH:
            raise validation(f"The value of {key} is longer than {MAX_VALUE_LENGTH} characters.")
    if not present and any(item == {"parameterKey": "require_ssl", "parameterValue": "false"} for item in given):
        raise validation(record.text("refusals.serverless", "require_ssl_off_at_creation"))
    had_queues = any(item["parameterKey"] == WLM_KEY for item in present)
    keys = {item["parameterKey"] for item in given}
    if keys & METRIC_KEYS and (WLM_KEY in keys or had_queues):
        raise validation(f"{WLM_KEY} and query monitoring metrics can't be set at the same time.")


def _check_difference(given: list[dict[str, str]], workgroup: dict[str, Any]) -> None:
    """An update whose parameters are all as they were is refused."""
    present = workgroup.get("configParameters")
    if present is not None and merge_parameters(present, given) == present:
        raise validation(record.text("refusals.serverless", "nothing_changes"))


def merge_parameters(present: list[dict[str, str]], given: list[dict[str, str]]) -> list[dict[str, str]]:
    """The parameters after an update: given ones replace those of the same key, the rest stays.

    Queues take the place of query limits, and there is no way back.
    """
    if any(item["parameterKey"] == WLM_KEY for item in given):
        present = [item for item in present if item["parameterKey"] not in METRIC_KEYS]
    values = {item["parameterKey"]: item.get("parameterValue", "") for item in (*present, *given)}
    fresh = {key: value for key, value in FRESH_PARAMETERS.items() if WLM_KEY not in values or key not in METRIC_KEYS}
    values = fresh | values
    return [{"parameterKey": key, "parameterValue": values[key]} for key in sorted(values)]


def check_network(account: SimulatedAccount, region: str, parameters: Parameters, workgroup: dict[str, Any]) -> None:
    """Raise ValidationException unless there are enough subnets in different zones, with enough free addresses.

    What is looked at is the ec2 of the account; where that has no subnets, each id counts as a zone of its own.
    """
    if not ABOUT_NETWORK & set(parameters):
        return
    after = {**workgroup, **parameters}
    subnets = after.get("subnetIds")
    if subnets is None:
        return  # the default subnets of the account
    found = _found(account, region, "subnets", subnets, "subnet")
    routing = after.get("enhancedVpcRouting", False)
    fewest = FEWEST_WITH_ROUTING if routing else FEWEST
    zones = {found[subnet]["AvailabilityZone"] if subnet in found else subnet for subnet in subnets}
    if len(zones) < fewest:
        raise validation(f"Must have at least {fewest} subnets in {fewest} Availability Zones; found {len(zones)}.")
    _check_addresses(found, after.get("baseCapacity", 128) if routing else 0)
    _check_groups(account, region, after.get("securityGroupIds", []), {one["VpcId"] for one in found.values()})
    if after.get("ipAddressType") == "dualstack" and any(
        not subnet["Ipv6CidrBlockAssociationSet"] for subnet in found.values()
    ):
        raise SimulatedError("Ipv6CidrBlockNotFoundException", "The subnets have no IPv6 CIDR block.")


def _check_addresses(subnets: dict[str, Resource], rpu_with_routing: int) -> None:
    needed = next((count for rpu, count in FREE_ADDRESSES_WITH_ROUTING.items() if rpu_with_routing <= rpu), 0)
    needed = needed if rpu_with_routing else FREE_ADDRESSES
    for name, subnet in subnets.items():
        if subnet["AvailableIpAddressCount"] < needed:
            raise validation(f"The subnet {name} needs at least {needed} free IP addresses.")


def _check_groups(account: SimulatedAccount, region: str, groups: list[str], vpcs: set[str]) -> None:
    found = _found(account, region, "security_groups", groups, "security group")
    if len(vpcs) > 1:
        raise validation("The subnets must be in one VPC.")
    for name, group in found.items():
        if vpcs and group["VpcId"] not in vpcs:
            raise validation(f"VPC Security group {name} does not exist in VPC {min(vpcs)}")


def _found(account: SimulatedAccount, region: str, kind: str, names: list[str], noun: str) -> dict[str, Resource]:
    """The named ones that ec2 has; it has to have all of them, unless it has none at all or moto made more."""
    known = account.table(region, kind)
    made_more = any(entry["service"] == "ec2" for entry in account.state["neighbour_requests"])
    if known and not made_more and (unknown := sorted(set(names) - set(known))):
        raise validation(f"The {noun} {', '.join(unknown)} does not exist.")
    return {name: known[name] for name in names if name in known}
