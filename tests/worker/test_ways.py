"""One migration, whoever carries it out: the same account, the same journal, the same report."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from redshift_migrate.aws.session import region_catalog
from redshift_migrate.endpoint.backend import Backend, Parts, Runner
from redshift_migrate.endpoint.health import Health
from redshift_migrate.migration.running import Accepted
from redshift_migrate.migration.service import MigrationService
from redshift_migrate.models.approval import Consent
from redshift_migrate.models.finding import Subject
from redshift_migrate.models.journal import Journal
from redshift_migrate.state.cloud import CloudKeeper
from redshift_migrate.state.keeper import Keeper
from redshift_migrate.state.owner import Owner, Principal
from redshift_migrate.state.shelf import REPORTS
from redshift_migrate.state.table import TableShelf
from tests.support.own_parts import REGION
from tests.support.scripted_model import ScriptedModel
from tests.worker.test_worker import ANA, MIGRATE, World

CALLER = Principal(arn=ANA.principal, may_change=True)
STARTS_S, ENDS_S = 2_000_000_000.0, 2_100_000_000.0
HAS = {Subject.TAGS, Subject.USAGE_LIMITS, Subject.SCHEDULED_QUERIES, Subject.SNAPSHOT_COPY, Subject.DATA}
"""What the migration must have, so that the comparison means something."""


def with_dates(world: World) -> None:
    """A schedule in a time zone that begins and ends some day."""
    schedule = world.account.table(REGION, "schedules")["reports/morning-report"]
    assert schedule["ScheduleExpressionTimezone"] == "Europe/Berlin"
    schedule |= {"StartDate": STARTS_S, "EndDate": ENDS_S}


class WorkerHere:
    """Hands runs to the worker, which runs at once, in this process."""

    def __init__(self, world: World) -> None:
        self._world = world

    def start(self, owner: Owner, accepted: Accepted) -> None:
        assert owner == ANA
        self._world.run_durably(accepted)

    def stop(self, within_s: float) -> None:
        """It has ended already."""


def at_the_terminal(world: World) -> tuple[Journal, str]:
    """`/approve` in a chat: accepted and carried out in one go."""
    service = MigrationService(
        aws=world.aws, regions=region_catalog(), store=world.files, clock=world.clock, default_region=REGION
    )
    plan = service.prepare(MIGRATE)
    service.note_shown(plan, "ana", "terminal")
    outcome = service.apply(plan.digest, Consent(approved_by="ana", channel="terminal"))
    assert outcome.report is not None
    return service.journal(str(outcome.migration_id)), Path(outcome.report).read_text(encoding="utf-8")


def over_http(world: World, keeper: Keeper, runner: Runner) -> Journal:
    """An approval at the endpoint; what follows is the runner's."""
    parts = Parts(
        aws=world.aws,
        regions=region_catalog(),
        keeper=keeper,
        runner=runner,
        new_model=lambda: ScriptedModel(lambda *_: []),
        default_region=REGION,
        clock=world.clock,
    )
    plan = MigrationService(
        aws=world.aws, regions=parts.regions, store=keeper.store(ANA), clock=world.clock, default_region=REGION
    ).prepare(MIGRATE)
    backend = Backend(parts, Health())
    backend.plan(ANA, CALLER, plan.digest)
    accepted = backend.approve(ANA, CALLER, "", plan.digest)
    return keeper.store(ANA).journal(str(accepted.migration_id))


def by_the_worker(world: World) -> tuple[Journal, str]:
    """Deployed: the endpoint accepts, the durable worker carries out."""
    keeper = CloudKeeper(world.table, world.bucket, world.clock)
    journal = over_http(world, keeper, WorkerHere(world))
    return journal, kept_report(world, journal)


def kept_report(world: World, journal: Journal) -> str:
    kept = TableShelf(world.table, ANA.key, world.clock).get(REPORTS, journal.migration_id)
    assert kept is not None
    return kept


WAYS: dict[str, Callable[[World], tuple[Journal, str]]] = {
    "terminal": at_the_terminal,
    "worker": by_the_worker,
}
PASSING = {
    r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}": "ID",
    r"\d{8}-\d{6}-[0-9a-f]{6}": "RUN",
    r"\b[0-9a-f]{64}\b": "DIGEST",
    r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(\.\d+)?(Z| UTC)?": "TIME",
    r"run-[0-9a-f]{20}": "TAG",
}
"""What differs by nature: ids, names of runs, digests, times, marks."""


def lasting(text: str) -> str:
    for pattern, name in PASSING.items():
        text = re.sub(pattern, name, text)
    return text


def told(journal: Journal) -> list[str]:
    """Every line of a journal, but for what differs by nature."""
    lines = (entry.model_dump(mode="json", exclude={"at", "request_id", "approval"}) for entry in journal.entries)
    return [lasting(json.dumps(line, sort_keys=True)) for line in lines]


def page(report: str) -> list[str]:
    """Every line of a report, but for who approved the run."""
    return [lasting(line) for line in report.splitlines() if not line.startswith("| approved by |")]


@pytest.fixture
def worlds(tmp_path: Path) -> Iterator[dict[str, World]]:
    made = {way: World(tmp_path / way) for way in WAYS}
    for world in made.values():
        with_dates(world)
    yield made
    for world in made.values():
        world.server.stop()
        assert world.account.defects == []


def test_terminal_and_endpoint_with_worker_leave_the_same_account_journal_and_report(worlds: dict[str, World]) -> None:
    done = {way: carry_out(worlds[way]) for way, carry_out in WAYS.items()}

    journal, report = done["terminal"]
    assert journal.is_finished
    assert {row.subject for row in journal.header.plan.changes if row.action != "not carried"} >= HAS
    copied = worlds["terminal"].account.table(REGION, "schedules")["reports/morning-report-prod-db-1"]
    assert (copied["StartDate"], copied["EndDate"]) == (STARTS_S, ENDS_S)
    assert copied["ScheduleExpressionTimezone"] == "Europe/Berlin"
    for way, (other, other_report) in done.items():
        assert told(other) == told(journal), way
        assert page(other_report) == page(report), way
        assert worlds[way].settings() == worlds["terminal"].settings(), way
