"""A customer managed key: asked about before, refused in AWS's words, and AWS's own key is none."""

from __future__ import annotations

import pytest

import redshift_facts as record
from redshift_migrate.errors import RedshiftMigrateError
from redshift_migrate.migration.service import MigrationService
from redshift_migrate.models.plan import MigrationPlan
from redshift_simulator import SimulatedAccount
from redshift_simulator.neighbours.iam import DENIED_ACTIONS
from tests.support.migrating import request_for

USE = frozenset(record.facts("refusals.key_actions"))
REFUSED = record.text("refusals.serverless", "key_permissions")
ENCRYPTED, PLAIN = "prod-db-1", "dev-sandbox"


def needing_the_key(plan: MigrationPlan) -> set[str]:
    return {step.call.operation for step in plan.steps if set(step.iam_actions) >= USE}


def said_of_keys(plan: MigrationPlan) -> list[str]:
    return [found.message for found in plan.findings if found.setting == "use of the key"]


def test_every_call_on_whose_behalf_the_key_is_used_says_so(service: MigrationService) -> None:
    plan = service.prepare(request_for(ENCRYPTED))

    assert needing_the_key(plan) >= {"CreateNamespace", "CreateWorkgroup", "RestoreFromSnapshot"}
    assert said_of_keys(plan) == []


@pytest.mark.parametrize("action", sorted(USE))
def test_an_action_that_is_missing_is_said_before_with_the_key_and_what_aws_would_answer(
    service: MigrationService, account: SimulatedAccount, action: str
) -> None:
    account.settings[DENIED_ACTIONS] = [action]

    (said,) = said_of_keys(service.prepare(request_for(ENCRYPTED)))

    assert action in said
    assert ":kms:" in said
    assert REFUSED in said


def test_the_refusal_is_that_of_aws_and_what_was_done_stays_known(
    service: MigrationService, account: SimulatedAccount
) -> None:
    account.settings[DENIED_ACTIONS] = ["kms:Encrypt"]
    plan = service.prepare(request_for(ENCRYPTED))
    service.approve(plan.digest, approved_by="tester", channel="program")

    with pytest.raises(RedshiftMigrateError) as error:
        service.run(request_for(ENCRYPTED))

    assert REFUSED in error.value.message
    assert "resume" in error.value.hint


@pytest.mark.parametrize("key", [None, "AWS_OWNED_KMS_KEY"])
def test_the_key_that_aws_owns_asks_for_nothing(
    service: MigrationService, account: SimulatedAccount, key: str | None
) -> None:
    cluster = account.table("us-east-2", "clusters")[PLAIN]
    cluster.pop("KmsKeyId", None)
    if key:
        cluster["KmsKeyId"] = key
    account.settings[DENIED_ACTIONS] = sorted(USE)

    plan = service.prepare(request_for(PLAIN, exclude=["snapshot_copy"]))

    assert needing_the_key(plan) == set()
    assert said_of_keys(plan) == []
    assert not [step for step in plan.steps if "kmsKeyId" in step.call.parameters]
