"""The simulated account, and the program's own parts to observe it and to carry out steps in it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from redshift_migrate.aws.client import AwsClient
from redshift_migrate.aws.door import Aws
from redshift_migrate.clock import Clock
from redshift_migrate.migration.executor import Executor
from redshift_migrate.models.approval import Approval
from redshift_migrate.models.finding import Finding
from redshift_migrate.models.journal import Journal, JournalHeader
from redshift_migrate.models.plan import MigrationPlan, Step, Wish
from redshift_migrate.models.request import SetWorkgroupTrack
from redshift_migrate.models.serverless import (
    AbsentTarget,
    ScheduledSnapshot,
    ServerlessConfig,
    ServerlessTarget,
    SnapshotCopyConfiguration,
    UsageLimit,
    WantedEndpoint,
)
from redshift_migrate.models.source import SourceData
from redshift_migrate.observers.readings import probe
from redshift_migrate.observers.target import observe_target
from redshift_migrate.planner.difference import plan_steps
from redshift_migrate.planner.undo import goals_of, one_way_finding, one_way_steps, plan_goals
from redshift_migrate.state.store import FileStore
from redshift_simulator import SimulatedAccount
from tests.support.patience import PATIENCE_S

REGION = "us-east-2"
ROLES = (
    "arn:aws:iam::123456789012:role/RedshiftLoadRole",
    "arn:aws:iam::123456789012:role/RedshiftLoadRoleForSpectrum",  # the other one's name begins alike
)
SUBNETS = ("subnet-0a1b2c3d4e5f60718", "subnet-0b1c2d3e4f5061728", "subnet-0c1d2e3f405162738")
SECURITY_GROUP = "sg-0a1b2c3d4e5f60718"
POLICY = '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "redshift:*"}]}'
FRESH = SourceData(
    run_tag="run-1",
    cluster_id="prod-db-1",
    snapshot_identifier="prod-db-1-run-1",
    snapshot_retention_period_days=30,
    admin_username="awsuser",
)
NO_DATA = SourceData(run_tag="run-1")


def everything(**changes: Any) -> ServerlessConfig:
    """A wish with every member that a migration can set."""
    members: dict[str, Any] = {
        "namespace_name": "prod-db-1",
        "workgroup_name": "prod-db-1",
        "db_name": "dev",
        "manage_admin_password": True,
        "kms_key_id": "arn:aws:kms:us-east-2:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab",
        "iam_roles": ROLES,
        "default_iam_role_arn": ROLES[0],
        "log_exports": ("connectionlog", "userlog"),
        "tags": (("Environment", "production"), ("Team", "data-platform")),
        "base_capacity_rpu": 16,
        "max_capacity_rpu": 32,
        "price_performance_level": 0,
        "extra_compute_for_automatic_optimization": False,
        "subnet_ids": SUBNETS,
        "security_group_ids": (SECURITY_GROUP,),
        "port": 5440,
        "publicly_accessible": False,
        "enhanced_vpc_routing": True,
        "ip_address_type": "ipv4",
        "track_name": "trailing",
        "config_parameters": (("auto_mv", "true"), ("max_query_execution_time", "600"), ("require_ssl", "true")),
        "usage_limits": (
            UsageLimit(usage_type="serverless-compute", amount=100, period="daily", breach_action="log"),
            UsageLimit(usage_type="cross-region-datasharing", amount=2, period="weekly", breach_action="deactivate"),
        ),
        "snapshot_copy": (
            SnapshotCopyConfiguration(destination_region="us-west-2", snapshot_retention_period_days=30),
        ),
        "scheduled_snapshots": (a_schedule(),),
        "endpoint_access": (
            WantedEndpoint(endpoint_name="reports", subnet_ids=SUBNETS[:2], vpc_security_group_ids=(SECURITY_GROUP,)),
        ),
        "resource_policy": POLICY,
    }
    return ServerlessConfig(**members | changes)


def a_schedule(**changes: Any) -> ScheduledSnapshot:
    """A nightly snapshot."""
    members: dict[str, Any] = {
        "scheduled_action_name": "prod-db-1-nightly",
        "schedule": "(30 2 * * ? *)",
        "snapshot_name_prefix": "prod-db-1",
        "retention_period_days": 7,
        "role_arn": "arn:aws:iam::123456789012:role/SnapshotScheduler",
    }
    return ScheduledSnapshot(**members | changes)


@dataclass
class World:
    """One account, one state folder."""

    account: SimulatedAccount
    aws: Aws
    clock: Clock
    store: FileStore
    runs: list[str] = field(default_factory=list)

    def observe(self, namespace_name: str = "prod-db-1", workgroup_name: str | None = "prod-db-1") -> Any:
        """The target as the observers see it."""
        return observe_target(self.aws, namespace_name, workgroup_name, REGION)

    def plan(self, wanted: ServerlessConfig, source: SourceData = NO_DATA) -> tuple[Step, ...]:
        """The steps from what is there; each call is checked by botocore's own validator where it is whole."""
        target: ServerlessTarget | AbsentTarget = self.observe(wanted.namespace_name, wanted.workgroup_name)
        return plan_steps(wanted, target, source)

    def apply(self, steps: Iterable[Step]) -> Journal:
        """A run of these steps, journal and all."""
        plan = MigrationPlan(
            account_id="123456789012",
            partition="aws",
            region=REGION,
            title="a test",
            request=SetWorkgroupTrack(region=REGION, workgroup_name="prod-db-1", track_name="current"),
            wish=Wish(title="a test"),
            steps=tuple(steps),
        )
        self.runs.append(f"run-{len(self.runs) + 1}")
        now = self.clock.now()
        header = JournalHeader(
            tool_version="0",
            migration_id=self.runs[-1],
            started_at=now,
            account_id=plan.account_id,
            region=REGION,
            plan_digest=plan.digest,
            plan=plan,
            approval=Approval(
                plan_digest=plan.digest,
                approved_by="tester",
                channel="program",
                approved_at=now,
                expires_at=now + timedelta(hours=1),
            ),
        )
        with self.store.start_journal(header) as writer:
            Executor(self.aws, self.clock).run(plan, writer)
        return self.store.journal(self.runs[-1])

    def resume(self) -> Journal:
        """Go on with the last run."""
        with self.store.open_journal(self.runs[-1]) as writer:
            Executor(self.aws, self.clock).run(writer.read().header.plan, writer)
        return self.store.journal(self.runs[-1])

    def undo(self, journal: Journal) -> tuple[Finding, ...]:
        """Take a run back."""
        plan, outputs = journal.header.plan, journal.outputs()
        done = [plan.step(step_id) for step_id in journal.done_steps()]
        goals = goals_of(done, outputs)
        seen = {goal.id: probe(self.aws, goal.check, {}).value for goal in goals}
        steps, findings = plan_goals(goals, seen)
        findings += tuple(one_way_finding(step) for step in one_way_steps(done))
        if all(finding.level != "blocker" for finding in findings):
            self.apply(steps)
        return findings


def a_world(account: SimulatedAccount, session: Any, clock: Clock, folder: Path) -> World:
    """The parts, wired."""
    return World(account, AwsClient(session, read_timeout_s=PATIENCE_S), clock, FileStore(folder))
