"""A cluster's WLM configuration as it may be spelled, and what its elements mean beside each other.

Source: Database Developer Guide, "Workload management" and "Short query acceleration"; Management Guide, "Properties
for the wlm_json_configuration parameter".
"""

from __future__ import annotations

import json
import re
from typing import Any

Element = dict[str, Any]

GROUPS = {"query_group": "query group", "user_group": "user group", "user_role": "user role"}
"""What routes a query to a queue, with its words."""

SUPERUSER = "superuser"
SHORT_QUERY_KEYS = ("short_query_queue", "max_short_query_queue_time")
_OF_A_MANUAL_QUEUE = ("query_concurrency", "memory_percent_to_use")
_METRIC_WORDS = {
    "blocks_read": "query_blocks_read",
    "memory_to_disk": "query_temp_blocks_to_disk",
    "execution_time": "query_execution_time",
    "queue_time": "query_queue_time",
    "rows_joined": "join_row_count",
    "rows_scanned": "scan_row_count",
    "nested_loop_rows_joined": "nested_loop_join_row_count",
}
"""How the console shows metrics, without their units."""

_LONGEST_NUMBER = 18


def parse_queues(text: str) -> list[Element] | None:
    """The elements of a WLM configuration, evenly spelled; None when the text is none."""
    try:
        parsed = json.loads(text, parse_constant=lambda name: None)
        if isinstance(parsed, str):  # JSON in JSON, as some tools hand it over
            parsed = json.loads(parsed, parse_constant=lambda name: None)
        json.dumps(parsed, ensure_ascii=False).encode()  # half a surrogate pair is no text
    except (ValueError, RecursionError):
        return None
    if isinstance(parsed, dict) and parsed:
        parsed = [parsed]
    if not isinstance(parsed, list) or not all(isinstance(element, dict) for element in parsed):
        return None
    return [_evenly_spelled(element) for element in parsed]


def label_of(element: Element, number: int) -> str:
    """What people call a queue; the console gives none a name that has none."""
    return text_of(element.get("name")) or f"queue {number}"


def is_queue(element: Element) -> bool:
    """False for an element that only switches: short query acceleration, or automatic WLM as a whole."""
    if routes(element) or element.get("rules"):
        return True
    if speaks_of_short_queries(element):
        return any(element.get(key) for key in _OF_A_MANUAL_QUEUE)
    return bool(set(element) - {"auto_wlm"})


def speaks_of_short_queries(element: Element) -> bool:
    """Whether its `max_execution_time` is the cap of short query acceleration and no timeout of a queue."""
    return any(key in element for key in SHORT_QUERY_KEYS)


def routes(element: Element) -> bool:
    """Whether only some queries come to the queue; the one without is the default queue."""
    return any(element.get(key) for key in GROUPS)


def is_superuser_queue(element: Element) -> bool:
    """Whether nobody's queries but a superuser's come to the queue."""
    groups = [name.lower() for name in names_of(element.get("query_group"))]
    return groups == [SUPERUSER] and not element.get("user_group") and not element.get("user_role")


def is_automatic(elements: list[Element]) -> bool:
    """Whether automatic WLM manages the queues. It does so for all or for none of them."""
    return any(
        is_on(element.get("auto_wlm")) or text_of(element.get("queue_type")).lower() == "auto" for element in elements
    )


def queues_in(elements: list[Element]) -> list[Element]:
    """The elements that queries run in, the default queue always among them: AWS has one where none is listed."""
    found = [each for each in elements if is_queue(each)]
    return found if any(not routes(each) for each in found) else [*found, {}]


def timeout_ms(element: Element) -> int:
    """The queue's timeout; 0 for none. What stands beside the switch of short queries is their cap instead."""
    return 0 if speaks_of_short_queries(element) else max(whole_number(element.get("max_execution_time")) or 0, 0)


def whole_number(value: Any) -> int | None:
    """A number however it is written; None for anything else, and for more digits than any limit has."""
    if isinstance(value, bool):
        return None
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, int):
        return value if abs(value) < 10**_LONGEST_NUMBER else None
    if isinstance(value, str) and re.fullmatch(rf"[0-9]{{1,{_LONGEST_NUMBER}}}(\.0+)?", value.strip(), re.ASCII):
        return int(value.strip().partition(".")[0])
    return None


def is_on(value: Any) -> bool:
    """A switch however it is written."""
    return str(value).strip().lower() in ("1", "1.0", "true", "on", "yes")


def names_of(value: Any) -> list[str]:
    """The texts of a list."""
    return [name for name in list_of(value) if isinstance(name, str) and name]


def list_of(value: Any) -> list[Any]:
    """The list, or an empty one for what is none."""
    return value if isinstance(value, list) else []


def text_of(value: Any) -> str:
    """The text, or an empty one for what is none."""
    return value.strip() if isinstance(value, str) else ""


def _evenly_spelled(element: Element) -> Element:
    """Keys in small letters with underscores, one group or rule as a list of one, metrics by their API name."""
    even = _with_even_keys(element)
    for key in GROUPS:
        if key in even:
            even[key] = [str(each) if isinstance(each, int) else each for each in _as_list(even[key])]
    if "rules" in even:
        even["rules"] = [_rule(rule) for rule in _as_list(even["rules"])]
    return even


def _rule(rule: Any) -> Any:
    if not isinstance(rule, dict):
        return rule
    even = _with_even_keys(rule)
    for spelled, name in (("predicates", "predicate"), ("name", "rule_name")):
        if spelled in even and name not in even:
            even[name] = even.pop(spelled)
    if "predicate" in even:
        even["predicate"] = [_predicate(each) for each in _as_list(even["predicate"])]
    return even


def _predicate(predicate: Any) -> Any:
    if not isinstance(predicate, dict):
        return predicate
    even = _with_even_keys(predicate)
    metric = even.get("metric_name")
    if isinstance(metric, str):
        plain = re.sub(r"[^a-z0-9]+", "_", re.sub(r"\(.*\)", "", metric.lower())).strip("_").removeprefix("max_")
        even["metric_name"] = _METRIC_WORDS.get(plain, plain)
    if isinstance(even.get("operator"), str):
        even["operator"] = even["operator"].strip()
    return even


def _with_even_keys(given: dict[str, Any]) -> dict[str, Any]:
    return {key.strip().lower().replace("-", "_").replace(" ", "_"): value for key, value in given.items()}


def _as_list(value: Any) -> list[Any]:
    if value in (None, ""):
        return []
    return value if isinstance(value, list) else [value]
