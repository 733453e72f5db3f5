"""The real BedrockModel code against a scripted Bedrock on loopback: real frames, real boto3."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterable
from typing import Any

import pytest
from strands import Agent, tool
from strands.types.exceptions import MaxTokensReachedException

from redshift_migrate.agent.providers.bedrock import BedrockRetry, create_bedrock_model
from redshift_migrate.agent.providers.problems import Kind, describe_model_error
from tests.support.fake_bedrock import (
    ConverseRequest,
    Cut,
    FakeBedrock,
    HttpError,
    Script,
    Sleep,
    Step,
    Stop,
    StreamError,
    Text,
    Think,
    Tool,
    Usage,
)
from tests.support.patience import PATIENCE_S, until

StartBedrock = Callable[[Script], FakeBedrock]
MODEL_ID = "global.anthropic.claude-sonnet-4-6"
SYSTEM_PROMPT = "You move clusters."


@tool
def list_clusters(name_contains: str = "") -> dict[str, Any]:
    """List the clusters.

    Args:
        name_contains: Part of the name.
    """
    return {"clusters": [{"cluster_id": f"{name_contains}-db-1"}]}


def an_agent(
    *, read_timeout_s: float = PATIENCE_S, retry: BedrockRetry | None = None, model_id: str = MODEL_ID
) -> Agent:
    return Agent(
        model=create_bedrock_model(model_id, read_timeout_s=read_timeout_s),
        tools=[list_clusters],
        system_prompt=SYSTEM_PROMPT,
        callback_handler=None,
        retry_strategy=retry or BedrockRetry(max_attempts=1),
    )


def quick_retry(max_attempts: int = 4) -> BedrockRetry:
    return BedrockRetry(max_attempts=max_attempts, initial_delay_s=0, max_delay_s=0)


STALL = Sleep(PATIENCE_S)


def read_timeout_s(failure: tuple[Step, ...]) -> float:
    """Short where the test is about the time running out, and long where it would only disturb."""
    return 1 if STALL in failure else PATIENCE_S


def ask(agent: Agent, prompt: str = "hello") -> str:
    return str(asyncio.run(agent.invoke_async(prompt)))


def says(*steps: Step) -> Script:
    return lambda request, n: steps


def fails_until(number: int, *steps: Step) -> Script:
    def script(request: ConverseRequest, n: int) -> Iterable[Step]:
        return steps if n < number else [Text("all is well")]

    return script


def test_text_thoughts_tool_calls_and_usage_arrive(fake_bedrock: StartBedrock) -> None:
    def script(request: ConverseRequest, n: int) -> Iterable[Step]:
        if n == 0:
            return [Think("look first"), Text("Looking."), Tool("list_clusters", {"name_contains": "prod"})]
        name = request.tool_results[0]["content"][0]["text"]
        return [Text(f"Found: {json.loads(name)['clusters'][0]['cluster_id']}"), Usage(7, 3, cache_read=100)]

    server = fake_bedrock(script)
    agent = an_agent()

    assert ask(agent, "which clusters?").strip() == "Found: prod-db-1"
    assert server.refusals == []
    assert server.requests[0].model_id == MODEL_ID
    assert server.requests[0].last_text == "which clusters?"
    assert server.requests[0].tool_names == ["list_clusters"]
    assert agent.event_loop_metrics.accumulated_usage["cacheReadInputTokens"] == 100


def test_max_tokens_and_cache_points_are_sent(fake_bedrock: StartBedrock) -> None:
    server = fake_bedrock(says(Text("hi")))

    ask(an_agent())

    body = server.requests[0].body
    point = {"cachePoint": {"type": "default"}}
    assert body["inferenceConfig"] == {"maxTokens": 8192}
    assert body["system"] == [{"text": SYSTEM_PROMPT}, point]
    assert server.requests[0].tools[-1] == point
    assert body["messages"][-1]["content"][-1] == point


def test_system_prompt_and_tools_are_the_same_bytes_in_every_request(fake_bedrock: StartBedrock) -> None:
    server = fake_bedrock(lambda request, n: [Tool("list_clusters")] if n % 2 == 0 else [Text("done")])
    agent = an_agent()

    ask(agent, "one")
    ask(agent, "two")
    ask(an_agent(), "three")

    prefixes = {json.dumps([r.body["system"], r.body["toolConfig"]]) for r in server.requests}
    assert len(server.requests) == 6
    assert len(prefixes) == 1


def test_a_model_without_prompt_caching_gets_no_cache_points(fake_bedrock: StartBedrock) -> None:
    server = fake_bedrock(says(Text("hi")))

    ask(an_agent(model_id="amazon.nova-pro-v1:0"))

    assert "cachePoint" not in json.dumps(server.requests[0].body)


async def _cancel_after(agent: Agent, seconds: float) -> Any:
    async def later() -> None:
        await asyncio.sleep(seconds)
        agent.cancel()

    task = asyncio.create_task(later())
    result = await agent.invoke_async("count to a million")
    await task
    return result


@pytest.mark.parametrize("run", range(10))
def test_cancel_stops_the_stream_itself(fake_bedrock: StartBedrock, run: int) -> None:
    server = fake_bedrock(says(Text("one more " * 2000, pause_s=0.01)))
    agent = an_agent()

    result = asyncio.run(_cancel_after(agent, 0.1 + run * 0.007))

    assert result.stop_reason == "cancelled"
    until(lambda: server.disconnects == 1)
    assert server.completed == 0


def test_cancel_ends_a_stalled_stream_at_once(fake_bedrock: StartBedrock) -> None:
    server = fake_bedrock(says(Text("and then"), Sleep(PATIENCE_S)))
    agent = an_agent(read_timeout_s=PATIENCE_S)

    result = asyncio.run(_cancel_after(agent, 0.3))  # asyncio.run also waits for the thread that reads

    assert result.stop_reason == "cancelled"
    until(lambda: server.disconnects == 1)
    assert server.completed == 0


def test_the_agent_can_be_asked_again_after_a_cancel(fake_bedrock: StartBedrock) -> None:
    server = fake_bedrock(lambda r, n: [Text("slow " * 500, pause_s=0.01)] if n == 0 else [Text("back")])
    agent = an_agent()
    asyncio.run(_cancel_after(agent, 0.1))

    assert ask(agent).strip() == "back"
    assert server.refusals == []


@pytest.mark.parametrize(
    "failure",
    [
        (HttpError(429, "ThrottlingException"),),
        (HttpError(503, "ServiceUnavailableException"),),
        (HttpError(500, "InternalServerException"),),
        (Text("half of "), StreamError("throttlingException")),
        (Text("half of "), StreamError("internalServerException")),
        (Text("half of "), StreamError("modelStreamErrorException")),
        (Text("half of "), StreamError("serviceUnavailableException")),
        (Text("half of "), Cut()),
        (Text("half of "), STALL),
    ],
    ids=lambda failure: str(failure[-1]),
)
def test_what_may_pass_is_tried_again(fake_bedrock: StartBedrock, failure: tuple[Step, ...]) -> None:
    server = fake_bedrock(fails_until(2, *failure))

    assert ask(an_agent(retry=quick_retry(), read_timeout_s=read_timeout_s(failure))).strip() == "all is well"
    assert len(server.requests) == 3
    assert server.refusals == []


@pytest.mark.parametrize(
    ("failure", "kind"),
    [
        ((HttpError(403, "AccessDeniedException", "no access to the model"),), "access_denied"),
        ((HttpError(400, "ValidationException", "The provided model identifier is invalid."),), "unknown_model"),
        ((Text("half of "), StreamError("validationException")), "unknown"),
    ],
)
def test_what_cannot_pass_is_tried_once(fake_bedrock: StartBedrock, failure: tuple[Step, ...], kind: Kind) -> None:
    server = fake_bedrock(says(*failure))

    with pytest.raises(Exception) as caught:
        ask(an_agent(retry=quick_retry()))

    assert describe_model_error(caught.value).kind == kind
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("failure", "kind"),
    [
        ((HttpError(429, "ThrottlingException"),), "throttled"),
        ((Text("half of "), Cut()), "cut_stream"),
        ((Text("half of "), STALL), "stalled_stream"),
        ((HttpError(400, "ValidationException", "Input is too long for requested model"),), "context_too_long"),
    ],
)
def test_what_stays_wrong_is_described(fake_bedrock: StartBedrock, failure: tuple[Step, ...], kind: Kind) -> None:
    server = fake_bedrock(says(*failure))

    with pytest.raises(Exception) as caught:
        ask(an_agent(retry=quick_retry(max_attempts=2), read_timeout_s=read_timeout_s(failure)))

    assert describe_model_error(caught.value).kind == kind
    assert len(server.requests) <= 2


def test_retries_are_bounded(fake_bedrock: StartBedrock) -> None:
    server = fake_bedrock(says(HttpError(429, "ThrottlingException")))

    with pytest.raises(Exception) as caught:
        ask(an_agent(retry=quick_retry()))

    assert describe_model_error(caught.value).kind == "throttled"
    assert len(server.requests) == 4


def test_a_reply_that_grows_too_long_is_described(fake_bedrock: StartBedrock) -> None:
    fake_bedrock(says(Text("on and on"), Stop("max_tokens")))

    with pytest.raises(MaxTokensReachedException) as caught:
        ask(an_agent())

    assert describe_model_error(caught.value).kind == "max_tokens"


def test_no_credentials_is_described(fake_bedrock: StartBedrock, monkeypatch: pytest.MonkeyPatch) -> None:
    fake_bedrock(says(Text("never asked")))
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, "/dev/null")

    with pytest.raises(Exception) as caught:
        ask(an_agent())

    assert describe_model_error(caught.value).kind == "no_credentials"


def test_bedrocks_own_endpoint_wins_over_the_general_one(
    fake_bedrock: StartBedrock, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = fake_bedrock(says(Text("here")))
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")

    assert ask(an_agent()).strip() == "here"
    assert len(server.requests) == 1


def test_the_default_waits_grow_to_eight_seconds_at_most() -> None:
    strategy = BedrockRetry()

    assert [strategy._calculate_delay(attempt) for attempt in range(5)] == [1, 2, 4, 8, 8]


@pytest.mark.parametrize(
    ("messages", "reason"),
    [
        ([], "must start with a user message"),
        ([{"role": "assistant", "content": [{"text": "hi"}]}], "roles must alternate"),
        ([{"role": "user", "content": [{"text": "a"}]}] * 2, "roles must alternate"),
        ([{"role": "user", "content": [{"text": " "}]}], "blank"),
        ([{"role": "user", "content": []}], "empty"),
        (
            [
                {"role": "user", "content": [{"text": "a"}]},
                {"role": "assistant", "content": [{"toolUse": {"toolUseId": "1", "name": "t", "input": {}}}]},
                {"role": "user", "content": [{"text": "b"}]},
            ],
            "do not match",
        ),
        (
            [{"role": "user", "content": [{"toolResult": {"toolUseId": "1", "content": [{"text": "x"}]}}]}],
            "do not match",
        ),
    ],
)
def test_the_fake_refuses_what_bedrock_refuses(
    fake_bedrock: StartBedrock, messages: list[dict[str, Any]], reason: str
) -> None:
    server = fake_bedrock(says(Text("never")))
    model = create_bedrock_model(MODEL_ID)

    with pytest.raises(model.client.exceptions.ValidationException, match=reason):
        model.client.converse_stream(modelId=MODEL_ID, messages=messages)

    assert len(server.refusals) == 1
