"""IAM roles of the seed, their policies, and what the simulator of policies says about them."""

from __future__ import annotations

import json
from fnmatch import fnmatchcase
from typing import Any
from urllib.parse import quote

from redshift_simulator.account import SimulatedAccount
from redshift_simulator.errors import SimulatedError
from redshift_simulator.neighbours.log import LeftToNeighbourError, add_seed_request, was_changed
from redshift_simulator.registry import Parameters, operation

EVERYWHERE, ROLES, INLINE = "global", "iam_roles", "iam_role_policies"
DENIED_ACTIONS = "denied_actions"
"""Setting of the account: what the simulator of policies says no to. Only the use of a key is refused for it."""


@operation("iam", "GetRole")
def get_role(account: SimulatedAccount, region: str, parameters: Parameters) -> dict[str, Any]:
    role = account.table(EVERYWHERE, ROLES).get(parameters["RoleName"])
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


def iam_role(account: SimulatedAccount, name: str, *trusted_services: str) -> str:
    """A role without a path that these services may assume, here and in moto; returns its ARN."""
    principal = {"Service": list(trusted_services)}
    statement = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}
    trust = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    add_seed_request(account, "iam", "CreateRole", "us-east-1", name, RoleName=name, AssumeRolePolicyDocument=trust)
    arn = f"arn:aws:iam::{account.account_id}:role/{name}"
    account.table(EVERYWHERE, ROLES)[name] = {
        "Path": "/",
        "RoleName": name,
        "RoleId": f"AROASIMULATED{name.upper()}"[:32],
        "Arn": arn,
        "CreateDate": 1_700_000_000.0,
        "AssumeRolePolicyDocument": quote(trust),  # as IAM sends it
        "MaxSessionDuration": 3600,
    }
    return arn


def inline_policy(account: SimulatedAccount, role_name: str, policy_name: str, *statements: dict[str, Any]) -> None:
    """Give a role of the seed an inline policy."""
    document = {"Version": "2012-10-17", "Statement": list(statements)}
    account.table(EVERYWHERE, INLINE).setdefault(role_name, {})[policy_name] = document
    add_seed_request(
        account,
        "iam",
        "PutRolePolicy",
        "us-east-1",
        f"{role_name}/{policy_name}",
        RoleName=role_name,
        PolicyName=policy_name,
        PolicyDocument=json.dumps(document),
    )


@operation("iam", "ListRolePolicies")
def list_role_policies(account: SimulatedAccount, region: str, parameters: Parameters) -> dict[str, Any]:
    return {"PolicyNames": sorted(_policies(account, parameters)), "IsTruncated": False}


@operation("iam", "GetRolePolicy")
def get_role_policy(account: SimulatedAccount, region: str, parameters: Parameters) -> dict[str, Any]:
    role, name = parameters["RoleName"], parameters["PolicyName"]
    policies = _policies(account, parameters)
    if name not in policies:
        raise SimulatedError("NoSuchEntity", f"The role policy with name {name} cannot be found.", 404)
    return {"RoleName": role, "PolicyName": name, "PolicyDocument": quote(json.dumps(policies[name]))}


@operation("iam", "ListAttachedRolePolicies")
def list_attached_role_policies(account: SimulatedAccount, region: str, parameters: Parameters) -> dict[str, Any]:
    _policies(account, parameters)
    return {"AttachedPolicies": [], "IsTruncated": False}


def decision(account: SimulatedAccount, role_arn: str, action: str, resource: str) -> str | None:
    """What the simulator of policies says about a role of the seed; None for anybody else."""
    if not is_of_seed(account, role_arn):
        return None
    name, answer = role_arn.rpartition("/")[2], "implicitDeny"
    for document in account.table(EVERYWHERE, INLINE).get(name, {}).values():
        for statement in document["Statement"]:
            if not _applies(statement, action, resource):
                continue
            if statement["Effect"] == "Deny":
                return "explicitDeny"
            answer = "allowed"
    return answer


def is_of_seed(account: SimulatedAccount, principal_arn: str) -> bool:
    """Whether a principal is a role of the seed."""
    return ":role/" in principal_arn and principal_arn.rpartition("/")[2] in account.table(EVERYWHERE, ROLES)


def _policies(account: SimulatedAccount, parameters: Parameters) -> dict[str, Any]:
    name = parameters["RoleName"]
    if name not in account.table(EVERYWHERE, ROLES) or was_changed(account, "iam"):
        raise LeftToNeighbourError
    return account.table(EVERYWHERE, INLINE).get(name, {})


def _applies(statement: dict[str, Any], action: str, resource: str) -> bool:
    """Conditions count as not met, as for a simulation without context."""
    return (
        "Condition" not in statement
        and any(fnmatchcase(action.lower(), each.lower()) for each in _as_list(statement["Action"]))
        and any(fnmatchcase(resource, each) for each in _as_list(statement["Resource"]))
    )


def _as_list(value: Any) -> list[str]:
    return value if isinstance(value, list) else [value]
