"""What a user decides about a migration; everything else follows from the cluster."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import combinations

from pydantic import Field

from redshift_migrate.errors import SettingsError
from redshift_migrate.models.base import Value
from redshift_migrate.models.finding import Subject
from redshift_migrate.models.regions import either, similar

FRESH_SNAPSHOT = "snapshot"
NO_DATA = "none"
CONNECTIONS_WITHOUT_SSL = "connections_without_ssl"
"""Among `also`: a wish that is no subject of its own."""

_NAME = re.compile(r"[a-z0-9-]{3,63}")
"""Names that namespaces, workgroups and the Data API all take. Source: API reference, CreateNamespace,
CreateWorkgroup; Data API reference, WorkgroupName."""


class MigrationChoices(Value):
    """The choices of `plan_migration`, with every default filled in."""

    cluster_id: str
    namespace_name: str
    workgroup_name: str
    base_capacity_rpu: int | None = Field(None, description="None: the RAM rule decides")
    max_capacity_rpu: int | None = Field(None, description="None: twice the base")
    also: tuple[Subject, ...] = Field((), description="subjects that are carried only when they are named")
    only: tuple[Subject, ...] = Field((), description="nothing else is touched; empty: all but the unasked ones")
    exclude: tuple[Subject, ...] = ()
    connections_without_ssl: bool = Field(False, description="clients may connect without SSL, as on the cluster")
    data: str = Field(FRESH_SNAPSHOT, description="snapshot (a fresh one), none, or the name of an existing snapshot")

    def takes(self, subject: Subject) -> bool:
        """True unless the subject is excluded, or only others are named."""
        return subject not in self.exclude and (not self.only or subject in (*self.only, *self.also))


def migration_choices(
    cluster_id: str,
    *,
    namespace_name: str | None = None,
    workgroup_name: str | None = None,
    base_capacity_rpu: int | None = None,
    max_capacity_rpu: int | None = None,
    also: Sequence[str] = (),
    only: Sequence[str] = (),
    exclude: Sequence[str] = (),
    data: str | None = None,
) -> MigrationChoices:
    """The choices with their defaults: names as the cluster's, data by a fresh snapshot.

    SettingsError for a name that AWS would refuse, a subject that does not exist, or wishes that contradict each other.
    """
    lists = {"also": _words(also), "only": _words(only), "exclude": _words(exclude)}
    _require_agreement(lists)
    default_name = cluster_id if len(cluster_id) >= 3 else f"{cluster_id}-serverless"
    choices = MigrationChoices(
        cluster_id=cluster_id,
        namespace_name=_name(namespace_name or default_name, "namespace"),
        workgroup_name=_name(workgroup_name or namespace_name or default_name, "workgroup"),
        base_capacity_rpu=base_capacity_rpu,
        max_capacity_rpu=max_capacity_rpu,
        also=tuple(_subject(word, "also") for word in lists["also"] if word != CONNECTIONS_WITHOUT_SSL),
        only=tuple(_subject(word, "only") for word in lists["only"]),
        exclude=tuple(_subject(word, "exclude") for word in lists["exclude"]),
        connections_without_ssl=CONNECTIONS_WITHOUT_SSL in lists["also"],
        data=(data or "").strip() or FRESH_SNAPSHOT,
    )
    for asked, subject in (
        (base_capacity_rpu is not None and f"a base capacity of {base_capacity_rpu} RPU", Subject.CAPACITY),
        (max_capacity_rpu is not None and f"a maximum capacity of {max_capacity_rpu} RPU", Subject.CAPACITY),
        (choices.connections_without_ssl and CONNECTIONS_WITHOUT_SSL, Subject.PARAMETERS),
        (data not in (None, "", NO_DATA) and f"data={choices.data}", Subject.DATA),
    ):
        if asked and not choices.takes(subject):
            raise _contradiction(f"{asked} is asked for, and {subject.value} is left out")
    return choices


def _require_agreement(lists: dict[str, list[str]]) -> None:
    for (one, these), (other, those) in combinations(lists.items(), 2):
        both = [word for word in these if word in those]
        if both:
            raise _contradiction(f"{either(both)} is named in {one} and in {other}")


def _contradiction(what: str) -> SettingsError:
    return SettingsError(
        f"The choices contradict each other: {what}. Nothing was changed.",
        hint="also adds what is not done unasked, only leaves everything else alone, exclude leaves out: name it once.",
    )


def _words(words: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(word.strip().lower().replace(" ", "_").replace("-", "_") for word in words))


def _subject(word: str, of: str) -> Subject:
    try:
        return Subject(word)
    except ValueError:
        known = [*Subject, *([CONNECTIONS_WITHOUT_SSL] if of == "also" else [])]
        near = similar(word, known)
        guess = f"Did you mean {either(near)}? " if near else ""
        raise SettingsError(
            f"{of} does not know {word!r}. Nothing was changed.", hint=f"{guess}It knows: {', '.join(known)}."
        ) from None


def _name(name: str, kind: str) -> str:
    if not _NAME.fullmatch(name):
        raise SettingsError(
            f"{name!r} cannot be the name of a {kind}: 3 to 63 lower-case letters, digits and hyphens. "
            "Nothing was changed.",
            hint=f"Name the {kind} yourself; it cannot be changed later.",
        )
    return name
