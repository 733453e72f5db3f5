"""Tags: on namespace and workgroup alike, without those that belong to AWS."""

from __future__ import annotations

from redshift_migrate.models.aws_made import is_aws_tag
from redshift_migrate.models.choices import MigrationChoices
from redshift_migrate.models.cluster import ProvisionedClusterConfig
from redshift_migrate.models.finding import Finding, Subject
from redshift_migrate.models.source import RUN_TAG
from redshift_migrate.translators.translation import About, Translation, cite, count

MOST_TAGS = 50
"""Of one resource; one place is kept for the tag of the run. Source: Management Guide, "Tagging resources"."""

LONGEST_KEY, LONGEST_VALUE = 128, 256
"""Source: API reference, Tag."""

about = About(Subject.TAGS)


def translate_tags(cluster: ProvisionedClusterConfig, choices: MigrationChoices) -> Translation:
    """The cluster's tags for namespace and workgroup. Tags that these have already are left to them."""
    tags = dict(cluster.tags)
    of_aws = sorted(key for key in tags if is_aws_tag(key))
    odd = sorted(
        key
        for key, value in tags.items()
        if key not in of_aws and (not 1 <= len(key) <= LONGEST_KEY or len(value) > LONGEST_VALUE)
    )
    own = sorted(key for key in tags if key not in of_aws and key not in odd and key != RUN_TAG)
    carried, left = own[: MOST_TAGS - 1], own[MOST_TAGS - 1 :]
    findings = [*_made_by_aws(of_aws), *_tell_dropped("Too long for a tag", odd)]
    findings += _tell_dropped(f"A resource has at most {MOST_TAGS} tags, one of them the run's", left)
    if carried:
        message = (
            "The tags are set on namespace and workgroup. They do not go along with snapshots that are copied to "
            "another region."
        )
        findings.append(about.info("tags", message, count(len(tags), "tag"), count(len(carried), "tag")))
    return Translation(
        settings={"tags": tuple((key, tags[key]) for key in carried)} if carried else {},
        changes=(about.row("tags", _say(tags, sorted(tags)), _say(tags, carried), "carried", member="tags"),),
        findings=tuple(findings),
    )


def _made_by_aws(keys: list[str]) -> list[Finding]:
    if not keys:
        return []
    message = f"Made by AWS itself, which alone can set them, so not sent: {cite(keys, most=MOST_TAGS)}."
    return [about.info("tags", message, cite(keys), "left to AWS")]


def _tell_dropped(why: str, keys: list[str]) -> list[Finding]:
    if not keys:
        return []
    return [about.warning("tags", f"{why}, so not carried: {cite(keys, most=MOST_TAGS)}.", cite(keys), "none")]


def _say(tags: dict[str, str], keys: list[str]) -> str:
    return cite(f"{key}={tags[key]}" for key in keys) or "none"
