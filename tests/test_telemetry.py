"""What goes to the log: JSON, one line a thing that happened, and nothing that was said or kept secret."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest

from redshift_migrate.telemetry import JsonFormatter
from redshift_simulator import SimulatedAccount
from tests.endpoint.conftest import COPY, MIGRATOR, Server, approve, ask, signed_by
from tests.endpoint.conftest import server as server  # the fixture

CANARY = "canary-7f3a9c"


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """Everything that the process logs, as the deployment would, but from INFO on for everybody."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonFormatter())
    root = logging.getLogger()
    level, handlers = root.level, root.handlers[:]
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    yield stream
    root.handlers[:] = handlers
    root.setLevel(level)


def lines(stream: io.StringIO) -> list[dict[str, Any]]:
    """The log as objects."""
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_no_canary_reaches_the_log(server: Server, account: SimulatedAccount, written: io.StringIO) -> None:
    """A canary in the prompt, in tool arguments, in a session's name, in AWS's words and in an accident."""
    namespace = account.table("us-east-2", "namespaces")["my-namespace"]
    namespace["_tags"] = [{"key": "note", "value": CANARY}]

    async def talk(client: Any) -> None:
        await ask(client, f"my password is {CANARY}")
        await ask(client, f'get_serverless_settings {{"namespace_name": "{CANARY}"}}')
        await ask(client, 'get_serverless_settings {"namespace_name": "my-namespace"}')
        await ask(client, f'no_such_tool {{"sql": "select \'{CANARY}\'"}}')
        asked = await ask(client, "configure_serverless_snapshot_copy " + json.dumps(COPY))
        await approve(client, asked.json()["approval_required"]["plan_digest"])
        await client.post(
            "/invocations",
            content=f'{{"prompt": "{CANARY}',
            headers={**signed_by(MIGRATOR), "content-type": "application/json"},
        )
        await client.get(f"/plans/00000000?session={CANARY}", headers=signed_by(MIGRATOR))
        server.model = lambda: (_ for _ in ()).throw(RuntimeError(CANARY))
        await ask(client, "hello", session="another")

    server.run(talk)
    logging.getLogger("strands.models").warning("request=<%s> | sent", CANARY)
    assert server.runner is not None
    server.runner.wait()

    assert len(lines(written)) > 10
    assert CANARY not in written.getvalue()


def test_a_request_is_one_line_with_its_id(server: Server, written: io.StringIO) -> None:
    async def talk(client: Any) -> str:
        return str((await ask(client, "hello")).headers["x-request-id"])

    request_id = server.run(talk)

    requests = [line for line in lines(written) if line.get("event") == "request"]
    assert [(line["request_id"], line["route"], line["status"]) for line in requests] == [
        (request_id, "/invocations", 200)
    ]


def test_tools_and_calls_are_counted(server: Server, written: io.StringIO) -> None:
    async def talk(client: Any) -> None:
        await ask(client, "list_clusters {}")

    server.run(talk)

    metrics = [line for line in lines(written) if "_aws" in line]
    assert {"ToolCalls", "AwsCalls"} <= {name for line in metrics for name in line}
    for line in metrics:
        directive = line["_aws"]["CloudWatchMetrics"][0]
        assert all(metric["Name"] in line for metric in directive["Metrics"])
        assert all(dimension in line for dimension in directive["Dimensions"][0])


def test_an_exception_is_told_without_its_words(written: io.StringIO) -> None:
    try:
        raise ValueError(CANARY)
    except ValueError:
        logging.getLogger("redshift_migrate.test").exception("it failed")

    (line,) = lines(written)
    assert line["exception"] == "ValueError"
    assert any("test_telemetry.py" in place for place in line["where"])
    assert CANARY not in written.getvalue()
