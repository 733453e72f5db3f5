"""The actions of template.yaml, written between its marks from the program's own table of operations.

What an action may be done to, and under which condition, stands in the template by hand; which actions there are does
not. `scripts/docs/check` tells when the template is stale, and with --write brings it up to date.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from redshift_migrate.permissions import OPERATIONS, Grant, Policy, policy_of

NEEDS_NO_POLICY = {
    "sts:GetCallerIdentity",  # everybody may, whatever a policy says
    "sts:AssumeRole",  # a deployment looks at its own account alone
}


@dataclass(frozen=True)
class Need:
    """One action that an operation needs."""

    action: str
    grant: Grant
    is_own: bool
    """False for what AWS does in the caller's name, or checks along with the call."""
    is_tagged: bool
    """True for an operation that makes something with tags."""

    @property
    def service(self) -> str:
        """The action's service."""
        return self.action.partition(":")[0]

    @property
    def has_arn(self) -> bool:
        """False for an action that knows no resource type, or is asked about all resources at once."""
        return self.grant.resource != "*"


def _of(*services: str) -> Callable[[Need], bool]:
    return lambda need: need.service in services


def _is(*actions: str) -> Callable[[Need], bool]:
    return lambda need: need.action in actions


def _any(_: Need) -> bool:
    return True


STATEMENTS: Mapping[Policy, Mapping[str, Callable[[Need], bool]]] = {
    "read": {
        "ReadKeys": _of("kms"),
        "TryOutPolicies": _is("iam:SimulatePrincipalPolicy"),
        "ReadRoles": lambda need: need.service == "iam" and need.has_arn,
        "ReadPolicies": _of("iam"),
        "ReadScheduledQueries": lambda need: need.service in ("events", "scheduler") and need.has_arn,
        "ReadWhatNamesTheCluster": lambda need: need.service in ("glue", "states") and need.has_arn,
        # All clusters are described at once, too.
        "ReadOneByOne": lambda need: need.has_arn and need.action != "redshift:DescribeClusters",
        "ReadLists": _any,
    },
    "migrate": {
        "MakeTagged": lambda need: need.is_own and need.is_tagged,
        "MakeScheduledQueries": _of("events", "scheduler"),
        "SeeNetworkOfWorkgroup": _of("ec2"),
        "HandRolesOn": _is("iam:PassRole"),
        "FirstUseOfServerless": _is("iam:CreateServiceLinkedRole"),
        "LetServicesGrantThemselvesKeys": _is("kms:CreateGrant"),
        "LetServicesUseKeys": _of("kms"),
        "KeepAdminPasswords": lambda need: need.service == "secretsmanager" and need.has_arn,
        "MakeUpAdminPasswords": _of("secretsmanager"),
        "UpdateOwn": _is("redshift-serverless:UpdateNamespace", "redshift-serverless:UpdateWorkgroup"),
        "ChangeServerless": lambda need: need.has_arn,
        "ChangeWithoutArn": _any,
    },
    "cut_over": {
        "SwitchScheduledQueries": _of("events", "scheduler"),
        "DeleteOwnWorkgroups": _is("redshift-serverless:DeleteWorkgroup"),
        "SeeCertificates": _of("acm"),
        "MoveCustomDomains": lambda need: need.action.endswith("CustomDomainAssociation"),
        "DeleteSettings": lambda need: need.has_arn,
        "SwitchWithoutArn": _any,
    },
    "fleet": {
        "ReadPricesAndAlias": _of("pricing", "iam"),
        "LookAtFleet": _any,
    },
    "data": {
        "EnterClusters": _is("redshift:GetClusterCredentialsWithIAM"),
        "EnterWorkgroups": _is("redshift-serverless:GetCredentials"),
        "AskDatabases": _is("redshift-data:BatchExecuteStatement"),
        "FetchAnswers": _any,
    },
    "decommission": {
        "TakeLastSnapshots": _is("redshift:CreateClusterSnapshot"),
        "EndClusters": _any,
    },
}
"""Policy → its statements and what belongs into each; the first that fits has it. A policy needs those before it."""


def generate(present: str) -> str:
    """The template with its lists filled anew. ValueError names one that it has no marks for."""
    for name, entries in template_lists().items():
        marked = re.compile(rf"(?m)^( *)# generated: {re.escape(name)}\n(?:.*\n)*?\1# end: {re.escape(name)}\n")
        found = marked.search(present)
        if found is None:
            raise ValueError(f"there are no marks for the list {name!r}")
        indent = found[1]
        lines = (f"# generated: {name}", *(f"- {each}" for each in entries), f"# end: {name}")
        present = present[: found.start()] + "".join(f"{indent}{line}\n" for line in lines) + present[found.end() :]
    return present


def template_lists() -> dict[str, list[str]]:
    """The lists of the template by their names: the actions of each statement, and the services that get roles."""
    lists: dict[str, list[str]] = {}
    granted: set[tuple[str, bool]] = set()
    services: set[str] = set()
    for policy, statements in STATEMENTS.items():
        needs = _needs(policy)
        new = [need for need in needs if (need.action, need.is_own) not in granted]
        granted |= {(need.action, need.is_own) for need in needs}
        services |= {value for need in needs for _, key, value in need.grant.condition if key == "iam:PassedToService"}
        for sid in statements:
            actions = {need.action for need in new if _statement_of(need, statements) == sid}
            lists[sid] = sorted(actions, key=lambda action: action.partition(":"))
    return {**lists, "services that get roles": sorted(services)}


def _needs(policy: Policy) -> list[Need]:
    return [
        Need(grant.action, grant, grant.action == name, any(each.when.lower() == "tags" for each in operation.grants))
        for name, operation in OPERATIONS.items()
        if policy_of(name) == policy and name not in NEEDS_NO_POLICY
        for grant in operation.grants
    ]


def _statement_of(need: Need, statements: Mapping[str, Callable[[Need], bool]]) -> str:
    return next(sid for sid, fits in statements.items() if fits(need))
