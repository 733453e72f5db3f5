"""The worker's entry on Lambda: its parts come from the environment that template.yaml sets."""

from __future__ import annotations

import functools
import os

from redshift_migrate.aws.client import AwsClient
from redshift_migrate.aws.door import MeteredAws
from redshift_migrate.aws.own_parts import state_table
from redshift_migrate.aws.session import open_session
from redshift_migrate.clock import Clock
from redshift_migrate.state.owner import Order
from redshift_migrate.telemetry import log_as_json
from redshift_migrate.worker.running import WorkerParts, worker


@functools.cache
def _process_parts() -> WorkerParts:
    log_as_json()
    region = os.environ["AWS_REGION"]
    session, _ = open_session(region=region)
    return WorkerParts(
        aws=MeteredAws(AwsClient(session)),
        table=state_table(session, os.environ["REDSHIFT_AGENT_TABLE"], region),
        clock=Clock(),
    )


def _parts(_: Order) -> WorkerParts:
    return _process_parts()


handler = worker(_parts)
