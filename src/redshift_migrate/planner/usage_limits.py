"""Steps that bring the usage limits of a workgroup to what is wanted: all of them, and no others."""

from __future__ import annotations

from redshift_migrate.models.finding import Subject
from redshift_migrate.models.plan import Call, Check, Step, ref
from redshift_migrate.models.serverless import UsageLimit, UsageLimitObserved
from redshift_migrate.models.settings import USAGE_LIMIT, send_all, tell_limit, values_of
from redshift_migrate.planner.building import Place, make_step

CHANGEABLE = tuple(row for row in USAGE_LIMIT if row.member in ("amount", "breach_action"))
"""What an update can change. Source: API reference, UpdateUsageLimit."""


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
        summary=f"Limit workgroup {place.workgroup_name}: {tell_limit(limit)}",
        call=_create_call(limit, place),
        check=_alike(limit, place, is_there_after=True),
        undo=place.call("DeleteUsageLimit", {"usageLimitId": ref(id_, "usage_limit_id")}),
    )


def _update(limit: UsageLimit, old: UsageLimitObserved, place: Place) -> Step:
    def call(to: UsageLimit) -> Call:
        parameters = {"usageLimitId": old.usage_limit_id, **send_all(CHANGEABLE, values_of(CHANGEABLE, to))}
        return place.call("UpdateUsageLimit", parameters)

    return make_step(
        id=f"usage_limits.update.{_key(limit)}",
        subject=Subject.USAGE_LIMITS,
        summary=f"Change a limit of workgroup {place.workgroup_name}: {tell_limit(limit)}, not {tell_limit(old.limit)}",
        call=call(limit),
        check=Check(
            reading=place.reading("usage_limit", usage_limit_id=old.usage_limit_id),
            before=values_of(USAGE_LIMIT, old.limit),
            after=values_of(USAGE_LIMIT, limit),
        ),
        undo=call(old.limit),
    )


def _delete(old: UsageLimitObserved, place: Place) -> Step:
    """By id, the only name that a limit has."""
    return make_step(
        id=f"usage_limits.delete.{_key(old.limit)}.{old.usage_limit_id}",
        subject=Subject.USAGE_LIMITS,
        summary=f"Remove a limit of workgroup {place.workgroup_name}: {tell_limit(old.limit)}",
        call=place.call("DeleteUsageLimit", {"usageLimitId": old.usage_limit_id}),
        check=Check(
            reading=place.reading("usage_limit", usage_limit_id=old.usage_limit_id),
            before=values_of(USAGE_LIMIT, old.limit),
            after=None,
        ),
        undo=_create_call(old.limit, place),
        undo_check=_alike(old.limit, place, is_there_after=False),
    )


def _create_call(limit: UsageLimit, place: Place) -> Call:
    parameters = {"resourceArn": place.workgroup_arn, **send_all(USAGE_LIMIT, values_of(USAGE_LIMIT, limit))}
    return place.call("CreateUsageLimit", parameters)


def _alike(limit: UsageLimit, place: Place, *, is_there_after: bool) -> Check:
    """Whether the workgroup has such a limit."""
    values = values_of(USAGE_LIMIT, limit)
    return Check(
        reading=place.reading("usage_limit_alike", resource_arn=place.workgroup_arn, **values),
        before=None if is_there_after else values,
        after=values if is_there_after else None,
        outputs=("usage_limit_id",),
    )


def _key(limit: UsageLimit) -> str:
    return f"{limit.usage_type}-{limit.period}-{limit.breach_action}-{limit.amount}"
