"""What `/permissions TOOL` promises is what the tool calls."""

from __future__ import annotations

from typing import Any

import pytest

from redshift_migrate.agent.changes import CHANGES, change
from redshift_migrate.agent.toolbox import CHANGING_TOOLS, READ_TOOLS, Toolbox
from redshift_migrate.migration.service import MigrationService
from redshift_migrate.permissions import OPERATIONS, TOOL_OPERATIONS
from redshift_simulator import SimulatedAccount

ANOTHER_REGION = {"namespace_name": "my-namespace", "destination_region": "eu-west-1"}
GRANT = {"destination_region": "us-west-2", "snapshot_copy_grant_name": "my-kms-grant"}
USES: list[tuple[str, dict[str, Any]]] = [
    ("list_clusters", {}),
    ("get_cluster_maintenance_settings", {"cluster_id": "prod-db-1"}),
    ("get_cluster_snapshot_copy_settings", {"cluster_id": "prod-db-1"}),
    ("get_cluster_config", {"cluster_id": "prod-db-1"}),
    ("get_serverless_settings", {"namespace_name": "my-namespace"}),
    ("get_migration_status", {}),
    ("get_migration_help", {}),
    ("configure_serverless_snapshot_copy", {"namespace_name": "my-namespace", **GRANT}),
    ("configure_serverless_snapshot_copy", ANOTHER_REGION),
    ("update_serverless_snapshot_copy", {"namespace_name": "my-namespace", "retention_period_days": 9}),
    ("remove_serverless_snapshot_copy", {"namespace_name": "my-namespace"}),
    ("set_workgroup_track", {"workgroup_name": "my-workgroup", "track": "trailing"}),
]


def test_every_call_of_a_tool_is_among_those_told(service: MigrationService, account: SimulatedAccount) -> None:
    toolbox = Toolbox(service)
    for tool, arguments in USES:
        before = len(account.calls)
        if tool in CHANGES:
            plan = change(service, tool, arguments).prepare()
            service.approve(plan.digest, approved_by="tester", channel="program")
        getattr(toolbox, tool)(**arguments)
        called = {call.name for call in account.calls[before:]}

        assert called <= set(TOOL_OPERATIONS[tool]), tool


@pytest.mark.parametrize("tool", [*READ_TOOLS, *CHANGING_TOOLS])
def test_only_known_operations_are_told_and_reading_tools_write_nothing(tool: str) -> None:
    told = TOOL_OPERATIONS[tool]

    assert set(told) <= set(OPERATIONS)
    assert tool not in READ_TOOLS or not any(OPERATIONS[name].writes for name in told)


def test_the_table_names_every_tool_and_no_other() -> None:
    assert set(TOOL_OPERATIONS) == {*READ_TOOLS, *CHANGING_TOOLS}
