"""What the resources of Redshift Serverless share: lookups, pages, tags, limits of retention, regions of keys."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import redshift_facts as record
from redshift_simulator.account import Resource, SimulatedAccount
from redshift_simulator.errors import SimulatedError, not_found, validation
from redshift_simulator.exchange import partition_of
from redshift_simulator.neighbours.iam import DENIED_ACTIONS
from redshift_simulator.pages import Paging
from redshift_simulator.registry import Parameters, operation

PAGES = Paging("maxResults", "nextToken", validation)
NEWER_PAGES = replace(PAGES, refuse=lambda message: SimulatedError("InvalidPaginationException", message))
"""Of the operations that came later, which have an error of their own for a wrong token."""
MAX_RETENTION_DAYS = 3653
MAX_TAGS = 50
TAGGED = (
    ("namespaces", "namespaceArn"),
    ("workgroups", "workgroupArn"),
    ("serverless_snapshots", "snapshotArn"),
)


def find(account: SimulatedAccount, region: str, kind: str, name: str, noun: str) -> Resource:
    """A resource by name; raises ResourceNotFoundException."""
    resource = account.table(region, kind).get(name)
    if resource is None:
        raise not_found(f"{noun} {name} not found.", name)
    return resource


def check_retention(days: int | None) -> None:
    """Raise ValidationException for days that a snapshot, a copy or a schedule of snapshots cannot have.

    -1 means for ever on provisioned clusters; nobody knows whether it is taken here, so it is not.
    """
    if days is not None and not 1 <= days <= MAX_RETENTION_DAYS:
        raise validation(f"The retention period {days} must be between 1 and {MAX_RETENTION_DAYS} days.")


def check_key(key: str | None, region: str, place: str = "Region") -> None:
    """A key that is given as an ARN has to be in the region of what it encrypts."""
    if key is not None and key.startswith("arn:") and not key.startswith(f"arn:{partition_of(region)}:kms:{region}:"):
        raise validation(f"The KMS key {key} isn't in {place} {region}.")


def check_key_use(account: SimulatedAccount, key: str | None) -> None:
    """Raise ValidationException where the caller may not use a customer managed key.

    Whether that is checked when a namespace is made, too, is assumed; of the others it is documented.
    """
    denied = {*account.settings.get(DENIED_ACTIONS, [])} & record.facts("refusals.key_actions").keys()
    if denied and key is not None and key != record.text("namespace.settings", "kms_key_id"):
        raise validation(record.text("refusals.serverless", "key_permissions"))


def check_tags(tags: list[dict[str, str]], resource_name: str) -> None:
    """Raise TooManyTagsException for more than a resource can have."""
    if len(tags) > MAX_TAGS:
        raise SimulatedError("TooManyTagsException", "Too many tags.", resourceName=resource_name)


@operation("redshift-serverless", "ListTagsForResource")
def list_tags_for_resource(account: SimulatedAccount, region: str, parameters: Parameters) -> dict[str, Any]:
    return {"tags": _find_tagged(account, region, parameters["resourceArn"])["_tags"]}


@operation("redshift-serverless", "TagResource")
def tag_resource(account: SimulatedAccount, region: str, parameters: Parameters) -> dict[str, Any]:
    arn = parameters["resourceArn"]
    resource = _find_tagged(account, region, arn)
    values = {tag["key"]: tag["value"] for tag in (*resource["_tags"], *parameters["tags"])}
    tags = [{"key": key, "value": value} for key, value in values.items()]
    check_tags(tags, arn)
    resource["_tags"] = tags
    return {}


@operation("redshift-serverless", "UntagResource")
def untag_resource(account: SimulatedAccount, region: str, parameters: Parameters) -> dict[str, Any]:
    resource = _find_tagged(account, region, parameters["resourceArn"])
    resource["_tags"] = [tag for tag in resource["_tags"] if tag["key"] not in parameters["tagKeys"]]
    return {}


def _find_tagged(account: SimulatedAccount, region: str, arn: str) -> Resource:
    for kind, member in TAGGED:
        for resource in account.table(region, kind).values():
            if resource[member] == arn:
                return resource
    raise not_found(f"Resource {arn} not found.", arn)
