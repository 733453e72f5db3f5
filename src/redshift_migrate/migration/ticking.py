"""Ticking off a plan's checklist."""

from __future__ import annotations

from collections.abc import Collection

from redshift_migrate.errors import SettingsError
from redshift_migrate.models.journal import Ticks
from redshift_migrate.models.plan import MigrationPlan
from redshift_migrate.planner.checklist import checklist


def tick(plan: MigrationPlan, done: Collection[str], code: str, *, is_done: bool) -> Ticks:
    """What is done with that code ticked, or open again. SettingsError for a code that is not on the checklist."""
    codes = [item.code for item in checklist(plan.findings, ())]
    if code not in codes:
        raise SettingsError(
            f"The checklist of plan {plan.digest[:12]} has no {code!r}. Nothing was ticked.",
            hint=f"On it: {', '.join(dict.fromkeys(codes)) or 'nothing'}.",
        )
    kept = tuple(each for each in dict.fromkeys((*done, code)) if is_done or each != code)
    return Ticks(plan_digest=plan.digest, done=kept)
