"""Tags of serverless resources: lower-case members, addressed by ARN."""

from __future__ import annotations

from typing import Any

from redshift_simulator.account import SimulatedAccount
from redshift_simulator.errors import SimulatedError, not_found
from redshift_simulator.registry import Parameters, operation
from redshift_simulator.serverless.namespaces import MAX_TAGS
from redshift_simulator.transitions import Resource

TAGGED = (
    ("namespaces", "namespaceArn"),
    ("workgroups", "workgroupArn"),
    ("serverless_snapshots", "snapshotArn"),
)


@operation("redshift-serverless", "ListTagsForResource")
def list_tags_for_resource(account: SimulatedAccount, region: str, parameters: Parameters) -> dict[str, Any]:
    return {"tags": _find(account, region, parameters["resourceArn"])["_tags"]}


@operation("redshift-serverless", "TagResource")
def tag_resource(account: SimulatedAccount, region: str, parameters: Parameters) -> dict[str, Any]:
    arn = parameters["resourceArn"]
    resource = _find(account, region, arn)
    values = {tag["key"]: tag["value"] for tag in (*resource["_tags"], *parameters["tags"])}
    if len(values) > MAX_TAGS:
        raise SimulatedError("TooManyTagsException", "Too many tags.", resourceName=arn)
    resource["_tags"] = [{"key": key, "value": value} for key, value in values.items()]
    return {}


@operation("redshift-serverless", "UntagResource")
def untag_resource(account: SimulatedAccount, region: str, parameters: Parameters) -> dict[str, Any]:
    resource = _find(account, region, parameters["resourceArn"])
    resource["_tags"] = [tag for tag in resource["_tags"] if tag["key"] not in parameters["tagKeys"]]
    return {}


def _find(account: SimulatedAccount, region: str, arn: str) -> Resource:
    for kind, member in TAGGED:
        for resource in account.table(region, kind).values():
            if resource[member] == arn:
                return resource
    raise not_found(f"Resource {arn} not found.", arn)
