"""What is answered is what AWS says on read-back, and a write that AWS took differently is never called done."""

from __future__ import annotations

from typing import Any

import pytest

from redshift_migrate.errors import ApplyError
from redshift_migrate.migration.service import MigrationService
from redshift_simulator import SimulatedAccount
from redshift_simulator.registry import HANDLERS
from tests.migration.test_laws import CONFIGURE, UPDATE, approved_run

NAME = ("redshift-serverless", "UpdateSnapshotCopyConfiguration")


def test_an_update_that_aws_rounds_is_not_claimed(
    service: MigrationService, account: SimulatedAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The account answers the update with success, and keeps another retention than the one it was sent."""
    approved_run(service, CONFIGURE)
    update = HANDLERS[NAME]

    def rounding(account: SimulatedAccount, region: str, parameters: dict[str, Any]) -> dict[str, Any]:
        return update(account, region, {**parameters, "snapshotRetentionPeriod": 28})

    monkeypatch.setitem(HANDLERS, NAME, rounding)

    with pytest.raises(ApplyError, match="AWS answers") as stopped:
        approved_run(service, UPDATE)

    assert '"snapshot_retention_period_days":28' in stopped.value.message
    assert stopped.value.data["done"] == []
