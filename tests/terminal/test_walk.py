"""From `/approve DIGEST` to the call and back: few files to open, and the plan is read once."""

from __future__ import annotations

import sys
from pathlib import Path

from redshift_migrate.aws.client import AwsClient
from redshift_migrate.aws.door import Answer
from redshift_migrate.aws.session import open_session, region_catalog
from redshift_migrate.clock import Clock
from redshift_migrate.migration.service import MigrationService
from redshift_migrate.models.plan import Call
from redshift_migrate.models.request import SetWorkgroupTrack
from redshift_migrate.permissions import OPERATIONS
from redshift_migrate.settings import Settings
from redshift_migrate.state.shelf import PLANS, FolderShelf, Kind
from redshift_migrate.state.store import Store
from redshift_migrate.terminal.commands import answer
from redshift_migrate.terminal.desk import Desk
from redshift_migrate.terminal.shown import Table
from tests.support.patience import PATIENCE_S
from tests.terminal.played import PlayedProgram

SOURCE = str(Path(__file__).parents[2] / "src" / "redshift_migrate")
REQUEST = SetWorkgroupTrack(region="us-east-2", workgroup_name="my-workgroup", track_name="trailing")
MOST_FILES = 5
"""Between the command and a change of the account: what somebody opens who follows it."""


def files_on_the_way() -> set[str]:
    """The product's files that have a function under way in this thread."""
    found: set[str] = set()
    frame = sys._getframe()
    while frame.f_back is not None:
        frame = frame.f_back
        found.add(frame.f_code.co_filename)
    return {Path(name).name for name in found if name.startswith(SOURCE)}


class SteppingDoor(AwsClient):
    """A door that writes down who stands before it when the account is changed."""

    def __init__(self) -> None:
        super().__init__(open_session(region=REQUEST.region)[0], read_timeout_s=PATIENCE_S)
        self.ways: dict[str, set[str]] = {}

    def ask(self, call: Call) -> Answer:
        if OPERATIONS[call.name].writes:
            self.ways[call.operation] = files_on_the_way()
        return super().ask(call)


class CountingShelf(FolderShelf):
    """A shelf that counts how often a plan is taken down."""

    plans_read = 0

    def get(self, kind: Kind, name: str) -> str | None:
        self.plans_read += kind is PLANS
        return super().get(kind, name)


def test_an_approval_reads_its_plan_once_and_reaches_the_call_through_few_files(
    aws_env: dict[str, str], clock: Clock, tmp_path: Path
) -> None:
    assert aws_env
    door, shelf = SteppingDoor(), CountingShelf(tmp_path)
    service = MigrationService(
        aws=door, regions=region_catalog(), store=Store(shelf), clock=clock, default_region=REQUEST.region
    )
    desk = Desk(PlayedProgram(service, tmp_path, Settings(model="offline")), "terminal")
    plan = service.prepare(REQUEST)
    desk.note_shown(plan)

    assert isinstance(answer(desk, f"/approve {plan.digest}"), Table)
    assert shelf.plans_read == 1
    assert list(door.ways) == ["UpdateWorkgroup"]
    assert len(door.ways["UpdateWorkgroup"]) <= MOST_FILES, sorted(door.ways["UpdateWorkgroup"])
