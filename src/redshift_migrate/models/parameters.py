"""Parameters of clusters and workgroups, by key: what each is worth where nobody set it, and its one spelling.

What a fresh workgroup lists, what it takes, and what cluster families start with is in the dated record.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from redshift_facts import facts, number, texts
from redshift_migrate.models.base import Json
from redshift_migrate.models.spelling import json_text

WLM_KEY = "wlm_json_configuration"
SSL_KEY = "require_ssl"
EXECUTION_TIME_LIMIT = "max_query_execution_time"
WITHOUT_SSL = {SSL_KEY: "false"}
"""What AWS refuses at the creation of a workgroup and takes afterwards."""

_SAID = {"boolean": {"true": "true", "on": "true", "1": "true", "yes": "true",
                     "false": "false", "off": "false", "0": "false", "no": "false"},
         "Yes or No": {"yes": "Yes", "true": "Yes", "on": "Yes",
                       "no": "No", "false": "No", "off": "No", "": "No"}}  # fmt: skip

Parameters = tuple[tuple[str, str], ...] | None


def form(key: str, value: str) -> str:
    """A value in one spelling: queues are JSON, switches have one word each. An unknown word stays as it is."""
    if key == WLM_KEY:
        return json_text(value)
    known = facts("workgroup.accepted").get(key)
    said = _SAID.get(str(known.value), {}) if known else {}
    return said.get(value.strip().lower(), value)


DEFAULTS = {key: form(key, value) for key, value in texts("workgroup.parameters").items()}
"""What a fresh workgroup lists unasked: the meaning of a key that is not there."""


def is_accepted(key: str) -> bool:
    """Whether the record knows the key as one that a workgroup takes, query limits aside."""
    return key in facts("workgroup.accepted")


def is_limit(key: str) -> bool:
    """A query limit, which excludes queues."""
    return key.startswith("max_")


def is_endless(key: str, value: str) -> bool:
    """Whether it is what is sent for a cluster that limits nothing: the largest value that AWS takes."""
    return key == EXECUTION_TIME_LIMIT and value == str(number("workgroup.query_limits", key))


def family_of(parameter_group_name: str | None) -> str | None:
    """The family of a default group; None for a group of somebody's own, whose family its name does not tell."""
    return texts("parameter_groups.default_groups").get(parameter_group_name or "")


def cluster_default(key: str, family: str | None) -> str | None:
    """What a cluster runs with where its group does not set the key; None: the record does not know, or families
    differ and the family is not known."""
    families = [family] if family else list(texts("parameter_groups.default_groups").values())
    values = {form(key, texts(f"parameter_groups.{each}")[key]) for each in families if _has(each, key)}
    return values.pop() if len(values) == 1 else None


def _has(family: str, key: str) -> bool:
    return key in facts(f"parameter_groups.{family}")


def is_cluster_parameter(key: str) -> bool:
    """Whether any family of cluster parameter groups has the key."""
    return any(_has(family, key) for family in texts("parameter_groups.default_groups").values())


def read_parameters(listed: Iterable[Mapping[str, Any]]) -> tuple[tuple[str, str], ...]:
    """The parameters of a reply by key, without those at their default."""
    pairs = {
        item.get("parameterKey", ""): form(item.get("parameterKey", ""), item.get("parameterValue") or "")
        for item in listed
    }
    return tuple(sorted((key, value) for key, value in pairs.items() if DEFAULTS.get(key) != value))


def effective(parameters: Parameters) -> dict[str, str]:
    """What each known key is worth where these are set."""
    return DEFAULTS | {key: form(key, value) for key, value in parameters or ()}


def send_parameters(values: Mapping[str, str] | Iterable[tuple[str, str]]) -> list[Json]:
    """As the API takes them."""
    return [{"parameterKey": key, "parameterValue": value} for key, value in sorted(dict(values).items())]
