"""/ping does not wait for the app, everything else does; what keeps it from loading is told, and tried again."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import httpx

from redshift_migrate.endpoint.early import Early
from redshift_migrate.endpoint.health import Health
from tests.endpoint.conftest import MIGRATOR, Server, signed_by
from tests.support.patience import PATIENCE_S


def test_ping_answers_while_the_app_is_still_loading(server: Server) -> None:
    go = threading.Event()

    def make(health: Health) -> Any:
        assert health
        go.wait(PATIENCE_S)
        return server.app()

    async def talk() -> tuple[httpx.Response, httpx.Response]:
        transport = httpx.ASGITransport(app=Early(make))
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8080") as client:
            asked = asyncio.ensure_future(
                client.post("/invocations", json={"prompt": "hello"}, headers=signed_by(MIGRATOR))
            )
            pinged = await client.get("/ping")
            assert not asked.done()
            go.set()
            return pinged, await asked

    pinged, answered = asyncio.run(talk())
    assert pinged.json()["status"] == "Healthy"
    assert answered.json()["answer"] == "You said: hello"


def test_a_failure_to_load_is_told_without_its_words_and_tried_again(server: Server) -> None:
    tries: list[int] = []

    def make(health: Health) -> Any:
        assert health
        tries.append(1)
        if len(tries) == 1:
            raise ImportError("canary")
        return server.app()

    async def talk() -> list[httpx.Response]:
        transport = httpx.ASGITransport(app=Early(make))
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8080") as client:
            body = {"prompt": "hello"}
            return [await client.post("/invocations", json=body, headers=signed_by(MIGRATOR)) for _ in range(2)]

    failed, answered = asyncio.run(talk())
    assert failed.status_code == 503
    assert "canary" not in failed.text
    assert answered.status_code == 200


def test_the_start_loads_neither_framework_nor_agent() -> None:
    """The promise behind the time to the first /ping, without a stopwatch."""
    heavy = ("fastapi", "starlette", "pydantic", "botocore", "boto3", "strands")
    code = f"import sys, redshift_migrate.endpoint.local; print([name for name in {heavy!r} if name in sys.modules])"
    run = subprocess.run(
        [sys.executable, "-c", code],
        env={"PYTHONPATH": str(Path(__file__).parents[2] / "src")},
        capture_output=True,
        text=True,
        check=True,
    )

    assert run.stdout.strip() == "[]"
