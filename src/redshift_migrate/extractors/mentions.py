"""Does this text, JSON or event pattern mean the cluster?"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from redshift_migrate.extractors.source import Source

EVENT_SOURCE = "aws.redshift"
"""Source: Management Guide, "Amazon Redshift event notifications with Amazon EventBridge"."""

_NAMING_KEY = re.compile(r"cluster|identifier|redshift|warehouse|resource|host|endpoint|server|url", re.IGNORECASE)
"""Members whose whole value may be the cluster's name. Elsewhere it may be a database or a stage of that name."""

_DEEPEST = 40


@dataclass(frozen=True)
class Mentions:
    """The names of one cluster: its identifier, its ARNs and its host."""

    cluster_id: str
    region: str
    account_id: str
    partition: str = "aws"

    @classmethod
    def of(cls, source: Source) -> Mentions:
        """The names of the cluster that is being read."""
        return cls(source.cluster_id, source.region, source.account_id, source.partition)

    def in_value(self, value: Any, key: str = "", depth: int = 0) -> bool:
        """Whether a JSON value means the cluster somewhere. Text in it that is JSON itself is looked into."""
        if depth > _DEEPEST:
            return False
        if isinstance(value, dict):
            return any(self.in_value(each, str(name), depth + 1) for name, each in value.items())
        if isinstance(value, list):
            return any(self.in_value(each, key, depth + 1) for each in value)
        return isinstance(value, str) and self._in_string(value, key, depth)

    def in_text(self, text: str) -> bool:
        """The same for text that may be JSON, with placeholders in it or not at all."""
        parsed = parse_json(text)
        return self._in_plain(text) if parsed is None else self.in_value(parsed)

    def hears(self, pattern: str | None) -> bool:
        """Whether an event pattern takes events of this cluster from Redshift, by its name or from every cluster."""
        parsed = parse_json(pattern)
        return isinstance(parsed, dict) and self._hears(parsed, 0)

    def _in_string(self, text: str, key: str, depth: int) -> bool:
        if _NAMING_KEY.search(key) and text.strip().lower() == self.cluster_id.lower():
            return True
        inner = parse_json(text) if text.lstrip()[:1] in ("{", "[") else None
        return self._in_plain(text) if inner is None else self.in_value(inner, key, depth + 1)

    def _in_plain(self, text: str) -> bool:
        return any(form.search(text) for form in self._forms)

    @cached_property
    def _forms(self) -> tuple[re.Pattern[str], ...]:
        name, end = re.escape(self.cluster_id), r"(?![a-z0-9-])"
        where = rf"{re.escape(self.region)}:{re.escape(self.account_id)}"
        return tuple(
            re.compile(form, re.IGNORECASE)
            for form in (
                rf"arn:[^:\s]+:redshift:{where}:(cluster|dbname|dbuser|dbgroup|snapshot):{name}{end}",
                rf"(?<![a-z0-9-]){name}\.[a-z0-9]+\.{re.escape(self.region)}\.redshift\.amazonaws\.com",
                rf"""["']?\w*cluster\w*["']?\s*[:=]\s*["']?{name}["']?{end}""",
                rf"--cluster-identifier[\s=]+{name}{end}",
            )
        )

    def _hears(self, pattern: dict[str, Any], depth: int) -> bool:
        alternatives = pattern.get("$or")
        if isinstance(alternatives, list) and depth < _DEEPEST:
            rest = {name: each for name, each in pattern.items() if name != "$or"}
            return any(self._hears(rest | each, depth + 1) for each in alternatives if isinstance(each, dict))
        constraints = list(_leaves({name: each for name, each in pattern.items() if name != "source"}))
        if not all(self._may_name(key, filters) for key, filters in constraints):
            return False
        named = any(self._names(key, filters) for key, filters in constraints)
        sources = pattern.get("source")
        if isinstance(sources, list):
            return may_match(sources, EVENT_SOURCE) or (named and may_match(sources, f"{EVENT_SOURCE}-data"))
        return named

    def _may_name(self, key: str, filters: list[Any]) -> bool:
        """True for what is not about clusters. A filter on clusters must take this one."""
        name = self._in_events(key)
        return name is None or may_match(filters, name)

    def _names(self, key: str, filters: list[Any]) -> bool:
        name = self._in_events(key)
        return name is not None and name.lower() in (each.lower() for each in filters if isinstance(each, str))

    def _in_events(self, key: str) -> str | None:
        """What a field of an event holds when it is about this cluster; None for a field about something else."""
        if _ARN_KEY.fullmatch(key):
            return f"arn:{self.partition}:redshift:{self.region}:{self.account_id}:cluster:{self.cluster_id}"
        return self.cluster_id if _ID_KEY.fullmatch(key) else None


_ARN_KEY = re.compile(r"resources|source_?arn|cluster_?arn", re.IGNORECASE)
_ID_KEY = re.compile(r"source_?identifier|cluster_?(identifier|id|name)?", re.IGNORECASE)


def parse_json(text: str | None) -> Any:
    """The JSON in a text; None for a text that is none."""
    try:
        return json.loads(text) if text else None
    except (ValueError, RecursionError):
        return None


def may_match(filters: list[Any], text: str) -> bool:
    """Whether an event pattern's filters may take the text; what is not known here may.

    Source: EventBridge User Guide, "Comparison operators for use in event patterns".
    """
    return any(_may_match(each, text) for each in filters)


def _may_match(each: Any, text: str) -> bool:
    if not isinstance(each, dict):
        return isinstance(each, str) and each == text
    for operator, operand in each.items():
        if operator in ("prefix", "suffix"):
            return _has_end(operator, operand, text)
        if operator == "equals-ignore-case":
            return isinstance(operand, str) and operand.lower() == text.lower()
        if operator == "wildcard" and isinstance(operand, str):
            return re.fullmatch(".*".join(map(re.escape, operand.split("*"))), text) is not None
        if operator == "anything-but":
            refused = operand if isinstance(operand, list) else [operand]
            return not may_match(refused, text)
        if operator == "exists":
            return operand is not False
        if operator in ("numeric", "cidr"):
            return False
    return True


def _has_end(operator: str, operand: Any, text: str) -> bool:
    if isinstance(operand, dict):
        operand, text = operand.get("equals-ignore-case"), text.lower()
        operand = operand.lower() if isinstance(operand, str) else operand
    if not isinstance(operand, str):
        return True
    return text.startswith(operand) if operator == "prefix" else text.endswith(operand)


def _leaves(pattern: Any, key: str = "", depth: int = 0) -> list[tuple[str, list[Any]]]:
    """Each list of filters in a pattern with the name of its field."""
    if isinstance(pattern, list):
        return [(key, pattern)]
    if not isinstance(pattern, dict) or depth > _DEEPEST:
        return []
    return [leaf for name, each in pattern.items() for leaf in _leaves(each, str(name), depth + 1)]
