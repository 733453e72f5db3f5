"""What an endpoint shows is what would be approved there, or it is not shown at all."""

from __future__ import annotations

import pytest

from redshift_migrate.endpoint.client.service import require_plan
from redshift_migrate.endpoint.wire import ApprovalRequired
from redshift_migrate.errors import JournalMismatch
from redshift_migrate.migration.service import MigrationService
from redshift_migrate.models.request import SetWorkgroupTrack

TRACK = SetWorkgroupTrack(region="us-east-2", workgroup_name="my-workgroup", track_name="trailing")


@pytest.mark.parametrize("altered", ["title", "steps", "plan_digest"])
def test_a_plan_that_its_digest_does_not_name_is_refused(service: MigrationService, altered: str) -> None:
    plan = service.prepare(TRACK)
    waiting = ApprovalRequired(plan_digest=plan.digest, title=plan.title, session="s1", plan=plan, approve="")
    assert require_plan(waiting) == plan

    document = waiting.model_dump(mode="json")
    if altered == "plan_digest":
        document["plan_digest"] = "0" * 64
    else:
        document["plan"][altered] = [] if altered == "steps" else "List my clusters"
    with pytest.raises(JournalMismatch, match="Nothing was approved"):
        require_plan(ApprovalRequired.model_validate(document))
