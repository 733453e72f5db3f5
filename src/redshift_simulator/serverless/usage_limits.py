"""Usage limits of workgroups."""

from __future__ import annotations

from typing import Any

from redshift_simulator.account import Resource, SimulatedAccount, public
from redshift_simulator.errors import SimulatedError, conflict, not_found, validation
from redshift_simulator.registry import Parameters, operation
from redshift_simulator.serverless.resources import NEWER_PAGES, find

KIND = "serverless_usage_limits"
MOST = 4  # the console offers that many for a workgroup


@operation("redshift-serverless", "CreateUsageLimit")
def create_usage_limit(account: SimulatedAccount, region: str, parameters: Parameters) -> dict[str, Any]:
    arn = parameters["resourceArn"]
    _check_workgroup(account, region, arn)
    _check_amount(parameters["amount"])
    limits = account.table(region, KIND)
    own = [limit for limit in limits.values() if limit["resourceArn"] == arn]
    limit = {
        "resourceArn": arn,
        "usageType": parameters["usageType"],
        "amount": parameters["amount"],
        "period": parameters.get("period", "monthly"),
        "breachAction": parameters.get("breachAction", "log"),
    }
    if any(limit.items() <= other.items() for other in own):
        raise conflict("A usage limit with the same settings already exists for the resource.")
    if len(own) >= MOST:
        raise SimulatedError("ServiceQuotaExceededException", f"A workgroup has at most {MOST} usage limits.")
    identifier = account.new_uuid()
    limit["usageLimitId"] = identifier
    limit["usageLimitArn"] = account.arn("redshift-serverless", region, f"usagelimit/{identifier}")
    limits[identifier] = limit
    return {"usageLimit": public(limit)}


@operation("redshift-serverless", "GetUsageLimit")
def get_usage_limit(account: SimulatedAccount, region: str, parameters: Parameters) -> dict[str, Any]:
    return {"usageLimit": public(_find(account, region, parameters["usageLimitId"]))}


@operation("redshift-serverless", "ListUsageLimits")
def list_usage_limits(account: SimulatedAccount, region: str, parameters: Parameters) -> dict[str, Any]:
    arn, usage_type = parameters.get("resourceArn"), parameters.get("usageType")
    if arn is not None:
        _check_workgroup(account, region, arn)
    limits = [
        public(limit)
        for limit in account.table(region, KIND).values()
        if arn in (None, limit["resourceArn"]) and usage_type in (None, limit["usageType"])
    ]
    return NEWER_PAGES.page(account, parameters, "usageLimits", limits)


@operation("redshift-serverless", "UpdateUsageLimit")
def update_usage_limit(account: SimulatedAccount, region: str, parameters: Parameters) -> dict[str, Any]:
    limit = _find(account, region, parameters["usageLimitId"])
    changes: dict[str, Any] = {key: parameters[key] for key in ("amount", "breachAction") if key in parameters}
    if not changes:
        raise validation("Nothing to update was given for the usage limit.")
    if "amount" in changes:
        _check_amount(changes["amount"])
    limit.update(changes)
    return {"usageLimit": public(limit)}


@operation("redshift-serverless", "DeleteUsageLimit")
def delete_usage_limit(account: SimulatedAccount, region: str, parameters: Parameters) -> dict[str, Any]:
    limit = _find(account, region, parameters["usageLimitId"])
    del account.table(region, KIND)[limit["usageLimitId"]]
    return {"usageLimit": public(limit)}


def forget_limits_of(account: SimulatedAccount, region: str, resource_arn: str) -> None:
    """Limits go with their workgroup."""
    limits = account.table(region, KIND)
    for identifier in [key for key, limit in limits.items() if limit["resourceArn"] == resource_arn]:
        del limits[identifier]


def _find(account: SimulatedAccount, region: str, identifier: str) -> Resource:
    return find(account, region, KIND, identifier, "Usage limit")


def _check_workgroup(account: SimulatedAccount, region: str, arn: str) -> None:
    """A real ARN: no name and no `*` in it."""
    if all(group["workgroupArn"] != arn for group in account.table(region, "workgroups").values()):
        raise not_found(f"Resource {arn} not found.", arn)


def _check_amount(amount: int) -> None:
    if amount < 1:
        raise validation("The usage limit amount must be greater than 0.")
