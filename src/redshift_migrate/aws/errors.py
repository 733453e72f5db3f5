"""Foreign exceptions become our own here, from one table, and are known nowhere else."""

from __future__ import annotations

import json
import re

from botocore import exceptions as botocore_errors

from redshift_migrate.errors import (
    AccessDenied,
    AwsError,
    CredentialsProblem,
    InvalidRequest,
    ResourceNotFound,
    StateConflict,
    Throttled,
    Unreachable,
)
from redshift_migrate.models.plan import Call
from redshift_migrate.models.regions import Identity
from redshift_migrate.permissions import iam_actions, statement

DENIED = {
    "AccessDenied",
    "AccessDeniedException",
    "UnauthorizedOperation",
    "UnauthorizedAccess",
    "UnauthorizedException",
    "NotAuthorized",
}
CREDENTIALS = {
    "ExpiredToken",
    "ExpiredTokenException",
    "RequestExpired",
    "InvalidClientTokenId",
    "UnrecognizedClientException",
    "InvalidSignatureException",
    "SignatureDoesNotMatch",
    "IncompleteSignature",
    "MissingAuthenticationToken",
    "AuthFailure",
    "OptInRequired",
}
THROTTLED = {
    "Throttling",
    "ThrottlingException",
    "ThrottledException",
    "RequestLimitExceeded",
    "TooManyRequestsException",
    "RequestThrottled",
    "SlowDown",
}
CONFLICT = {
    "ConflictException",
    "InvalidClusterState",
    "InvalidClusterStateFault",
    "InvalidClusterSnapshotState",
    "ResourceAlreadyExistsException",
    "ConcurrentModificationException",
}
_ACTION = re.compile(r"perform:? ([a-zA-Z0-9-]+:[A-Za-z]+)")
_WHO = re.compile(r"[Uu]ser: (arn:\S+)")
_ON = re.compile(r"on resource: ((arn:[^:\s]+:[^:\s]+:)\S*)")


def translate_error(call: Call, error: Exception, identity: Identity | None, profile: str = "") -> AwsError:
    """The leaf of our tree that says what AWS, or botocore, just said; with the profile to sign in with."""
    if isinstance(error, botocore_errors.ClientError):
        return _read_answer(call, error, identity, profile)
    if isinstance(error, botocore_errors.NoCredentialsError | botocore_errors.PartialCredentialsError):
        return CredentialsProblem(
            f"There are no AWS credentials for {call.name}. Nothing was called.",
            hint=f"Set them up as for the AWS CLI ({_sign_in(profile)}, aws configure, or AWS_PROFILE), "
            "or try --demo, which needs none.",
            operation=call.name,
        )
    if isinstance(error, botocore_errors.ParamValidationError):
        return InvalidRequest(
            f"{call.name} was not sent: {_one_line(str(error))}",
            operation=call.name,
            aws_code="ParamValidation",
        )
    if isinstance(error, botocore_errors.HTTPClientError | botocore_errors.ConnectionError):
        return Unreachable(
            f"{call.name} in {call.region} got no answer: {_tell_connection(error)}.",
            hint="Check the network, the region and AWS_ENDPOINT_URL. Reads can be repeated; "
            "a change is looked at again before it is repeated.",
            operation=call.name,
            aws_code=type(error).__name__,
        )
    name = type(error).__name__
    if "Token" in name or "Credential" in name or "SSO" in name:
        return CredentialsProblem(
            f"The AWS credentials for {call.name} cannot be used: {_tell_credentials(name)}. Nothing was called.",
            hint=f"Sign in again ({_sign_in(profile)}) and repeat.",
            operation=call.name,
            aws_code=name,
        )
    return AwsError(f"{call.name} failed: {_one_line(str(error))}", operation=call.name, aws_code=name)


_CONNECTIONS = (
    ("ConnectTimeout", "no connection came about in time"),
    ("ReadTimeout", "it did not answer in time"),
    ("SSL", "its certificate is not trusted"),
    ("Proxy", "the proxy does not let through to it"),
    ("ConnectionClosed", "it closed the connection"),
    ("EndpointConnection", "it cannot be reached"),
)
_CREDENTIALS = (
    ("SSO", "the single sign-on has expired, or was never made"),
    ("Token", "the single sign-on has expired, or was never made"),
    ("CredentialRetrieval", "the program or service that hands them out failed"),
)
"""Beginnings or parts of botocore's names for it, and what that is to a person."""


