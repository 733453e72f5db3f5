"""Whatever AWS answers within its own model, to any read of a plan: a plan that can be told, or one of our errors."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from redshift_migrate.agent.plan_results import migration_plan_result, plan_section
from redshift_migrate.aws.client import AwsClient
from redshift_migrate.aws.door import Answer, Aws, Door
from redshift_migrate.aws.session import PinnedSession, region_catalog
from redshift_migrate.errors import RedshiftMigrateError
from redshift_migrate.migration.planning import Planner
from redshift_migrate.models.base import canonical_json
from redshift_migrate.models.plan import Call
from redshift_migrate.models.request import MigrateCluster
from redshift_migrate.permissions import OPERATIONS
from redshift_migrate.state.store import FileStore
from redshift_migrate.terminal.plain import render_text
from redshift_migrate.terminal.planview import section
from redshift_migrate.terminal.shown import PlanShown
from redshift_simulator import Clock, SimulatedAccount, SimulatedAws, demo
from tests.extractors.shapes import HOSTILE, model
from tests.support.examples import examples
from tests.support.migrating import request_for

REGION = "us-east-2"
EXISTING = {"namespace_name": "my-namespace", "workgroup_name": "my-workgroup", "data": "none"}
REQUESTS = (request_for("prod-db-1"), request_for("prod-db-1", **EXISTING))
NUMBERS = (-(2**31), -1, 0, 1, 273, 3653, 2**31)
MODELS = {"states": "stepfunctions"}
"""The service models of services that botocore calls otherwise than IAM does."""


class Remembered(Door):
    """Answers of the account, each asked for once."""

    def __init__(self, door: Aws) -> None:
        super().__init__()
        self._door, self._answers = door, dict[str, str]()

    def ask(self, call: Call) -> Answer:
        key = canonical_json(call.as_json())
        if key not in self._answers:
            self._answers[key] = json.dumps(self._door.ask(call).reply)
        return Answer(json.loads(self._answers[key]), "remembered")

    def validate(self, call: Call) -> None:
        self._door.validate(call)


class Changed(Door):
    """A door at which one operation answers something else that its model allows."""

    def __init__(self, door: Aws, operation: str, chance: random.Random) -> None:
        super().__init__()
        self._door, self._operation, self._chance = door, operation, chance
        self.was_asked = False

    def ask(self, call: Call) -> Answer:
        answer = self._door.ask(call)
        if call.name != self._operation:
            return answer
        self.was_asked = True
        shape = model(MODELS.get(call.service, call.service)).operation_model(call.operation).output_shape
        return answer._replace(reply=change(shape, answer.reply, self._chance))

    def validate(self, call: Call) -> None:
        self._door.validate(call)


def change(shape: Any, value: Any, chance: random.Random, depth: int = 0) -> Any:
    """The value, or another one of that shape: mostly as it is, so that what hangs on it is reached."""
    if value is None or chance.random() < 0.08:
        return draw(shape, chance, depth)
    match shape.type_name:
        case "structure" if isinstance(value, dict):
            kept = {name: one for name, one in value.items() if chance.random() > 0.12}
            more = [name for name in shape.members if name not in value and chance.random() < 0.15]
            changed = {
                name: change(shape.members[name], one, chance, depth + 1) if name in shape.members else one
                for name, one in kept.items()
            }
            return changed | {name: draw(shape.members[name], chance, depth + 1) for name in more}
        case "list" if isinstance(value, list):
            items = [change(shape.member, one, chance, depth + 1) for one in value if chance.random() > 0.1]
            return items + [draw(shape.member, chance, depth + 1)] * (chance.random() < 0.15)
        case _:
            return value


def draw(shape: Any, chance: random.Random, depth: int) -> Any:
    """Some value of the shape."""
    match shape.type_name:
        case "structure":
            names = [name for name in shape.members if chance.random() < (0.5 if depth < 6 else 0)]
            return {name: draw(shape.members[name], chance, depth + 1) for name in names}
        case "list":
            return [
                draw(shape.member, chance, depth + 1) for _ in range(chance.choice((0, 0, 1, 2)) if depth < 6 else 0)
            ]
        case "map":
            return {}
        case "boolean":
            return chance.random() < 0.5
        case "integer" | "long":
            return chance.choice(NUMBERS)
        case "float" | "double":
            return chance.choice((-1.5, 0.0, 1e12))
        case "timestamp":
            return chance.choice(("1970-01-01T00:00:00Z", "2026-12-01T03:00:00Z", "9999-12-31T23:59:59Z"))
        case _:
            return chance.choice([*HOSTILE, "FUTURE_VALUE", *(getattr(shape, "enum", None) or ())])


@pytest.fixture(scope="module")
def door() -> Iterator[Remembered]:
    """The demo account, whose namespace has something of everything."""
    account = SimulatedAccount(clock=Clock.manual())
    demo.seed(account)
    with SimulatedAws(account) as server:
        yield Remembered(AwsClient(PinnedSession(server.endpoint_url, REGION)))


READS = sorted(name for name, operation in OPERATIONS.items() if not operation.writes)


@pytest.mark.parametrize("operation", READS)
@given(seed=st.integers(0, 2**32))
@examples(20)
def test_a_plan_is_made_and_told_or_refused_in_our_words(
    door: Remembered, tmp_path_factory: pytest.TempPathFactory, operation: str, seed: int
) -> None:
    request: MigrateCluster = REQUESTS[seed % 2]
    planner = Planner(
        Changed(door, operation, random.Random(seed)),  # examples, no secrets
        region_catalog(),
        FileStore(tmp_path_factory.getbasetemp() / "no-plans"),
    )
    with suppress(RedshiftMigrateError):
        plan = planner.plan(request)
        render_text(PlanShown(plan, "./chat /approve x"))
        render_text(section(plan, "all"))
        json.dumps([migration_plan_result(plan), plan_section(plan, "findings"), plan_section(plan, "permissions")])
