"""Keys and roles of the demo account: read at once, and made in moto when something beyond reading is asked."""

from __future__ import annotations

import json
import uuid
from random import Random

from redshift_simulator.account import SimulatedAccount
from redshift_simulator.around.iam import role_of
from redshift_simulator.around.kms import key_of
from redshift_simulator.places import partition_of
from redshift_simulator.requestlog import add_seed_request


def kms_key(account: SimulatedAccount, region: str, description: str, *, enabled: bool = True) -> str:
    """A customer managed key; returns its ARN."""
    add_seed_request(account, "kms", "CreateKey", region, description, Description=description)
    # The id is the first random number that moto draws after the seed; a test looks each key up by this ARN.
    identifier = uuid.UUID(int=Random(description).getrandbits(128), version=4)
    if not enabled:
        add_seed_request(account, "kms", "DisableKey", region, f"{description}, disabled", KeyId=str(identifier))
    key_of(account, region, str(identifier), description, enabled=enabled)
    return account.arn("kms", region, f"key/{identifier}")


def iam_role(account: SimulatedAccount, name: str, *trusted_services: str) -> str:
    """A role that these services may assume; returns its ARN."""
    trust = {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Principal": {"Service": list(trusted_services)}, "Action": "sts:AssumeRole"}
        ],
    }
    document = json.dumps(trust)
    add_seed_request(account, "iam", "CreateRole", "us-east-1", name, RoleName=name, AssumeRolePolicyDocument=document)
    arn = f"arn:{partition_of('us-east-1')}:iam::{account.account_id}:role/{name}"
    role_of(account, name, arn, document)
    return arn
