"""What a person left out: a row and a finding for each subject, with how much of it stays behind on the cluster."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from redshift_migrate.models.base import Unknown, Value
from redshift_migrate.models.catalogue import left_out as left_out_setting
from redshift_migrate.models.choices import MigrationChoices
from redshift_migrate.models.cluster import ProvisionedClusterConfig
from redshift_migrate.models.finding import UNKNOWN, Subject
from redshift_migrate.models.plan import SettingChange
from redshift_migrate.models.scheduled_query import EVERYTHING
from redshift_migrate.translators.translation import About, Translation, cite, count

THINGS: Mapping[Subject, Mapping[str, str]] = {
    Subject.IDENTITY: {"iam_roles": "IAM role"},
    Subject.USAGE_LIMITS: {"usage_limits": "usage limit"},
    Subject.SNAPSHOTS: {"snapshot_schedules": "snapshot schedule"},
    Subject.TAGS: {"tags": "tag"},
    Subject.ENDPOINTS: {"endpoint_access": "managed VPC endpoint", "endpoint_authorizations": "endpoint authorization"},
    Subject.SCHEDULED_QUERIES: {"scheduled_queries": "scheduled query"},
}
"""What a subject has many of and its rows do not count: the member of the cluster, and the word for one of it."""

_NAMES = ("namespace_name", "workgroup_name")
_NOTHING = (None, "none", "none found", "off")


def left_out(cluster: ProvisionedClusterConfig, subject: Subject, rows: Iterable[SettingChange]) -> Translation:
    """What stays behind: counted where the subject has many of a thing, else its `rows` with their values."""
    about, word = About(subject), subject.words
    if subject is Subject.DATA:
        told = "every database, with its users, groups, roles and grants"
    elif subject in THINGS:
        told = ", ".join(_how_many(getattr(cluster, member), noun) for member, noun in THINGS[subject].items())
    else:
        there = [row for row in rows if row.on_cluster not in _NOTHING and row.member not in _NAMES]
        counts = [number for row in there if (number := _count_of(row))]
        values = [f"{row.setting}: {row.on_cluster}" for row in there if not _count_of(row)]
        settings = count(len(values), "setting") + (f" ({cite(values)})" if values else "")
        told = cite([*counts, *([settings] if values or not counts else [])])
    message = (
        f"Left out as chosen; what stays behind on the cluster: {told}. Serverless keeps what it has of this, or gets "
        "what AWS gives."
    )
    return Translation(
        changes=(about.row(f"{word} left out", told, "left as it is", "left out"),),
        findings=(about.warning(left_out_setting(subject), message, told, "left as it is"),),
    )


def _count_of(row: SettingChange) -> str:
    """`2 alarms` where the row counts what there is, or could not; else nothing."""
    number, _, noun = (row.on_cluster or "").partition(" ")
    if number == UNKNOWN:
        return f"an unknown number of {row.setting}"
    return f"{number} {noun}" if number.isdecimal() and noun.rstrip("s") == row.setting.rstrip("s") else ""


def only_these(choices: MigrationChoices) -> Translation:
    """What `only` leaves alone, in one finding."""
    left = [each for each in Subject if each is not Subject.SOURCE and not choices.takes(each)]
    if not choices.only or not left:
        return Translation()
    message = (
        f"Asked for {only_named(choices)}. Nothing else is touched or compared, on the cluster or on serverless; left "
        f"as they are: {cite(each.words for each in left)}."
    )
    return Translation(findings=(About(Subject.SOURCE).info("nothing else", message),))


def only_named(choices: MigrationChoices) -> str:
    """`only tags, snapshot copy`."""
    named = dict.fromkeys((*choices.only, *choices.also))
    return f"only {cite(each.words for each in named if choices.takes(each))}"


def _how_many(things: tuple[Value, ...] | Unknown, noun: str) -> str:
    if isinstance(things, Unknown):
        return f"an unknown number of {count(0, noun)[2:]}"
    known = [each for each in things if getattr(each, "name", "") != EVERYTHING]
    return f"{'at least ' if len(known) < len(things) else ''}{count(len(known), noun)}"
