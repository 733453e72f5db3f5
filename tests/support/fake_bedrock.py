"""A Bedrock on loopback that speaks ConverseStream: scripted, strict, and able to fail in every way.

A script is a function of the request and its number (from 0) that gives the steps of the reply:

    def script(request: ConverseRequest, n: int) -> Iterable[Step]:
        return [Tool("list_clusters", {}), ] if n == 0 else [Text("There are three.")]

It refuses what Bedrock refuses: roles that do not alternate, tool calls without results, blank text.
"""

from __future__ import annotations

import json
import re
import select
import socket
import struct
import threading
import time
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any
from urllib.parse import unquote

import pytest

POLL_S = 0.01


@dataclass(frozen=True)
class Text:
    """A text block, sent word by word; `pause_s` between the words."""

    text: str
    pause_s: float = 0


@dataclass(frozen=True)
class Tool:
    """A tool call. `raw_input` replaces the JSON of the input, to send a broken one."""

    name: str
    input: Mapping[str, Any] = field(default_factory=dict)
    id: str = ""
    raw_input: str | None = None


@dataclass(frozen=True)
class Think:
    """A reasoning block."""

    text: str


@dataclass(frozen=True)
class Stop:
    """The stop reason, when it is not the natural one."""

    reason: str


@dataclass(frozen=True)
class Usage:
    """Token counts of the reply."""

    input_tokens: int = 10
    output_tokens: int = 5
    cache_read: int = 0
    cache_write: int = 0


@dataclass(frozen=True)
class Sleep:
    """Silence of that length; ends early when the client goes away."""

    seconds: float


@dataclass(frozen=True)
class HttpError:
    """Refuses before the stream begins. Only as the first step."""

    status: int
    code: str
    message: str = "refused by the script"


@dataclass(frozen=True)
class StreamError:
    """An exception frame in the middle of the stream, such as `throttlingException`."""

    code: str
    message: str = "failed by the script"


@dataclass(frozen=True)
class Cut:
    """Closes the connection without ending the stream."""


Step = Text | Tool | Think | Stop | Usage | Sleep | HttpError | StreamError | Cut


@dataclass(frozen=True)
class ConverseRequest:
    """One request as it came in."""

    model_id: str
    body: Mapping[str, Any]
    headers: Mapping[str, str]

    @property
    def messages(self) -> list[dict[str, Any]]:
        """The conversation."""
        return list(self.body.get("messages", []))

    @property
    def tools(self) -> list[dict[str, Any]]:
        """`toolConfig.tools`, cache points included."""
        return list(self.body.get("toolConfig", {}).get("tools", []))

    @property
    def tool_names(self) -> list[str]:
        """The names of the tools on offer."""
        return [tool["toolSpec"]["name"] for tool in self.tools if "toolSpec" in tool]

    @property
    def last_text(self) -> str:
        """The text of the newest user message that has one."""
        for message in reversed(self.messages):
            texts = [block["text"] for block in message["content"] if "text" in block]
            if message["role"] == "user" and texts:
                return str(texts[-1])
        return ""

    @property
    def tool_results(self) -> list[dict[str, Any]]:
        """The toolResult blocks of the newest message."""
        return [block["toolResult"] for block in self.messages[-1]["content"] if "toolResult" in block]


Script = Callable[[ConverseRequest, int], Iterable[Step]]


class _Gone(Exception):
    """The client closed its side before the reply was complete."""


class FakeBedrock:
    """The server. Use as a context manager; a subprocess reaches it through `environ`."""

    def __init__(self, script: Script) -> None:
        self.script = script
        self.requests: list[ConverseRequest] = []
        self.refusals: list[str] = []
        self.errors: list[Exception] = []
        self.disconnects = 0
        self.completed = 0
        self.closing = threading.Event()
        self.lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler_of(self))
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    @property
    def environ(self) -> dict[str, str]:
        """Environment with which botocore finds it, with dummy credentials."""
        return {
            "AWS_ENDPOINT_URL_BEDROCK_RUNTIME": self.url,
            "AWS_ACCESS_KEY_ID": "testing",
            "AWS_SECRET_ACCESS_KEY": "testing",
            "AWS_REGION": "us-east-2",
            "AWS_EC2_METADATA_DISABLED": "true",
            "NO_PROXY": "127.0.0.1",
        }

    def __enter__(self) -> FakeBedrock:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.closing.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@pytest.fixture
