"""Functions, pipes, state machines and connections of the seed: what an account may have that names a cluster."""

from __future__ import annotations

import json
from typing import Any

from redshift_simulator.account import Resource, SimulatedAccount
from redshift_simulator.errors import SimulatedError, validation
from redshift_simulator.neighbours.log import LeftToNeighbourError, was_changed
from redshift_simulator.pages import Paging
from redshift_simulator.registry import Parameters, operation

FUNCTIONS, PIPES, MACHINES, CONNECTIONS = "lambda_functions", "pipes", "state_machines", "glue_connections"
PAGES = Paging("Limit", "NextToken", validation)
MACHINE_PAGES = Paging("maxResults", "nextToken", validation, fewest=0, most=1000)
CONNECTION_PAGES = Paging("MaxResults", "NextToken", validation)


@operation("lambda", "ListFunctions")
def list_functions(account: SimulatedAccount, region: str, parameters: Parameters) -> dict[str, Any]:
    """Its token has one name in the request and another in the reply."""
    asked = {"Limit": parameters.get("MaxItems", 50), "NextToken": parameters.get("Marker")}
    reply = PAGES.page(account, asked, "Functions", _all(account, region, "lambda", FUNCTIONS))
    return {"NextMarker" if name == "NextToken" else name: value for name, value in reply.items()}


@operation("pipes", "ListPipes")
def list_pipes(account: SimulatedAccount, region: str, parameters: Parameters) -> dict[str, Any]:
    prefix = parameters.get("TargetPrefix", "")
    pipes = [pipe for pipe in _all(account, region, "pipes", PIPES) if pipe["Target"].startswith(prefix)]
    return PAGES.page(account, parameters, "Pipes", pipes)


@operation("states", "ListStateMachines")
def list_state_machines(account: SimulatedAccount, region: str, parameters: Parameters) -> dict[str, Any]:
    shown = ("stateMachineArn", "name", "type", "creationDate")
    machines = [{member: each[member] for member in shown} for each in _all(account, region, "states", MACHINES)]
    return MACHINE_PAGES.page(account, parameters, "stateMachines", machines)


@operation("states", "DescribeStateMachine")
def describe_state_machine(account: SimulatedAccount, region: str, parameters: Parameters) -> dict[str, Any]:
    arn = parameters["stateMachineArn"]
    machine = account.table(region, MACHINES).get(arn.rpartition(":")[2])
    if machine is not None:
        return dict(machine)
    if was_changed(account, "states"):
        raise LeftToNeighbourError
    raise SimulatedError("StateMachineDoesNotExist", f"State Machine Does Not Exist: '{arn}'")


@operation("glue", "GetConnections")
def get_connections(account: SimulatedAccount, region: str, parameters: Parameters) -> dict[str, Any]:
    return CONNECTION_PAGES.page(account, parameters, "ConnectionList", _all(account, region, "glue", CONNECTIONS))


def function_of(account: SimulatedAccount, region: str, name: str, **variables: str) -> None:
    """A function with these environment variables."""
    account.table(region, FUNCTIONS)[name] = {
        "FunctionName": name,
        "FunctionArn": account.arn("lambda", region, f"function:{name}"),
        "Runtime": "python3.13",
        "Environment": {"Variables": variables},
    }


def pipe_of(account: SimulatedAccount, region: str, name: str, target_arn: str) -> None:
    """A running pipe from a queue to that target."""
    account.table(region, PIPES)[name] = {
        "Name": name,
        "Arn": account.arn("pipes", region, f"pipe/{name}"),
        "DesiredState": "RUNNING",
        "CurrentState": "RUNNING",
        "Source": account.arn("sqs", region, name),
        "Target": target_arn,
    }


def state_machine_of(account: SimulatedAccount, region: str, name: str, definition: dict[str, Any]) -> None:
    """A state machine."""
    account.table(region, MACHINES)[name] = {
        "stateMachineArn": account.arn("states", region, f"stateMachine:{name}"),
        "name": name,
        "definition": json.dumps(definition),
        "roleArn": f"arn:aws:iam::{account.account_id}:role/{name}",
        "type": "STANDARD",
        "creationDate": 1_700_000_000.0,
    }


def connection_of(account: SimulatedAccount, region: str, name: str, url: str) -> None:
    """A JDBC connection of Glue; its password is never told."""
    account.table(region, CONNECTIONS)[name] = {
        "Name": name,
        "ConnectionType": "JDBC",
        "ConnectionProperties": {"JDBC_CONNECTION_URL": url, "USERNAME": "etl"},
    }


def _all(account: SimulatedAccount, region: str, service: str, kind: str) -> list[Resource]:
    """What the seed has of one kind, by name; once somebody changed the service, only moto knows."""
    if was_changed(account, service):
        raise LeftToNeighbourError
    return [dict(each) for _, each in sorted(account.table(region, kind).items())]
