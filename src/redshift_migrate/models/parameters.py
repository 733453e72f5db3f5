"""Parameters of a workgroup, by key: what AWS shows unasked is a default, not a difference."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from redshift_migrate.models.base import Json
from redshift_migrate.models.spelling import json_text

WLM_KEY = "wlm_json_configuration"
DEFAULTS = {
    "auto_mv": "true",
    "datestyle": "ISO, MDY",
    "enable_case_sensitive_identifier": "false",
    "enable_user_activity_logging": "false",
    "query_group": "default",
    "require_ssl": "false",
    "search_path": "$user, public",
    "use_fips_ssl": "false",
}
"""What a key that is not there means. Source: Management Guide, default values of the redshift-1.0 parameter group."""

Parameters = tuple[tuple[str, str], ...] | None


def read_parameters(listed: Iterable[Mapping[str, Any]]) -> tuple[tuple[str, str], ...]:
    """The parameters of a reply by key, without those at their default."""
    pairs = {item.get("parameterKey", ""): item.get("parameterValue", "") for item in listed}
    return tuple(sorted((key, form(key, value)) for key, value in pairs.items() if DEFAULTS.get(key) != value))


def effective(parameters: Parameters) -> dict[str, str]:
    """What each known key is worth where these are set."""
    return DEFAULTS | {key: form(key, value) for key, value in parameters or ()}


def form(key: str, value: str) -> str:
    """A value in one spelling: queues are JSON."""
    return json_text(value) if key == WLM_KEY else value


def send_parameters(values: Mapping[str, str] | Iterable[tuple[str, str]]) -> list[Json]:
    """As the API takes them."""
    return [{"parameterKey": key, "parameterValue": value} for key, value in sorted(dict(values).items())]


def is_limit(key: str) -> bool:
    """A query limit, which excludes queues."""
    return key.startswith("max_")
