"""Which subjects a migration is about."""

from __future__ import annotations

from redshift_migrate.models.choices import FRESH_SNAPSHOT, NO_DATA, MigrationChoices
from redshift_migrate.models.finding import Subject

ALWAYS = (Subject.SOURCE,)
"""The gate before the cluster cannot be left out: it wishes nothing and only warns or blocks."""


def in_scope(subject: Subject, choices: MigrationChoices) -> bool:
    """True for what the choices take, and for the gate."""
    return subject in ALWAYS or choices.takes(subject)


def is_asked_for(subject: Subject, choices: MigrationChoices) -> bool:
    """True when the subject is named: what cannot be taken back, or makes something new, is only done then."""
    return subject in (*choices.also, *choices.only) and choices.takes(subject)


def takes_snapshot(choices: MigrationChoices) -> bool:
    """True when the migration makes a fresh snapshot of the cluster."""
    return choices.data == FRESH_SNAPSHOT and choices.takes(Subject.DATA)


def restores_data(choices: MigrationChoices) -> bool:
    """True when a snapshot, fresh or existing, is restored into the namespace."""
    return choices.data != NO_DATA and choices.takes(Subject.DATA)


def may_create(choices: MigrationChoices) -> bool:
    """False when only settings of a namespace and a workgroup that exist are named."""
    return not choices.only or restores_data(choices) or choices.takes(Subject.NAMESPACE)
