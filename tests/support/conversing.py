"""Conversations over the Bedrock wire, on the simulated account, and what they cost in tokens."""

from __future__ import annotations

import asyncio
import json
import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from redshift_migrate.agent.approver import Decision
from redshift_migrate.agent.conversation import Conversation, create_agent
from redshift_migrate.agent.meanwhile import Meanwhile
from redshift_migrate.agent.providers.bedrock import create_bedrock_model
from redshift_migrate.aws.client import AwsClient
from redshift_migrate.aws.session import PinnedSession, region_catalog
from redshift_migrate.clock import Clock
from redshift_migrate.migration.service import MigrationService
from redshift_migrate.models.plan import MigrationPlan
from redshift_migrate.state.store import FileStore
from redshift_simulator import Clock as SimulatedClock
from redshift_simulator import SimulatedAccount, SimulatedAws, demo
from tests.support.fake_bedrock import ConverseRequest, FakeBedrock, Text, Tool

CACHED = 0.1
"""What a token costs that the provider has cached."""
CHARS_PER_TOKEN = 4
MODEL = "anthropic.claude-sonnet-4-6"

LIMITS = {
    "prefix, tokens": 3_655,
    "canonical conversation, weighted tokens": 6_225,
    "plan of prod-db-1, bytes": 6_144,
    "verification without drift, bytes": 2_048,
    "readiness of the fleet, bytes": 3_072,
    "cost of prod-db-1, bytes": 3_072,
}

Line = tuple[str, Sequence[Tool | str]]
"""What the person says, and what the model does then: calls and, at last, words. `{digest}`, `{run}`: the newest."""

COPY = {"namespace_name": "my-namespace", "destination_region": "us-west-2", "retention_period_days": 7}
CANONICAL: tuple[Line, ...] = (
    (
        "Get maintenance and snapshot settings for prod-db-1",
        [
            Tool("get_cluster_maintenance_settings", {"cluster_id": "prod-db-1"}),
            Tool("get_cluster_snapshot_copy_settings", {"cluster_id": "prod-db-1"}),
            "It is on the current track; snapshots are copied to us-west-2 and kept 7 and 30 days.",
        ],
    ),
    (
        "Copy the snapshots of my-namespace to us-west-2 and keep them 7 days",
        [Tool("configure_serverless_snapshot_copy", COPY), "Done: they are copied to us-west-2 and kept 7 days."],
    ),
    (
        "Make that 30 days",
        [
            Tool("update_serverless_snapshot_copy", {"namespace_name": "my-namespace", "retention_period_days": 30}),
            "Done: they are kept 30 days.",
        ],
    ),
    (
        "Plan the migration of prod-db-1",
        [
            Tool("plan_migration", {"cluster_id": "prod-db-1"}),
            "The plan has 24 steps. Decide on data and capacity first.",
        ],
    ),
)
WHOLE: tuple[Line, ...] = (
    ("Which clusters are on the trailing track?", [Tool("list_clusters", {"filters": ["track=trailing"]}), "One is."]),
    ("Plan the migration of prod-db-1", [Tool("plan_migration", {"cluster_id": "prod-db-1"}), "Here is the plan."]),
    ("What is role-trust?", [Tool("get_plan", {"section": "role-trust"}), "A role that does not trust serverless."]),
    ("And host-name?", [Tool("get_plan", {"section": "host-name"}), "Clients connect to another host."]),
    (
        "Leave out the scheduled queries",
        [Tool("plan_migration", {"cluster_id": "prod-db-1", "exclude": ["scheduled_queries"]}), "It has 10 steps now."],
    ),
    ("Apply it", [Tool("apply_plan", {"plan_digest": "{digest}"}), "Done."]),
    ("How far is it?", [Tool("get_migration_status"), "It is finished."]),
    (
        "Verify it",
        [Tool("verify_migration", {"cluster_id": "prod-db-1", "namespace_name": "prod-db-1"}), "All is as asked for."],
    ),
    ("Take it back", [Tool("undo_migration", {"migration_id": "{run}"}), "Done."]),
)

DC2 = {"region": "us-east-2", "filters": ["node_type=dc2", "readiness!=blocked"]}
FLEET: tuple[Line, ...] = (
    ("How ready are my clusters?", [Tool("get_fleet"), "Most need a decision about SSL."]),
    ("Which are blocked?", [Tool("get_fleet", {"filters": ["readiness=blocked"]}), "These are."]),
    ("Plan the waves of the dc2 clusters in Ohio", [Tool("plan_fleet", DC2), "It is one wave."]),
    ("Plan it", [Tool("plan_fleet", {"wave": 1}), "Both have a plan."]),
    ("Apply both", [Tool("apply_plan", {"plan_digest": "{wave}"}), "Done."]),
    ("What does prod-db-1 cost?", [Tool("estimate_cost", {"cluster_id": "prod-db-1"}), "Less on serverless."]),
)


@dataclass(frozen=True)
class Trip:
    """One request to the model."""

    tokens: int
    new: int
    """Tokens after what it has in common with the one before."""
    about: str

    @property
    def weighted(self) -> float:
        """With what is cached for a tenth."""
        return self.new + (self.tokens - self.new) * CACHED


