"""Steps that put the wanted tags on a namespace and a workgroup that exist. Tags of others stay."""

from __future__ import annotations

from redshift_migrate.models.base import Json
from redshift_migrate.models.finding import Subject
from redshift_migrate.models.plan import Check, Step
from redshift_migrate.planner.building import Place, json_list, literal, make_step, tag_list

Tags = tuple[tuple[str, str], ...]


def plan_tags(wanted: Tags, present: Tags, resource: str, arn: Json, place: Place) -> tuple[Step, ...]:
    """One TagResource for new keys and one for changed values, so that each can be taken back by one call."""
    now = dict(present)
    new = {key: value for key, value in wanted if key not in now}
    changed = {key: value for key, value in wanted if key in now and now[key] != value}
    steps = []
    if new:
        undo = place.call("UntagResource", {"resourceArn": arn, "tagKeys": json_list(sorted(new))})
        steps.append(_step("add", resource, arn, new, {}, place).model_copy(update={"undo": undo}))
    if changed:
        old = {key: now[key] for key in changed}
        undo = place.call("TagResource", {"resourceArn": arn, "tags": tag_list(sorted(old.items()))})
        steps.append(_step("change", resource, arn, changed, old, place).model_copy(update={"undo": undo}))
    return tuple(steps)


def _step(what: str, resource: str, arn: Json, values: dict[str, str], before: dict[str, str], place: Place) -> Step:
    return make_step(
        id=f"tags.{resource}.{what}",
        subject=Subject.TAGS,
        summary=f"Set tags of the {resource}: {', '.join(sorted(values))}",
        call=place.call("TagResource", {"resourceArn": arn, "tags": tag_list(sorted(values.items()))}),
        check=Check(
            call=place.call("ListTagsForResource", {"resourceArn": arn}),
            select=f"sort_by(not_null(tags, `[]`)[?contains({literal(sorted(values))}, key)], &key)",
            before=tag_list(sorted(before.items())),
            after=tag_list(sorted(values.items())),
        ),
    )
