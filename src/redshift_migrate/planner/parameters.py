"""Parameters of a workgroup, compared by key: what AWS shows unasked is a default, not a difference."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping

from redshift_migrate.models.base import Json, JsonObject, canonical_json
from redshift_migrate.planner.building import literal

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


def changed_parameters(wanted: Parameters, now: Parameters) -> dict[str, str]:
    """The wanted keys whose value is another one now. Keys that are not wished for are left alone."""
    present = dict(now or ())
    if WLM_KEY in present and is_queue_less(wanted):
        wanted = tuple(item for item in wanted or () if not is_limit(item[0]))  # a finding says so
    return {
        key: value for key, value in wanted or () if not same_value(key, value, present.get(key, DEFAULTS.get(key)))
    }


def same_value(key: str, one: str, other: str | None) -> bool:
    """Equal, for queues as JSON."""
    if key != WLM_KEY or other is None:
        return one == other
    try:
        return canonical_json(json.loads(one)) == canonical_json(json.loads(other))
    except ValueError:
        return one == other


def is_limit(key: str) -> bool:
    """A query limit, which excludes queues."""
    return key.startswith("max_")


def is_queue_less(parameters: Parameters) -> bool:
    """True when there are query limits and no queues."""
    keys = dict(parameters or ())
    return WLM_KEY not in keys and any(is_limit(key) for key in keys)


def switches_to_queues(wanted: Parameters, now: Parameters) -> bool:
    """True when a workgroup without queues shall get some, from which there is no way back."""
    return WLM_KEY in dict(wanted or ()) and WLM_KEY not in dict(now or ())


def merged(now: Parameters, changed: Mapping[str, str]) -> dict[str, str]:
    """All parameters after the change: right whether AWS replaces the whole set or only the keys that are sent."""
    kept = {key: value for key, value in now or () if not (WLM_KEY in changed and is_limit(key))}
    return kept | dict(changed)


def way_back(changed: Mapping[str, str], now: Parameters) -> dict[str, str] | None:
    """All parameters as they were, new keys at their default; None when a new key has no default to go back to."""
    present = dict(now or ())
    new = [key for key in changed if key not in present]
    if any(key not in DEFAULTS for key in new):
        return None
    return present | {key: DEFAULTS[key] for key in new}


def as_parameters(values: Mapping[str, str] | Iterable[tuple[str, str]]) -> list[Json]:
    """As the API takes them."""
    return [{"parameterKey": key, "parameterValue": value} for key, value in sorted(dict(values).items())]


def parameter_selects(keys: Iterable[str]) -> dict[str, str]:
    """JMESPath over a workgroup for each key: its value, or the default that stands for its absence."""
    return {
        key: f"not_null(configParameters[?parameterKey == {literal(key)}].parameterValue | [0], "
        f"{literal(DEFAULTS.get(key))})"
        for key in keys
    }


def parameter_values(keys: Iterable[str], parameters: Parameters) -> JsonObject:
    """What `parameter_selects` gives where these parameters are set."""
    present = dict(parameters or ())
    return {key: present.get(key, DEFAULTS.get(key)) for key in keys}