@dataclass
class Measured:
    """One conversation."""

    trips: list[Trip]
    results: list[tuple[str, int]]
    """Each tool call's answer, in bytes."""
    prefix: int
    refusals: list[str] = field(default_factory=list)
    answers: list[tuple[str, Any]] = field(default_factory=list)
    """Each tool call's answer."""

    @property
    def weighted(self) -> float:
        """All trips."""
        return sum(trip.weighted for trip in self.trips)

    @property
    def figures(self) -> dict[str, float]:
        """What has a limit, by its name there."""
        found: dict[str, float] = {"prefix, tokens": self.prefix}
        for name, size in self.results:
            if name == "plan_migration":
                found["plan of prod-db-1, bytes"] = max(size, found.get("plan of prod-db-1, bytes", 0))
            if name == "get_fleet":
                found["readiness of the fleet, bytes"] = max(size, found.get("readiness of the fleet, bytes", 0))
            if name == "estimate_cost":
                found["cost of prod-db-1, bytes"] = size
            if name == "verify_migration":
                found["verification without drift, bytes"] = size
        if len(self.trips) == 2 * len(CANONICAL):
            found["canonical conversation, weighted tokens"] = self.weighted
        return found


class Yes:
    """Says yes to every plan, as a person would who has read it."""

    async def decide(self, plan: MigrationPlan) -> Decision:
        return Decision(approved=True, approved_by="you", shown_to="you", channel="terminal")


def canonical() -> Measured:
    """Both settings, a copy, its retention, a plan: eight trips."""
    return measure(CANONICAL)


def whole() -> Measured:
    """From a first look to taking it back."""
    return measure(WHOLE)


def fleet() -> Measured:
    """From how ready they are to two plans that ran side by side, and what one costs."""
    return measure(FLEET)


def measure(lines: Sequence[Line]) -> Measured:
    """Have the conversation, and weigh what went over the wire."""
    script = [(said, step) for said, steps in lines for step in _batches(steps)]
    results: list[tuple[str, int]] = []
    answers: list[tuple[str, Any]] = []
    with _account() as service:

        def play(request: ConverseRequest, number: int) -> list[Any]:
            for result in request.tool_results:
                name, answer = result["toolUseId"].partition("-")[0], result["content"][0]["json"]
                results.append((name, len(json.dumps(answer))))
                answers.append((name, answer))
            return [_filled(step, service) for step in script[number][1]]

        with FakeBedrock(play) as bedrock:
            asyncio.run(_talk(service, bedrock, [said for said, _ in lines]))
            assert bedrock.errors == []
            return Measured(_trips(bedrock.requests), results, _prefix(bedrock.requests[0]), bedrock.refusals, answers)


def _batches(steps: Sequence[Tool | str]) -> Iterator[list[Tool | Text]]:
    calls = [step for step in steps if isinstance(step, Tool)]
    yield list(calls)
    yield [Text(step) for step in steps if isinstance(step, str)]


def _filled(step: Tool | Text, service: MigrationService) -> Tool | Text:
    """The call with the newest plan and run in it, and an id that says which tool it is."""
    if isinstance(step, Text):
        return step
    plan, runs, waves = service.newest_plan(), service.migration_ids(), service.fleet_plan()
    known = {"{digest}": plan.digest if plan else "", "{run}": runs[-1] if runs else ""}
    known["{wave}"] = " ".join(waves.digests.values()) if waves else ""
    values = {name: known.get(value, value) if isinstance(value, str) else value for name, value in step.input.items()}
    return Tool(step.name, values, id=f"{step.name}-{len(json.dumps(values))}{len(runs)}")


async def _talk(service: MigrationService, bedrock: FakeBedrock, lines: Sequence[str]) -> None:
    was = {name: os.environ.get(name) for name in bedrock.environ}
    os.environ.update(bedrock.environ)
    try:
        agent = create_agent(service, create_bedrock_model(MODEL, region="us-east-2"), approver=Yes())
        conversation = Conversation(agent, Meanwhile(service))
        for line in lines:
            assert [event async for event in conversation.turn(line)]
    finally:
        for name, value in was.items():
            os.environ.pop(name) if value is None else os.environ.update({name: value})


@contextmanager
def _account() -> Iterator[MigrationService]:
    """The demo account at a fixed moment, with a state folder that is thrown away."""
    account = SimulatedAccount(clock=SimulatedClock.manual())
    demo.seed(account)
    clock = Clock(
        now=lambda: datetime.fromtimestamp(account.clock.now(), UTC),
        monotonic_s=account.clock.now,
        sleep=account.clock.advance,
    )
    with SimulatedAws(account) as server, tempfile.TemporaryDirectory() as folder:
        aws = AwsClient(PinnedSession(server.endpoint_url, "us-east-2"))
        store = FileStore(Path(folder))
        yield MigrationService(
            aws=aws, regions=region_catalog(), store=store, clock=clock, default_region="us-east-2", simulated=True
        )


def _spell(request: ConverseRequest) -> list[str]:
    """The request piece by piece, in the order in which a provider reads it; cache points are none of it."""
    pieces = [json.dumps(tool) for tool in request.tools if "cachePoint" not in tool]
    pieces += [part["text"] for part in request.body["system"] if "text" in part]
    for message in request.messages:
        parts = [part for part in message["content"] if "cachePoint" not in part]
        pieces += [json.dumps(part) for part in parts]
    return pieces


def _spell_prefix(request: ConverseRequest) -> list[str]:
    """Tools and system prompt."""
    return _spell(request)[: len(request.tool_names) + 1]


def _prefix(request: ConverseRequest) -> int:
    return sum(map(len, _spell_prefix(request))) // CHARS_PER_TOKEN


def _trips(requests: Sequence[ConverseRequest]) -> list[Trip]:
    trips, before = [], _spell_prefix(requests[0])
    for request in requests:
        pieces = _spell(request)
        same = next((at for at, (one, two) in enumerate(zip(before, pieces, strict=False)) if one != two), len(before))
        new = pieces[same:]
        about = new[-1][:60] if new else ""
        trips.append(Trip(sum(map(len, pieces)) // CHARS_PER_TOKEN, sum(map(len, new)) // CHARS_PER_TOKEN, about))
        before = pieces
    return trips
