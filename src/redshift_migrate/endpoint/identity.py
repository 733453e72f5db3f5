"""Who asks. Told by whoever let the request in, never by the request's body."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence

from redshift_migrate.state.owner import Principal

Headers = Mapping[str, str]
IdentityProvider = Callable[[Headers], Principal | None]
"""The caller of a request, from its headers; None when nobody vouches for one."""

REQUEST_CONTEXT = "x-amzn-request-context"
"""Set by the Lambda Web Adapter on every request, over whatever the caller sent under that name."""
AGENTCORE_USER = "x-amzn-bedrock-agentcore-runtime-user-id"
AGENTCORE_SESSION = "x-amzn-bedrock-agentcore-runtime-session-id"

_ASSUMED = re.compile(r"arn:(?P<partition>[\w-]+):sts::(?P<account>\d{12}):assumed-role/(?P<role>[^/]+)/.+")


def function_url_identity(migrate_principals: Sequence[str]) -> IdentityProvider:
    """The caller whom Lambda's Function URL authenticated by signature (AuthType AWS_IAM)."""
    allowed = tuple(each.strip() for each in migrate_principals if each.strip())

    def identify(headers: Headers) -> Principal | None:
        arn = _user_arn(headers.get(REQUEST_CONTEXT, ""))
        return Principal(arn=arn, may_change=is_one_of(arn, allowed)) if arn else None

    return identify


def is_one_of(arn: str, principals: Sequence[str]) -> bool:
    """True if the caller is one of these users, or has assumed one of these roles."""
    assumed = _ASSUMED.fullmatch(arn)
    for principal in principals:
        if arn == principal:
            return True
        role = re.fullmatch(r"arn:([\w-]+):iam::(\d{12}):role/(?:.*/)?([^/]+)", principal)
        if role and assumed and role.groups() == (assumed["partition"], assumed["account"], assumed["role"]):
            return True
    return False


def agentcore_identity(headers: Headers) -> Principal | None:
    """AgentCore does not tell the container who signed the request, so nobody there may change anything."""
    return Principal(arn=f"agentcore:{headers.get(AGENTCORE_USER, 'runtime')}", may_change=False)


def local_identity(name: str, *, may_change: bool, token: str) -> IdentityProvider:
    """Whoever shows the token of a server on somebody's own machine, under that name."""
    import hmac

    expected = f"Bearer {token}".encode()

    def identify(headers: Headers) -> Principal | None:
        shown = headers.get("authorization", "").encode()
        return Principal(arn=name, may_change=may_change) if hmac.compare_digest(shown, expected) else None

    return identify


def _user_arn(context: str) -> str:
    try:
        document = json.loads(context)
        arn = document["authorizer"]["iam"]["userArn"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return ""
    return arn if isinstance(arn, str) and arn.startswith("arn:") else ""
