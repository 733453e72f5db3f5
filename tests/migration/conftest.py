"""The migration service, wired to the simulated account as the program wires it to AWS."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from redshift_migrate.aws.door import Aws
from redshift_migrate.aws.session import open_session, region_catalog
from redshift_migrate.aws.waiting import Clock
from redshift_migrate.migration.service import MigrationService
from redshift_migrate.migration.store import FileStore
from redshift_migrate.simulated import SimulatedAccount


@pytest.fixture
def clock(account: SimulatedAccount) -> Clock:
    """A clock on which sleeping moves the simulated account's time instead of the test's."""
    return Clock(
        now=lambda: datetime.fromtimestamp(account.clock.now(), UTC),
        monotonic_s=account.clock.now,
        sleep=account.clock.advance,
    )


@pytest.fixture
def service(aws_env: dict[str, str], clock: Clock, tmp_path: Path) -> MigrationService:
    """A service in us-east-2 with a state folder of its own."""
    assert aws_env
    session, region = open_session(region="us-east-2")
    return MigrationService(
        aws=Aws(session, read_timeout_s=1),
        regions=region_catalog(),
        store=FileStore(tmp_path),
        clock=clock,
        default_region=region,
    )
