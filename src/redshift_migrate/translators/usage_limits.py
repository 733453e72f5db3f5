"""Usage limits: one kind is carried exactly, one becomes a suggested limit that never stops queries, two have none."""

from __future__ import annotations

import math

from redshift_migrate.models.base import Unknown, Value
from redshift_migrate.models.choices import MigrationChoices
from redshift_migrate.models.cluster import ClusterUsageLimit, ProvisionedClusterConfig
from redshift_migrate.models.finding import Finding, Level, Subject
from redshift_migrate.models.plan import Action, SettingChange
from redshift_migrate.models.serverless import UsageLimit
from redshift_migrate.models.settings import limit_member, tell_limit
from redshift_migrate.translators.capacity import base_capacity_rpu
from redshift_migrate.translators.translation import About, Translation

MOST_LIMITS = 4
"""Of one workgroup. Source: Management Guide, "Setting usage limits"."""

PERIODS = ("daily", "weekly", "monthly")
BREACH_ACTIONS = {"log": "log", "emit-metric": "emit-metric", "disable": "deactivate"}
GENTLE_ACTIONS = {"log": "log", "emit-metric": "emit-metric", "disable": "emit-metric"}
"""`deactivate` turns off every user query of the workgroup, not one feature, so nothing is translated into it unless
it says the same. Source: Management Guide, "Setting usage limits"."""

about = About(Subject.USAGE_LIMITS)


class TranslatedLimit(Value):
    """What one limit of the cluster becomes, and the sentence about it."""

    limit: ClusterUsageLimit
    wanted: UsageLimit | None = None
    action: Action
    level: Level
    message: str


def translate_usage_limits(cluster: ProvisionedClusterConfig, choices: MigrationChoices) -> Translation:
    """All limits of the workgroup. A cluster without limits wishes none away."""
    limits = cluster.usage_limits
    if isinstance(limits, Unknown):
        consequence = "Limits that it has are not carried."
        return Translation(findings=(about.unknown("warning", "usage limits", limits, consequence),))
    if not limits:
        return Translation(
            changes=(about.row("usage limits", "none", "none", "carried"),),
            findings=(_suggestion(),),
        )
    base_rpu = base_capacity_rpu(cluster, choices)
    translated = [translate_limit(limit, base_rpu) for limit in limits]
    # The exact ones first: if there are too many, it is not those that are left out.
    wanted = {each.wanted: None for each in sorted(translated, key=lambda each: each.action != "carried")}
    wanted.pop(None, None)
    kept = sorted((limit for limit in list(wanted)[:MOST_LIMITS] if limit), key=_order)
    findings = [_finding(each) for each in translated]
    if len(wanted) > MOST_LIMITS:
        message = f"A workgroup has at most {MOST_LIMITS} limits; {len(wanted) - MOST_LIMITS} of these are left out."
        findings.append(about.warning("usage limits", message, str(len(limits)), str(MOST_LIMITS)))
    return Translation(
        settings={"usage_limits": tuple(kept)} if kept else {},
        changes=tuple(_row(each, kept) for each in translated),
        findings=tuple(findings),
    )


def translate_limit(limit: ClusterUsageLimit, base_rpu: int) -> TranslatedLimit:
    """One limit for a workgroup with that base capacity. Source: API references, CreateUsageLimit of both products."""
    if limit.period not in PERIODS or limit.breach_action not in BREACH_ACTIONS or limit.amount < 1:
        message = f"The limit {say(limit)} cannot be read: its period, action or amount is not one that AWS documents."
        return TranslatedLimit(limit=limit, action="not carried", level="warning", message=message)
    if limit.feature_type == "cross-region-datasharing":
        return _cross_region(limit)
    if limit.feature_type == "concurrency-scaling" and limit.limit_type == "time":
        return _concurrency_scaling(limit, base_rpu)
    return TranslatedLimit(limit=limit, action="not carried", level="warning", message=_without_counterpart(limit))


def say(limit: ClusterUsageLimit) -> str:
    """A limit of a cluster in words."""
    unit = "minutes" if limit.limit_type == "time" else "TB"
    return f"{limit.feature_type}: {limit.amount} {unit} {limit.period}, then {limit.breach_action}"


def _cross_region(limit: ClusterUsageLimit) -> TranslatedLimit:
    wanted = UsageLimit.model_validate(
        {
            "usage_type": "cross-region-datasharing",
            "amount": limit.amount,
            "period": limit.period,
            "breach_action": BREACH_ACTIONS[limit.breach_action],
        }
    )
    if limit.breach_action != "disable":
        message = f"The limit {say(limit)} is carried exactly: TB are TB."
        return TranslatedLimit(limit=limit, wanted=wanted, action="carried", level="info", message=message)
    message = (
        f"The limit {say(limit)} is carried; disable is called deactivate on serverless, and AWS describes that as "
        "turning off user queries of the workgroup. Choose emit-metric there if that is too much."
    )
    return TranslatedLimit(limit=limit, wanted=wanted, action="carried", level="warning", message=message)


def _concurrency_scaling(limit: ClusterUsageLimit, base_rpu: int) -> TranslatedLimit:
    hours = max(1, math.ceil(limit.amount * base_rpu / 60))
    action = GENTLE_ACTIONS[limit.breach_action]
    wanted = UsageLimit.model_validate(
        {"usage_type": "serverless-compute", "amount": hours, "period": limit.period, "breach_action": action}
    )
    message = (
        f"The limit {say(limit)} has no equal: serverless does not bill extra clusters apart. Suggested instead, for "
        f"all compute of the workgroup: {limit.amount} minutes / 60 x {base_rpu} RPU = {hours} RPU-hours "
        f"{limit.period}, then {action}. It only reports, and never stops queries: the other choice, deactivate, would "
        "turn off every user query. As it counts all compute it is reached sooner than the old one; adjust the amount "
        "after some days."
    )
    return TranslatedLimit(limit=limit, wanted=wanted, action="translated", level="warning", message=message)


def _without_counterpart(limit: ClusterUsageLimit) -> str:
    if limit.feature_type == "spectrum":
        return (
            f"The limit {say(limit)} has no counterpart: scans of the data lake are billed as RPU like everything "
            "else. A limit of serverless-compute, or a query limit such as max_query_blocks_read, can take its place."
        )
    if limit.feature_type == "extra-compute-for-automatic-optimization":
        return f"The limit {say(limit)} has no counterpart: serverless can only switch that extra compute on or off."
    return f"The limit {say(limit)} has no counterpart on serverless."


def _suggestion() -> Finding:
    return about.info(
        "usage limits",
        "The cluster has no usage limits, so the workgroup gets none. Serverless bills what it uses: a limit of "
        "serverless-compute with emit-metric is a cheap warning.",
        "none",
        "none",
    )


def _finding(each: TranslatedLimit) -> Finding:
    return Finding(
        level=each.level,
        subject=Subject.USAGE_LIMITS,
        setting="usage limit",
        message=each.message,
        on_cluster=say(each.limit),
        after=tell_limit(each.wanted) if each.wanted else "none",
    )


def _row(each: TranslatedLimit, kept: list[UsageLimit]) -> SettingChange:
    is_kept = each.wanted is not None and each.wanted in kept
    after = tell_limit(each.wanted) if each.wanted and is_kept else "none"
    return about.row("usage limit", say(each.limit), after, each.action if is_kept else "not carried", _member(each))


def _member(each: TranslatedLimit) -> str:
    return limit_member(each.wanted) if each.wanted else ""


def _order(limit: UsageLimit) -> tuple[str, str, str, int]:
    return (limit.usage_type, limit.period, limit.breach_action, limit.amount)
