"""Two runs side by side, killed at any change: approved again, both end, and nothing is made twice."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from redshift_simulator import Clock, SimulatedAccount, SimulatedAws, demo
from tests.support.driver import KILLED, REGION, apply_several, run_until_killed, service_at

CHANGES = ("CreateClusterSnapshot", "CreateNamespace", "CreateWorkgroup", "RestoreFromSnapshot")
"""What each of the two runs changes, once."""


@pytest.mark.parametrize("kind", ["kill_before", "kill_after"])
@pytest.mark.parametrize("operation", CHANGES)
@pytest.mark.parametrize("nth", [1, 2])
def test_a_killed_wave_is_gone_on_with(tmp_path: Path, kind: str, operation: str, nth: int) -> None:
    account = SimulatedAccount(clock=Clock.manual())
    demo.seed(account)
    with SimulatedAws(account) as aws:
        service = service_at(aws.endpoint_url, tmp_path, REGION)
        service.plan_fleet(REGION, ["node_type=dc2"])
        digests = list(service.plan_fleet(wave=1).digests.values())
        assert len(digests) == 2
        for digest in digests:
            service.note_shown(service.plan(digest), "tester", "program")
        prefix = "redshift" if operation == "CreateClusterSnapshot" else "redshift-serverless"

        def add(account: SimulatedAccount, pid: int) -> None:
            account.faults.add(f"{prefix}:{operation}", kind=kind, nth=nth, pid=pid)  # type: ignore[arg-type]

        assert run_until_killed(account, aws, tmp_path, digests, add_faults=add) == KILLED
        apply_several(service_at(aws.endpoint_url, tmp_path, REGION), digests)

        assert service.states_of_plans() == dict.fromkeys(digests, "finished")
        assert len(service.migration_ids()) == 2
        made = Counter(call.operation for call in account.writes() if call.outcome == "ok")
        assert {name: made[name] for name in CHANGES} == dict.fromkeys(CHANGES, 2)
