"""The parameters of a workgroup from all subjects together: queues and query limits exclude each other."""

from __future__ import annotations

from typing import Any

from redshift_migrate.models.base import JsonObject
from redshift_migrate.models.finding import Finding, Subject
from redshift_migrate.models.parameters import is_endless
from redshift_migrate.translators.parameters import LIMIT_PREFIX, WLM_PARAMETER
from redshift_migrate.translators.translation import About, Translation, cite
from redshift_migrate.translators.wlm_queues import (
    LONGEST_RULE_NAME,
    MOST_CHARACTERS,
    MOST_RULES,
    abort_rule,
    compact,
    rules_of,
    unique,
)
from redshift_migrate.translators.wlm_reading import parse_queues

about = About(Subject.PARAMETERS)


def settle(translation: Translation) -> Translation:
    """The translation with its shares made into the one setting `config_parameters`.

    Where there are queues, a limit becomes a rule of each of them: AWS takes either queues or limits. Source: API
    reference, CreateWorkgroup.configParameters.
    """
    parameters = dict(translation.config_parameters)
    limits = {key: parameters[key] for key in sorted(parameters) if key.startswith(LIMIT_PREFIX)}
    findings: tuple[Finding, ...] = ()
    if WLM_PARAMETER in parameters and limits:
        parameters = {key: value for key, value in parameters.items() if key not in limits}
        limits = {key: value for key, value in limits.items() if not is_endless(key, value)}
    if WLM_PARAMETER in parameters and limits:
        parameters[WLM_PARAMETER], findings = _limits_as_rules(parameters[WLM_PARAMETER], limits)
    settings: dict[str, Any] = dict(translation.settings)
    if parameters:
        settings["config_parameters"] = tuple(sorted(parameters.items()))
    return translation.model_copy(
        update={"settings": settings, "config_parameters": {}, "findings": translation.findings + findings}
    )


def _limits_as_rules(wlm: str, limits: dict[str, str]) -> tuple[str, tuple[Finding, ...]]:
    queues: list[JsonObject] = parse_queues(wlm) or []
    taken = {str(rule["rule_name"]) for queue in queues for rule in rules_of(queue)}
    more = [_with_rules(queue, limits, taken) for queue in queues]
    told = cite(f"{key} = {value}" for key, value in limits.items())
    fits = sum(len(rules_of(queue)) for queue in more) <= MOST_RULES and len(compact(more)) <= MOST_CHARACTERS
    if not fits:
        message = (
            f"{told} cannot stand beside queues, and as a rule of each queue it would be more than AWS takes. It is "
            "not carried: use ALTER USER ... SET statement_timeout."
        )
        return wlm, (about.warning("query limits", message, told, "none"),)
    message = (
        f"{told} cannot stand beside queues, so each queue has it as a rule. Queries that no queue catches are not "
        "limited: use ALTER USER ... SET statement_timeout for their users."
    )
    return compact(more), (about.warning("query limits", message, told, "a rule of each queue"),)


def _with_rules(queue: JsonObject, limits: dict[str, str], taken: set[str]) -> JsonObject:
    rules = [
        abort_rule(unique(key, taken, LONGEST_RULE_NAME), key.removeprefix(LIMIT_PREFIX), int(value))
        for key, value in limits.items()
    ]
    return {**queue, "rules": [*rules_of(queue), *rules]}
