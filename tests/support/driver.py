"""A migration in a process of its own, so that it can be killed: started fast, and its sleeps move simulated time."""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
import urllib.request
from collections.abc import Callable, Sequence
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import botocore.loaders

import redshift_migrate.migration.executor as executor_module
import redshift_migrate.state.files as files_module
from redshift_migrate.aws.client import AwsClient
from redshift_migrate.aws.session import PinnedSession, region_catalog
from redshift_migrate.clock import Clock
from redshift_migrate.migration.service import MigrationService
from redshift_migrate.models.approval import Consent
from redshift_migrate.models.plan import MigrationPlan
from redshift_migrate.models.request import PlanRequest
from redshift_migrate.state.store import FileStore
from redshift_simulator import SimulatedAccount, SimulatedAws
from tests.support.patience import PATIENCE_S

SERVICES = ("redshift", "redshift-serverless", "ec2", "iam", "kms", "events", "scheduler", "cloudwatch", "sts")

LOADER = botocore.loaders.create_loader()
"""Reading the service models is most of a child's start; the fork server does it once for all children."""
for _service in SERVICES:
    LOADER.load_service_model(_service, "service-2")


class QuickSession(PinnedSession):
    """A pinned session that takes the service models that were read before the fork."""

    def __init__(self, endpoint_url: str, region: str) -> None:
        super().__init__(endpoint_url, region)
        self._session._session.register_component("data_loader", LOADER)


START = multiprocessing.get_context("forkserver")
START.set_forkserver_preload(["tests.support.warm"])

REGION = "us-east-2"
KILLED = -signal.SIGKILL


class SimulatedTime:
    """A clock whose sleep moves the simulated account's time, over the account's control door."""

    def __init__(self, endpoint_url: str) -> None:
        self._endpoint_url, self._passed_s = endpoint_url, 0.0

    def sleep(self, seconds: float) -> None:
        body = json.dumps({"advance_s": seconds}).encode()
        request = urllib.request.Request(f"{self._endpoint_url}/_simulated/clock", data=body, method="POST")  # noqa: S310
        urllib.request.urlopen(request, timeout=PATIENCE_S).close()  # noqa: S310  # loopback, from the fixture
        self._passed_s += seconds

    def clock(self) -> Clock:
        return Clock(monotonic_s=lambda: self._passed_s, sleep=self.sleep)


def service_at(endpoint_url: str, folder: Path, region: str) -> MigrationService:
    """The service on the account at that endpoint, with its state in the folder."""
    return MigrationService(
        aws=AwsClient(QuickSession(endpoint_url, region), read_timeout_s=PATIENCE_S),
        regions=region_catalog(),
        store=FileStore(folder),
        clock=SimulatedTime(endpoint_url).clock(),
        default_region=region,
    )


def approve(service: MigrationService, request: PlanRequest) -> MigrationPlan:
    """The request's plan, approved."""
    plan = service.prepare(request)
    return service.approve(plan.digest, approved_by="tester", channel="program", typed=plan.must_type)


def begin_or_go_on(service: MigrationService, request: PlanRequest) -> None:
    """Run the request's plan, which is approved, or approve and resume the run of it that stopped."""
    for migration_id in service.migration_ids():
        journal = service.journal(migration_id)
        if not journal.is_finished and journal.header.plan.request == request:
            plan = journal.header.plan
            service.approve(plan.digest, approved_by="tester", channel="program", typed=plan.must_type)
            service.resume(migration_id)
            return
    service.run(request)


def apply_several(service: MigrationService, digests: Sequence[str]) -> None:
    """Run these plans side by side, or go on with those that stopped; all are shown already."""
    service.apply_each(digests, Consent(approved_by="tester", channel="program"))


def run_until_killed(
    account: SimulatedAccount,
    aws: SimulatedAws,
    folder: Path,
    request: PlanRequest | Sequence[str],
    *,
    add_faults: Callable[[SimulatedAccount, int], object] | None = None,
    die_in_journal_write: int | None = None,
    without_probe: bool = False,
) -> int:
    """Run the request, or the plans of these digests, in a child. Returns its exit code.

    The faults are added with the child's pid.
    """
    ours, theirs = START.Pipe()
    child = START.Process(
        target=_child,
        args=(theirs, aws.endpoint_url, folder, _as_text(request), die_in_journal_write, without_probe),
    )
    child.start()
    theirs.close()
    if add_faults is not None and child.pid is not None:
        add_faults(account, child.pid)
    ours.send("go")
    child.join(PATIENCE_S)
    if child.is_alive():
        child.kill()
        raise AssertionError("the migration did not come to its end")
    account.faults.clear()
    return int(child.exitcode or 0)


def _as_text(request: PlanRequest | Sequence[str]) -> str:
    return json.dumps(list(request)) if isinstance(request, list | tuple) else request.model_dump_json()  # type: ignore[union-attr]


def _child(
    gate: Connection, endpoint_url: str, folder: Path, request_json: str, die_in: int | None, without_probe: bool
) -> None:
    gate.recv()
    if die_in is not None:
        _die_in_write(die_in)
    if without_probe:
        _act_without_looking()
    from pydantic import TypeAdapter

    if request_json.startswith("["):
        apply_several(service_at(endpoint_url, folder, REGION), json.loads(request_json))
        return
    request: Any = TypeAdapter(PlanRequest).validate_json(request_json)
    begin_or_go_on(service_at(endpoint_url, folder, request.region), request)


def _die_in_write(number: int) -> None:
    """The n-th write of a journal line puts half of it on disk and is killed: what a power cut leaves behind."""
    write, count = os.write, 0

    def torn(descriptor: int, data: bytes) -> int:
        nonlocal count
        count += 1
        if count == number:
            write(descriptor, data[: len(data) // 2])
            os.fsync(descriptor)
            os.kill(os.getpid(), signal.SIGKILL)
        return write(descriptor, data)

    files_module.os.write = torn  # type: ignore[attr-defined]


def _act_without_looking() -> None:
    """What a careless executor would do: take every step that is not written down as done for not begun."""
    executor_module.verdict = lambda *_: executor_module.Verdict.ACT
