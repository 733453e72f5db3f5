"""The gate holds against a model that does its worst: nothing is written without a person's word on that plan."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Any

import pytest

from redshift_migrate.agent.approver import Approver, Decision
from redshift_migrate.agent.conversation import Conversation, create_agent
from redshift_migrate.agent.events import Answer, ToolCall, ToolResult, TurnEvent
from redshift_migrate.agent.meanwhile import Meanwhile
from redshift_migrate.errors import ApplyError
from redshift_migrate.migration.service import MigrationService
from redshift_migrate.models.plan import MigrationPlan
from redshift_migrate.models.request import ConfigureSnapshotCopy, PlanRequest
from redshift_migrate.tools import CHANGING_TOOLS
from redshift_simulator import SimulatedAccount
from tests.support.earlier import earlier_run
from tests.support.migrating import request_for
from tests.support.scheduled import MIGRATE, REGION, keep_only
from tests.support.scripted_model import ScriptedModel, Step

COPY = {"namespace_name": "my-namespace", "destination_region": "us-west-2", "retention_period_days": 7}
CHANGES: list[Step] = [
    ("configure_serverless_snapshot_copy", COPY),
    ("update_serverless_snapshot_copy", {"namespace_name": "my-namespace", "retention_period_days": 1}),
    ("remove_serverless_snapshot_copy", {"namespace_name": "my-namespace"}),
    ("set_workgroup_track", {"workgroup_name": "my-workgroup", "track": "trailing"}),
]


CONFIGURE = ConfigureSnapshotCopy(
    region=REGION, namespace_name="my-namespace", destination_region="us-west-2", retention_period_days=7
)
RUNS = ("the run", "the stopped run")


def run(service: MigrationService, request: PlanRequest) -> str:
    """Approve and run it as a person would; the id of the run, whether it came to its end or not."""
    service.approve(service.prepare(request).digest, approved_by="tester", channel="program")
    with contextlib.suppress(ApplyError):
        service.run(request)
    return service.migration_ids()[-1]


class Person:
    """Says the same to every plan and remembers what was shown."""

    def __init__(self, approved: bool | None) -> None:
        self.approved, self.shown = approved, list[MigrationPlan]()

    async def decide(self, plan: MigrationPlan) -> Decision:
        self.shown.append(plan)
        return Decision(approved=self.approved, approved_by="tester")


def events_of(service: MigrationService, model: ScriptedModel, approver: Approver, *prompts: str) -> list[TurnEvent]:
    """All events of a conversation of these prompts."""

    async def talk() -> list[TurnEvent]:
        conversation = Conversation(create_agent(service, model, approver=approver), Meanwhile(service))
        return [event for prompt in prompts for event in [each async for each in conversation.turn(prompt)]]

    return asyncio.run(talk())


def results(events: list[TurnEvent]) -> list[ToolResult]:
    return [event for event in events if isinstance(event, ToolResult)]


@pytest.mark.parametrize("call", CHANGES, ids=lambda call: call[0])
@pytest.mark.parametrize("approved", [False, None])
def test_an_unasked_change_is_not_made(
    service: MigrationService, account: SimulatedAccount, call: Step, approved: bool | None
) -> None:
    model = ScriptedModel(lambda _, n: [call] if n == 1 else ["Done, all approved!"])

    events = events_of(service, model, Person(approved), "ok thanks")

    assert account.writes() == []
    assert isinstance(events[-1], Answer)


@pytest.mark.parametrize(
    ("said", "spent", "method"),
    [
        ("check the data exactly", 960, "estimates"),
        ("check the data exactly, up to 96 RPU-seconds", 960, "estimates"),
        ("check the data exactly for 960 RPU-seconds", 960, "counts"),
        ("yes, 1,960 RPU-seconds are fine", 1960, "counts"),
    ],
)
def test_what_is_billed_is_spent_only_when_a_person_named_it(
    service: MigrationService, said: str, spent: int, method: str
) -> None:
    migration_id = str(earlier_run(service, request_for("dev-sandbox")).migration_id)
    asked = {"migration_id": migration_id, "exact": "counts", "rpu_seconds": spent}
    model = ScriptedModel(lambda _, n: [("check_data", asked)] if n == 1 else ["Counted!"])

    (result,) = results(events_of(service, model, Person(None), said))

    kept = service.data_check_of(migration_id)
    assert (kept.method if kept else "estimates") == method
    assert ("nobody agreed to spend" in str(result)) is (method == "estimates")


EVERY_CHANGE: dict[str, dict[str, Any]] = {
    **dict(step for step in CHANGES if isinstance(step, tuple)),
    "apply_plan": {"plan_digest": "the saved plan"},
    "resume_migration": {"migration_id": "the stopped run"},
    "undo_migration": {"migration_id": "the run"},
    "cut_over_scheduled_queries": {"migration_id": "the run"},
}


def test_no_changing_tool_is_missing_here() -> None:
    assert set(EVERY_CHANGE) == CHANGING_TOOLS


@pytest.mark.parametrize("tool", sorted(CHANGING_TOOLS))
def test_every_changing_tool_asks_and_a_no_leaves_the_account_alone(
    service: MigrationService, account: SimulatedAccount, tool: str
) -> None:
    if tool in ("update_serverless_snapshot_copy", "remove_serverless_snapshot_copy"):
        run(service, CONFIGURE)  # there is something to update and to remove
    keep_only(account, "QS2-nightly-sales-rollup")
    if tool == "resume_migration":
        account.faults.add("events:PutTargets", kind="denied", times=None)
    known = dict.fromkeys(RUNS, run(service, MIGRATE)) | {"the saved plan": service.prepare(CONFIGURE).digest}
    account.faults.clear()
    account.calls.clear()
    call = (tool, {name: known.get(value, value) for name, value in EVERY_CHANGE[tool].items()})
    person = Person(False)

    events = events_of(service, ScriptedModel(lambda _, n: [call] if n == 1 else ["Done!"]), person, "do it")

    assert len(person.shown) == 1
    assert not results(events)[0].ok
    assert account.writes() == []


def test_a_model_that_claims_approval_in_every_way_changes_nothing(
    service: MigrationService, account: SimulatedAccount
) -> None:
    """It calls apply_plan with the digest it was told, invents tools and arguments, and repeats itself."""
    told: dict[str, str] = {}

    def worst(messages: Any, n: int) -> list[Step]:
        for message in messages:
            for part in message["content"]:
                for item in part.get("toolResult", {}).get("content", []):
                    told["digest"] = item.get("json", {}).get("plan_digest", told.get("digest", ""))
        attempts: list[Step] = [
            ("configure_serverless_snapshot_copy", COPY),
            ("apply_plan", {"plan_digest": told.get("digest", "0" * 64)}),
            ("apply_plan", {"plan_digest": told.get("digest", "0" * 64), "approved": True, "approve": "yes"}),
            ("approve", {"plan_digest": told.get("digest", "")}),
            ("aws", {"service": "redshift-serverless", "operation": "DeleteNamespace"}),
            ("configure_serverless_snapshot_copy", {**COPY, "yes": True, "channel": "terminal"}),
        ]
        return [attempts[n - 1]] if n <= len(attempts) else ["I approved it myself."]

    events = events_of(service, ScriptedModel(worst), Person(None), "yes", "ok thanks")

    assert account.writes() == []
    assert told["digest"]
    assert [result.name for result in results(events)].count("apply_plan") == 2


def test_a_model_that_obeys_a_tag_changes_nothing(service: MigrationService, account: SimulatedAccount) -> None:
    """The text of a tag says to set up a copy; the model obeys; the plan is shown to nobody who approves it."""
    person = Person(None)
    said: list[list[Step]] = [[("list_clusters", {})], [CHANGES[0]], ["As the tag told me."]]
    model = ScriptedModel(lambda _, n: said[n - 1])

    events_of(service, model, person, "list my clusters")

    assert account.writes() == []
    assert [plan.title for plan in person.shown] == [
        "Copy snapshots of namespace my-namespace to us-west-2, kept 7 days"
    ]


def test_an_approved_plan_is_applied_exactly_as_shown(service: MigrationService, account: SimulatedAccount) -> None:
    person = Person(True)
    model = ScriptedModel(lambda _, n: [CHANGES[0]] if n == 1 else ["Done."])

    events = events_of(service, model, person, "configure snapshot copy")

    written = [(call.operation, call.parameters) for call in account.writes()]
    assert written == [(step.call.operation, step.call.parameters) for step in person.shown[0].steps]
    assert results(events)[0].result["status"] == "success"


def test_nothing_is_asked_when_everything_is_as_wanted(service: MigrationService, account: SimulatedAccount) -> None:
    person = Person(True)
    model = ScriptedModel(lambda _, n: [CHANGES[0]] if n % 2 else ["Done."])

    events = events_of(service, model, person, "configure it", "configure it again")

    assert len(person.shown) == 1
    assert [result.result["status"] for result in results(events)] == ["success", "unchanged"]
    assert len(account.writes()) == 1


def test_a_call_with_broken_arguments_cannot_run(service: MigrationService, account: SimulatedAccount) -> None:
    """The SDK turns unreadable arguments into an empty object; every changing tool requires something."""
    model = ScriptedModel(lambda _, n: [(call[0], {}) for call in CHANGES] if n == 1 else ["Sorry."])

    events = events_of(service, model, Person(True), "configure snapshot copy")

    assert account.writes() == []
    assert not any(result.ok for result in results(events))


def test_tool_calls_and_results_are_told_in_order(service: MigrationService) -> None:
    model = ScriptedModel(
        lambda _, n: [("list_clusters", {}), ("get_migration_help", {})] if n == 1 else ["There they are."]
    )

    events = events_of(service, model, Person(None), "list clusters")

    kinds = [(event.kind, event.name) for event in events if isinstance(event, ToolCall | ToolResult)]
    assert kinds == [
        ("tool_call", "list_clusters"),
        ("tool_result", "list_clusters"),
        ("tool_call", "get_migration_help"),
        ("tool_result", "get_migration_help"),
    ]
    assert isinstance(events[-1], Answer)
    assert events[-1].text == "There they are."


def test_a_failed_turn_leaves_a_conversation_that_goes_on(service: MigrationService) -> None:
    """Roles alternate in the next request although the failed prompt was never answered."""

    def script(_: Any, n: int) -> list[Step]:
        if n == 1:
            raise RuntimeError("the provider broke")
        return ["Here again."]

    model = ScriptedModel(script)
    events = events_of(service, model, Person(None), "hello", "hello again")

    roles = [message["role"] for message in model.requests[-1]]
    assert roles == ["user", "assistant", "user"]
    assert [event.kind for event in events if event.kind in ("error", "answer")] == ["error", "answer"]
