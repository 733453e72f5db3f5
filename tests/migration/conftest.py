"""Tests of whole runs: one set of clients for all of them, because making clients takes longer than a run."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ReadTimeoutError
from botocore.httpsession import URLLib3Session

from redshift_migrate.aws.client import AwsClient
from redshift_migrate.aws.door import Aws
from redshift_migrate.aws.session import PinnedSession, region_catalog
from redshift_migrate.clock import Clock
from redshift_migrate.migration.service import MigrationService
from redshift_migrate.state.store import FileStore
from redshift_simulator import SimulatedAccount, SimulatedAws
from redshift_simulator.dispatch import answer
from redshift_simulator.exchange import NoReply, Reply, Request
from tests.support.earlier import note_world
from tests.support.patience import PATIENCE_S

REGION = "us-east-2"
HANGS = Reply(504, {"x-there-will-be-no-answer": "true"})


@pytest.fixture(autouse=True)
def _hangs_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A call that gets no answer ends for the client as if its time had run out, and nobody waits for that.

    So the clients can have all the patience that a busy machine needs.
    """
    send = URLLib3Session.send

    def answer_or_note(account: SimulatedAccount, request: Request) -> Reply | NoReply:
        reply = answer(account, request)
        return HANGS if reply == NoReply("hang") else reply

    def send_or_time_out(self: URLLib3Session, request: Any) -> Any:
        reply = send(self, request)
        if HANGS.headers.keys() <= reply.headers.keys():
            raise ReadTimeoutError(endpoint_url=request.url)
        return reply

    monkeypatch.setattr("redshift_simulator.server.answer", answer_or_note)
    monkeypatch.setattr(URLLib3Session, "send", send_or_time_out)


@pytest.fixture(scope="session")
def port() -> int:
    """A free port, on which one account after the other is served."""
    with SimulatedAws(SimulatedAccount()) as server:
        return int(server.endpoint_url.rpartition(":")[2])


@pytest.fixture(scope="session")
def door(port: int) -> Aws:
    """The clients of all tests."""
    return AwsClient(PinnedSession(f"http://127.0.0.1:{port}", REGION), read_timeout_s=PATIENCE_S)


@pytest.fixture
def aws(account: SimulatedAccount, port: int) -> Iterator[SimulatedAws]:
    """The account at that port; fails the test if a reply did not fit the service model."""
    with SimulatedAws(account, port) as server:
        yield server
    assert account.defects == []


@pytest.fixture
def service(aws: SimulatedAws, door: Aws, clock: Clock, tmp_path: Path) -> MigrationService:
    """A service on that account, with a state folder of its own."""
    made = MigrationService(
        aws=door, regions=region_catalog(), store=FileStore(tmp_path), clock=clock, default_region=REGION
    )
    return note_world(made, aws.account, tmp_path)
