"""What an operator sees: logs as JSON, one object a line, and counts that CloudWatch reads out of them.

What happened is told, never what was said, asked of a database, or kept secret.
Our own messages are written whole: they are made of names and counts. Of other libraries only the fixed text of a
message is told, never its values; of an exception its kind and where it was, never its words.
"""

from __future__ import annotations

import json
import logging
import sys
import time
import traceback
from datetime import UTC, datetime
from typing import Any

LOG = logging.getLogger(__name__)
NAMESPACE = "RedshiftMigrate"
OURS = "redshift_migrate"
_FIELDS = ("event", "request_id", "method", "route", "status", "duration_s", "number", "head", "migration_id")


class JsonFormatter(logging.Formatter):
    """A record as one line."""

    def format(self, record: logging.LogRecord) -> str:
        """Never raises: a line that cannot be made whole says so."""
        ours = record.name.split(".")[0] == OURS
        document: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage() if ours else str(record.msg)[:200],
        }
        document |= {name: getattr(record, name) for name in _FIELDS if hasattr(record, name)}
        document |= getattr(record, "metrics", {})
        if record.exc_info and record.exc_info[0] is not None:
            document["exception"] = record.exc_info[0].__name__
            document["where"] = [
                f"{frame.filename.rsplit('site-packages/', 1)[-1]}:{frame.lineno} {frame.name}"
                for frame in traceback.extract_tb(record.exc_info[2])[-12:]
            ]
        return json.dumps(document, default=lambda value: type(value).__name__)


def log_as_json(level: int = logging.INFO) -> None:
    """From now on the process logs JSON to stderr: ours from `level` on, others' warnings and errors."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonFormatter())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger(OURS).setLevel(level)
    # Above this, request bodies are logged by these libraries, whatever the root says.
    for name in ("botocore", "boto3", "urllib3", "strands"):
        logging.getLogger(name).setLevel(logging.WARNING)


def tool_called(name: str, *, ok: bool, duration_s: float) -> None:
    """A tool of the agent has answered."""
    _emit({"Tool": name}, {"ToolCalls": ("Count", 1), "ToolErrors": ("Count", int(not ok)),
                           "ToolDuration": ("Milliseconds", round(duration_s * 1000, 1))})  # fmt: skip


def aws_called(operation: str, *, ok: bool) -> None:
    """A call of AWS was made."""
    _emit({"Operation": operation}, {"AwsCalls": ("Count", 1), "AwsErrors": ("Count", int(not ok))})


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
