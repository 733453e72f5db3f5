"""What a user decides about a migration; everything else follows from the cluster."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pydantic import Field

from redshift_migrate.errors import SettingsError
from redshift_migrate.models.base import Value
from redshift_migrate.models.finding import Subject
from redshift_migrate.models.regions import either, similar

FRESH_SNAPSHOT = "snapshot"
NO_DATA = "none"
EVERYTHING = "all"
"""Among `include`: all that is carried without being asked for, and what else is named beside it."""
CONNECTIONS_WITHOUT_SSL = "connections_without_ssl"
"""Among `include`: a wish that is no subject of its own."""

_NAME = re.compile(r"[a-z0-9-]{3,63}")
"""Names that namespaces, workgroups and the Data API all take. Source: API reference, CreateNamespace,
CreateWorkgroup; Data API reference, WorkgroupName."""


class MigrationChoices(Value):
    """The choices of `plan_migration`, with every default filled in."""

    cluster_id: str
    namespace_name: str
    workgroup_name: str
    base_capacity_rpu: int | None = Field(None, description="None: the RAM rule decides")
    include: tuple[Subject, ...] = Field((), description="only these subjects; empty: all but the opt-in ones")
    opt_in: tuple[Subject, ...] = Field((), description="subjects that are only carried when they are named")
    exclude: tuple[Subject, ...] = ()
    connections_without_ssl: bool = Field(False, description="clients may connect without SSL, as on the cluster")
    data: str = Field(FRESH_SNAPSHOT, description="snapshot (a fresh one), none, or the name of an existing snapshot")


def migration_choices(
    cluster_id: str,
    *,
    namespace_name: str | None = None,
    workgroup_name: str | None = None,
    base_capacity_rpu: int | None = None,
    include: Sequence[str] = (),
    exclude: Sequence[str] = (),
    data: str | None = None,
) -> MigrationChoices:
    """The choices with their defaults: names as the cluster's, data by a fresh snapshot.

    SettingsError for a name that AWS would refuse, or a subject that does not exist.
    """
    words = [_word(word) for word in include]
    without_ssl = CONNECTIONS_WITHOUT_SSL in words
    named = tuple(_subject(word) for word in words if word not in (EVERYTHING, CONNECTIONS_WITHOUT_SSL))
    everything = len(named) < len(words)
    default_name = cluster_id if len(cluster_id) >= 3 else f"{cluster_id}-serverless"
    return MigrationChoices(
        cluster_id=cluster_id,
        namespace_name=_name(namespace_name or default_name, "namespace"),
        workgroup_name=_name(workgroup_name or namespace_name or default_name, "workgroup"),
        base_capacity_rpu=base_capacity_rpu,
        include=() if everything else named,
        opt_in=named,
        exclude=tuple(_subject(word) for word in exclude),
        connections_without_ssl=without_ssl,
        data=(data or FRESH_SNAPSHOT).strip(),
    )


def _word(word: str) -> str:
    return word.strip().lower().replace(" ", "_").replace("-", "_")


def _subject(word: str) -> Subject:
    wanted = _word(word)
    try:
        return Subject(wanted)
    except ValueError:
        known = [subject.value for subject in Subject]
        near = similar(wanted, known) or known
        raise SettingsError(
            f"There is no subject {word!r} to include or exclude. Nothing was changed.",
            hint=f"Did you mean {either(near)}?" if len(near) < len(known) else f"Subjects: {', '.join(known)}.",
        ) from None


def _name(name: str, kind: str) -> str:
    if not _NAME.fullmatch(name):
        raise SettingsError(
            f"{name!r} cannot be the name of a {kind}: 3 to 63 lower-case letters, digits and hyphens. "
            "Nothing was changed.",
            hint=f"Name the {kind} yourself; it cannot be changed later.",
        )
    return name
