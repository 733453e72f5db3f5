"""What the fork server does once for all its children: a whole plan, so that none of them works it out again."""

from __future__ import annotations

import tempfile
from pathlib import Path

from redshift_migrate.models.choices import migration_choices
from redshift_migrate.models.request import MigrateCluster
from redshift_simulator import Clock, SimulatedAccount, SimulatedAws, demo
from tests.support.driver import service_at

REGION = "us-east-2"


def _plan_once() -> None:
    account = SimulatedAccount(clock=Clock.manual())
    demo.seed(account)
    with SimulatedAws(account) as aws, tempfile.TemporaryDirectory() as folder:
        request = MigrateCluster(region=REGION, choices=migration_choices("prod-db-1"))
        service_at(aws.endpoint_url, Path(folder), REGION).prepare(request)


_plan_once()
