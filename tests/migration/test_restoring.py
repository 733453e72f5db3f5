"""Whether one could restore in the other region: what arrived, how old it is, and whether its key is usable."""

from __future__ import annotations

import pytest

from redshift_migrate.assessment.restoring import is_restorable, tell_copies
from redshift_migrate.migration.service import MigrationService
from redshift_migrate.models.base import Unknown
from redshift_migrate.models.request import ConfigureSnapshotCopy
from redshift_simulator import SimulatedAccount
from redshift_simulator.neighbours.single_reads import kms_key
from redshift_simulator.serverless.namespaces import snapshot_of
from tests.support.earlier import earlier_run
from tests.support.migrating import REGION

THERE, NAMESPACE, HOUR_S = "us-west-2", "my-namespace", 3_600.0


def take_snapshot(account: SimulatedAccount, name: str) -> None:
    snapshot_of(account, REGION, name, account.table(REGION, "namespaces")[NAMESPACE], None, [])
    account.clock.advance(HOUR_S)


def copied(service: MigrationService, **more: str) -> None:
    request = ConfigureSnapshotCopy(region=REGION, namespace_name=NAMESPACE, destination_region=THERE, **more)
    earlier_run(service, request)


def test_a_cluster_whose_copies_arrive_could_be_restored_there(
    service: MigrationService, account: SimulatedAccount
) -> None:
    account.clock.advance(5 * HOUR_S)
    found = service.snapshots("prod-db-1")
    assert is_restorable(found) is True
    told = tell_copies(found)
    assert "1 copied snapshot in" in told
    assert "the newest copy:rs:prod-db-1-" in told
    assert "5 hours old" in told
    account.clock.advance(20 * HOUR_S)
    late = service.snapshots("prod-db-1")
    assert is_restorable(late) is False
    assert "No newer one arrived in the last day" in tell_copies(late)


def test_a_namespace_is_told_what_arrived_since_it_is_copied(
    service: MigrationService, account: SimulatedAccount
) -> None:
    take_snapshot(account, "before")
    none = service.snapshots(namespace_name=NAMESPACE)
    assert is_restorable(none) is None
    assert "No snapshot of namespace my-namespace is copied" in tell_copies(none)

    copied(service)
    empty = service.snapshots(namespace_name=NAMESPACE)
    assert is_restorable(empty) is False
    assert "none that is whole has arrived" in tell_copies(empty)

    take_snapshot(account, "after")
    found = service.snapshots(namespace_name=NAMESPACE)
    assert is_restorable(found) is True
    assert "the newest after, 1 hour old" in tell_copies(found)
    assert [each.name for each in found.snapshots] == ["after", "before"]


@pytest.mark.parametrize(("enabled", "restorable", "says"), [(True, True, "is enabled"), (False, False, "is disabled")])
def test_a_key_that_was_disabled_makes_copies_useless(
    service: MigrationService, account: SimulatedAccount, enabled: bool, restorable: bool, says: str
) -> None:
    key = kms_key(account, THERE, "copies of my-namespace")
    copied(service, kms_key_id=key)
    account.table(THERE, "kms_keys")[key.rpartition("/")[2]]["KeyState"] = "Enabled" if enabled else "Disabled"
    take_snapshot(account, "after")
    found = service.snapshots(namespace_name=NAMESPACE)
    assert is_restorable(found) is restorable
    assert says in tell_copies(found)


@pytest.mark.parametrize(
    ("operation", "region"),
    [("redshift-serverless:ListSnapshotCopyConfigurations", REGION), ("redshift-serverless:ListSnapshots", THERE)],
)
def test_what_may_not_be_read_is_unknown(
    service: MigrationService, account: SimulatedAccount, operation: str, region: str
) -> None:
    copied(service)
    take_snapshot(account, "after")
    account.faults.add(operation, kind="denied", times=None, region=region)
    found = service.snapshots(namespace_name=NAMESPACE)
    assert is_restorable(found) is None
    assert "unknown" in tell_copies(found)
    assert found.snapshots


def test_a_key_that_may_not_be_looked_at_is_unknown(service: MigrationService, account: SimulatedAccount) -> None:
    copied(service, kms_key_id=kms_key(account, THERE, "copies of my-namespace"))
    take_snapshot(account, "after")
    account.faults.add("kms:DescribeKey", kind="denied", times=None)
    found = service.snapshots(namespace_name=NAMESPACE)
    assert is_restorable(found) is None
    assert found.copies is not None
    assert not isinstance(found.copies, Unknown)
    assert isinstance(found.copies.key_state, Unknown)
