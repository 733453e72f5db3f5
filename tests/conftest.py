"""What every test may use: a simulated account, a server for it, and the environment that leads boto3 there."""

from __future__ import annotations

import gc
import ipaddress
import signal
import socket
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import botocore.client
import botocore.hooks
import botocore.loaders
import botocore.retries.standard
import botocore.session
import pytest

from redshift_migrate.aws.client import AwsClient
from redshift_migrate.aws.session import open_session, region_catalog
from redshift_migrate.clock import Clock as ProductClock
from redshift_migrate.migration.service import MigrationService
from redshift_migrate.state.store import FileStore
from redshift_simulator import Clock, SimulatedAccount, SimulatedAws, demo
from tests.support import examples
from tests.support.budget import Budget
from tests.support.earlier import note_world
from tests.support.patience import PATIENCE_S

examples.register()

ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "AKIASIMULATED0000001",
    "AWS_SECRET_ACCESS_KEY": "simulated",
    "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_CONFIG_FILE": "/dev/null",
    "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
}
LEADS_ELSEWHERE = (
    "AWS_PROFILE",
    "AWS_DEFAULT_PROFILE",
    "AWS_REGION",
    "AWS_DEFAULT_REGION",
    "AWS_SESSION_TOKEN",
    "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
)


def pytest_configure(config: pytest.Config) -> None:
    """Hold every test to its budget of CPU time, and heed Ctrl-C, which a shell has its background jobs ignore."""
    gc.set_threshold(
        50_000, 20, 100
    )  # a worker holds a great deal that lives as long as it, and is looked through in vain
    config.pluginmanager.register(Budget())
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # and every program that a test starts would inherit it
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session", autouse=True)
def _service_models_read_once() -> Iterator[None]:
    """Reading the service models is most of what a set of clients costs; every session of the run takes the same.

    So it does with the class of a client, which is a function for each operation of the model, and with the second
    names of events, which each client would find out again.
    """
    loader = botocore.loaders.create_loader()
    made = botocore.client.ClientCreator._create_client_class
    classes: dict[str, type] = {}
    second_name = botocore.hooks.EventAliaser._alias_event_name
    second_names: dict[str, str] = {}

    def once(self: Any, service_name: str, service_model: Any) -> type:
        if service_name not in classes:
            classes[service_name] = made(self, service_name, service_model)
        return classes[service_name]

    def second_name_once(self: Any, event_name: str) -> str:
        if event_name not in second_names:
            second_names[event_name] = second_name(self, event_name)
        return second_names[event_name]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(botocore.session, "create_loader", lambda _: loader)
        patch.setattr(botocore.client.ClientCreator, "_create_client_class", once)
        patch.setattr(botocore.hooks.EventAliaser, "_alias_event_name", second_name_once)
        yield


@pytest.fixture(scope="session", autouse=True)
def _retries_at_once() -> Iterator[None]:
    """botocore counts its attempts as ever, and does not sleep between them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(botocore.retries.standard.ExponentialBackoff, "delay_amount", lambda *_: 0)
        yield


@pytest.fixture
def account() -> SimulatedAccount:
    """The demo account with a clock that only the test moves."""
    account = SimulatedAccount(clock=Clock.manual())
    demo.seed(account)
    return account


@pytest.fixture
def aws(account: SimulatedAccount) -> Iterator[SimulatedAws]:
    """That account on a port of this machine; fails the test if a reply did not fit the service model."""
    with SimulatedAws(account) as server:
        yield server
    assert account.defects == []


@pytest.fixture
def aws_env(aws: SimulatedAws, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """The environment in which any boto3 client, here or in a subprocess, talks to that account."""
    environment = {**ENVIRONMENT, "AWS_ENDPOINT_URL": aws.endpoint_url}
    for name in LEADS_ELSEWHERE:
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    return environment


@pytest.fixture
def clock(account: SimulatedAccount) -> ProductClock:
    """A clock on which sleeping moves the simulated account's time instead of the test's."""
    return ProductClock(
        now=lambda: datetime.fromtimestamp(account.clock.now(), UTC),
        monotonic_s=account.clock.now,
        sleep=account.clock.advance,
    )


@pytest.fixture
def service(
    aws_env: dict[str, str], account: SimulatedAccount, clock: ProductClock, tmp_path: Path
) -> MigrationService:
    """A service in us-east-2 with a state folder of its own."""
    assert aws_env
    session, region = open_session(region="us-east-2")
    made = MigrationService(
        aws=AwsClient(session, read_timeout_s=PATIENCE_S),
        regions=region_catalog(),
        store=FileStore(tmp_path),
        clock=clock,
        default_region=region,
    )
    return note_world(made, account, tmp_path)


@pytest.fixture(autouse=True)
def _loopback_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """Refuse every connection that would leave this machine."""
    connect, connect_ex = socket.socket.connect, socket.socket.connect_ex

    def checked_connect(self: socket.socket, address: Any) -> None:
        _check_loopback(self, address)
        connect(self, address)

    def checked_connect_ex(self: socket.socket, address: Any) -> int:
        _check_loopback(self, address)
        return connect_ex(self, address)

    monkeypatch.setattr(socket.socket, "connect", checked_connect)
    monkeypatch.setattr(socket.socket, "connect_ex", checked_connect_ex)


class LeftThisMachineError(RuntimeError):
    """A test tried to reach another machine."""


def _check_loopback(connection: socket.socket, address: Any) -> None:
    if connection.family in (socket.AF_INET, socket.AF_INET6) and not _is_loopback(str(address[0])):
        raise LeftThisMachineError(f"a test tried to connect to {address}")


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
