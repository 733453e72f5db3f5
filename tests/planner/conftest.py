"""A world for each test."""

from __future__ import annotations

from pathlib import Path

import pytest

from redshift_migrate.aws.session import open_session
from redshift_migrate.clock import Clock
from redshift_simulator import SimulatedAccount
from tests.planner.world import REGION, World, a_world


@pytest.fixture
def world(account: SimulatedAccount, aws_env: dict[str, str], clock: Clock, tmp_path: Path) -> World:
    assert aws_env
    session, _ = open_session(region=REGION)
    return a_world(account, session, clock, tmp_path)
