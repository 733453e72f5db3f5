"""Steps that bring the usage limits of a workgroup to what is wanted: all of them, and no others."""

from __future__ import annotations

from redshift_migrate.models.base import JsonObject
from redshift_migrate.models.finding import Subject
from redshift_migrate.models.plan import Call, Check, Step, ref
from redshift_migrate.models.serverless import UsageLimit, UsageLimitObserved
from redshift_migrate.planner.building import Place, hash_of, literal, make_step

_BREACH = "(breachAction == 'disable' && 'deactivate') || breachAction"
"""The service has been seen to answer `disable` for a limit that deactivates."""


def plan_usage_limits(
    wanted: tuple[UsageLimit, ...], present: tuple[UsageLimitObserved, ...], place: Place
) -> tuple[Step, ...]:
    """Delete what is too much, update amount and action in place, create the rest. Type and period stay for good.

    Limits that are wholly alike count as one.
    """
    left = [one for one in present if one.limit not in wanted]
    missing = [limit for limit in dict.fromkeys(wanted) if all(one.limit != limit for one in present)]
    updates: list[Step] = []
    creates: list[Step] = []
    for limit in missing:
        old = _closest(limit, left)
        if old is None:
            creates.append(_create(limit, place))
        else:
            left.remove(old)
            updates.append(_update(limit, old, place))
    return (*(_delete(old, place) for old in left), *updates, *creates)


def _closest(limit: UsageLimit, left: list[UsageLimitObserved]) -> UsageLimitObserved | None:
    """A limit of the same type and period, best with the same action, that can become the wanted one."""
    alike = [one for one in left if (one.limit.usage_type, one.limit.period) == (limit.usage_type, limit.period)]
    return min(alike, key=lambda one: one.limit.breach_action != limit.breach_action, default=None)


def _create(limit: UsageLimit, place: Place) -> Step:
    id_ = f"usage_limits.create.{_key(limit)}"
    return make_step(
        id=id_,
        subject=Subject.USAGE_LIMITS,
        summary=f"Limit workgroup {place.workgroup_name}: {told(limit)}",
        call=_create_call(limit, place),
        check=_listed(limit, place, is_there_after=True),
        undo=place.call("DeleteUsageLimit", {"usageLimitId": ref(id_, "usage_limit_id")}),
    )


def _update(limit: UsageLimit, old: UsageLimitObserved, place: Place) -> Step:
    def call(to: UsageLimit) -> Call:
        parameters = {"usageLimitId": old.usage_limit_id, "amount": to.amount, "breachAction": to.breach_action}
        return place.call("UpdateUsageLimit", parameters)

    def seen(one: UsageLimit) -> JsonObject:
        return {"amount": one.amount, "breachAction": one.breach_action}

    return make_step(
        id=f"usage_limits.update.{_key(limit)}",
        subject=Subject.USAGE_LIMITS,
        summary=f"Change a limit of workgroup {place.workgroup_name}: {told(limit)}, not {told(old.limit)}",
        call=call(limit),
        check=Check(
            call=place.call("GetUsageLimit", {"usageLimitId": old.usage_limit_id}),
            select=hash_of("usageLimit", {"amount": "amount", "breachAction": _BREACH}),
            before=seen(old.limit),
            after=seen(limit),
        ),
        undo=call(old.limit),
    )


def _delete(old: UsageLimitObserved, place: Place) -> Step:
    """By id, the only name that a limit has."""
    seen = {"amount": "amount", "breachAction": _BREACH}
    there: JsonObject = {"amount": old.limit.amount, "breachAction": old.limit.breach_action}
    return make_step(
        id=f"usage_limits.delete.{_key(old.limit)}.{old.usage_limit_id}",
        subject=Subject.USAGE_LIMITS,
        summary=f"Remove a limit of workgroup {place.workgroup_name}: {told(old.limit)}",
        call=place.call("DeleteUsageLimit", {"usageLimitId": old.usage_limit_id}),
        check=Check(
            call=place.call("GetUsageLimit", {"usageLimitId": old.usage_limit_id}),
            select=hash_of("usageLimit", seen),
            before=there,
            after=None,
        ),
        undo=_create_call(old.limit, place),
        undo_check=_listed(old.limit, place, is_there_after=False),
    )


def _create_call(limit: UsageLimit, place: Place) -> Call:
    return place.call(
        "CreateUsageLimit",
        {
            "resourceArn": place.workgroup_arn,
            "usageType": limit.usage_type,
            "amount": limit.amount,
            "period": limit.period,
            "breachAction": limit.breach_action,
        },
    )


def _listed(limit: UsageLimit, place: Place, *, is_there_after: bool) -> Check:
    """Whether the workgroup has such a limit. A workgroup has few, so one page holds them all."""
    there: JsonObject = {"amount": limit.amount, "period": limit.period, "breachAction": limit.breach_action}
    alike = (
        f"usageLimits[?period == {literal(limit.period)} && amount == {literal(limit.amount)} && "
        f"({_BREACH}) == {literal(limit.breach_action)}] | [0]"
    )
    return Check(
        call=place.call("ListUsageLimits", {"resourceArn": place.workgroup_arn, "usageType": limit.usage_type}),
        select=hash_of(alike, {"amount": "amount", "period": "period", "breachAction": _BREACH}),
        before=None if is_there_after else there,
        after=there if is_there_after else None,
        outputs={"usage_limit_id": f"{alike}.usageLimitId"},
    )


def _key(limit: UsageLimit) -> str:
    return f"{limit.usage_type}-{limit.period}-{limit.breach_action}-{limit.amount}"


def told(limit: UsageLimit) -> str:
    """A limit in words."""
    unit = "RPU-hours" if limit.usage_type == "serverless-compute" else "TB"
    return f"{limit.amount} {unit} {limit.period} of {limit.usage_type}, then {limit.breach_action}"
