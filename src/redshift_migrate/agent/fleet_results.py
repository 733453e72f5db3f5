"""Many clusters, waves, costs and several runs → the compact JSON that tools answer with: counts first, few rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from redshift_migrate.agent.plan_results import Result
from redshift_migrate.assessment.telling import tell_after, tell_figure, tell_range, tell_today, usd
from redshift_migrate.migration.many import Ended
from redshift_migrate.models.base import Unknown
from redshift_migrate.models.cost import Activity, Estimate, Figure
from redshift_migrate.models.fleet import READINESS, WORDS, Fleet, FleetPlan, Member, Readiness, count_by_place
from redshift_migrate.models.listing import place_of
from redshift_migrate.models.plan import MigrationPlan

MOST_NAMED = 10
"""Clusters of each kind that are named; how many there are is always said."""
MOST_WAVES = 12
SHORT = 12
"""Characters of a digest."""


def fleet_result(fleet: Fleet, members: Sequence[Member], plan: FleetPlan | None) -> Result:
    """How many are how ready, where, and why not; those that stop are named."""
    codes = Counter(code for each in members for code in each.codes)
    controls = Counter(control for each in members for control in each.controls)
    named = {
        WORDS[kind]: [
            f"{each.cluster.cluster_id} in {place_of(each.cluster)}: {', '.join(each.codes or each.not_known)}"
            for each in found
        ]
        for kind in ("blocked", "unknown")
        if (found := [each for each in members if each.readiness == kind][:MOST_NAMED])
    }
    return {
        "clusters": len(members),
        **({"of": len(fleet.members)} if len(members) != len(fleet.members) else {}),
        "readiness": {WORDS[kind]: sum(each.readiness == kind for each in members) for kind in READINESS},
        "by_region": {where: _in_short(found) for where, found in count_by_place(members).items()},
        "why": dict(codes.most_common()),
        **({"would_fail_controls": dict(controls.most_common())} if controls else {}),
        **({"first": named} if named else {}),
        **_unreadable(fleet),
        **({"room_for_namespaces": room} if (room := _room(fleet)) else {}),
        **({"datashares_between_clusters": ties} if (ties := _ties(fleet)) else {}),
        "looked_at": "cluster, nodes, network, encryption, parameters; the rest is told by a plan of each",
        **({"waves": len(plan.waves), "planned_clusters": len(plan.digests)} if plan else {}),
        "next": "say: plan wave 1" if plan else "say: plan the waves",
    }


def _room(fleet: Fleet) -> dict[str, int]:
    """How many namespaces may still be made, by region and account, where that is known."""
    return {each.where: each.namespaces for each in fleet.rooms if each.namespaces is not None}


def _ties(fleet: Fleet) -> int:
    """Datashares of which both ends are clusters that were found."""
    arns = {each.namespace_arn for each in fleet.members}
    return sum(each.producer_arn in arns and each.consumer in arns for each in fleet.shares)


def _unreadable(fleet: Fleet) -> Result:
    return {"unreadable": {each.where: each.reason for each in fleet.unreadable}} if fleet.unreadable else {}


def waves_result(plan: FleetPlan, number: int | None) -> Result:
    """The waves in short; the wave that was asked for with the plans of its clusters."""
    if number is not None:
        return _wave_result(plan, number)
    why = Counter(each.partition(":")[0] for each in plan.waiting.values())
    return {
        "clusters": len(plan.fleet.members),
        "waves": [
            f"{each.number}: {each.about}, {len(each.keys)} clusters, about {each.minutes} min"
            + (f"; {', '.join(each.notes)}" if each.notes else "")
            for each in plan.waves[:MOST_WAVES]
        ],
        **({"waves_not_shown": len(plan.waves) - MOST_WAVES} if len(plan.waves) > MOST_WAVES else {}),
        "in_no_wave": dict(why.most_common()),
        **({"left_out": list(plan.left_out[:MOST_NAMED])} if plan.left_out else {}),
        **_unreadable(plan.fleet),
        "next": "say: plan wave 1. It makes a plan for each of its clusters; nothing is approved by that",
    }


def _wave_result(plan: FleetPlan, number: int) -> Result:
    wave = plan.waves[number - 1]
    names = {each.key: each.cluster.cluster_id for each in plan.fleet.members}
    planned = {names[key]: plan.digests[key][:SHORT] for key in wave.keys if key in plan.digests}
    failed = {names[key]: plan.failed[key] for key in wave.keys if key in plan.failed}
    return {
        "wave": number,
        "about": wave.about,
        "minutes": wave.minutes,
        "decisions": list(wave.notes),
        "plans": planned,
        **({"not_planned": failed} if failed else {}),
        "next": "say: show plan DIGEST; then: apply plans DIGEST and DIGEST. Each is approved by a person, of its own"
        if planned
        else "none of them can be planned from here",
    }


def estimate_result(made: Estimate) -> Result:
    """Today against after, each figure with its formula, and what to think of it."""
    return {
        "cluster_id": made.cluster_id,
        "region": made.region,
        "nodes": made.nodes,
        "base_capacity_rpu": made.base_capacity_rpu,
        "today_a_month": tell_today(made),
        "serverless_a_month": tell_after(made),
        "today": _figures(made.today),
        "serverless": _figures(made.after),
        "once": _figures(made.once),
        "active": _tell_activity(made.activity),
        **({"break_even_active_share": f"{made.break_even_share:.0%}"} if made.break_even_share is not None else {}),
        **({"most_an_hour": usd(made.ceiling_usd_hour)} if made.ceiling_usd_hour is not None else {}),
        **({"usage_limit_rpu_hours_for_todays_cost": made.usage_limit_rpu_hours} if made.usage_limit_rpu_hours else {}),
        "advice": list(made.advice),
        "left_out": list(made.left_out),
        **({"note": made.prices.note} if made.prices.note else {}),
    }


def _tell_activity(activity: Activity | Unknown) -> str:
    if isinstance(activity, Unknown):
        return activity.sentence()
    return f"{activity.share:.1%} of the minutes from {activity.start} to {activity.end} ({activity.method})"


def cost_in_short(made: Estimate) -> Result:
    """What stands beside a plan of the cluster."""
    if made.today_total is None or made.after_range is None:
        return {}
    return {
        "cost_a_month": f"{usd(made.today_total)} today, {tell_range(made.after_range)} on serverless, {made.at[:10]}"
    }


def ends_result(ends: Sequence[Ended]) -> Result:
    """What came of several plans that ran side by side."""
    done = sum(each.outcome is not None for each in ends)
    return {
        "status": "success" if done == len(ends) else "partly" if done else "error",
        "message": f"{done} of {len(ends)} plans are carried out, each with a run of its own.",
        "runs": [_end(each) for each in ends],
    }


def _end(end: Ended) -> Result:
    told: Result = {"plan_digest": end.plan.digest[:SHORT], "title": end.plan.title}
    if end.outcome is None:
        return told | {"status": end.code, "message": end.message, "hint": end.hint}
    return told | {"status": end.outcome.status, "migration_id": end.outcome.migration_id}


def waiting_result(plans: Sequence[MigrationPlan]) -> Result:
    """Several plans that wait for a person."""
    return {
        "status": "approval_required",
        "message": f"{len(plans)} plans wait for a person's approval, each of its own. Nothing was changed.",
        "plans": {each.title: each.digest[:SHORT] for each in plans},
    }


def _in_short(found: Counter[Readiness]) -> str:
    return ", ".join(f"{found[kind]} {WORDS[kind]}" for kind in READINESS if found[kind])


def _figures(figures: Sequence[Figure]) -> list[str]:
    return [
        f"{each.name}: {tell_figure(each)} = {each.formula} "
        f"({'; '.join(f'{name} {value}' for name, value in each.inputs)}"
        + (f"; {each.source}, {each.date})" if each.source else ")")
        for each in figures
    ]
