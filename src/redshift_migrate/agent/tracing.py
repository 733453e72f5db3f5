"""OpenTelemetry traces, if somebody asks for them: which steps a turn took and how long, never what was said."""

from __future__ import annotations

import importlib
import os
from collections.abc import Mapping, Sequence
from typing import Any

from opentelemetry import trace
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, ConsoleSpanExporter, SpanExporter, SpanExportResult
from opentelemetry.trace import Status

from redshift_migrate.errors import SettingsError

TRACES = "REDSHIFT_AGENT_TRACES"

KEPT = (
    "gen_ai.operation.name",
    "gen_ai.provider.name",
    "gen_ai.system",
    "gen_ai.request.model",
    "gen_ai.tool.name",
    "gen_ai.tool.status",
    "gen_ai.usage.",
    "gen_ai.server.",
)
"""Attributes that hold names and counts, or how their names begin. All others, and all events, hold words."""


class WordlessExporter(SpanExporter):
    """Hands spans on without prompts, answers, tool arguments and results."""

    def __init__(self, exporter: SpanExporter) -> None:
        self._exporter = exporter

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """The same spans with the kept attributes only."""
        return self._exporter.export([_wordless(span) for span in spans])

    def shutdown(self) -> None:
        self._exporter.shutdown()

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        return self._exporter.force_flush(timeout_millis)


def start_tracing(environ: Mapping[str, str] = os.environ) -> bool:
    """Trace to where REDSHIFT_AGENT_TRACES says: `otlp` (OTEL_EXPORTER_OTLP_ENDPOINT) or `console`. False without it.

    SettingsError for another word, or when the exporter is not installed.
    """
    wanted = environ.get(TRACES, "").strip().lower()
    if not wanted:
        return False
    provider = TracerProvider()
    provider.add_span_processor(BatchSpanProcessor(WordlessExporter(_exporter(wanted))))
    trace.set_tracer_provider(provider)
    return True


def _exporter(wanted: str) -> SpanExporter:
    if wanted == "console":
        return ConsoleSpanExporter()
    if wanted != "otlp":
        raise SettingsError(f"{TRACES}={wanted!r} is not known.", hint="Write otlp or console, or leave it out.")
    try:
        module = importlib.import_module("opentelemetry.exporter.otlp.proto.http.trace_exporter")
    except ModuleNotFoundError as error:
        raise SettingsError(
            f"{TRACES}=otlp needs a Python package that is not installed.",
            hint="Install it with: .venv/bin/pip install opentelemetry-exporter-otlp-proto-http",
        ) from error
    made: SpanExporter = module.OTLPSpanExporter()
    return made


def _wordless(span: ReadableSpan) -> ReadableSpan:
    attributes: dict[str, Any] = {
        name: value for name, value in (span.attributes or {}).items() if name.startswith(KEPT)
    }
    return ReadableSpan(
        name=span.name,
        context=span.context,
        parent=span.parent,
        resource=span.resource,
        attributes=attributes,
        kind=span.kind,
        status=Status(span.status.status_code),
        start_time=span.start_time,
        end_time=span.end_time,
        instrumentation_scope=span.instrumentation_scope,
    )
