"""Event buses: the default one, which every region has, and those that somebody made."""

from __future__ import annotations

from typing import Any

from redshift_simulator.account import SimulatedAccount
from redshift_simulator.errors import SimulatedError
from redshift_simulator.events.listing import listed, validation
from redshift_simulator.registry import Parameters, operation
from redshift_simulator.transitions import Resource, public

KIND = "event_buses"
DEFAULT = "default"


@operation("events", "ListEventBuses")
def list_event_buses(account: SimulatedAccount, region: str, parameters: Parameters) -> dict[str, Any]:
    prefix = parameters.get("NamePrefix", "")
    buses = [_default(account, region), *account.table(region, KIND).values()]
    named = sorted((bus for bus in buses if bus["Name"].startswith(prefix)), key=lambda bus: str(bus["Name"]))
    return listed(account, parameters, "EventBuses", [public(bus) for bus in named])


@operation("events", "CreateEventBus")
def create_event_bus(account: SimulatedAccount, region: str, parameters: Parameters) -> dict[str, Any]:
    name = parameters["Name"]
    if name == DEFAULT or name in account.table(region, KIND):
        raise SimulatedError("ResourceAlreadyExistsException", f"Event bus {name} already exists.")
    if "/" in name:
        raise validation("Event bus name must not contain '/'.")
    return {"EventBusArn": bus_of(account, region, name)["Arn"]}


def bus_of(account: SimulatedAccount, region: str, name: str) -> Resource:
    """An event bus, put in the account."""
    bus: Resource = {"Name": name, "Arn": account.arn("events", region, f"event-bus/{name}")}
    account.table(region, KIND)[name] = bus
    return bus


def bus_name(account: SimulatedAccount, region: str, parameters: Parameters) -> str:
    """The bus that a request means, by name or ARN; the default one when it names none."""
    name = str(parameters.get("EventBusName", DEFAULT)).rpartition(":event-bus/")[2]
    if name != DEFAULT and name not in account.table(region, KIND):
        raise SimulatedError("ResourceNotFoundException", f"Event bus {name} does not exist.")
    return name


def _default(account: SimulatedAccount, region: str) -> Resource:
    return {"Name": DEFAULT, "Arn": account.arn("events", region, f"event-bus/{DEFAULT}")}
