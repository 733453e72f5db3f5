"""Who the cluster is: its roles and whom they trust, its admin user and that user's secret."""

from __future__ import annotations

import json
from functools import partial
from typing import Any
from urllib.parse import unquote

from redshift_migrate.aws.parallel import in_parallel
from redshift_migrate.errors import AwsError, ResourceNotFound
from redshift_migrate.extractors.replies import Reply, read_or_unknown, require_text
from redshift_migrate.extractors.source import Members, Read, Source, pick
from redshift_migrate.models.aws_made import is_service_linked
from redshift_migrate.models.base import Unknown
from redshift_migrate.models.cluster import IamRole

ASSUMING = frozenset({"sts:assumerole", "sts:*", "*"})


def parse_iam_roles(cluster: Reply, trusted: Unknown) -> tuple[IamRole, ...]:
    """The roles attached to a cluster; whom they trust is not in DescribeClusters."""
    return tuple(
        IamRole(
            iam_role_arn=require_text(role, "IamRoleArn", "DescribeClusters"),
            apply_status=role.get("ApplyStatus"),
            trusted_services=trusted,
        )
        for role in cluster.get("IamRoles") or ()
    )


def extract_iam_roles(source: Source) -> tuple[IamRole, ...]:
    """The roles with the services that each trusts: one iam:GetRole a role, all at once."""
    roles = parse_iam_roles(source.cluster, Unknown(needs_action="iam:GetRole", reason="not read yet"))
    return tuple(in_parallel([partial(_with_trust, source, role) for role in roles]))


def _with_trust(source: Source, role: IamRole) -> IamRole:
    if is_service_linked(role.iam_role_arn):  # whom it trusts is AWS's business, and reading it may be denied
        return role.model_copy(update={"trusted_services": ()})
    account, _, path = role.iam_role_arn.partition(":role/")
    if not path or account.rpartition(":")[2] != source.account_id:
        reason = f"{role.iam_role_arn} is not a role of account {source.account_id}"
        return _trusting(role, Unknown(needs_action="iam:GetRole", reason=reason))
    call = source.call("iam", "GetRole", RoleName=path.rpartition("/")[2])
    nothing: Reply = {}
    document: Reply | Unknown
    try:
        document = read_or_unknown(call, lambda: source.aws.call(call).get("Role", nothing), absent=nothing)
    except ResourceNotFound as error:  # attached to the cluster and deleted since
        document = Unknown(needs_action="iam:GetRole", reason=error.message)
    if isinstance(document, Unknown):
        return _trusting(role, document)
    try:
        policy = parse_trust_policy(document.get("AssumeRolePolicyDocument"))
    except AwsError as error:
        return _trusting(role, Unknown(needs_action="iam:GetRole", reason=error.message))
    return role.model_copy(
        update={"trusted_services": parse_trusted_services(policy), "trust_conditions": trust_conditions(policy)}
    )


def _trusting(role: IamRole, unknown: Unknown) -> IamRole:
    return role.model_copy(update={"trusted_services": unknown})


def parse_trust_policy(document: Any) -> list[dict[str, Any]]:
    """The statements of a trust policy: an object, or JSON that may be URL-encoded. AwsError if it is neither."""
    if isinstance(document, str):
        try:
            document = json.loads(unquote(document))
        except ValueError as error:
            raise AwsError("The role's trust policy is not JSON.", operation="iam:GetRole") from error
    statements = document.get("Statement") if isinstance(document, dict) else None
    return [statement for statement in _as_list(statements) if isinstance(statement, dict)]


def parse_trusted_services(statements: list[dict[str, Any]]) -> tuple[str, ...]:
    """The services that may assume the role: allowed and not denied. `*` when everyone may."""
    allowed: set[str] = set()
    denied: set[str] = set()
    for statement in statements:
        (denied if statement.get("Effect") == "Deny" else allowed).update(_services(statement))
    return tuple(sorted(allowed - denied))


def trust_conditions(statements: list[dict[str, Any]]) -> tuple[str, ...]:
    """Condition values that name a cluster or a database user of one, which a workgroup cannot meet."""
    found = {
        value
        for statement in statements
        for tests in _values(statement.get("Condition"))
        for wanted in _values(tests)
        for value in _as_list(wanted)
        if isinstance(value, str) and (":dbuser:" in value or ":cluster:" in value)
    }
    return tuple(sorted(found))


def _services(statement: dict[str, Any]) -> set[str]:
    actions = {str(action).lower() for action in _as_list(statement.get("Action"))}
    if not actions & ASSUMING:
        return set()
    principal = statement.get("Principal")
    if principal == "*":
        return {"*"}
    named = principal.get("Service") if isinstance(principal, dict) else None
    return {service for service in _as_list(named) if isinstance(service, str)}


def _as_list(value: Any) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _values(value: Any) -> list[Any]:
    return list(value.values()) if isinstance(value, dict) else []


MEMBERS: Members = {
    "iam_roles": Read(
        "iam:GetRole",
        extract_iam_roles,
        lambda source, unknown: parse_iam_roles(source.cluster, unknown),
        by=("IamRoles",),
    ),
    "default_iam_role_arn": pick("DefaultIamRoleArn", parse=lambda cluster: cluster.get("DefaultIamRoleArn") or None),
    "master_username": pick("MasterUsername"),
    "master_password_secret_arn": pick("MasterPasswordSecretArn"),
    "master_password_secret_kms_key_id": pick("MasterPasswordSecretKmsKeyId"),
}
