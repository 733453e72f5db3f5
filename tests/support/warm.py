"""What the fork server does once for all its children, so that none of them does it again.

It loads what a conversation needs, and makes a whole plan.
"""

from __future__ import annotations

import tempfile
from importlib import import_module
from pathlib import Path

from redshift_migrate.agent.binding import bind_tools
from redshift_migrate.agent.toolbox import Toolbox
from redshift_migrate.models.choices import migration_choices
from redshift_migrate.models.request import MigrateCluster
from redshift_simulator import Clock, SimulatedAccount, SimulatedAws, demo
from tests.support.driver import service_at

REGION = "us-east-2"
LOADED = (
    "redshift_agent",
    "redshift_migrate.agent.providers.offline",
    "redshift_migrate.agent.restoring",
    "redshift_migrate.endpoint.client.program",
    "redshift_migrate.terminal.interactive",
    "redshift_migrate.terminal.scripted",
)
"""What a conversation needs, and loads itself when it begins."""

for _name in LOADED:
    import_module(_name)


def _plan_once() -> None:
    account = SimulatedAccount(clock=Clock.manual())
    demo.seed(account)
    with SimulatedAws(account) as aws, tempfile.TemporaryDirectory() as folder:
        request = MigrateCluster(region=REGION, choices=migration_choices("prod-db-1"))
        service = service_at(aws.endpoint_url, Path(folder), REGION)
        service.prepare(request)
        bind_tools(Toolbox(service), read_only=False)


_plan_once()