def fake_bedrock(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Script], FakeBedrock]]:
    """Starts a scripted Bedrock that this process's botocore finds through its environment."""
    running: list[FakeBedrock] = []

    def start(script: Script) -> FakeBedrock:
        server = FakeBedrock(script).__enter__()
        running.append(server)
        for name, value in server.environ.items():
            monkeypatch.setenv(name, value)
        return server

    yield start
    for server in running:
        server.__exit__(None, None, None)
        assert server.errors == []


def refusal(body: Mapping[str, Any]) -> str | None:
    """Why Bedrock would answer ValidationException to that request, None when it would not."""
    messages = body.get("messages") or []
    if not messages:
        return "A conversation must start with a user message."
    tool_blocks = False
    open_ids: list[str] = []
    for number, message in enumerate(messages):
        if message["role"] != ("user", "assistant")[number % 2]:
            return f"messages.{number}: roles must alternate between user and assistant, starting with user."
        content = message.get("content") or []
        if problem := _content_refusal(content):
            return f"messages.{number}: {problem}"
        results = [block["toolResult"]["toolUseId"] for block in content if "toolResult" in block]
        if sorted(results) != sorted(open_ids):
            return f"messages.{number}: toolResult blocks {results} do not match the toolUse blocks {open_ids}."
        open_ids = [block["toolUse"]["toolUseId"] for block in content if "toolUse" in block]
        if len(set(open_ids)) != len(open_ids):
            return f"messages.{number}: toolUse ids must be unique."
        tool_blocks = tool_blocks or bool(results or open_ids)
    if messages[-1]["role"] != "user" or open_ids:
        return "The conversation must end with a user message."
    return _config_refusal(body, tool_blocks)


def _content_refusal(content: list[dict[str, Any]]) -> str | None:
    if not content:
        return "the content is empty."
    if "cachePoint" in content[0]:
        return "there is nothing to cache before the cache point."
    texts = [block["text"] for block in content if "text" in block]
    for block in content:
        texts += [part["text"] for part in block.get("toolResult", {}).get("content", []) if "text" in part]
    if any(not text.strip() for text in texts):
        return "the text field in a content block is blank."
    return None


def _config_refusal(body: Mapping[str, Any], tool_blocks: bool) -> str | None:
    tools = body.get("toolConfig", {}).get("tools", [])
    if tool_blocks and not tools:
        return "toolConfig must be defined when using toolUse and toolResult content blocks."
    names = [tool["toolSpec"]["name"] for tool in tools if "toolSpec" in tool]
    if any(not re.fullmatch(r"[a-zA-Z0-9_-]{1,64}", name) for name in names) or len(set(names)) != len(names):
        return "tool names must be unique and match [a-zA-Z0-9_-]{1,64}."
    blocks = [*tools, *body.get("system", []), *(b for m in body["messages"] for b in m["content"])]
    if sum("cachePoint" in block for block in blocks) > 4:
        return "a request may have at most 4 cache points."
    if any("text" in block and not block["text"].strip() for block in body.get("system", [])):
        return "system: the text field is blank."
    return None


def event_frame(name: str, payload: Mapping[str, Any]) -> bytes:
    """One event of the stream, encoded. Carries the junk member `p` that the real service pads with."""
    headers = {":event-type": name, ":content-type": "application/json", ":message-type": "event"}
    return _frame(headers, {**payload, "p": "abcdefgh"})


def exception_frame(code: str, message: str) -> bytes:
    """One exception of the stream, encoded."""
    headers = {":exception-type": code, ":content-type": "application/json", ":message-type": "exception"}
    return _frame(headers, {"message": message})


def _frame(headers: Mapping[str, str], payload: Mapping[str, Any]) -> bytes:
    head = b"".join(
        struct.pack("!B", len(name)) + name.encode() + struct.pack("!BH", 7, len(value)) + value.encode()
        for name, value in headers.items()
    )
    body = json.dumps(payload).encode()
    prelude = struct.pack("!II", 16 + len(head) + len(body), len(head))
    message = prelude + struct.pack("!I", zlib.crc32(prelude)) + head + body
    return message + struct.pack("!I", zlib.crc32(message))


