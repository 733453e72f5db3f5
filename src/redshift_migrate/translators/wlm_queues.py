"""WLM queues of a cluster as queues of a workgroup, with a word for everything that is lost on the way."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any

from pydantic import Field

from redshift_migrate.models.base import JsonObject, Value
from redshift_migrate.translators.parameters import LIMIT_PREFIX, limit_seconds

MOST_QUEUES, MOST_RULES, MOST_PREDICATES, MOST_CHARACTERS, LONGEST_RULE_NAME = 8, 25, 3, 8000, 32
"""Source: Management Guide, "Setting query queues"; API reference, configParameters (8000 characters)."""

METRICS = {
    "query_execution_time": 86_399,
    "query_queue_time": 86_399,
    "query_blocks_read": 1_048_575,
    "query_temp_blocks_to_disk": 319_815_679,
    "scan_row_count": 999_999_999_999_999,
    "join_row_count": 999_999_999_999_999,
    "nested_loop_join_row_count": 999_999_999_999_999,
}
"""Metrics with their largest value. Source: Developer Guide, "Query monitoring metrics for Redshift Serverless"."""

LOST_KEYS = {
    "query_concurrency": "serverless decides how many queries run at once",
    "memory_percent_to_use": "serverless divides the memory by itself; to keep workloads apart use several workgroups",
    "priority": "serverless queues have no priority; to keep workloads apart use several workgroups",
    "concurrency_scaling": "serverless scales by itself",
    "queue_type": "there is one kind of queue",
    "auto_wlm": "serverless always manages memory and concurrency",
    "short_query_queue": "serverless has no switch for short queries",
    "max_short_query_queue_time": "serverless has no switch for short queries",
    "user_group_wild_card": "roles are matched by their whole name",
    "user_role_wild_card": "roles are matched by their whole name",
}
_KEPT_KEYS = ("name", "query_group", "query_group_wild_card", "user_role", "user_group", "rules", "max_execution_time")
_OPERATORS = (">", "<", "=")


class Queues(Value):
    """Queues as serverless takes them, what of the cluster's queues is lost, and the groups that must become roles."""

    queues: tuple[JsonObject, ...] = ()
    lost: tuple[str, ...] = ()
    groups: tuple[str, ...] = Field((), description="user groups whose members need a role of the same name")

    def as_parameter(self) -> str:
        """The value of wlm_json_configuration."""
        return compact(self.queues)

    def rules(self) -> list[JsonObject]:
        """The rules of all queues."""
        return [rule for queue in self.queues for rule in rules_of(queue)]


def parse_queues(text: str) -> list[dict[str, Any]] | None:
    """The elements of a WLM configuration; None when the text is none."""
    try:
        parsed = json.loads(text, parse_constant=lambda name: None)
        json.dumps(parsed, ensure_ascii=False).encode()  # half a surrogate pair is no text
    except (ValueError, RecursionError):
        return None
    if not isinstance(parsed, list) or not all(isinstance(element, dict) for element in parsed):
        return None
    return parsed


def translated_queues(elements: list[dict[str, Any]]) -> Queues:
    """All queues that do something on serverless: they route queries, or have a rule."""
    queues: list[JsonObject] = []
    lost: list[str] = []
    groups: list[str] = []
    rule_names: set[str] = set()
    queue_names: set[str] = set()
    for number, element in enumerate(elements, 1):
        label = _text(element.get("name")) or f"queue {number}"
        lost += _lost_keys(element, label)
        routing = _routing(element, label, lost, groups)
        rules = _rules(element, label, lost, rule_names, MOST_RULES - sum(len(rules_of(queue)) for queue in queues))
        if not routing and not rules:
            continue
        if len(queues) == MOST_QUEUES:
            lost.append(f"{label}: serverless has at most {MOST_QUEUES} queues")
            continue
        name = unique(_text(element.get("name")) or f"queue_{number}", queue_names, 128)
        queues.append({"name": name, **routing, **({"rules": list(rules)} if rules else {})})
    while len(compact(queues)) > MOST_CHARACTERS:
        lost.append(f"{queues.pop()['name']}: the configuration would be longer than {MOST_CHARACTERS} characters")
    return Queues(queues=tuple(queues), lost=tuple(lost), groups=tuple(dict.fromkeys(groups)))


