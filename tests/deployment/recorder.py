"""Every call that the product makes when every tool is used on the simulated account, as botocore was given it."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from redshift_migrate.agent.toolbox import Change, Toolbox
from redshift_migrate.aws.client import AwsClient
from redshift_migrate.aws.door import Aws, Observed, WatchingDoor
from redshift_migrate.aws.session import PinnedSession, region_catalog
from redshift_migrate.clock import Clock as ProductClock
from redshift_migrate.errors import RedshiftMigrateError
from redshift_migrate.migration.service import MigrationService
from redshift_migrate.models.plan import Call
from redshift_migrate.permissions import OPERATIONS
from redshift_migrate.state.store import FileStore
from redshift_migrate.tools import TOOLS
from redshift_simulator import Clock, SimulatedAccount, SimulatedAws, demo

REGION = "us-east-2"
COPY = {"namespace_name": "my-namespace", "destination_region": "us-west-2"}

TOUR: list[tuple[str, dict[str, Any]]] = [
    ("list_clusters", {}),
    ("get_cluster_config", {"cluster_id": "prod-db-1"}),
    ("get_cluster_maintenance_settings", {"cluster_id": "prod-db-1"}),
    ("get_cluster_snapshot_copy_settings", {"cluster_id": "prod-db-1"}),
    ("list_scheduled_queries", {"cluster_id": "prod-db-1"}),
    ("get_cluster_usage_limits", {"cluster_id": "prod-db-1"}),
    ("get_cluster_wlm_queues", {"cluster_id": "prod-db-1"}),
    ("get_serverless_settings", {"namespace_name": "my-namespace"}),
    ("get_migration_help", {}),
    ("get_fleet", {"region": REGION}),
    ("estimate_cost", {"cluster_id": "prod-db-1"}),
    ("estimate_cost", {"cluster_id": "prod-db-1", "by_queries": True}),
    ("plan_fleet", {"region": REGION, "filters": ["name=dev-sandbox"], "wave": 1}),
    ("configure_serverless_snapshot_copy", {**COPY, "snapshot_copy_grant_name": "my-kms-grant"}),
    ("update_serverless_snapshot_copy", {"namespace_name": "my-namespace", "retention_period_days": 30}),
    ("configure_serverless_snapshot_copy", {**COPY, "destination_region": "eu-west-1", "retention_period_days": 7}),
    ("remove_serverless_snapshot_copy", {"namespace_name": "my-namespace"}),
    ("set_workgroup_track", {"workgroup_name": "my-workgroup", "track": "trailing"}),
    ("plan_migration", {"cluster_id": "prod-db-1", "also": ["snapshots"]}),
    ("get_plan", {"plan_digest": "LAST PLAN", "section": "calls"}),
    ("apply_plan", {"plan_digest": "LAST PLAN"}),
    ("verify_migration", {"cluster_id": "prod-db-1", "namespace_name": "prod-db-1"}),
    ("check_data", {}),
    ("list_connections", {"cluster_id": "prod-db-1"}),
    ("list_snapshots", {"cluster_id": "prod-db-1"}),
    ("list_snapshots", {"namespace_name": "prod-db-1"}),
    ("get_migration_status", {}),
    ("cut_over_scheduled_queries", {"migration_id": "LAST RUN"}),
    ("resume_migration", {"migration_id": "FIRST MIGRATION"}),
    ("undo_migration", {"migration_id": "LAST RUN"}),  # a migration is not undone under a cut-over
    ("plan_cut_over", {}),
    ("apply_plan", {"plan_digest": "LAST PLAN"}),
    ("undo_migration", {"migration_id": "LAST RUN"}),
    ("plan_decommission", {"cluster_id": "prod-db-1"}),
    ("undo_migration", {"migration_id": "FIRST MIGRATION"}),
]
"""Tools in an order in which each finds something to do. Changes are approved as a person would."""


@dataclass
class Recorder:
    """The calls, and what the simulated account says that it was asked."""

    calls: list[Call] = field(default_factory=list)
    used: set[str] = field(default_factory=set)
    problems: list[str] = field(default_factory=list)
    wire: set[str] = field(default_factory=set)
    by_tool: dict[str, set[str]] = field(default_factory=dict)

    @property
    def operations(self) -> set[str]:
        """What was called."""
        return {call.name for call in self.calls}


class RecordedAws(WatchingDoor):
    """A door whose calls are recorded."""

    def __init__(self, door: Aws, recorder: Recorder) -> None:
        super().__init__(door)
        self._recorder = recorder

    def saw(self, observed: Observed) -> None:
        self._recorder.calls.append(observed.call)


def record(folder: Path) -> Recorder:
    """Take the tour."""
    recorder = Recorder()
    account = SimulatedAccount(clock=Clock.manual())
    demo.seed(account)
    with SimulatedAws(account) as server:
        service = MigrationService(
            aws=RecordedAws(AwsClient(PinnedSession(server.endpoint_url, REGION)), recorder),
            regions=region_catalog(),
            store=FileStore(folder),
            clock=ProductClock(monotonic_s=account.clock.now, sleep=account.clock.advance),
            default_region=REGION,
        )
        toolbox = Toolbox(service)
        for tool, arguments in TOUR:
            _use(recorder, service, toolbox, tool, _filled(service, arguments))
        recorder.wire = {call.name for call in account.calls}
        assert account.defects == []
    assert recorder.used == set(TOOLS), recorder.problems
    assert recorder.wire <= set(OPERATIONS)
    assert recorder.operations == recorder.wire
    return recorder


def _use(recorder: Recorder, service: MigrationService, toolbox: Toolbox, tool: str, arguments: dict[str, Any]) -> None:
    """The tool; where a plan waits, the plan approved and the tool again. What stops it is a problem of this tour."""
    recorder.used.add(tool)
    before = len(recorder.calls)
    try:
        waiting = _answer(toolbox, tool, arguments)
        if waiting.get("status") == "approval_required":
            service.approve(waiting["plan_digest"], approved_by="tester", channel="program")
            _answer(toolbox, tool, arguments)
    except RedshiftMigrateError as error:
        recorder.problems.append(f"{tool}: {error.message}")
    finally:
        called = {call.name for call in recorder.calls[before:]}
        recorder.by_tool[tool] = recorder.by_tool.get(tool, set()) | called


def _answer(toolbox: Toolbox, tool: str, arguments: dict[str, Any]) -> dict[str, Any]:
    called: Change | dict[str, Any] = getattr(toolbox, tool)(**arguments)
    return called.answer() if isinstance(called, Change) else called


def _filled(service: MigrationService, arguments: dict[str, Any]) -> dict[str, Any]:
    plan, runs = service.newest_plan(), service.migration_ids()
    migrations = [run for run in runs if service.journal(run).header.plan.request.kind == "migrate_cluster"]
    words = {
        "LAST PLAN": plan.digest if plan else "",
        "LAST RUN": runs[-1] if runs else "",
        "FIRST MIGRATION": migrations[0] if migrations else "",
    }
    return {name: words.get(value, value) if isinstance(value, str) else value for name, value in arguments.items()}