def _handler_of(owner: FakeBedrock) -> type[BaseHTTPRequestHandler]:
    class Handler(_Handler):
        fake = owner

    return Handler


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    fake: FakeBedrock

    def log_message(self, format: str, *args: Any) -> None:
        """Says nothing: the test's output is for the test."""

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers.get("content-length", 0))))
        match = re.fullmatch(r"/model/([^/]+)/converse-stream", self.path)
        if not match:
            return self._refuse(HttpError(404, "UnknownOperationException", self.path))
        request = ConverseRequest(unquote(match[1]), body, {k.lower(): v for k, v in self.headers.items()})
        with self.fake.lock:
            number = len(self.fake.requests)
            self.fake.requests.append(request)
        if reason := refusal(body):
            self.fake.refusals.append(reason)
            return self._refuse(HttpError(400, "ValidationException", reason))
        try:
            self._reply(list(self.fake.script(request, number)), number)
        except (_Gone, BrokenPipeError, ConnectionResetError):
            self.close_connection = True
            with self.fake.lock:
                self.fake.disconnects += 1
        except Exception as error:  # noqa: BLE001 - a broken script must fail its test, not only this thread
            self.fake.errors.append(error)
            self.close_connection = True
        return None

    def _reply(self, steps: list[Step], number: int) -> None:
        if steps and isinstance(steps[0], HttpError):
            return self._refuse(steps[0])
        self.send_response(200)
        self.send_header("content-type", "application/vnd.amazon.eventstream")
        self.send_header("transfer-encoding", "chunked")
        self.end_headers()
        self._event("messageStart", {"role": "assistant"})
        for index, step in enumerate(steps):
            if isinstance(step, Cut):
                self.close_connection = True
                self.connection.shutdown(socket.SHUT_RDWR)
                return None
            if isinstance(step, StreamError):
                self._chunk(exception_frame(step.code, step.message))
                self._chunk(b"")
                return None
            self._block(step, index, number)
        self._finish(steps)
        return None

    def _block(self, step: Step, index: int, number: int) -> None:
        if isinstance(step, Sleep):
            self._wait(step.seconds)
        elif isinstance(step, Text):
            for word in re.findall(r"\S+\s*|\s+", step.text):
                self._event("contentBlockDelta", {"contentBlockIndex": index, "delta": {"text": word}})
                self._wait(step.pause_s)
            self._event("contentBlockStop", {"contentBlockIndex": index})
        elif isinstance(step, Think):
            delta = {"reasoningContent": {"text": step.text}}
            self._event("contentBlockDelta", {"contentBlockIndex": index, "delta": delta})
            signature = {"reasoningContent": {"signature": "c2lnbmVk"}}
            self._event("contentBlockDelta", {"contentBlockIndex": index, "delta": signature})
            self._event("contentBlockStop", {"contentBlockIndex": index})
        elif isinstance(step, Tool):
            use = {"toolUseId": step.id or f"tooluse-{number}-{index}", "name": step.name}
            self._event("contentBlockStart", {"contentBlockIndex": index, "start": {"toolUse": use}})
            text = step.raw_input if step.raw_input is not None else json.dumps(dict(step.input))
            for piece in (text[: len(text) // 2], text[len(text) // 2 :]):
                delta = {"toolUse": {"input": piece}}
                self._event("contentBlockDelta", {"contentBlockIndex": index, "delta": delta})
            self._event("contentBlockStop", {"contentBlockIndex": index})

    def _finish(self, steps: list[Step]) -> None:
        natural = "tool_use" if any(isinstance(step, Tool) for step in steps) else "end_turn"
        reason = next((step.reason for step in steps if isinstance(step, Stop)), natural)
        usage = next((step for step in steps if isinstance(step, Usage)), Usage())
        self._event("messageStop", {"stopReason": reason})
        counts = {
            "inputTokens": usage.input_tokens,
            "outputTokens": usage.output_tokens,
            "totalTokens": usage.input_tokens + usage.output_tokens,
            "cacheReadInputTokens": usage.cache_read,
            "cacheWriteInputTokens": usage.cache_write,
        }
        self._event("metadata", {"usage": counts, "metrics": {"latencyMs": 1}})
        self._chunk(b"")
        with self.fake.lock:
            self.fake.completed += 1

    def _wait(self, seconds: float) -> None:
        """Waits, and notices a client that goes away meanwhile."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if self.fake.closing.is_set():
                raise _Gone
            readable, _, _ = select.select([self.connection], [], [], POLL_S)
            if readable and self.connection.recv(1, socket.MSG_PEEK) == b"":
                raise _Gone

    def _event(self, name: str, payload: Mapping[str, Any]) -> None:
        self._chunk(event_frame(name, payload))

    def _chunk(self, data: bytes) -> None:
        self.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
        self.wfile.flush()

    def _refuse(self, error: HttpError) -> None:
        body = json.dumps({"message": error.message}).encode()
        self.send_response(error.status)
        self.send_header("content-type", "application/json")
        self.send_header("x-amzn-errortype", error.code)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
