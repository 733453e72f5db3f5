"""WLM queues of a cluster as queues of a workgroup, with a word for everything that is lost on the way."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any

from pydantic import Field

import redshift_facts as record
from redshift_migrate.models.base import JsonObject, Value
from redshift_migrate.translators.parameters import LIMIT_PREFIX, limit_seconds
from redshift_migrate.translators.wlm_reading import (
    GROUPS,
    SHORT_QUERY_KEYS,
    Element,
    is_automatic,
    is_on,
    is_queue,
    is_superuser_queue,
    label_of,
    list_of,
    names_of,
    queues_in,
    routes,
    speaks_of_short_queries,
    text_of,
    timeout_ms,
    whole_number,
)

_LIMITS = record.numbers("limits.values")
MOST_QUEUES, MOST_RULES, MOST_PREDICATES = (_LIMITS[f"wlm_{what}"] for what in ("queues", "rules", "predicates_a_rule"))
MOST_CHARACTERS, LONGEST_RULE_NAME = _LIMITS["config_parameter_characters"], 32

METRICS = {
    key.removeprefix(LIMIT_PREFIX): record.number("workgroup.query_limits", key)
    for key, fact in record.facts("workgroup.query_limits").items()
    if fact.standing == "documented"
}
"""Metrics with their largest value."""

HANDLED = {
    "query_concurrency": "serverless decides how many queries run at once",
    "memory_percent_to_use": "serverless divides the memory by itself; to keep workloads apart use several workgroups",
    "priority": "serverless queues have no priority; to keep workloads apart use several workgroups",
    "concurrency_scaling": "serverless scales by itself",
    "queue_type": "there is one kind of queue",
    "auto_wlm": "serverless always manages memory and concurrency",
    "user_group_wild_card": "roles are matched by their whole name",
    "user_role_wild_card": "roles are matched by their whole name",
}
"""What serverless handles by itself, with what it does instead."""

_NO_LOSS = {"concurrency_scaling": "off", "priority": "normal"}
_KEPT_KEYS = {"name", "query_group", "query_group_wild_card", "user_role", "user_group", "rules", "max_execution_time"}
_OPERATORS = (">", "<", "=")
_NOTHING: tuple[Any, ...] = (None, "", 0, False, [])


class Queues(Value):
    """Queues as serverless takes them, what becomes of the rest, and the groups that must become roles."""

    queues: tuple[JsonObject, ...] = ()
    lost: tuple[str, ...] = Field((), description="what had an effect and has none any more")
    handled: tuple[str, ...] = Field((), description="one line a queue: what serverless sees to by itself")
    not_in_force: tuple[str, ...] = Field((), description="timeouts that automatic WLM does not apply")
    groups: tuple[str, ...] = Field((), description="user groups whose members need a role of the same name")

    def as_parameter(self) -> str:
        """The value of wlm_json_configuration."""
        return compact(self.queues)

    @property
    def is_default(self) -> bool:
        """Whether the configuration says nothing that a cluster would not do without it."""
        return not (self.queues or self.lost or self.handled or self.not_in_force)

    def rules(self) -> list[JsonObject]:
        """The rules of all queues."""
        return [rule for queue in self.queues for rule in rules_of(queue)]

    def routing(self) -> list[str]:
        """What each queue catches, in words."""
        return [f"{queue['name']} ({_caught(queue)})" for queue in self.queues if routes(queue)]


def translated_queues(elements: list[Element]) -> Queues:
    """All queues that do something on serverless: they route queries, or have a rule."""
    queues: list[JsonObject] = []
    lost: list[str] = []
    groups: list[str] = []
    rule_names: set[str] = set()
    queue_names: set[str] = set()
    automatic = is_automatic(elements)
    for number, element in enumerate(elements, 1):
        label = label_of(element, number)
        lost += _unknown_keys(element, label)
        if is_superuser_queue(element):
            lost.append(f"{label}: query group superuser: serverless keeps no queue for superusers")
            continue
        routing = _routing(element, label, lost, groups)
        room = MOST_RULES - sum(len(rules_of(queue)) for queue in queues)
        rules = _rules(element, label, lost, rule_names, room, automatic)
        if routes(element) and not routing:
            lost.append(f"{label}: nothing that routes to it can be carried, and without it would catch every query")
            continue
        if not routing and not rules:
            continue
        if len(queues) == MOST_QUEUES:
            lost.append(f"{label}: serverless has at most {MOST_QUEUES} queues")
            continue
        name = unique(text_of(element.get("name")) or f"queue_{number}", queue_names, 128)
        queues.append({"name": name, **routing, **({"rules": list(rules)} if rules else {})})
    while len(compact(queues)) > MOST_CHARACTERS:
        lost.append(f"{queues.pop()['name']}: the configuration would be longer than {MOST_CHARACTERS} characters")
    return Queues(
        queues=tuple(queues),
        lost=tuple(lost),
        handled=_tell_handled(elements),
        not_in_force=_not_in_force(elements) if automatic else (),
        groups=tuple(dict.fromkeys(groups)),
    )


def common_limits(elements: list[Element]) -> dict[str, str]:
    """Query limits for the whole workgroup that stop no query which runs today.

    A limit is common when every queue of users stops queries at some value of the metric, the default queue too,
    listed or not; the loosest of these values is taken.
    """
    automatic = is_automatic(elements)
    limits = [_aborts(element, automatic) for element in queues_in(elements) if not is_superuser_queue(element)]
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


def _unknown_keys(element: Element, label: str) -> list[str]:
    known = {*_KEPT_KEYS, *HANDLED, *SHORT_QUERY_KEYS}
    return [
        f"{label}: {key} = {json.dumps(value)}: no key of WLM that is known here, so what it does was not looked at"
        for key, value in element.items()
        if key not in known and value not in _NOTHING
    ]


def _tell_handled(elements: list[Element]) -> tuple[str, ...]:
    """One line a queue, and one for short query acceleration."""
    lines = []
    for number, element in enumerate(elements, 1):
        if speaks_of_short_queries(element):
            lines.append(_short_queries(element))
        given = {key: element[key] for key in element if key in HANDLED}
        shown = [key for key, value in given.items() if value not in _NOTHING and value != _NO_LOSS.get(key)]
        if is_queue(element) and shown:
            told = ", ".join(f"{key} = {json.dumps(given[key])}" for key in shown)
            lines.append(
                f"{label_of(element, number)}: {told}: {'; '.join(dict.fromkeys(HANDLED[key] for key in shown))}"
            )
    return tuple(lines)


def _short_queries(element: Element) -> str:
    told = ", ".join(f"{key} = {json.dumps(element[key])}" for key in SHORT_QUERY_KEYS if key in element)
    cap = whole_number(element.get("max_execution_time"))
    if cap:
        told += f", max_execution_time = {cap}, which is the cap of what counts as short ({cap / 1000:g} s), no timeout"
    return f"short query acceleration: {told}: serverless has no switch for short queries and runs them by itself"


def _not_in_force(elements: list[Element]) -> tuple[str, ...]:
    return tuple(
        f"{label_of(element, number)} ({timeout_ms(element)} ms)"
        for number, element in enumerate(elements, 1)
        if timeout_ms(element)
    )


def _caught(queue: JsonObject) -> str:
    return "; ".join(f"{words} {', '.join(names_of(queue[key]))}" for key, words in GROUPS.items() if queue.get(key))


def _routing(element: Element, label: str, lost: list[str], groups: list[str]) -> JsonObject:
    for key, words in GROUPS.items():
        odd = [each for each in list_of(element.get(key)) if not isinstance(each, str)]
        lost += [f"{label}: {words} {json.dumps(each)}: no name that can be read" for each in odd]
    query_groups = names_of(element.get("query_group"))
    wild_groups = is_on(element.get("user_group_wild_card"))
    wild_roles = is_on(element.get("user_role_wild_card"))
    user_groups = _whole_names(names_of(element.get("user_group")), wild_groups, "user group", label, lost)
    roles = _whole_names(names_of(element.get("user_role")), wild_roles, "user role", label, lost)
    groups += user_groups
    routing: JsonObject = {}
    if user_groups or roles:
        routing["user_role"] = list(dict.fromkeys([*roles, *user_groups]))
    if query_groups:
        routing["query_group"] = list(dict.fromkeys(query_groups))
        if is_on(element.get("query_group_wild_card")):
            routing["query_group_wild_card"] = 1
    return routing


def _whole_names(names: list[str], has_wild_cards: bool, what: str, label: str, lost: list[str]) -> list[str]:
    if not has_wild_cards:
        return names
    wild = [name for name in names if any(card in name for card in "*?")]
    lost += [f"{label}: {what} {name}: roles are matched by their whole name" for name in wild]
    return [name for name in names if name not in wild]


def _rules(
    element: Element, label: str, lost: list[str], taken: set[str], room: int, automatic: bool
) -> list[JsonObject]:
    found: list[JsonObject] = []
    seconds = _timeout_s(element, automatic)
    if seconds is not None:
        found.append(abort_rule("max_execution_time", "query_execution_time", seconds))
    timeout = element.get("max_execution_time")
    if timeout not in _NOTHING and whole_number(timeout) is None:
        lost.append(f"{label}: max_execution_time = {json.dumps(timeout)}: no number of milliseconds that can be read")
    for rule in list_of(element.get("rules")):
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
    name = text_of(rule.get("rule_name")) if isinstance(rule, dict) else ""
    told = f"{label}: rule {name or '?'}"
    action = _action(rule)
    predicates = [_predicate(each) for each in list_of(rule.get("predicate"))] if isinstance(rule, dict) else []
    usable: list[JsonObject] = [each for each in predicates if each is not None]
    if not usable or len(usable) != len(predicates):
        metrics = [
            str(each.get("metric_name")) for each in _predicates(rule) if str(each.get("metric_name")) not in METRICS
        ]
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
    return [each for each in list_of(rule.get("predicate")) if isinstance(each, dict)] if isinstance(rule, dict) else []


def _predicate(predicate: Any) -> JsonObject | None:
    if not isinstance(predicate, dict):
        return None
    metric, operator = predicate.get("metric_name"), predicate.get("operator")
    value = whole_number(predicate.get("value"))
    if not isinstance(metric, str) or metric not in METRICS or operator not in _OPERATORS:
        return None
    if value is None or not 0 <= value <= METRICS[metric]:
        return None
    return {"metric_name": metric, "operator": operator, "value": value}


def _aborts(element: Element, automatic: bool) -> dict[str, int]:
    """The smallest value of each metric at which this queue stops a query for that alone."""
    limits: dict[str, int] = {}
    seconds = _timeout_s(element, automatic)
    if seconds is not None:
        limits["query_execution_time"] = seconds
    for rule in list_of(element.get("rules")):
        predicates = [_predicate(each) for each in _predicates(rule)]
        if _action(rule) != "abort" or len(predicates) != 1 or predicates[0] is None:
            continue
        metric, value = str(predicates[0]["metric_name"]), whole_number(predicates[0]["value"])
        if predicates[0]["operator"] == ">" and value is not None:
            limits[metric] = min(value, limits.get(metric, value))
    return limits


def _action(rule: Any) -> str:
    return text_of(rule.get("action")).lower() if isinstance(rule, dict) else ""


def _timeout_s(element: Element, automatic: bool) -> int | None:
    """A queue's timeout where it is in force. Source: Developer Guide, "WLM timeout": not under automatic WLM."""
    return None if automatic else limit_seconds(timeout_ms(element))