def common_limits(elements: list[dict[str, Any]]) -> dict[str, str]:
    """Query limits for the whole workgroup that stop no query which runs today.

    A limit is common when every queue that does something stops queries at some value of the metric; the loosest of
    these values is taken.
    """
    limits = [_aborts(element) for element in elements if _may_run_queries(element)]
    common = set.intersection(*(set(each) for each in limits)) if limits else set()
    return {LIMIT_PREFIX + metric: str(max(each[metric] for each in limits)) for metric in sorted(common)}


def rules_of(queue: JsonObject) -> list[JsonObject]:
    """The rules of one queue."""
    rules = queue.get("rules")
    return [rule for rule in rules if isinstance(rule, dict)] if isinstance(rules, list) else []


def abort_rule(name: str, metric: str, value: int) -> JsonObject:
    """A rule that stops a query once the metric exceeds the value."""
    predicate: JsonObject = {"metric_name": metric, "operator": ">", "value": value}
    return {"rule_name": name, "predicate": [predicate], "action": "abort"}


def unique(name: str, taken: set[str], longest: int) -> str:
    """The name, numbered when it is taken already; remembers it."""
    candidate, number = name[:longest], 1
    while candidate in taken:
        number += 1
        candidate = f"{name[: longest - len(str(number)) - 1]}_{number}"
    taken.add(candidate)
    return candidate


def compact(queues: Iterable[JsonObject]) -> str:
    """JSON without spaces: the length is bounded."""
    return json.dumps(list(queues), separators=(",", ":"))


def _may_run_queries(element: dict[str, Any]) -> bool:
    """False for the element that only switches short queries or automatic WLM."""
    return bool(set(element) - {"short_query_queue", "max_short_query_queue_time", "auto_wlm"})


def _lost_keys(element: dict[str, Any], label: str) -> list[str]:
    if not _may_run_queries(element):
        label = "WLM"
    return [
        f"{label}: {key} = {json.dumps(value)}: {LOST_KEYS.get(key, 'serverless has no such key')}"
        for key, value in element.items()
        if key not in _KEPT_KEYS and value not in (None, "", 0, False, [])
    ]


def _routing(element: dict[str, Any], label: str, lost: list[str], groups: list[str]) -> JsonObject:
    query_groups = _names(element.get("query_group"))
    wild_groups = _is_on(element.get("user_group_wild_card"))
    wild_roles = _is_on(element.get("user_role_wild_card"))
    user_groups = _whole_names(_names(element.get("user_group")), wild_groups, "user group", label, lost)
    roles = _whole_names(_names(element.get("user_role")), wild_roles, "user role", label, lost)
    groups += user_groups
    routing: JsonObject = {}
    if user_groups or roles:
        routing["user_role"] = list(dict.fromkeys([*roles, *user_groups]))
    if query_groups:
        routing["query_group"] = list(dict.fromkeys(query_groups))
        if _is_on(element.get("query_group_wild_card")):
            routing["query_group_wild_card"] = 1
    return routing


def _whole_names(names: list[str], has_wild_cards: bool, what: str, label: str, lost: list[str]) -> list[str]:
    if not has_wild_cards:
        return names
    wild = [name for name in names if any(card in name for card in "*?")]
    lost += [f"{label}: {what} {name}: roles are matched by their whole name" for name in wild]
    return [name for name in names if name not in wild]


