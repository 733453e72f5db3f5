"""One HTTP request and its reply, without a socket."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import parse_qs, urlsplit

from redshift_simulator.errors import SimulatedError

SCOPE = re.compile(r"Credential=(?P<key>[^/]+)/\d{8}/(?P<region>[^/]+)/(?P<service>[^/]+)/aws4_request")
ACTION_PREFIXES = {"monitoring": "cloudwatch", "tagging": "tag"}  # where they are not the signing name


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
