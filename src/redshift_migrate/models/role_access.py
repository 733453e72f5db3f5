"""What IAM says about a role, as read: nothing is decided here."""

from __future__ import annotations

from pydantic import Field

from redshift_migrate.models.base import JsonObject, Unknown, Value

READ_SECRET = "secretsmanager:GetSecretValue"  # noqa: S105  # an action, not a secret
"""What a role needs to run a scheduled query with a secret."""


class PolicyDocument(Value):
    """One policy of a role."""

    name: str = Field(description="name of an inline policy, ARN of a managed one")
    document: JsonObject


class RoleAccess(Value):
    """A role's trust policy, its policies, and what IAM's own simulation answered."""

    role_arn: str
    trust_policy: JsonObject | Unknown
    policies: tuple[PolicyDocument, ...] = ()
    permissions_boundary: PolicyDocument | None = None
    unread: tuple[Unknown, ...] = Field((), description="policies, or lists of policies, that could not be read")
    simulated: dict[str, bool] | None = Field(
        None, description="action → allowed on any workgroup of the region; None where simulation was not allowed"
    )

    @property
    def has_unread_policies(self) -> bool:
        """Whether a policy may be missing here. A role that may do something has one, so none at all were read."""
        may_something = self.simulated is not None and any(self.simulated.values())
        return bool(self.unread) or (may_something and not self.policies)
