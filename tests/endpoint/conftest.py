"""The app on the simulated account, asked in process: no socket between the test and the ASGI app."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeVar

import httpx
import pytest
from fastapi import FastAPI
from strands.models import Model

from redshift_migrate.aws.client import AwsClient
from redshift_migrate.aws.door import Aws, MeteredAws
from redshift_migrate.aws.session import open_session, region_catalog
from redshift_migrate.clock import Clock
from redshift_migrate.endpoint.app import create_app
from redshift_migrate.endpoint.backend import Backend, Parts
from redshift_migrate.endpoint.health import Health
from redshift_migrate.endpoint.identity import REQUEST_CONTEXT, function_url_identity
from redshift_migrate.endpoint.runs import LocalRunner
from redshift_migrate.endpoint.serving import LOOPBACK
from redshift_migrate.state.keeper import FileKeeper, Keeper
from tests.support.patience import PATIENCE_S
from tests.support.scripted_model import ScriptedModel, Step

T = TypeVar("T")

MIGRATE_ROLE = "arn:aws:iam::123456789012:role/teams/data/Migrators"
MIGRATOR = "arn:aws:sts::123456789012:assumed-role/Migrators/ana"
READER = "arn:aws:sts::123456789012:assumed-role/Readers/bob"
COPY = {"namespace_name": "my-namespace", "destination_region": "us-west-2", "retention_period_days": 7}


def signed_by(arn: str) -> dict[str, str]:
    """The header that the Lambda Web Adapter puts on a request which Lambda authenticated."""
    iam = {"userArn": arn, "accountId": arn.split(":")[4], "userId": "AROAEXAMPLE:session"}
    return {REQUEST_CONTEXT: json.dumps({"requestId": "r-1", "authorizer": {"iam": iam}})}


def obeying(messages: Any, _: int) -> list[Step]:
    """A model that does what the prompt says: `TOOL {JSON}` calls it, anything else is repeated; then it is done."""
    part = messages[-1]["content"][-1]
    if "toolResult" in part:
        return ["status: " + str(part["toolResult"]["content"][0].get("json", {}).get("status", "none"))]
    tool, brace, arguments = part["text"].partition(" {")
    return [(tool, json.loads("{" + arguments))] if brace else [f"You said: {part['text']}"]


class Server:
    """The app, what is behind it, and callers of it."""

    def __init__(self, aws: Aws, keeper: Keeper, clock: Clock, model: Callable[[], Model]) -> None:
        self.aws, self.keeper, self.clock, self.model = aws, keeper, clock, model
        self.runner: LocalRunner | None = None
        self.loaded = 0

    def load(self, health: Health) -> Backend:
        """The backend as the program composes it, with this test's clock and model."""
        self.loaded += 1
        self.runner = LocalRunner(self.aws, self.keeper, self.clock, health)
        parts = Parts(
            aws=self.aws,
            regions=region_catalog(),
            keeper=self.keeper,
            runner=self.runner,
            new_model=self.model,
            default_region="us-east-2",
            clock=self.clock,
        )
        return Backend(parts, health)

    def app(self, *, loopback: bool = False) -> FastAPI:
        """A new process, as it were: nothing is kept in memory from the one before."""
        return create_app(function_url_identity([MIGRATE_ROLE]), self.load, names=LOOPBACK if loopback else ())

    def run(self, work: Callable[[httpx.AsyncClient], Awaitable[T]], app: FastAPI | None = None) -> T:
        """Start the app, do the work, stop it."""

        async def main() -> T:
            async with serving(app or self.app()) as client:
                done = await work(client)
                if self.runner is not None:  # a server that ends lets no step begin
                    await asyncio.to_thread(self.runner.wait)
                return done

        return asyncio.run(main())


@asynccontextmanager
async def serving(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the started app."""
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8080", timeout=PATIENCE_S) as client,
    ):
        yield client


async def ask(client: httpx.AsyncClient, prompt: str, *, who: str = MIGRATOR, session: str = "s1") -> httpx.Response:
    """One prompt, answered whole."""
    return await client.post("/invocations", json={"prompt": prompt, "session": session}, headers=signed_by(who))


async def approve(
    client: httpx.AsyncClient, digest: str, *, who: str = MIGRATOR, session: str = "s1"
) -> httpx.Response:
    """One approval."""
    return await client.post("/approvals", json={"digest": digest, "session": session}, headers=signed_by(who))


@pytest.fixture
def server(aws_env: dict[str, str], clock: Clock, tmp_path: Path) -> Iterator[Server]:
    """A server with an obeying model; its runs are over when the test is."""
    assert aws_env
    session, _ = open_session(region="us-east-2")
    made = Server(
        MeteredAws(AwsClient(session, read_timeout_s=PATIENCE_S)),
        FileKeeper(tmp_path),
        clock,
        lambda: ScriptedModel(obeying),
    )
    yield made
    if made.runner is not None:
        made.runner.wait()