def _rules(element: dict[str, Any], label: str, lost: list[str], taken: set[str], room: int) -> list[JsonObject]:
    found: list[JsonObject] = []
    seconds = _max_execution_time_s(element)
    if seconds is not None:
        found.append(abort_rule("max_execution_time", "query_execution_time", seconds))
    for rule in _list(element.get("rules")):
        translated = _rule(rule, label, lost)
        if translated is not None:
            found.append(translated)
    for rule in found[max(room, 0) :]:
        lost.append(f"{label}: rule {rule['rule_name']}: serverless has at most {MOST_RULES} rules")
    return [
        {**rule, "rule_name": unique(str(rule["rule_name"]), taken, LONGEST_RULE_NAME)}
        for rule in found[: max(room, 0)]
    ]


def _rule(rule: Any, label: str, lost: list[str]) -> JsonObject | None:
    """The rule for serverless, or None and why. A rule loses no predicate alone: it would catch more queries."""
    name = _text(rule.get("rule_name")) if isinstance(rule, dict) else ""
    told = f"{label}: rule {name or '?'}"
    action = _action(rule)
    predicates = [_predicate(each) for each in _list(rule.get("predicate"))] if isinstance(rule, dict) else []
    usable: list[JsonObject] = [each for each in predicates if each is not None]
    if not usable or len(usable) != len(predicates):
        metrics = [str(each.get("metric_name")) for each in _predicates(rule) if each.get("metric_name") not in METRICS]
        what = f"metric {', '.join(metrics)}" if metrics else "a predicate that cannot be read or is out of range"
        lost.append(f"{told}: {what} is not known to serverless queues")
        return None
    if len(usable) > MOST_PREDICATES:
        lost.append(f"{told}: more than {MOST_PREDICATES} predicates")
        return None
    if action == "hop":
        lost.append(f"{told}: serverless cannot move a query to another queue; it is logged instead")
        action = "log"
    if action not in ("log", "abort"):
        lost.append(f"{told}: the action {action or 'none'} does not exist on serverless")
        return None
    safe = re.sub(r"[^A-Za-z0-9_]", "_", name) or "rule"
    return {"rule_name": safe, "predicate": list(usable), "action": action}


def _predicates(rule: Any) -> list[dict[str, Any]]:
    return [each for each in _list(rule.get("predicate")) if isinstance(each, dict)] if isinstance(rule, dict) else []


def _predicate(predicate: Any) -> JsonObject | None:
    if not isinstance(predicate, dict):
        return None
    metric, operator = predicate.get("metric_name"), predicate.get("operator")
    value = _whole_number(predicate.get("value"))
    if not isinstance(metric, str) or metric not in METRICS or operator not in _OPERATORS:
        return None
    if value is None or not 0 <= value <= METRICS[metric]:
        return None
    return {"metric_name": metric, "operator": operator, "value": value}


def _aborts(element: dict[str, Any]) -> dict[str, int]:
    """The smallest value of each metric at which this queue stops a query for that alone."""
    limits: dict[str, int] = {}
    seconds = _max_execution_time_s(element)
    if seconds is not None:
        limits["query_execution_time"] = seconds
    for rule in _list(element.get("rules")):
        predicates = [_predicate(each) for each in _predicates(rule)]
        if _action(rule) != "abort" or len(predicates) != 1 or predicates[0] is None:
            continue
        metric, value = str(predicates[0]["metric_name"]), _whole_number(predicates[0]["value"])
        if predicates[0]["operator"] == ">" and value is not None:
            limits[metric] = min(value, limits.get(metric, value))
    return limits


def _action(rule: Any) -> str:
    return _text(rule.get("action")).lower() if isinstance(rule, dict) else ""


def _max_execution_time_s(element: dict[str, Any]) -> int | None:
    return limit_seconds(_whole_number(element.get("max_execution_time")) or 0)


def _is_on(value: Any) -> bool:
    return value in (1, True, "1", "true")


def _whole_number(value: Any) -> int | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= 18:
        return int(value)
    return None


def _names(value: Any) -> list[str]:
    return [name for name in _list(value) if isinstance(name, str) and name]


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
