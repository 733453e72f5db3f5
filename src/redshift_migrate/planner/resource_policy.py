"""The step that puts the wanted resource policy on a namespace."""

from __future__ import annotations

import json

from redshift_migrate.models.base import canonical_json
from redshift_migrate.models.finding import Subject
from redshift_migrate.models.plan import Call, Check, Step
from redshift_migrate.planner.building import Place, make_step

PUT_ID = "sharing.resource_policy"
NO_POLICY = ""
"""How a configuration says that there is no policy, or that none is wanted."""


def normalised_policy(text: str) -> str:
    """The policy in one spelling, so that equal ones are equal texts; what is no JSON stays as it is."""
    try:
        return canonical_json(json.loads(text)) if text else NO_POLICY
    except ValueError:
        return text


def plan_resource_policy(wanted: str, now: str, place: Place) -> tuple[Step, ...]:
    """One PutResourcePolicy (of provisioned Redshift, with the serverless ARN), or a deletion, or nothing."""
    old, new = normalised_policy(now), normalised_policy(wanted)
    if old == new:
        return ()
    return (
        make_step(
            id=PUT_ID,
            subject=Subject.SHARING,
            summary=f"{'Put' if new else 'Remove'} the resource policy of namespace {place.namespace_name}",
            call=_call(new, place),
            check=Check(
                call=place.call("GetResourcePolicy", {"ResourceArn": place.namespace_arn}, service="redshift"),
                select="ResourcePolicy.Policy || `null`",
                # What AWS answered is compared as text, and a policy of before may be spelled in another way.
                before=now or None,
                after=new or None,
                absent_codes=("ResourceNotFoundFault", "ResourceNotFound", "ResourceNotFoundException"),
            ),
            undo=_call(now, place),
            interrupts="" if new else "Integrations and accounts that the policy admitted are shut out.",
        ),
    )


def _call(policy: str, place: Place) -> Call:
    if policy:
        parameters = {"ResourceArn": place.namespace_arn, "Policy": policy}
        return place.call("PutResourcePolicy", parameters, service="redshift")
    return place.call("DeleteResourcePolicy", {"ResourceArn": place.namespace_arn}, service="redshift")
