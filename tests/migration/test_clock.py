"""A clock that somebody sets back and forth by hours changes nothing about a run, and nothing about consent."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import cycle
from pathlib import Path

import pytest

from redshift_migrate.aws.client import AwsClient
from redshift_migrate.aws.session import open_session, region_catalog
from redshift_migrate.clock import Clock
from redshift_migrate.errors import ApplyError
from redshift_migrate.migration.service import MigrationService
from redshift_migrate.models.approval import Consent
from redshift_migrate.state.store import FileStore
from redshift_simulator import SimulatedAccount
from tests.support.migrating import request_for
from tests.support.patience import PATIENCE_S
from tests.support.scheduled import REGION

JUMPS = ([5, -5], [-9, -9, 18], [0, 48, -48])
CONSENT = Consent(approved_by="tester", channel="program")


class Jumping:
    """The time of day, set anew by so many hours at every wait."""

    def __init__(self, clock: Clock, hours: list[int]) -> None:
        self._clock, self._hours, self._off = clock, cycle(hours), timedelta(0)

    def now(self) -> datetime:
        return self._clock.now() + self._off

    def jump(self) -> None:
        self._off += timedelta(hours=next(self._hours))

    def sleep(self, pause_s: float) -> None:
        self._clock.sleep(pause_s)
        self.jump()


@pytest.mark.parametrize("hours", JUMPS)
def test_a_run_comes_to_its_end_and_another_resumes_it(
    aws_env: dict[str, str], clock: Clock, account: SimulatedAccount, tmp_path: Path, hours: list[int]
) -> None:
    assert aws_env
    time = Jumping(clock, hours)
    service = MigrationService(
        aws=AwsClient(open_session(region=REGION)[0], read_timeout_s=PATIENCE_S),
        regions=region_catalog(),
        store=FileStore(tmp_path),
        clock=Clock(now=time.now, monotonic_s=clock.monotonic_s, sleep=time.sleep),
        default_region=REGION,
    )
    plan = service.prepare(request_for("dev-sandbox"))
    account.faults.add("redshift-serverless:CreateWorkgroup", kind="denied", times=None)
    time.jump()
    with pytest.raises(ApplyError):
        service.apply(plan.digest, CONSENT)
    account.faults.clear()
    time.jump()

    assert service.apply(plan.digest, CONSENT).status == "applied"
    status = service.status()
    assert status is not None
    assert status.state == "finished"
    assert (status.elapsed_s or 0) >= 0
