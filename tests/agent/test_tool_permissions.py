"""What `/permissions TOOL` promises is what the tool calls."""

from __future__ import annotations

import inspect
from typing import Any, get_type_hints

import pytest

from redshift_migrate.agent.help import HELP_TOPICS
from redshift_migrate.agent.toolbox import Change, Changes, Toolbox
from redshift_migrate.migration.service import MigrationService
from redshift_migrate.permissions import OPERATIONS
from redshift_migrate.tools import TOOLS, About, Tool
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


@pytest.fixture
def toolbox(service: MigrationService) -> Toolbox:
    """The tools over the simulated account."""
    return Toolbox(service)


def test_every_call_of_a_tool_is_among_those_told(
    toolbox: Toolbox, service: MigrationService, account: SimulatedAccount
) -> None:
    for tool, arguments in USES:
        before = len(account.calls)
        answer = getattr(toolbox, tool)(**arguments)
        if isinstance(answer, Change):
            service.approve(answer.prepare().digest, approved_by="tester", channel="program")
            answer.answer()
        called = {call.name for call in account.calls[before:]}

        assert called <= set(TOOLS[tool].may_call), tool


FIRST_ARGUMENTS: dict[About, str] = {
    "cluster": "cluster_id",
    "namespace": "namespace_name",
    "workgroup": "workgroup_name",
    "plan": "plan_digest",
    "migration": "migration_id",
    "account": "region",
    "program": "topic",
}


@pytest.mark.parametrize("tool", TOOLS.values(), ids=lambda tool: tool.name)
def test_a_row_says_what_its_method_does(tool: Tool) -> None:
    method = getattr(Toolbox, tool.name)
    _, first, *_ = inspect.signature(method).parameters

    assert first == FIRST_ARGUMENTS[tool.about]
    assert (get_type_hints(method)["return"] in (Change, Change | Changes)) is tool.changes
    assert set(tool.may_call) <= set(OPERATIONS)
    assert tool.changes or not any(OPERATIONS[name].writes for name in tool.may_call)
    assert not tool.topic or tool.topic in HELP_TOPICS


def test_every_row_has_its_method_and_no_method_is_without_a_row() -> None:
    methods = {name for name, _ in inspect.getmembers(Toolbox, inspect.isfunction) if not name.startswith("_")}

    assert methods - {"change"} == set(TOOLS)


@pytest.mark.parametrize("tool", [tool for tool in TOOLS.values() if tool.topic], ids=lambda tool: tool.name)
def test_a_tool_is_explained_by_its_help_topic(toolbox: Toolbox, tool: Tool) -> None:
    assert toolbox.get_migration_help(tool.name) == toolbox.get_migration_help(tool.topic)
