"""A small tool is a migration with a smaller wish: the same steps, rows, findings and questions asked beforehand."""

from __future__ import annotations

from collections.abc import Callable
from typing import get_args

import pytest

from redshift_migrate.aws.client import AwsClient
from redshift_migrate.aws.door import Aws
from redshift_migrate.aws.session import PinnedSession, region_catalog
from redshift_migrate.errors import SettingsError
from redshift_migrate.migration.planning import Planner
from redshift_migrate.models.finding import Finding
from redshift_migrate.models.plan import MigrationPlan, SettingChange, Wish
from redshift_migrate.models.request import (
    ConfigureSnapshotCopy,
    CutOverMigration,
    CutOverScheduledQueries,
    DecommissionCluster,
    MigrateCluster,
    PlanRequest,
    RemoveSnapshotCopy,
    SetWorkgroupTrack,
    UndoMigration,
    UpdateSnapshotCopy,
)
from redshift_migrate.planner.difference import wished_members
from redshift_migrate.state.store import FileStore
from redshift_simulator import SimulatedAccount
from redshift_simulator.account import change
from tests.support.migrating import REGION, request_for

NAMES = {"namespace_name": "my-namespace", "workgroup_name": "my-workgroup"}
WHOLE = request_for("prod-db-1", **NAMES)
CATALOG = region_catalog()
WITHOUT = next(name for name in CATALOG.regions["aws"] if name not in CATALOG.serverless["aws"])
"""A region that does not have Redshift Serverless."""
COPY = ConfigureSnapshotCopy(
    region=REGION, namespace_name="my-namespace", destination_region="us-west-2", retention_period_days=7
)
SMALL: dict[str, PlanRequest] = {
    "copy": COPY,
    "copy with a key": COPY.model_copy(update={"snapshot_copy_grant_name": "my-kms-grant"}),
    "copy elsewhere": COPY.model_copy(update={"destination_region": "eu-west-1"}),
    "copy where serverless is not": COPY.model_copy(update={"destination_region": WITHOUT}),
    "retention": UpdateSnapshotCopy(region=REGION, namespace_name="my-namespace", retention_period_days=30),
    "retention for good": UpdateSnapshotCopy(region=REGION, namespace_name="my-namespace"),
    "removal": RemoveSnapshotCopy(region=REGION, namespace_name="my-namespace"),
    "trailing": SetWorkgroupTrack(region=REGION, workgroup_name="my-workgroup", track_name="trailing"),
    "current": SetWorkgroupTrack(region=REGION, workgroup_name="my-workgroup", track_name="current"),
}
NOT_SMALL: set[type] = {
    MigrateCluster,
    CutOverScheduledQueries,
    CutOverMigration,
    DecommissionCluster,
    UndoMigration,
}


def has_a_copy(account: SimulatedAccount) -> None:
    """The namespace copies its snapshots already, to another key than any that is wished."""
    account.table(REGION, "snapshot_copy_configurations")["c-1"] = {
        "snapshotCopyConfigurationId": "c-1",
        "snapshotCopyConfigurationArn": "arn:aws:redshift-serverless:us-east-2:123456789012:snapshotcopy/c-1",
        "namespaceName": "my-namespace",
        "destinationRegion": "us-west-2",
        "snapshotRetentionPeriod": 14,
    }


def is_on_its_way(account: SimulatedAccount) -> None:
    """The workgroup has been asked to go to the trailing track, and AWS has not moved it yet."""
    change(account.table(REGION, "workgroups")["my-workgroup"], {"pendingTrackName": "trailing"})


def denies(*operations: str) -> Callable[[SimulatedAccount], None]:
    def deny(account: SimulatedAccount) -> None:
        for operation in operations:
            account.faults.add(operation=operation, kind="denied", times=None)

    return deny


WORLDS: dict[str, Callable[[SimulatedAccount], None]] = {
    "as it is": lambda _: None,
    "with a copy": has_a_copy,
    "with a pending track": is_on_its_way,
    "where keys may not be read": denies("kms:DescribeKey"),
    "where nothing may be simulated": denies("iam:SimulatePrincipalPolicy"),
    "where tracks may not be listed": denies("redshift-serverless:ListTracks"),
}


