"""KMS keys of the seed."""

from __future__ import annotations

from typing import Any

from redshift_simulator.account import SimulatedAccount
from redshift_simulator.around.asking_moto import LeftToNeighbourError, was_changed
from redshift_simulator.registry import Parameters, operation

KIND = "kms_keys"


@operation("kms", "DescribeKey")
def describe_key(account: SimulatedAccount, region: str, parameters: Parameters) -> dict[str, Any]:
    key = account.table(region, KIND).get(parameters["KeyId"].rpartition("/")[2])
    if key is None or was_changed(account, "kms"):
        raise LeftToNeighbourError
    return {"KeyMetadata": dict(key)}


def key_of(account: SimulatedAccount, region: str, identifier: str, description: str, *, enabled: bool = True) -> None:
    """A symmetric customer managed key."""
    account.table(region, KIND)[identifier] = {
        "AWSAccountId": account.account_id,
        "KeyId": identifier,
        "Arn": account.arn("kms", region, f"key/{identifier}"),
        "CreationDate": 1_700_000_000.0,
        "Enabled": enabled,
        "Description": description,
        "KeyUsage": "ENCRYPT_DECRYPT",
        "KeyState": "Enabled" if enabled else "Disabled",
        "Origin": "AWS_KMS",
        "KeyManager": "CUSTOMER",
        "CustomerMasterKeySpec": "SYMMETRIC_DEFAULT",
        "KeySpec": "SYMMETRIC_DEFAULT",
        "EncryptionAlgorithms": ["SYMMETRIC_DEFAULT"],
        "MultiRegion": False,
    }
