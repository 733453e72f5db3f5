"""What a step says that it needs of IAM covers what AWS does in the caller's name."""

from __future__ import annotations

import pytest

from redshift_migrate.models.plan import Step
from redshift_migrate.permissions import statement
from tests.planner.world import FRESH, NO_DATA, ROLES, World, everything


def the(world: World, step_id: str) -> Step:
    return next(step for step in world.plan(everything(), FRESH) if step.id == step_id)


@pytest.mark.parametrize(
    ("step_id", "actions"),
    [
        ("data.snapshot", {"redshift:CreateClusterSnapshot", "redshift:CreateTags"}),
        (
            "namespace.create",
            {
                "redshift-serverless:CreateNamespace",
                "redshift-serverless:TagResource",
                "iam:PassRole",
                "kms:CreateGrant",
                "secretsmanager:CreateSecret",
                "iam:CreateServiceLinkedRole",
            },
        ),
        ("workgroup.create", {"redshift-serverless:CreateWorkgroup", "ec2:DescribeSubnets"}),
        ("data.restore", {"redshift-serverless:RestoreFromSnapshot", "secretsmanager:CreateSecret"}),
        ("snapshots.create.prod-db-1-nightly", {"redshift-serverless:CreateScheduledAction", "iam:PassRole"}),
        ("sharing.resource_policy", {"redshift:PutResourcePolicy"}),
    ],
)
def test_a_step_names_its_action_first_and_all_that_come_with_it(world: World, step_id: str, actions: set[str]) -> None:
    step = the(world, step_id)

    assert step.iam_actions[0] == step.call.name
    assert actions <= set(step.iam_actions)
    assert len(step.iam_actions) == len(set(step.iam_actions))


def test_what_is_not_asked_for_needs_no_permission(world: World) -> None:
    plain = everything(kms_key_id=None, iam_roles=None, default_iam_role_arn=None, manage_admin_password=None)
    create = world.plan(plain, NO_DATA)[0]

    assert not {"iam:PassRole", "kms:CreateGrant", "secretsmanager:CreateSecret"} & set(create.iam_actions)


def test_roles_are_passed_one_by_one_and_never_as_any_role() -> None:
    call = ("redshift-serverless:UpdateNamespace", {"namespaceName": "n-1", "iamRoles": list(ROLES)})
    allowed = statement([call], account="123456789012", region="us-east-2")

    assert allowed["Resource"] == sorted([*ROLES, "arn:aws:redshift-serverless:us-east-2:123456789012:namespace/*"])
