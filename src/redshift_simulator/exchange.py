"""One HTTP request and its reply, without a socket: where it is for, what it asks, and how it is recorded."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass, field
from functools import cache
from typing import Any, Literal
from urllib.parse import parse_qs, urlsplit

from botocore.loaders import Loader

from redshift_simulator.errors import SimulatedError

SCOPE = re.compile(r"Credential=(?P<key>[^/]+)/\d{8}/(?P<region>[^/]+)/(?P<service>[^/]+)/aws4_request")
ACTION_PREFIXES = {"monitoring": "cloudwatch", "tagging": "tag"}  # where they are not the signing name
READ_PREFIXES = ("Describe", "List", "Get", "Simulate", "Assume")


@dataclass(frozen=True)
class Request:
    method: str
    target: str
    """Path and query as sent."""
    headers: dict[str, str]
    """Names in lower case."""
    body: bytes

    @property
    def path(self) -> str:
        return urlsplit(self.target).path

    @property
    def query(self) -> dict[str, list[str]]:
        return parse_qs(urlsplit(self.target).query, keep_blank_values=True)


@dataclass(frozen=True)
class Reply:
    status: int
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""


@dataclass(frozen=True)
class NoReply:
    """The connection ends without an answer: reset, closed, or only after a long silence."""

    how: Literal["reset", "close", "hang"]


@dataclass(frozen=True)
class Scope:
    """Who signed a request, and for which region and service."""

    access_key: str
    region: str
    service: str
    """The signing name."""

    @property
    def action_prefix(self) -> str:
        """What IAM calls the service in an action such as `cloudwatch:DescribeAlarms`."""
        return ACTION_PREFIXES.get(self.service, self.service)


def scope_of(request: Request) -> Scope:
    """The credential scope of a signed request. The signature itself is not checked."""
    found = SCOPE.search(request.headers.get("authorization", ""))
    if found is None:
        raise SimulatedError("MissingAuthenticationToken", "Request is missing Authentication Token", 403)
    return Scope(found["key"], found["region"], found["service"])


@dataclass(frozen=True)
class Asked:
    """The operation and its parameters, decoded and not yet checked."""

    scope: Scope
    model: Any
    operation: Any
    parameters: dict[str, Any]

    @property
    def name(self) -> str:
        return f"{self.scope.action_prefix}:{self.operation.name}"


@dataclass(frozen=True)
class RecordedCall:
    """One request as it arrived, retries included."""

    service: str
    operation: str
    region: str
    parameters: dict[str, Any]
    access_key: str
    outcome: str
    """`ok`, the error code of the reply, or the fault that kept the call from being applied (`reset`, `hang` …)."""

    @property
    def name(self) -> str:
        """Such as `redshift:DescribeClusters`, as IAM writes an action."""
        return f"{self.service}:{self.operation}"

    @property
    def mutates(self) -> bool:
        return is_mutating(self.operation)

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def is_mutating(operation: str) -> bool:
    """Whether an operation may change the account; unknown verbs count as changing."""
    return not operation.startswith(READ_PREFIXES)


def without_secrets(value: Any) -> Any:
    """The same parameters with every password replaced: a record of calls must never hold one."""
    if isinstance(value, dict):
        return {
            key: "***" if _is_password(key) and isinstance(item, str) else without_secrets(item)
            for key, item in value.items()
        }
    if isinstance(value, list):
        return [without_secrets(item) for item in value]
    return value


def _is_password(key: str) -> bool:
    return key.lower().endswith(("password", "secretstring", "secretbinary"))


@cache
def _partitions() -> list[dict[str, Any]]:
    document: dict[str, Any] = Loader().load_data("partitions")
    return list(document["partitions"])


@cache
def partition_of(region: str) -> str | None:
    """The partition that has this region (`aws`, `aws-us-gov`, `aws-cn` …), or None for an unknown region."""
    for partition in _partitions():
        if region in partition["regions"]:
            return str(partition["id"])
    return None


@cache
def dns_suffix(region: str) -> str:
    """The domain of the region's partition, such as `amazonaws.com`."""
    for partition in _partitions():
        if region in partition["regions"]:
            return str(partition["outputs"]["dnsSuffix"])
    return "amazonaws.com"
