"""Resource policies of namespaces, of clusters and of serverless alike: provisioned Redshift keeps them all."""

from __future__ import annotations

import json
from typing import Any

from redshift_simulator.account import SimulatedAccount
from redshift_simulator.errors import SimulatedError
from redshift_simulator.registry import Parameters, operation

KIND = "resource_policies"


@operation("redshift", "PutResourcePolicy")
def put_resource_policy(account: SimulatedAccount, region: str, parameters: Parameters) -> dict[str, Any]:
    arn, policy = parameters["ResourceArn"], parameters["Policy"]
    _check_resource(account, region, arn)
    _check_policy(policy)
    kept = {"ResourceArn": arn, "Policy": policy}
    account.table(region, KIND)[arn] = kept
    return {"ResourcePolicy": dict(kept)}


@operation("redshift", "GetResourcePolicy")
def get_resource_policy(account: SimulatedAccount, region: str, parameters: Parameters) -> dict[str, Any]:
    arn = parameters["ResourceArn"]
    _check_resource(account, region, arn)
    return {"ResourcePolicy": dict(_find(account, region, arn))}


@operation("redshift", "DeleteResourcePolicy")
def delete_resource_policy(account: SimulatedAccount, region: str, parameters: Parameters) -> dict[str, Any]:
    arn = parameters["ResourceArn"]
    _find(account, region, arn)
    del account.table(region, KIND)[arn]
    return {}


def _find(account: SimulatedAccount, region: str, arn: str) -> dict[str, Any]:
    policy = account.table(region, KIND).get(arn)
    if policy is None:
        raise SimulatedError("ResourceNotFoundFault", f"There is no resource policy for {arn}.", 404)
    return policy


def _check_resource(account: SimulatedAccount, region: str, arn: str) -> None:
    known = {cluster.get("ClusterNamespaceArn") for cluster in account.table(region, "clusters").values()}
    known |= {namespace["namespaceArn"] for namespace in account.table(region, "namespaces").values()}
    if arn not in known:
        raise SimulatedError("ResourceNotFoundFault", f"The resource {arn} was not found.", 404)


def _check_policy(text: str) -> None:
    try:
        policy = json.loads(text)
    except ValueError as error:
        raise SimulatedError("InvalidPolicyFault", f"The resource policy is not JSON: {error}") from error
    if not isinstance(policy, dict) or not policy.get("Statement"):
        raise SimulatedError("InvalidPolicyFault", "The resource policy has no statement.")
