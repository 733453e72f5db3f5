"""What a cluster runs, limits and queues → the compact JSON of the tools that show it, with what becomes of each."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from redshift_migrate.agent.plan_results import Result
from redshift_migrate.agent.results import findings_result, run_result
from redshift_migrate.migration.running import Outcome
from redshift_migrate.models.base import Unknown
from redshift_migrate.models.choices import migration_choices
from redshift_migrate.models.cluster import ClusterUsageLimit, ProvisionedClusterConfig
from redshift_migrate.models.finding import Finding, Subject
from redshift_migrate.models.scheduled_query import EVERYTHING, ScheduledQuery
from redshift_migrate.translators.capacity import base_capacity_rpu
from redshift_migrate.translators.next_run import next_run
from redshift_migrate.translators.parameters import WLM_PARAMETER
from redshift_migrate.translators.query_roles import verdict_of
from redshift_migrate.translators.scheduled_queries import Pair, pair_queries, translate_scheduled_queries, why_not
from redshift_migrate.translators.usage_limits import translate_limit, translate_usage_limits
from redshift_migrate.translators.wlm import role_lines, translate_wlm
from redshift_migrate.translators.wlm_queues import translated_queues
from redshift_migrate.translators.wlm_reading import parse_queues

MOST_QUERIES = 50
_SETTINGS_ONLY = {"short_query_queue", "max_short_query_queue_time", "auto_wlm"}


def scheduled_queries_result(cluster: ProvisionedClusterConfig, now: datetime) -> Result:
    """Every scheduled query, when it runs next, as whom, and whether its role could run it on serverless."""
    queries = cluster.scheduled_queries
    choices = migration_choices(cluster.cluster_id)
    findings = [
        finding
        for finding in translate_scheduled_queries(cluster, choices).findings
        if finding.subject is Subject.SCHEDULED_QUERIES
    ]
    head: Result = {"cluster_id": cluster.cluster_id, "region": cluster.region}
    if isinstance(queries, Unknown):
        return head | {"scheduled_queries": queries.sentence(), "findings": findings_result(tuple(findings))}
    pairs = {(pair.old.place, pair.old.target_id): pair for pair in pair_queries(cluster, choices.workgroup_name)}
    known = [query for query in queries if query.name != EVERYTHING]
    shown = [_query(query, pairs.get((query.place, query.target_id)), cluster, now) for query in known[:MOST_QUERIES]]
    return head | {
        "count": len(known),
        "complete": all(query.unread is None for query in queries),
        "scheduled_queries": shown,
        **({"not_shown": len(known) - MOST_QUERIES} if len(known) > MOST_QUERIES else {}),
        "findings": findings_result(tuple(findings)),
    }


def _query(query: ScheduledQuery, pair: Pair | None, cluster: ProvisionedClusterConfig, now: datetime) -> Result:
    place = {"kind": query.home, "name": query.name, "event_bus" if query.home == "rule" else "group": query.group}
    if query.unread is not None:
        return {**place, "unread": query.unread.sentence()}
    when = query.schedule_expression
    zone = query.schedule_expression_timezone
    dates = (query.start_date, query.end_date)
    runs = next_run(when, zone, now, *dates) if when and query.enabled and not query.has_ended else None
    if pair is None:
        on_serverless: Any = f"not carried: {why_not(query)}"
    else:
        copy = pair.new.model_copy(update={"role": query.role})
        can = {"yes": "can run it", "no": "cannot run it", "cannot tell": "cannot be told whether it can run it"}
        on_serverless = (
            f"role {can[verdict_of(copy, cluster, migration_choices(cluster.cluster_id).namespace_name).answer]}"
        )
    told = {
        **place,
        "target_id": query.target_id,
        "state": "on" if query.enabled else "off",
        "schedule": when or "on events",
        "event_pattern": query.event_pattern,
        "time_zone": zone or "UTC",
        "next_run": runs,
        "database": query.database,
        "db_user": query.db_user,
        "secret_arn": query.secret_arn,
        "role_arn": query.role_arn,
        "statement_name": query.statement_name,
        "sql": query.sql,
        "sqls": list(query.sqls) or None,
        "sql_characters": len(query.sql or "") + sum(map(len, query.sqls)),
        "other_targets": list(query.other_targets) or None,
        "on_serverless": on_serverless,
    }
    return {name: value for name, value in told.items() if value is not None}


def usage_limits_result(cluster: ProvisionedClusterConfig) -> Result:
    """Every usage limit with what it becomes on a workgroup of the size that a migration would choose."""
    choices = migration_choices(cluster.cluster_id)
    head: Result = {"cluster_id": cluster.cluster_id, "region": cluster.region}
    findings = findings_result(_not_about_one(translate_usage_limits(cluster, choices).findings))
    limits = cluster.usage_limits
    if isinstance(limits, Unknown):
        return head | {"usage_limits": limits.sentence(), "findings": findings}
    base_rpu = base_capacity_rpu(cluster, choices)
    return head | {
        "base_capacity_rpu": base_rpu,
        "count": len(limits),
        "usage_limits": [_limit(limit, base_rpu) for limit in limits],
        "findings": findings,
    }


def _limit(limit: ClusterUsageLimit, base_rpu: int) -> Result:
    becomes = translate_limit(limit, base_rpu)
    return {
        **limit.as_json(),
        "unit": "minutes" if limit.limit_type == "time" else "TB",
        "action": becomes.action,
        "on_serverless": becomes.wanted.as_json() if becomes.wanted else None,
        "message": becomes.message,
    }


def _not_about_one(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """Each limit tells its own sentence, so those are not repeated."""
    return tuple(finding for finding in findings if finding.setting == "usage limits")


def wlm_queues_result(cluster: ProvisionedClusterConfig) -> Result:
    """Every WLM queue, named or not, with its routing and rules, and what of it survives."""
    choices = migration_choices(cluster.cluster_id)
    head: Result = {
        "cluster_id": cluster.cluster_id,
        "region": cluster.region,
        "parameter_group_name": cluster.parameter_group_name,
    }
    findings = findings_result(translate_wlm(cluster, choices).findings)
    if isinstance(cluster.parameters, Unknown):
        return head | {"queues": cluster.parameters.sentence(), "findings": findings}
    parameter = next((each for each in cluster.parameters if each.name == WLM_PARAMETER and each.value), None)
    if parameter is None:
        default = "the default: automatic WLM, one queue"
        return head | {"configuration": default, "queues": [], "findings": findings}
    elements = parse_queues(parameter.value or "")
    if elements is None:
        return head | {"configuration": "cannot be read", "queues": [], "findings": findings}
    groups = translated_queues(elements).groups
    return head | {
        "pending_reboot": parameter.pending_reboot,
        "queues": [_queue(number, element) for number, element in enumerate(elements, 1)],
        **({"roles_for_user_groups": [role_lines((group,)) for group in groups]} if groups else {}),
        "findings": findings,
    }


def _queue(number: int, element: dict[str, Any]) -> Result:
    name = str(element.get("name") or f"queue {number}")
    survives = translated_queues([{**element, "name": name}])
    routing = ("user_group", "user_role", "query_group")
    queue = survives.queues[0] if survives.queues else None
    is_settings = set(element) <= _SETTINGS_ONLY
    return {
        "name": name,
        "named": bool(element.get("name")),
        "kind": "settings" if is_settings else "automatic" if _is_automatic(element) else "manual",
        "default": not is_settings and not any(element.get(key) for key in routing),
        **{key: element[key] for key in (*routing, "query_concurrency", "memory_percent_to_use") if element.get(key)},
        **{key: element[key] for key in ("priority", "concurrency_scaling", "max_execution_time") if element.get(key)},
        "rules": _rules(element.get("rules")),
        "on_serverless": {**queue, "rules": _rules(queue.get("rules"))} if queue else None,
        "lost": [*survives.lost, *survives.handled],
    }


def _rules(rules: Any) -> list[str]:
    """`name: metric > value and … -> action`, one line a rule; what cannot be read stays as it is."""
    return [_rule(rule) for rule in rules] if isinstance(rules, list) else []


def _rule(rule: Any) -> str:
    predicates = rule.get("predicate") if isinstance(rule, dict) else None
    if not isinstance(predicates, list) or not all(isinstance(each, dict) for each in predicates):
        return str(rule)
    tests = " and ".join(f"{each.get('metric_name')} {each.get('operator')} {each.get('value')}" for each in predicates)
    return f"{rule.get('rule_name')}: {tests} -> {rule.get('action')}"


def _is_automatic(element: dict[str, Any]) -> bool:
    return bool(element.get("auto_wlm")) or str(element.get("queue_type") or "").lower() == "auto"


def cut_over_result(outcome: Outcome) -> Result:
    """What was switched, pair by pair, and what was left; nothing switched is not the same as everything done."""
    result = run_result(outcome)
    pairs = [change.as_compact_json() for change in outcome.plan.changes]
    if outcome.status == "unchanged":
        left = any(change.on_cluster == "on" for change in outcome.plan.changes)
        said = "Nothing was switched; the findings say why." if left else "Nothing is left to switch."
        result["message"] = f"{outcome.plan.title}: {said}"
    return result | {"pairs": pairs}
