"""What a role may do: its trust policy, IAM's own simulation where that is allowed, else its policies."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import unquote

from redshift_migrate.aws.parallel import in_parallel
from redshift_migrate.errors import AwsError, ResourceNotFound
from redshift_migrate.extractors.replies import Reply, read_or_unknown, texts
from redshift_migrate.extractors.source import Source
from redshift_migrate.models.base import JsonObject, Unknown
from redshift_migrate.models.plan import Call
from redshift_migrate.models.role_access import PolicyDocument, RoleAccess

SIMULATED_ACTIONS = (
    "redshift-data:ExecuteStatement",
    "redshift-data:BatchExecuteStatement",
    "redshift-serverless:GetCredentials",
)
"""What a role needs to run a scheduled query; whether it may read a secret is in its policies."""


def read_roles(source: Source, asked: Mapping[str, Collection[str]]) -> dict[str, RoleAccess | Unknown]:
    """The access of each role, by ARN; `asked` has the actions that matter of each."""
    reads = [partial(read_role, source, arn, asked[arn]) for arn in sorted(asked)]
    return dict(zip(sorted(asked), in_parallel(reads), strict=True))


def read_role(source: Source, role_arn: str, actions: Collection[str] = SIMULATED_ACTIONS) -> RoleAccess | Unknown:
    """One role: two calls where the simulation says yes to all these actions; else its policies are read as well."""
    account, _, path = role_arn.partition(":role/")
    if not path or account.rpartition(":")[2] != source.account_id:
        reason = f"{role_arn} is not a role of account {source.account_id}"
        return Unknown(needs_action="iam:GetRole", reason=reason)
    return _Reader(source, role_arn, path.rpartition("/")[2], frozenset(actions)).read()


@dataclass(frozen=True)
class _Reader:
    """The reads about one role."""

    source: Source
    role_arn: str
    name: str
    actions: frozenset[str]

    def read(self) -> RoleAccess | Unknown:
        try:
            role = self._one("GetRole", RoleName=self.name)
        except ResourceNotFound as error:
            return Unknown(needs_action="iam:GetRole", reason=error.message)
        if isinstance(role, Unknown):
            return role
        access = RoleAccess(
            role_arn=self.role_arn, trust_policy=_document(role["Role"].get("AssumeRolePolicyDocument"), "iam:GetRole")
        )
        simulated = self._simulate()
        if simulated is not None and all(simulated.get(action) for action in self.actions):
            return access.model_copy(update={"simulated": simulated})
        policies, unread = self._policies()
        boundary = (role["Role"].get("PermissionsBoundary") or {}).get("PermissionsBoundaryArn")
        limit = self._read_managed(boundary) if boundary else None
        return access.model_copy(
            update={
                "simulated": simulated,
                "policies": tuple(policies),
                "permissions_boundary": limit if isinstance(limit, PolicyDocument) else None,
                "unread": tuple(unread) + ((limit,) if isinstance(limit, Unknown) else ()),
            }
        )

    def _simulate(self) -> dict[str, bool] | None:
        source = self.source
        anywhere = f"arn:{source.partition}:redshift-serverless:{source.region}:{source.account_id}:workgroup/*"
        call = self._call(
            "SimulatePrincipalPolicy",
            PolicySourceArn=self.role_arn,
            ActionNames=list(SIMULATED_ACTIONS),
            ResourceArns=[anywhere],
        )
        nothing: list[Reply] = []
        try:
            results = read_or_unknown(call, lambda: source.aws.pages(call, "EvaluationResults"), absent=nothing)
        except AwsError:  # not offered by every endpoint that speaks IAM; the policies say the same
            return None
        if isinstance(results, Unknown) or not results:
            return None
        return {each["EvalActionName"]: each["EvalDecision"] == "allowed" for each in results}

    def _policies(self) -> tuple[list[PolicyDocument], list[Unknown]]:
        inline = self._names("ListRolePolicies", "PolicyNames", tuple)
        attached = self._names("ListAttachedRolePolicies", "AttachedPolicies", lambda found: texts(found, "PolicyArn"))
        reads: list[Callable[[], PolicyDocument | Unknown]] = []
        found: list[PolicyDocument | Unknown] = []
        for names, read in ((inline, self._read_inline), (attached, self._read_managed)):
            if isinstance(names, Unknown):
                found.append(names)
            else:
                reads += [partial(read, name) for name in names]
        found += in_parallel(reads)
        return (
            [each for each in found if isinstance(each, PolicyDocument)],
            [each for each in found if isinstance(each, Unknown)],
        )

    def _read_inline(self, name: str) -> PolicyDocument | Unknown:
        reply = self._one("GetRolePolicy", RoleName=self.name, PolicyName=name)
        return reply if isinstance(reply, Unknown) else _policy(name, reply.get("PolicyDocument"), "iam:GetRolePolicy")

    def _read_managed(self, arn: str) -> PolicyDocument | Unknown:
        policy = self._one("GetPolicy", PolicyArn=arn)
        if isinstance(policy, Unknown):
            return policy
        version = self._one("GetPolicyVersion", PolicyArn=arn, VersionId=policy["Policy"]["DefaultVersionId"])
        if isinstance(version, Unknown):
            return version
        return _policy(arn, version["PolicyVersion"].get("Document"), "iam:GetPolicyVersion")

    def _one(self, operation: str, **parameters: Any) -> Reply | Unknown:
        call, nothing = self._call(operation, **parameters), Reply()
        return read_or_unknown(call, lambda: self.source.aws.call(call), absent=nothing)

    def _names(
        self, operation: str, member: str, names: Callable[[list[Any]], tuple[str, ...]]
    ) -> tuple[str, ...] | Unknown:
        call = self._call(operation, RoleName=self.name)
        return read_or_unknown(call, lambda: names(self.source.aws.pages(call, member)), absent=())

    def _call(self, operation: str, **parameters: Any) -> Call:
        return self.source.call("iam", operation, **parameters)


def _policy(name: str, document: Any, action: str) -> PolicyDocument | Unknown:
    parsed = _document(document, action)
    return parsed if isinstance(parsed, Unknown) else PolicyDocument(name=name, document=parsed)


def _document(document: Any, action: str) -> JsonObject | Unknown:
    """A policy: an object, or JSON that may be URL-encoded."""
    try:
        parsed = json.loads(unquote(document)) if isinstance(document, str) else document
    except ValueError:
        parsed = None
    if isinstance(parsed, dict):
        return parsed
    return Unknown(needs_action=action, reason="the policy that AWS answered is not JSON")
