"""What stands beside a plan where a person decides about it: who is looking, and what the cluster costs."""

from __future__ import annotations

from redshift_migrate.assessment.telling import tell_after, tell_today
from redshift_migrate.models.cost import Estimate
from redshift_migrate.models.place import Place


def beside(place: Place, profile: str | None, estimate: Estimate | None) -> tuple[str, ...]:
    """A line for each that is known. It is no part of the plan, and of its digest."""
    return (*_tell_caller(place, profile), *_tell_cost(estimate))


def _tell_caller(place: Place, profile: str | None) -> tuple[str, ...]:
    if place.arn is None:
        return ()
    alias = f"; the account is called {place.alias}" if place.alias else ""
    return (f"As {place.arn}{f', profile {profile}' if profile else ''}{alias}.",)


def _tell_cost(estimate: Estimate | None) -> tuple[str, ...]:
    if estimate is None:
        return ()
    limit = (
        f" A usage limit of {estimate.usage_limit_rpu_hours:,} RPU-hours a month keeps compute at today's cost."
        if estimate.usage_limit_rpu_hours
        else ""
    )
    return (
        f"A month, estimated {estimate.at[:10]}: {tell_today(estimate)} today, {tell_after(estimate)} on serverless at "
        f"{estimate.base_capacity_rpu} RPU (/cost {estimate.cluster_id}).{limit}",
    )
