"""Bedrock as this program talks to it: bounded waits, few retries, cached prefixes, and a stream that stops."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import AsyncGenerator, Callable
from typing import Any

from strands import ModelRetryStrategy
from strands.models import BedrockModel
from strands.models.model import CacheConfig, Model
from strands.types.content import Messages
from strands.types.streaming import StreamEvent
from strands.types.tools import ToolSpec

from redshift_migrate.agent.providers.problems import is_worth_another_try
from redshift_migrate.aws.session import model_client_config, open_session

MAX_TOKENS = 8192
READ_TIMEOUT_S = 60
CONNECT_TIMEOUT_S = 5
DEFAULT_REGION = "us-west-2"
"""Where a model is called when nothing names a region, as the SDK does."""

_CANCEL_POLL_S = 0.05


class _StreamCancel(threading.Event):
    """Set once a stream is not wanted any more; setting it also wakes a read that waits for the next bytes."""

    def __init__(self) -> None:
        super().__init__()
        self._shutdown: Callable[[], None] | None = None
        self._attaching = threading.Lock()

    def attach(self, shutdown: Callable[[], None]) -> None:
        """Names what ends the read; called at once if the cancel came first."""
        with self._attaching:
            self._shutdown = shutdown
        if self.is_set():
            self._wake()

    def set(self) -> None:
        super().set()
        self._wake()

    def _wake(self) -> None:
        with self._attaching:
            shutdown, self._shutdown = self._shutdown, None
        if shutdown is not None:
            # The reply may be read to its end, or its connection closed, since it was attached.
            with contextlib.suppress(OSError, ValueError, RuntimeError):
                shutdown()


class _Reading(threading.local):
    """The call that this thread reads the reply of."""

    cancel: _StreamCancel | None = None
    raw: Any = None


class CancelSafeBedrock(BedrockModel):
    """A BedrockModel whose stream really ends when the turn is cancelled.

    The agent clears its cancel signal as soon as its own loop has seen it, mostly before the thread that reads
    the HTTP stream looks. Such a stream would be read, and billed, to its end. So each call gets a signal of its
    own that is only ever set: by the agent's signal, or when nobody reads the events any more.
    """

    _reading = _Reading()

    async def stream(
        self,
        messages: Messages,
        tool_specs: list[ToolSpec] | None = None,
        system_prompt: str | None = None,
        *,
        cancel_signal: threading.Event | None = None,
        **kwargs: Any,
    ) -> AsyncGenerator[StreamEvent, None]:
        """The events of one reply; see BedrockModel."""
        own = _StreamCancel()
        mirror = asyncio.ensure_future(_mirror(cancel_signal, own)) if cancel_signal else None
        try:
            async for event in super().stream(messages, tool_specs, system_prompt, cancel_signal=own, **kwargs):
                yield event
        except Exception:
            if not own.is_set():  # after a cancel it is only the read that was ended, not a failure
                raise
        finally:
            own.set()
            if mirror:
                mirror.cancel()

    def _stream(self, *args: Any, **kwargs: Any) -> None:
        # Runs in the thread that reads: what is remembered here is seen by `_converse` of the same call only.
        self._reading.cancel = next((value for value in args if isinstance(value, _StreamCancel)), None)
        self._reading.raw = None
        try:
            super()._stream(*args, **kwargs)
        except Exception:
            if self._reading.raw is not None:  # botocore leaves a stream that ended in an exception open
                self._reading.raw.close()
            raise
        finally:
            self._reading.cancel = self._reading.raw = None

    def _converse(self, converse_method: Callable[..., Any], request: dict[str, Any]) -> Any:
        response = super()._converse(converse_method, request)
        # The bytes under botocore's EventStream; it has no public way to end a read from another thread.
        raw = getattr(response.get("stream"), "_raw_stream", None)
        self._reading.raw = raw
        if raw is not None and self._reading.cancel is not None:
            self._reading.cancel.attach(raw.shutdown)
        return response


def model_place(model: Model) -> str:
    """Which model is asked, and where, for a message: id, region and host as far as the provider tells them."""
    told = f"model {dict(model.get_config()).get('model_id', 'unknown')}"
    if not isinstance(model, CancelSafeBedrock):
        return told
    meta = model.client.meta
    return f"{told} in {meta.region_name} at {meta.endpoint_url}"


async def _mirror(source: threading.Event, target: threading.Event) -> None:
    while not source.is_set():  # noqa: ASYNC110 - a threading.Event has nothing that a loop could await
        await asyncio.sleep(_CANCEL_POLL_S)
    target.set()


class BedrockRetry(ModelRetryStrategy):
    """Tries a failed model call again, at most three times in about seven seconds.

    Beyond throttling, which the SDK retries, also for errors and cuts in the middle of a stream, silence, and
    failures inside Bedrock. Text that was shown before the failure comes again: a renderer starts over.
    """

    def __init__(self, *, max_attempts: int = 4, initial_delay_s: int = 1, max_delay_s: int = 8) -> None:
        super().__init__(max_attempts=max_attempts, initial_delay=initial_delay_s, max_delay=max_delay_s)

    def is_retryable(self, exception: Exception) -> bool:
        """True when the same request may well work the next time."""
        return super().is_retryable(exception) or is_worth_another_try(exception)


def create_bedrock_model(
    model_id: str,
    *,
    region: str | None = None,
    profile: str | None = None,
    read_timeout_s: float = READ_TIMEOUT_S,
    connect_timeout_s: float = CONNECT_TIMEOUT_S,
    max_tokens: int = MAX_TOKENS,
) -> CancelSafeBedrock:
    """A Bedrock model for that id. Makes no call and needs no credentials yet.

    The address is botocore's to find: AWS_ENDPOINT_URL_BEDROCK_RUNTIME, then AWS_ENDPOINT_URL, then AWS.
    botocore itself sends once (`total_max_attempts=1`): BedrockRetry is the one place that tries again.
    Tools, system prompt and the last user message each end in a cache point.
    """
    session, region_found = open_session(profile=profile, region=region)
    if region_found is None:
        session, _ = open_session(profile=profile, region=DEFAULT_REGION)
    return CancelSafeBedrock(
        boto_session=session,
        boto_client_config=model_client_config(read_timeout_s=read_timeout_s, connect_timeout_s=connect_timeout_s),
        model_id=model_id,
        max_tokens=max_tokens,
        cache_config=CacheConfig(tools_ttl=True, system_prompt_ttl=True),
    )