def _tell_connection(error: Exception) -> str:
    """How a connection failed, and to which address."""
    name, url = type(error).__name__, str(getattr(error, "kwargs", {}).get("endpoint_url") or "the address of AWS")
    how = next((words for part, words in _CONNECTIONS if part in name), "the connection broke off")
    return f"{_one_line(url)}: {how}"


def _tell_credentials(name: str) -> str:
    return next((words for part, words in _CREDENTIALS if part in name), "they are not complete")


def _sign_in(profile: str) -> str:
    """What signs in with that profile."""
    return f"aws sso login{f' --profile {profile}' if profile and profile != 'default' else ''}"


def _read_answer(call: Call, error: botocore_errors.ClientError, identity: Identity | None, profile: str) -> AwsError:
    detail = error.response.get("Error", {})
    meta = error.response.get("ResponseMetadata", {})
    code, said = str(detail.get("Code", "")), _one_line(str(detail.get("Message", "")))
    facts = {"operation": call.name, "aws_code": code, "request_id": str(meta.get("RequestId", ""))}
    status = int(meta.get("HTTPStatusCode", 0))
    if code in DENIED:
        return _tell_denial(call, said, identity, facts)
    if code in CREDENTIALS:
        return CredentialsProblem(
            f"AWS does not accept the credentials for {call.name}: {said} ({code}). Nothing was changed by this call.",
            hint=f"Sign in again ({_sign_in(profile)}) or renew them, then repeat; "
            "a migration goes on where it stopped.",
            **facts,
        )
    # The Data API wraps a throttle of serverless in a ValidationException.
    if code in THROTTLED or "ThrottlingException" in said:
        return Throttled(
            f"AWS throttled {call.name} through all retries: {said}",
            hint="Wait a minute and repeat.",
            **facts,
        )
    if code in CONFLICT or "AlreadyExists" in code:
        return StateConflict(f"{call.name} conflicts with what is there: {said}", **facts)
    if "NotFound" in code or status == 404:
        return ResourceNotFound(f"{call.name}: {said or 'not found'}", **facts)
    if status >= 500:
        return Unreachable(
            f"AWS failed inside {call.name} through all retries: {said} ({code}).",
            hint="Repeat in a while; a change is looked at again before it is repeated.",
            **facts,
        )
    if status == 400:
        return InvalidRequest(f"{call.name} was refused: {said} ({code}).", **facts)
    return AwsError(f"{call.name} failed: {said} ({code}).", **facts)


def _tell_denial(call: Call, said: str, identity: Identity | None, facts: dict[str, str]) -> AccessDenied:
    """AWS names the action it missed only sometimes; then it is better than our own guess."""
    named = _ACTION.search(said)
    action = named.group(1) if named else iam_actions(call.name, call.parameters)[0]
    who = _WHO.search(said)
    arn = who.group(1) if who else (identity.arn if identity else "")
    account = identity.account_id if identity else (arn.split(":")[4] if arn.count(":") >= 4 else "*")
    wanted = statement(
        [(call.name, call.parameters)],
        partition=arn.split(":")[1] if arn else "aws",
        region=call.region,
        account=account,
    )
    on = _ON.search(said)
    resource = on.group(1).rstrip(".,") if on else ""
    if action not in wanted["Action"]:
        wanted = {"Effect": "Allow", "Action": [action], "Resource": resource or "*"}
    elif on:
        others = wanted["Resource"] if isinstance(wanted["Resource"], list) else []
        wanted["Resource"] = [resource, *(each for each in others if not each.startswith(on.group(2)))]
    return AccessDenied(
        f"{arn or 'The identity in use'} may not {action}{f' on {resource}' if resource else ''} in {call.region}. "
        "This call changed nothing.",
        hint=f"The smallest IAM statement that allows it: {json.dumps(wanted)}",
        action=action,
        identity=arn,
        resource=resource,
        statement=wanted,
        **facts,
    )


def _one_line(text: str) -> str:
    return " ".join(text.split())
