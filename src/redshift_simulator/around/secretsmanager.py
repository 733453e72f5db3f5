"""Secrets of the seed: that they are there, never what they hold."""

from __future__ import annotations

from typing import Any

from redshift_simulator.account import SimulatedAccount
from redshift_simulator.around.asking_moto import LeftToNeighbourError
from redshift_simulator.registry import Parameters, operation

KIND = "secrets"


@operation("secretsmanager", "DescribeSecret")
def describe_secret(account: SimulatedAccount, region: str, parameters: Parameters) -> dict[str, Any]:
    wanted = parameters["SecretId"]
    for secret in account.table(region, KIND).values():
        if wanted in (secret["ARN"], secret["Name"]):
            return dict(secret)
    raise LeftToNeighbourError


def secret_of(account: SimulatedAccount, region: str, name: str, *, tags: dict[str, str] | None = None) -> str:
    """A secret; returns its ARN."""
    arn = account.arn("secretsmanager", region, f"secret:{name}-Ab1Cd2")
    account.table(region, KIND)[name] = {
        "ARN": arn,
        "Name": name,
        "Description": "",
        "CreatedDate": 1_700_000_000.0,
        "Tags": [{"Key": key, "Value": value} for key, value in (tags or {}).items()],
    }
    return arn
