"""Counts and times per tool and per AWS call, in the form that CloudWatch reads out of log lines by itself."""

from __future__ import annotations

import logging
import time
from typing import Any

from redshift_migrate.aws.door import Observed

LOG = logging.getLogger(__name__)
NAMESPACE = "RedshiftMigrate"


def tool_called(name: str, *, ok: bool, duration_s: float) -> None:
    """A tool of the agent has answered."""
    _emit({"Tool": name}, {"ToolCalls": ("Count", 1), "ToolErrors": ("Count", int(not ok)),
                           "ToolDuration": ("Milliseconds", round(duration_s * 1000, 1))})  # fmt: skip


def aws_called(observed: Observed) -> None:
    """A call of AWS was made."""
    failed = int(bool(observed.error_code))
    _emit({"Operation": observed.call.name}, {"AwsCalls": ("Count", 1), "AwsErrors": ("Count", failed)})


def _emit(dimensions: dict[str, str], values: dict[str, tuple[str, float]]) -> None:
    directive = {
        "Namespace": NAMESPACE,
        "Dimensions": [list(dimensions)],
        "Metrics": [{"Name": name, "Unit": unit} for name, (unit, _) in values.items()],
    }
    document: dict[str, Any] = {
        "_aws": {"Timestamp": int(time.time() * 1000), "CloudWatchMetrics": [directive]},
        **dimensions,
        **{name: value for name, (_, value) in values.items()},
    }
    LOG.info("metrics", extra={"metrics": document})
