"""Traces are off unless asked for, and hold names and times, but no word of a conversation."""

from __future__ import annotations

import asyncio

import pytest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from strands.telemetry.tracer import Tracer

from redshift_migrate.agent.conversation import create_agent
from redshift_migrate.agent.tracing import WordlessExporter, start_tracing
from redshift_migrate.errors import SettingsError
from redshift_migrate.migration.service import MigrationService
from tests.endpoint.conftest import obeying
from tests.support.scripted_model import ScriptedModel

CANARY = "canary-51b0"


def spans_of(service: MigrationService, *, filtered: bool) -> str:
    """Everything that is exported of one turn with a tool call, as text."""
    kept = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(WordlessExporter(kept) if filtered else kept))
    agent = create_agent(service, ScriptedModel(obeying))
    agent.tracer = Tracer()
    agent.tracer.tracer_provider = provider
    agent.tracer.tracer = provider.get_tracer("test")
    asyncio.run(agent.invoke_async(f'get_serverless_settings {{"namespace_name": "{CANARY}"}}'))
    return "\n".join(span.to_json() for span in kept.get_finished_spans())


def test_no_word_of_a_conversation_is_in_a_trace(service: MigrationService) -> None:
    assert CANARY in spans_of(service, filtered=False)  # the control: the SDK's own spans hold them

    told = spans_of(service, filtered=True)
    assert CANARY not in told
    assert "invoke_agent" in told
    assert "gen_ai.usage" in told


def test_traces_are_opt_in() -> None:
    assert start_tracing({}) is False
    with pytest.raises(SettingsError):
        start_tracing({"REDSHIFT_AGENT_TRACES": "everywhere"})
    with pytest.raises(SettingsError, match="not installed"):
        start_tracing({"REDSHIFT_AGENT_TRACES": "otlp"})
