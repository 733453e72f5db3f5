"""IAM roles of the seed, and the simulator of policies."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from redshift_simulator.account import SimulatedAccount
from redshift_simulator.around.asking_moto import LeftToNeighbourError, was_changed
from redshift_simulator.around.iam_policies import decision, is_of_seed
from redshift_simulator.registry import Parameters, operation

EVERYWHERE, KIND = "global", "iam_roles"
DENIED_ACTIONS = "denied_actions"
"""Setting of the account: what the simulator of policies says no to. Nothing is refused for it."""


@operation("iam", "GetRole")
def get_role(account: SimulatedAccount, region: str, parameters: Parameters) -> dict[str, Any]:
    role = account.table(EVERYWHERE, KIND).get(parameters["RoleName"])
    if role is None or was_changed(account, "iam"):
        raise LeftToNeighbourError
    return {"Role": dict(role)}


@operation("iam", "SimulatePrincipalPolicy")
def simulate_principal_policy(account: SimulatedAccount, region: str, parameters: Parameters) -> dict[str, Any]:
    principal = parameters["PolicySourceArn"]
    if ":role/" in principal and (was_changed(account, "iam") or not is_of_seed(account, principal)):
        raise LeftToNeighbourError  # moto alone knows its policies now, and cannot simulate them
    resources = parameters.get("ResourceArns", ["*"])
    results = [
        {
            "EvalActionName": action,
            "EvalResourceName": resource,
            "EvalDecision": decision(account, principal, action, resource)
            or ("implicitDeny" if action in account.settings.get(DENIED_ACTIONS, []) else "allowed"),
        }
        for action in parameters["ActionNames"]
        for resource in resources
    ]
    return {"EvaluationResults": results, "IsTruncated": False}


def role_of(account: SimulatedAccount, name: str, arn: str, trust_policy: str) -> None:
    """A role without a path; `trust_policy` is JSON."""
    account.table(EVERYWHERE, KIND)[name] = {
        "Path": "/",
        "RoleName": name,
        "RoleId": f"AROASIMULATED{name.upper()}"[:32],
        "Arn": arn,
        "CreateDate": 1_700_000_000.0,
        "AssumeRolePolicyDocument": quote(trust_policy),  # as IAM sends it
        "MaxSessionDuration": 3600,
    }
