"""The one base of all values, and their canonical JSON."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, JsonValue

Json = JsonValue
JsonObject = dict[str, JsonValue]


class Value(BaseModel):
    """A frozen value: compared by content, safe to share, refuses members it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True)

    def as_json(self) -> dict[str, Any]:
        """The value as JSON objects, with every member."""
        return self.model_dump(mode="json")

    def as_compact_json(self) -> dict[str, Any]:
        """The value as JSON objects, without members that are null."""
        return self.model_dump(mode="json", exclude_none=True)


def canonical_json(value: Any) -> str:
    """One spelling for equal JSON values: sorted keys, no spaces, no NaN, pure ASCII."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False, ensure_ascii=True)


def same(one: Any, other: Any) -> bool:
    """Equal as JSON: 1 and true differ, the order of keys does not matter."""
    return canonical_json(one) == canonical_json(other)


def sha256_hex(text: str) -> str:
    """The SHA-256 of the UTF-8 text, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


def moment_text(moment: datetime) -> str:
    """The one spelling of a moment: `2026-12-01T03:00:00Z`, with a fraction only where there is one."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def at_path(reply: Any, path: str) -> Any:
    """What is at `member.member` of a reply; None where one of them is missing."""
    for name in path.split("."):
        if not isinstance(reply, dict):
            return None
        reply = reply.get(name)
    return reply


class Unknown(Value):
    """A setting that could not be read. It is never the same as a setting that is not there."""

    needs_action: str
    """The IAM action that would let it be read, such as `redshift:DescribeSnapshotCopyGrants`."""
    reason: str
    """What AWS said, as one sentence."""

    def sentence(self) -> str:
        """How it is told to a person."""
        return f"unknown: needs {self.needs_action} ({self.reason})"
