"""Both kinds of keeper, so that every test of one is a test of the other."""

from __future__ import annotations

from pathlib import Path

import pytest

from redshift_migrate.clock import Clock
from redshift_migrate.state.cloud import CloudKeeper
from redshift_migrate.state.keeper import FileKeeper, Keeper
from redshift_simulator import SimulatedAws
from tests.support.own_parts import own_parts


@pytest.fixture(params=["folder", "table and bucket"])
def keeper(request: pytest.FixtureRequest, tmp_path: Path, aws: SimulatedAws) -> Keeper:
    """An empty keeper."""
    return FileKeeper(tmp_path) if request.param == "folder" else CloudKeeper(*own_parts(aws), Clock())