@pytest.fixture(scope="module")
def patient_door(port: int) -> Aws:
    """Keys are looked after by moto, which takes a while to load."""
    return AwsClient(PinnedSession(f"http://127.0.0.1:{port}", REGION), read_timeout_s=60)


@pytest.fixture
def planner(aws: object, patient_door: Aws, tmp_path_factory: pytest.TempPathFactory) -> Planner:
    assert aws
    return Planner(patient_door, CATALOG, FileStore(tmp_path_factory.mktemp("state")))


def within(small: Wish, whole: Wish) -> Wish:
    """The wish of a whole migration, and the small wish as a part of it."""
    assert small.settings is not None
    assert whole.settings is not None
    members = wished_members(small.settings) - {"namespace_name", "workgroup_name"}
    settings = {member: getattr(small.settings, member) for member in members}
    return whole.model_copy(
        update={
            "settings": whole.settings.model_copy(update=settings),
            "rows": tuple(row for row in whole.rows if row.member.partition(".")[0] not in members),
        }
    )


def part(whole: MigrationPlan, small: MigrationPlan) -> tuple[list[object], list[SettingChange], list[Finding]]:
    """Of the migration's plan, what is about the settings of the small wish."""
    members = {row.member for row in small.changes}
    ids = {step.id for step in small.steps}
    asked = set(small.findings) - set(small.wish.findings)
    return (
        [step for step in whole.steps if step.id in ids],
        [row for row in whole.changes if row.member in members],
        [finding for finding in whole.findings if finding in asked],
    )


def test_every_small_tool_is_compared() -> None:
    assert {type(request) for request in SMALL.values()} == set(get_args(PlanRequest)) - NOT_SMALL


@pytest.mark.parametrize("world", WORLDS)
@pytest.mark.parametrize("tool", SMALL)
def test_the_plan_of_a_small_tool_is_that_part_of_a_migrations_plan(
    planner: Planner, account: SimulatedAccount, tool: str, world: str
) -> None:
    request = SMALL[tool]
    if isinstance(request, UpdateSnapshotCopy):
        has_a_copy(account)
    WORLDS[world](account)

    small = planner.plan(request)
    wish = within(small.wish, planner.wish(WHOLE))
    whole = planner.between(WHOLE, wish, planner.observe(wish, REGION))

    steps, rows, findings = part(whole, small)
    # IAM is asked about all calls of a plan at once, so what it answers names them all.
    own = [finding for finding in small.findings if finding not in small.wish.findings]
    assert steps == list(small.steps)
    assert sorted(rows, key=lambda row: row.member) == sorted(small.changes, key=lambda row: row.member)
    assert {finding.message for finding in findings} == {finding.message for finding in own}
    assert small.changes or not small.steps


REFUSED: dict[str, PlanRequest] = {
    "an unknown key": COPY.model_copy(
        update={"kms_key_id": "arn:aws:kms:us-west-2:123456789012:key/00000000-0000-0000-0000-00000000dead"}
    ),
    "a key of another region": COPY.model_copy(
        update={"kms_key_id": "arn:aws:kms:us-east-2:123456789012:key/00000000-0000-0000-0000-00000000dead"}
    ),
    "a track that is not offered": SetWorkgroupTrack(
        region=REGION, workgroup_name="my-workgroup", track_name="preview"
    ),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_is_refused_when_typed_is_a_blocker_in_the_same_words_when_it_comes_from_a_cluster(
    planner: Planner, what: str
) -> None:
    request = REFUSED[what]
    with pytest.raises(SettingsError) as refused:
        planner.plan(request)

    wish = within(planner.wish(request), planner.wish(WHOLE))
    whole = planner.between(WHOLE, wish, planner.observe(wish, REGION))

    assert refused.value.message in [finding.message for finding in whole.blockers]
